import {
  BatchNorm1d,
  filterNormalizedDirection,
  Linear,
  lossSlice,
  type Module,
  mse,
  normalInit,
  Residual,
  Sequential,
  smoothnessAlongStep,
  Tanh,
} from "whetstone/nn";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/loss-landscape",
  title: "Slices of the loss, and how smooth it is along a step",
  formula: String.raw`L(\theta+a\,d),\quad d_i\leftarrow\frac{d_i}{\lVert d_i\rVert}\lVert\theta_i\rVert;\qquad \beta=\max_t\frac{\lVert\nabla L(\theta-t\eta g)-g\rVert}{\lVert t\eta g\rVert}`,
  ask: "How are loss slices drawn with filter normalisation, and does batch norm work by smoothing?",
  answer:
    "Walk from the weights along a random direction whose filters are scaled to the net's own filter lengths; without that, nets of other weight scales look sharper or flatter for no reason. Along a gradient step the change of the gradient estimates its Lipschitz constant: with skips or batch norm it is often smaller, which is the better-supported account of why they help.",
  pitfall: "A slice is one or two directions of thousands. It suggests; it does not prove flatness.",
  level: "hard",
  whenNot:
    "Not to rank nets by how they generalise: compare held-out losses. For curvature itself take the top Hessian eigenvalues by Lanczos on Hessian-vector products; to choose a learning rate run a range test.",
  followUps: [
    {
      ask: "Why is the word sharp ill-defined for ReLU nets?",
      answer:
        "Multiply one layer by s > 0 and divide the next by s: the function stays, but curvature in the first falls as 1/s² and in the second rises as s². Sharpness can be made as large as you like.",
    },
    {
      ask: "What speaks against internal covariate shift as batch norm's secret?",
      answer:
        "Santurkar et al. (2018) put noise of changing mean and variance after batch norm: layer inputs shifted more, training stayed as fast. Loss and gradients changed less along steps than without the norm.",
    },
  ],
  derivation: String.raw`Let $\theta'=(s\theta_1,\theta_2/s)$ give the same function as $\theta$. Filter normalisation scales $d$ by the weights' lengths, so $d'=(sd_1,d_2/s)$ and $\theta'+ad'=\big(s(\theta_1+ad_1),(\theta_2+ad_2)/s\big)$: the same function at every $a$, hence the same slice.

If the gradient changes by at most $\beta$ times the way gone, integrating along the step gives $L(\theta-\eta g)\le L(\theta)-\eta\lVert g\rVert^2+\tfrac12\beta\eta^2\lVert g\rVert^2$. It falls for $\eta<2/\beta$: less $\beta$ allows longer steps. For a quadratic with Hessian $H$ the ratio is $\lVert Hg\rVert/\lVert g\rVert$, at most the greatest eigenvalue.

Batch norm makes $L(sw)=L(w)$. Differentiate by $w$: $s\nabla L(sw)=\nabla L(w)$, so tripled weights have a third of the gradient.`,
  covers: ["nn/loss-landscape", "claim-b-267"],
  answers: ["q-b-222", "q-b-323"],
  verifiedAgainst: ["a quadratic whose curvature is known", "rescaled nets give one slice"],
  budget: "quick",
  controls: { radius: slider(0.2, 2, 1, { label: "how far", step: 0.1 }) },
  run(lab, { radius }) {
    const x = normalInit([16, 4], { seed: lab.random("x") });
    const y = x.sum(1, true).tanh();
    const build = (kind: "plain" | "skip" | "norm") =>
      new Sequential(
        ...range(4).map((i): Module => {
          const block = new Sequential(
            new Linear(4, 4, { seed: lab.random(`l${i}`) }),
            ...(kind === "norm" ? [new BatchNorm1d(4, { trackRunningStats: false })] : []),
            new Tanh(),
          );
          return kind === "skip" ? new Residual(block) : block;
        }),
        new Linear(4, 1, { seed: lab.random("h") }),
      );
    const nets = { plain: build("plain"), "with skips": build("skip"), "batch norm": build("norm") };
    const slice = (net: Sequential) =>
      lossSlice(net, () => mse(net.forward(x), y), filterNormalizedDirection(net, lab.random("d")), {
        radius,
        points: 7,
      });
    const slices = Object.entries(nets).map(([name, net]) => [name, slice(net)] as const);
    lab.plot(
      figure(
        slices.map(([name, s]) => ({ type: "line" as const, name, x: s.at, y: s.loss })),
        {
          x: { label: "a" },
          y: { label: "loss" },
          alt: "Loss along one filter-normalised direction for a plain net, one with skips and one with batch norm.",
        },
      ),
    );
    // Positive scaling of one linear layer, undone in the next, leaves the function and a normalised slice as they are.
    const pair = (s: number) => {
      const [a, b] = [
        new Linear(4, 6, { bias: false, seed: lab.random("a") }),
        new Linear(6, 1, { bias: false, seed: lab.random("b") }),
      ];
      a.weight.become(a.weight.mul(s), true);
      b.weight.become(b.weight.div(s), true);
      return new Sequential(a, b);
    };
    const [one, ten] = [slice(pair(1)).loss, slice(pair(10)).loss];
    lab.check(
      "slice of a net and of the same net rescaled, largest relative distance",
      Math.max(...one.map((v, i) => Math.abs(v - ten[i]!) / v)),
      { atMost: 1e-3 },
    );
    const net = new Linear(3, 1, { bias: false, seed: lab.random("q") });
    const data = normalInit([3, 3], { seed: lab.random("data") });
    const { lipschitz } = smoothnessAlongStep(net, () => net.forward(data).square().sum(), {
      lr: 0.01,
      points: 2,
    });
    const H = data.transpose().matmul(data).mul(2);
    const g = H.matmul(net.weight.detach().transpose());
    const curvature = H.matmul(g).square().sum().div(g.square().sum()).sqrt().item();
    lab.check("a quadratic: estimate over ‖Hg‖/‖g‖", lipschitz / curvature, { equals: 1, within: 0.01 });
    const roughness = (n: Sequential) =>
      smoothnessAlongStep(n, () => mse(n.forward(x), y), { lr: 0.1, points: 3 });
    const found = Object.entries(nets).map(([name, n]) => [name, roughness(n)] as const);
    lab.table({
      columns: ["net", "gradient norm", "Lipschitz estimate"],
      rows: found.map(([name, r]) => [name, r.gradientNorm, r.lipschitz]),
    });
    // What batch norm certainly does: tripled weights give the same function and a third of the gradient.
    const scaled = (norm: boolean, s: number) => {
      const first = new Linear(4, 5, { bias: false, seed: lab.random("f") });
      first.weight.become(first.weight.mul(s), true);
      const middle: Module[] = norm ? [new BatchNorm1d(5, { eps: 1e-12 })] : [];
      const n = new Sequential(first, ...middle, new Tanh(), new Linear(5, 1, { seed: lab.random("o") }));
      const value = mse(n.forward(x), y);
      value.backward();
      return { gradient: first.weight.grad!.square().sum().sqrt().item(), loss: value.item() };
    };
    const [small, large] = [scaled(true, 1), scaled(true, 3)];
    lab.check("batch norm, weights tripled: loss over loss", large.loss / small.loss, {
      equals: 1,
      within: 1e-4,
    });
    lab.check("gradient over gradient", large.gradient / small.gradient, { equals: 1 / 3, within: 1e-3 });
    lab.check(
      "without batch norm the loss changes by",
      Math.abs(scaled(false, 3).loss - scaled(false, 1).loss),
      { above: 1e-3 },
    );
    const start = slices.map(([, s]) => s.loss[3]!);
    lab.check("the slice passes through the loss itself", mse(nets.plain.forward(x), y).item(), {
      equals: start[0]!,
      relative: 1e-5,
    });
  },
});
