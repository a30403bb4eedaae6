import {
  BatchNorm1d,
  clipGradients,
  gradientNorm,
  gradientReport,
  heNormal,
  Linear,
  type Module,
  normalInit,
  ReLU,
  Residual,
  Sequential,
  Sigmoid,
  Tanh,
  xavierNormal,
} from "whetstone/nn";
import { card, choice, figure, range, slider, toggle } from "../../index.ts";

const WIDTH = 16;
const activations = { sigmoid: () => new Sigmoid(), tanh: () => new Tanh(), relu: () => new ReLU() };
type Name = keyof typeof activations;

export default card({
  id: "nn/vanishing-gradients",
  title: "Vanishing and exploding gradients, layer by layer",
  formula: String.raw`\frac{\partial L}{\partial h_0}=\Big(\prod_{l=n}^{1}\operatorname{diag}\phi'(z_l)\,W_l\Big)^{\!\top}\frac{\partial L}{\partial h_n}`,
  ask: "What makes gradients vanish or explode with depth, and which remedy fits which?",
  answer:
    "Backpropagation multiplies one Jacobian per layer. Sigmoids make each factor small, large weights make it big; over 20 layers that is 1e-12 or 1e12. Against vanishing: ReLU, He values, normalisation, residual connections. Against exploding: clip the norm, or lower the initial scale.",
  pitfall:
    "Clipping scales the whole gradient down by one factor. It cannot bring back what vanished: the ratio between first and last layer stays.",
  level: "medium",
  whenNot:
    "Small gradients alone are no proof: at a minimum all are small, and behind a dead ReLU they are exactly 0. Compare layers. If the norms are level and the loss stands still, look at the rate, the data or the loss instead.",
  followUps: [
    {
      ask: "Sigmoid slopes are at most 1/4. Would weights of norm 4 repair it?",
      answer:
        "Only at z = 0. Larger weights give larger z, where the slope falls like e^(−|z|), so the product still shrinks. A function of slope 1, or a skip, does not depend on that balance.",
    },
    {
      ask: "How does an LSTM keep gradients over many steps?",
      answer:
        "Its cell is a sum, c_t = f c_(t−1) + i g, so the direct path multiplies by f alone, not by a matrix. With f near 1 it lasts; forget biases often start at 1 for that reason.",
    },
  ],
  derivation: String.raw`With $z_l=W_lh_{l-1}$ and $h_l=\phi(z_l)$ one layer has the Jacobian $\partial h_l/\partial h_{l-1}=\operatorname{diag}(\phi'(z_l))\,W_l$. The chain runs through these, not through weights: $\partial W_n/\partial W_{n-1}$ does not exist, as weights are not functions of each other. The gradient of $W_l$ branches off: $(\phi'(z_l)\odot\partial L/\partial h_l)\,h_{l-1}^\top$.

Norms multiply: $\lVert\partial L/\partial h_0\rVert\le\prod_l\max|\phi'|\,\lVert W_l\rVert\cdot\lVert\partial L/\partial h_n\rVert$. Sigmoids have $\max|\phi'|=\tfrac14$, so for $\lVert W_l\rVert\le1$ at most $4^{-n}$ is left.

With random weights of variance $v$ the mean square of the gradient's entries is multiplied by $n_{\text{out}}\,v\,\mathbb E[\phi'^2]$ per layer. ReLU with He values: $n\cdot\frac2n\cdot\frac12=1$, level. Weights three times as large: $9$, so over 20 layers the norm grows $3^{20}\approx3.5\cdot10^9$ times.

Clipping multiplies every layer's gradient by one $c\le1$: ratios between layers stay. A skip makes the factor $I+F_l'$, which does not vanish with $F_l'$.`,
  covers: ["nn/vanishing-gradients", "claim-b-077", "claim-b-074", "claim-b-318", "claim-a-098"],
  answers: ["q-b-061", "q-b-062", "q-b-367"],
  errata: [
    {
      claim: "claim-b-074",
      claimed: "The gradient is dL/dWₙ · dWₙ/dWₙ₋₁ · …",
      truth: "Weights are not functions of each other; the chain runs through the layers' activations.",
    },
    {
      claim: "claim-b-318",
      claimed: "Gradient clipping fixes saturation.",
      truth: "Saturation means tiny gradients, and clipping touches only large ones.",
    },
  ],
  verifiedAgainst: [
    "PyTorch 1.13 gradients of every layer used, float64, 1e-9",
    "the chain of Jacobians multiplied out",
  ],
  budget: "quick",
  controls: {
    depth: slider(5, 40, 20, { label: "layers" }),
    activation: choice(["sigmoid", "tanh", "relu"], "sigmoid"),
    scale: slider(0.5, 3, 1, { label: "factor of the initial weights", step: 0.1 }),
    residual: toggle(false),
    batchNorm: toggle(false, { label: "batch norm" }),
  },
  run(lab, controls) {
    const x = normalInit([24, WIDTH], { seed: lab.random("x") });
    const build = ({
      depth,
      activation,
      scale,
      residual,
      batchNorm,
    }: {
      depth: number;
      activation: Name;
      scale: number;
      residual: boolean;
      batchNorm: boolean;
    }) =>
      new Sequential(
        ...range(depth).map((i): Module => {
          const layer = new Linear(WIDTH, WIDTH, { bias: false, seed: lab.random(`${i}`) });
          const init = activation === "relu" ? heNormal : xavierNormal;
          layer.weight.become(init([WIDTH, WIDTH], { seed: lab.random(`w${i}`) }).mul(scale), true);
          const block = new Sequential(
            layer,
            ...(batchNorm ? [new BatchNorm1d(WIDTH)] : []),
            activations[activation](),
          );
          return residual ? new Residual(block) : block;
        }),
      );
    const gradientsOf = (net: Sequential) => {
      net.zeroGrad();
      net.forward(x).mean().backward();
      const matrices = new Set(
        net
          .namedParameters()
          .filter(([, p]) => p.rank === 2)
          .map(([name]) => name),
      );
      return gradientReport(net)
        .filter((g) => matrices.has(g.name))
        .map((g) => g.norm);
    };
    const shown = gradientsOf(build(controls));
    const names: Name[] = ["sigmoid", "tanh", "relu"];
    const curves = names.map((activation) => gradientsOf(build({ ...controls, activation })));
    lab.plot(
      figure(
        names.map((name, i) => ({
          type: "line" as const,
          name,
          x: range(controls.depth).map((d) => d + 1),
          y: curves[i]!.map((n) => Math.max(n, 1e-30)),
        })),
        {
          title: `${controls.activation}: first layer ${shown[0]!.toExponential(1)}, last ${shown.at(-1)!.toExponential(1)}`,
          x: { label: "layer" },
          y: { label: "norm of the weights' gradient", scale: "log" },
          alt: `Gradient norms of ${controls.depth} layers on a log scale for sigmoid, tanh and ReLU${controls.residual ? " with residual connections" : ""}.`,
        },
      ),
    );
    const plain = { depth: 20, activation: "sigmoid" as Name, scale: 1, residual: false, batchNorm: false };
    const ratio = (norms: number[]) => norms[0]! / norms.at(-1)!;
    const sunk = gradientsOf(build(plain));
    lab.check("20 sigmoid layers: first norm over last", ratio(sunk), { below: 1e-8 });
    lab.check("20 ReLU layers with He values", ratio(gradientsOf(build({ ...plain, activation: "relu" }))), {
      between: [1e-3, 1e3],
    });
    lab.check(
      "20 sigmoid layers with residual connections",
      ratio(gradientsOf(build({ ...plain, residual: true }))),
      { above: 1e-2 },
    );
    lab.check(
      "20 sigmoid layers with batch norm gain over plain",
      ratio(gradientsOf(build({ ...plain, batchNorm: true }))) / ratio(sunk),
      { above: 1e3 },
    );
    const wild = build({ ...plain, activation: "relu", scale: 3 });
    gradientsOf(wild);
    lab.check(
      "20 ReLU layers, weights times 3: norm of all gradients",
      gradientNorm(wild.parameters()).item(),
      { above: 1e3 },
    );
    clipGradients(wild.parameters(), 1);
    lab.check("the same clipped to 1", gradientNorm(wild.parameters()).item(), { equals: 1, within: 1e-3 });
    const still = build(plain);
    gradientsOf(still);
    clipGradients(still.parameters(), 1);
    lab.check(
      "vanished gradients after clipping: first over last",
      ratio(gradientReport(still).map((g) => g.norm)),
      {
        equals: ratio(sunk),
        relative: 1e-4,
      },
    );
  },
});
