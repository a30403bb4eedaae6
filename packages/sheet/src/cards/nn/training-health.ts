import {
  type Curve,
  crossEntropy,
  diagnoseCurve,
  gradientReport,
  Linear,
  MLP,
  monteCarloDropout,
  normalInit,
  overfitOneBatch,
} from "whetstone/nn";
import { Adam, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, choice, figure, range } from "../../index.ts";

const cases: Record<string, Curve> = {
  healthy: { loss: range(20).map((i) => Math.exp(-i / 6)) },
  NaN: { loss: [1, 0.7, 0.6, Number.NaN] },
  constant: { loss: Array(20).fill(0.7) },
  flat: { loss: range(20).map((i) => 2.3 + 0.002 * Math.cos(i / 4)) },
  diverging: { loss: range(20).map((i) => 1 + 0.05 * i ** 2) },
  oscillating: { loss: range(20).map((i) => 1 - 0.02 * i + (i % 2 ? 0.4 : 0)) },
  overfitting: {
    loss: range(20).map((i) => Math.exp(-i / 4)),
    validationLoss: range(20).map((i) => Math.exp(-i / 4) + 0.002 * i ** 2),
  },
  "flat accuracy": {
    loss: range(20).map((i) => Math.exp(-i / 30)),
    accuracy: Array(20).fill(0.9),
    majority: 0.9,
    probabilities: [0.1, 0.45, 0.48, 0.49],
  },
  "confident and wrong": {
    loss: range(20).map((i) => Math.exp(-i / 4)),
    validationLoss: range(20).map((i) => 0.4 + 0.01 * i),
    accuracy: range(20).map((i) => 0.7 + 0.01 * i),
  },
};

export default card({
  id: "nn/training-health",
  title: "The loss-curve doctor",
  formula: String.raw`\text{curve}\to\{\text{NaN},\text{constant},\text{flat},\text{diverging},\text{oscillating},\text{overfitting},\dots\}`,
  ask: "Loss goes NaN, sticks, oscillates, or parts from validation. What is the likely cause and the first check for each?",
  answer:
    "NaN: rate too high, log 0, bad data; find the first bad operation. Constant: nothing reaches the weights. Flat: rate or scale too small, or vanished gradients. Oscillating: halve the rate or more. Validation rises: overfitting. Before all else overfit one batch: a loop that cannot is broken.",
  pitfall:
    "Gradient norms of 0.01 to 100 are a habit, not a law: judge them against the weights' norms and over time.",
  level: "medium",
  whenNot:
    "A curve cannot show wrong data: leaks and shifted labels give beautiful ones. Then read rows and the worst mistakes. A single noisy curve is no evidence either: smooth it, or repeat with other seeds before naming a fault.",
  followUps: [
    {
      ask: "Training loss lies above validation loss. Is that a bug?",
      answer:
        "Often not: dropout and augmentation act in training only, and the training loss is averaged over an epoch in which the net improved. Measure both in eval mode; if it stays, suspect a leak or an easy validation set.",
    },
    {
      ask: "What loss do you expect before the first step, with 10 balanced classes?",
      answer:
        "log 10 ≈ 2.30, that of equal probabilities. Much more means logits too large at the start: scale down the last layer. Staying there means the inputs are not used.",
    },
  ],
  derivation: String.raw`Near a minimum with curvature $h$ the loss is $\tfrac12hw^2$, and a step gives $w\leftarrow(1-\eta h)w$. For $\eta<\tfrac1h$ the error shrinks smoothly; for $\tfrac1h<\eta<\tfrac2h$ it changes sign at each step and still shrinks; beyond $\tfrac2h$ it grows. So oscillating and diverging are one fault at two strengths, and half the rate is the first try.

A net that ignores its input predicts class shares at best: the loss is their entropy, $\log K$ for $K$ equal classes. A curve that settles there has seen nothing.

One batch has few rows and the net many weights, so it can store any labels and the loss can go to 0. If it does not, the cause is in the loop, not in the data or in too small a model.

NaN spreads: $\log0=-\infty$, $0\cdot\infty$ is NaN, and any sum with NaN is NaN. So look for the first bad operation.`,
  covers: ["nn/training-health", "claim-b-170", "claim-b-320"],
  answers: ["q-b-172", "q-b-173", "q-b-174"],
  verifiedAgainst: ["curves with one planted fault each"],
  budget: "quick",
  controls: {
    fault: choice(
      [
        "healthy",
        "NaN",
        "constant",
        "flat",
        "diverging",
        "oscillating",
        "overfitting",
        "flat accuracy",
        "confident and wrong",
      ],
      "overfitting",
    ),
  },
  run(lab, { fault }) {
    const curve = cases[fault]!;
    const loss = Array.from(curve.loss).filter(Number.isFinite);
    const held = Array.from(curve.validationLoss ?? []);
    lab.plot(
      figure(
        [
          { type: "line", name: "loss", x: range(loss.length), y: loss },
          ...(held.length > 0
            ? [{ type: "line" as const, name: "validation", x: range(held.length), y: held }]
            : []),
        ],
        { x: { label: "epoch" }, y: {}, alt: `A training curve with the fault: ${fault}.` },
      ),
    );
    lab.table({
      columns: ["finding", "evidence", "try"],
      rows: diagnoseCurve(curve).map((d) => [d.finding, d.evidence, d.remedy]),
    });
    for (const [name, given] of Object.entries(cases)) {
      lab.check(`planted: ${name}; found`, diagnoseCurve(given)[0]!.finding, {
        equals: name === "NaN" ? "nan" : name,
      });
    }
    const x = normalInit([16, 4], { seed: lab.random("x") });
    const y = Tensor.from(Int32Array.from(range(16), (i) => i % 2)); // labels without reason: only memory helps
    const net = new MLP(4, 2, {
      hidden: [24],
      dropout: 0,
      batchNorm: false,
      activation: "tanh",
      seed: lab.random("net"),
    });
    const losses = overfitOneBatch(
      net,
      new Adam(net.parameters(), { lr: 0.05 }),
      () => crossEntropy(net.forward(x), y),
      { steps: 60 },
    );
    lab.check("one batch of random labels can be learned by heart", losses.at(-1)!, { below: 0.1 });
    const cut = new Linear(4, 2, { seed: lab.random("cut") });
    const blind = overfitOneBatch(
      cut,
      new SGD(cut.parameters(), { lr: 0.1 }),
      () => crossEntropy(cut.forward(x.mul(0)), y),
      { steps: 20 },
    );
    lab.check("a pipeline that feeds zeros cannot: loss stays at log 2 or above", blind.at(-1)!, {
      atLeast: 0.69,
    });
    net.zeroGrad();
    crossEntropy(net.forward(x), y).backward();
    const norms = gradientReport(net).map((g) => g.norm);
    lab.check("gradient norms of a healthy net: least", Math.min(...norms), { above: 1e-3 });
    lab.check("greatest", Math.max(...norms), { below: 100 });
    const dropped = new MLP(4, 2, { hidden: [24], dropout: 0.3, batchNorm: true, seed: lab.random("mc") });
    const { std } = monteCarloDropout(dropped, () => dropped.forward(x), { samples: 8 });
    lab.check("spread of Monte-Carlo dropout", std.mean().item(), { above: 0.01 });
    lab.check("batch statistics untouched by it", dropped.namedBuffers()[0]![1].abs().max().item(), {
      equals: 0,
    });
  },
});
