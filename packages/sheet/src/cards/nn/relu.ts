import { Linear, normalInit, ReLU, Sequential } from "whetstone/nn";
import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "nn/relu",
  title: "ReLU: slope 1 or 0, half the units silent, and a convention at 0",
  formula: String.raw`\operatorname{ReLU}(x)=\max(0,x),\qquad \operatorname{ReLU}'(x)=\mathbf 1[x>0]`,
  ask: "Why is ReLU better than the sigmoid in deep nets, and what happens at exactly 0?",
  answer:
    "Above 0 its slope is 1 whatever the depth, where sigmoids multiply by at most 0.25 each. About half of the outputs are exact zeros, so activations are sparse. At 0 there is no derivative; frameworks return 0, a valid subgradient, and training goes on.",
  pitfall:
    "Exact zeros are not rare: dead inputs, zero biases, padding and dropout put many pre-activations at exactly 0. It is the convention that makes them harmless, not their rarity.",
  level: "easy",
  whenNot:
    "Where smoothness matters (second derivatives, physics-informed nets) or many units die at large rates: take GELU, SiLU or a leaky ReLU. Not as the output of a regression with negative targets.",
  followUps: [
    {
      ask: "Why does ReLU go with He initialisation?",
      answer:
        "It halves the mean square of a symmetric input, so weights need twice the variance, $2/n_{in}$, to keep the signal's size.",
    },
    {
      ask: "Is a ReLU network a linear function anywhere?",
      answer:
        "Yes: within each region where the same units are on it is affine. The whole net is continuous and piecewise linear.",
    },
  ],
  derivation: String.raw`For $z>0$ the function is $z$, with slope 1; for $z<0$ it is constant, with slope 0. On an active path of $L$ layers the activations therefore multiply a gradient by $1^L=1$; only the weights change its size.

At 0 the slopes from the left and from the right differ. The function is convex, and every $s\in[0,1]$ satisfies $\max(0,z)\ge s\,z$ for all $z$: these are the subgradients, and 0 is one of them.

If pre-activations are symmetric around 0, half of the units are off, so half of the outputs are exact zeros.

What sums of them can do on an interval: $\sum_ic_i\max(0,x-k_i)$ bends by $c_i$ at $k_i$, so with a line added it is any continuous piecewise linear function, and with enough units comes as close as wanted to any continuous one. How many are needed, and whether training finds them, this does not say.

What depth adds: $t(x)=2\max(0,x)-4\max(0,x-\tfrac12)$ folds $[0,1]$ onto itself. $L$ folds in a row need $2L$ units and make a sawtooth of $2^L$ pieces; one hidden layer of $H$ units makes at most $H+1$.`,
  covers: ["nn/relu", "claim-a-002", "claim-a-005", "claim-a-006", "claim-b-269", "claim-b-321"],
  answers: ["q-a-001", "q-a-233", "q-a-286", "q-b-329"],
  errata: [
    {
      claim: "claim-b-321",
      claimed: "Hitting exactly 0 has measure zero, and float precision helps against it.",
      truth:
        "Sparse inputs with zero biases hit 0 exactly and often; finite precision makes ties likelier, not rarer.",
    },
  ],
  verifiedAgainst: ["PyTorch 1.13 relu in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: {
    sparsity: slider(0, 0.95, 0.7, { label: "share of zero inputs", step: 0.05 }),
    depth: slider(1, 40, 30, { label: "layers" }),
  },
  run(lab, { sparsity, depth }) {
    const points = linspace(-3, 3, 60); // 0 is not among them
    const x = Tensor.from(Float64Array.from(points), { requiresGrad: true });
    const dy = grad([x.relu().sum()], [x])[0]!.data();
    const steps = [...Array(depth).keys()].map((k) => k + 1);
    lab.plot(
      figure(
        [
          { type: "line", name: "ReLU", x: points, y: Array.from(x.relu().data()) },
          { type: "step", name: "derivative", x: points, y: Array.from(dy) },
        ],
        {
          x: { label: "x" },
          y: {},
          alt: "ReLU: zero left of 0, the identity right of it; the derivative steps from 0 to 1.",
        },
      ),
    );
    lab.plot(
      figure(
        [
          { type: "line", name: "ReLU, active", x: steps, y: steps.map(() => 1) },
          { type: "line", name: "sigmoid, best case", x: steps, y: steps.map((k) => 0.25 ** k) },
        ],
        {
          x: { label: "layers" },
          y: { label: "product of derivatives", scale: "log" },
          alt: `The product of ReLU slopes stays 1 over ${depth} layers; that of sigmoids falls to ${(0.25 ** depth).toExponential(0)}.`,
        },
      ),
    );
    const h = 1e-4;
    const [up, down] = [x.detach().add(h).relu().data(), x.detach().sub(h).relu().data()];
    const gap = Math.max(...points.map((_, i) => Math.abs(dy[i]! - (up[i]! - down[i]!) / (2 * h))));
    lab.check("derivative against finite differences, away from 0", gap, { atMost: 1e-9 });
    const zero = Tensor.from(Float64Array.of(0, -0), { requiresGrad: true });
    lab.check("derivative at exactly 0, by convention", grad([zero.relu().sum()], [zero])[0]!.sum().item(), {
      equals: 0,
    });
    const through = (f: (t: Tensor) => Tensor) => {
      const start = Tensor.from(Float64Array.of(0.7), { requiresGrad: true });
      let y = start;
      for (let i = 0; i < depth; i++) y = f(y);
      return grad([y.sum()], [start])[0]!.item();
    };
    lab.check(
      `derivative through ${depth} ReLUs`,
      through((t) => t.relu()),
      { equals: 1 },
    );
    lab.check(
      `through ${depth} sigmoids`,
      through((t) => t.sigmoid()),
      { atMost: 0.25 ** depth },
    );
    const net = new Sequential(new Linear(20, 100, { seed: lab.random("net") }), new ReLU());
    const out = net.forward(normalInit([64, 20], { seed: lab.random("x") }));
    lab.check("share of exact zeros behind a fresh layer", out.eq(0).to("f32").mean().item(), {
      between: [0.4, 0.6],
    });
    const random = lab.random("sparse");
    const sparse = Tensor.from(
      Float32Array.from({ length: 400 * 4 }, () => (random.bernoulli(sparsity) ? 0 : random.normal())),
      { shape: [400, 4] },
    );
    const pre = new Linear(4, 10, { bias: false, seed: lab.random("pre") }).forward(sparse);
    const hits = pre.eq(0).to("f32").mean().item();
    lab.note(`${(100 * hits).toFixed(1)} % of the pre-activations are exactly 0: sparse rows and no bias.`);
    lab.check("share of pre-activations at exactly 0: about sparsity⁴", hits, {
      equals: sparsity ** 4,
      within: 4 * Math.sqrt((sparsity ** 4 * (1 - sparsity ** 4)) / 400) + 0.005,
    });
  },
});
