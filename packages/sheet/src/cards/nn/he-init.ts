import { heNormal, Linear, normalInit, ReLU, Sequential, xavierNormal } from "whetstone/nn";
import { card, figure, range, slider } from "../../index.ts";

const WIDTH = 32;

export default card({
  id: "nn/he-init",
  title: "He initialisation: variance 2 / n keeps ReLU nets level",
  formula: String.raw`w\sim\mathcal N\!\big(0,\tfrac{2}{n_{\text{in}}}\big):\qquad \operatorname{E}[h_{l+1}^2]=n\cdot\tfrac2n\cdot\tfrac12\operatorname{E}[h_l^2]=\operatorname{E}[h_l^2]`,
  ask: "Which initial variance suits ReLU layers, and why twice Xavier's?",
  answer:
    "2 / n_in, by He et al. ReLU sets half of a symmetric signal to 0 and so halves its mean square; the factor 2 makes up for it, and both activations and gradients keep their size through any depth. With n_in = n_out that is twice Xavier's 2 / (n_in + n_out).",
  pitfall:
    "With Xavier's values a ReLU net loses half its signal at each layer: 2⁻²⁵ in size of squares after 25 layers.",
  level: "easy",
  whenNot:
    "For tanh or linear layers take Xavier, for SELU 1/n. In deep residual nets He values on every branch make the signal grow with depth: scale down or zero the last layer of each branch.",
  followUps: [
    {
      ask: "Does it matter whether n is fan-in or fan-out?",
      answer:
        "Fan-in keeps activations level, fan-out gradients. With one of them the other is off by a ratio of widths that telescopes to about the first over the last, so either works.",
    },
    {
      ask: "Which variance fits a leaky ReLU of slope a?",
      answer:
        "2/((1 + a²)n): a symmetric signal keeps (1 + a²)/2 of its mean square. a = 0 gives 2/n, a = 1 the linear 1/n, and a = 0.01 is practically ReLU.",
    },
  ],
  derivation: String.raw`Let $z_j=\sum_{i=1}^nw_{ji}h_i$ with independent weights of mean 0. Mixed terms vanish, so $\operatorname E[z_j^2]=n\operatorname{Var}(w)\operatorname E[h^2]$. It is the mean square of $h$ that counts, since after a ReLU its mean is not 0.

As the weights are symmetric about 0, so is $z_j$. The half below 0 is cut off, and $\operatorname E[\max(0,z_j)^2]=\tfrac12\operatorname E[z_j^2]$.

Level means $\tfrac12n\operatorname{Var}(w)=1$, so $\operatorname{Var}(w)=\frac2n$. Backwards $\delta_l=W^\top\delta_{l+1}$ is multiplied by $\mathbf 1[z>0]$, which is 1 half of the time: the same condition, with the fan-out in place of $n$.

Xavier's $\frac1n$ keeps the factor $\tfrac12$ per layer: after 25 layers $2^{-25}=3\cdot10^{-8}$ in squares, and $1.7\cdot10^{-4}$ in size.`,
  covers: ["nn/he-init", "claim-a-083", "claim-a-084", "claim-b-076"],
  answers: ["q-a-018"],
  verifiedAgainst: ["closed-form variances", "PyTorch 1.13 gradients of Linear and relu, 1e-9"],
  budget: "quick",
  controls: {
    depth: slider(5, 30, 20, { label: "layers" }),
    factor: slider(0.5, 4, 2, { label: "variance × n", step: 0.1 }),
  },
  run(lab, { depth, factor }) {
    const x = normalInit([16, WIDTH], { seed: lab.random("x") });
    const build = (
      name: string,
      init: (seed: ReturnType<typeof lab.random>) => ReturnType<typeof heNormal>,
      layers: number,
    ) =>
      new Sequential(
        ...range(layers).flatMap((i) => {
          const layer = new Linear(WIDTH, WIDTH, { bias: false, seed: lab.random("unused") });
          layer.weight.become(init(lab.random(`${name}${i}`)), true);
          return [layer, new ReLU()];
        }),
      );
    const squares = (net: Sequential) => {
      let h = x;
      return net.layers
        .filter((_, i) => i % 2 === 0)
        .map((layer) => {
          h = layer.forward(h).relu().detach().realize();
          return h.square().mean().item();
        });
    };
    const shape = [WIDTH, WIDTH];
    const he = build("he", (seed) => heNormal(shape, { seed }), depth);
    const xavier = build("he", (seed) => xavierNormal(shape, { seed }), depth);
    const own = build("he", (seed) => normalInit(shape, { std: Math.sqrt(factor / WIDTH), seed }), depth);
    const layers = range(depth).map((i) => i + 1);
    const [a, b, c] = [squares(he), squares(xavier), squares(own)];
    lab.plot(
      figure(
        [
          { type: "line", name: "He, 2/n", x: layers, y: a },
          { type: "line", name: "Xavier, 1/n", x: layers, y: b },
          { type: "line", name: `${factor}/n`, x: layers, y: c, dashed: true },
        ],
        {
          x: { label: "layer" },
          y: { label: "mean square of activations", scale: "log" },
          alt: `Mean square of activations over ${depth} ReLU layers: level with He's variance, halving at each layer with Xavier's.`,
        },
      ),
    );
    lab.check("He: mean square, last layer over first", a.at(-1)! / a[0]!, { between: [0.02, 50] });
    lab.check("Xavier on ReLU: the same, per layer", (b.at(-1)! / b[0]!) ** (1 / (depth - 1)), {
      between: [0.35, 0.65],
    });
    const big = heNormal([400, 100], { seed: lab.random("v") })
      .variance()
      .item();
    const glorot = xavierNormal([100, 100], { seed: lab.random("v") })
      .variance()
      .item();
    lab.check("He variance × n_in", big * 100, { equals: 2, within: 0.1 });
    lab.check("He over Xavier at n_in = n_out", big / glorot, { equals: 2, within: 0.2 });
    he.forward(x).mean().backward();
    const norms = he.namedParameters().map(([, p]) => p.grad!.square().sum().sqrt().item());
    lab.check(`gradient norm, first of ${depth} layers over last`, norms[0]! / norms.at(-1)!, {
      between: [0.05, 20],
    });
  },
});
