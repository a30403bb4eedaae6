import {
  activationReport,
  crossEntropy,
  deadUnits,
  GELU,
  Linear,
  normalInit,
  ReLU,
  Sequential,
} from "whetstone/nn";
import { SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/dead-relu",
  title: "Counting dead ReLUs: how many depends on the learning rate",
  formula: String.raw`\text{dead}_j\iff \frac1n\sum_i\mathbf 1[z_{ij}>0]<1\%`,
  ask: "A third of your ReLU units get no gradient. How do you confirm they are dead, and what helps?",
  answer:
    "Run a set of inputs through the net and count, per unit, on how many it fires; under 1 % is dead. One step that is too large drives biases far below 0, and from there no gradient returns. Lower the rate or warm up, use He values and clipping; or change to leaky ReLU or GELU.",
  pitfall:
    "No fixed share holds for all nets: from 0 to nearly all units, by rate and initial values. The sheets' 10–40 % are such cases.",
  level: "medium",
  whenNot:
    "Low activity alone is no fault: a unit that fires on 2 % of inputs may detect something rare. If validation is fine, leave ReLU as it is; in transformers use GELU from the start rather than counting.",
  followUps: [
    {
      ask: "Can a dead unit come back?",
      answer:
        "Its own weights get no gradient, but earlier layers still move its inputs, so in a deep net it may wake. In the first layer inputs are fixed: re-initialise the unit or change the activation.",
    },
    {
      ask: "On which rows do you count, and in which mode?",
      answer:
        "On some thousand rows in eval mode, so that dropout is off and batch norm uses running statistics. For a convolution count over rows and places. On one small batch rarely firing units look dead.",
    },
  ],
  derivation: String.raw`Let $z_{ij}=w_j^\top x_i+b_j$ and let $\delta_{ij}$ be the gradient by the unit's output. Then $\nabla_{w_j}L=\frac1n\sum_i\delta_{ij}\,\mathbf 1[z_{ij}>0]\,x_i$, and for $b_j$ the same without $x_i$. If no indicator is 1, both are exactly 0, and gradient descent leaves the unit where it is.

If inputs are standard normal, $z_j$ has mean $b_j$ and spread $\lVert w_j\rVert$, so the unit fires on a share $\Phi(b_j/\lVert w_j\rVert)$ of them. It falls below 1 % at $b_j<-2.33\,\lVert w_j\rVert$.

A step moves the bias by $-\eta\,\frac1n\sum_i\delta_{ij}\mathbf 1[z_{ij}>0]$, in proportion to $\eta$. At a small rate the push fades as fewer rows fire; at a large rate one step jumps past $-2.33\,\lVert w_j\rVert$, and nothing is left to push back. So the share of dead units depends on the rate.`,
  covers: ["nn/dead-relu", "claim-b-072", "claim-b-271"],
  answers: ["q-b-058"],
  verifiedAgainst: ["units planted dead and counted", "PyTorch 1.13 gradients of the layers, 1e-9"],
  budget: "quick",
  controls: { lr: slider(0.01, 5, 1, { label: "learning rate", scale: "log" }) },
  run(lab, { lr }) {
    const x = normalInit([24, 4], { mean: 0.5, seed: lab.random("x") });
    const y = x.at(null, 0).gt(x.at(null, 1)).to("i32");
    const train = (rate: number, activation: () => ReLU | GELU) => {
      const net = new Sequential(
        new Linear(4, 24, { seed: lab.random("a") }),
        activation(),
        new Linear(24, 24, { seed: lab.random("b") }),
        activation(),
        new Linear(24, 2, { seed: lab.random("c") }),
      );
      const optimizer = new SGD(net.parameters(), { lr: rate });
      const shares = range(8).map(() => {
        optimizer.zeroGrad();
        crossEntropy(net.forward(x).mul(4), y).backward();
        optimizer.step();
        return deadUnits(net, () => net.forward(x));
      });
      return { net, shares };
    };
    const shown = train(lr, () => new ReLU());
    const soft = train(lr, () => new GELU());
    lab.plot(
      figure(
        [
          { type: "line", name: "ReLU", x: range(8), y: shown.shares },
          { type: "line", name: "GELU", x: range(8), y: soft.shares },
        ],
        {
          title: `Share of dead units at learning rate ${lr.toPrecision(2)}`,
          x: { label: "step" },
          y: { percent: true, domain: [0, 1] },
          alt: `Dead units over eight steps: ReLU ends at ${Math.round(100 * shown.shares.at(-1)!)} %, GELU at ${Math.round(100 * soft.shares.at(-1)!)} %.`,
        },
      ),
    );
    const [calm, wild] = [train(0.02, () => new ReLU()), train(5, () => new ReLU())];
    lab.check("dead share at rate 0.02", calm.shares.at(-1)!, { atMost: 0.25 });
    lab.check("dead share at rate 5 exceeds it by", wild.shares.at(-1)! - calm.shares.at(-1)!, {
      above: 0.15,
    });
    // Planted: five units whose bias is far below 0.
    const first = calm.net.layers[0] as Linear;
    first.bias!.become(Tensor.from(Float32Array.from(range(24), (j) => (j < 5 ? -1000 : 1000))), true);
    const after = activationReport(calm.net, () => calm.net.forward(x))[1]!.dead;
    lab.check("units planted dead and found", after, { equals: 5 });
  },
});
