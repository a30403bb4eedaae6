import { ridgePath } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { Linear, mse, normalInit, Trainer } from "whetstone/nn";
import { SGD } from "whetstone/optim";
import type { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/early-stopping",
  title: "Early stopping: keep the best epoch, judged on validation",
  formula: String.raw`w_{t,i}=\big(1-(1-\eta s_i)^t\big)\,w_i^*\quad\text{against ridge}\quad \frac{s_i}{s_i+\lambda}\,w_i^*,\qquad \lambda\approx\frac1{\eta t}`,
  ask: "How does early stopping act like an L2 penalty, and which quantity plays the part of λ?",
  answer:
    "Gradient descent from 0 reaches directions of large curvature first; stopped after t steps the others are still small, as ridge would keep them, with λ about 1/(ηt). Watch a validation loss, wait for `patience` epochs without improvement, and put the best weights back.",
  pitfall:
    "Choose the epoch on validation data, never on test: the minimum over many epochs is an optimistic number.",
  level: "medium",
  whenNot:
    "If the loss falls again after a plateau (rate schedules, double descent), or validation rows are few, a short patience stops too soon: train a fixed budget with a decaying rate and weight decay, and keep the last or best weights.",
  followUps: [
    {
      ask: "How can the validation rows be used for training in the end?",
      answer:
        "Note the best number of steps and refit on all rows for as many. Nothing is left to check that refit with, which is why many keep the model of the split, or average models over folds.",
    },
    {
      ask: "How do you choose patience and the least improvement?",
      answer:
        "Patience longer than the curve's wiggles and than the wait for the next cut of the rate. The least improvement near the noise of the validation loss, or chance dips keep the run alive.",
    },
  ],
  derivation: String.raw`For a quadratic loss, in the axes of its curvature $s_i$, a step is $w_i\leftarrow w_i-\eta s_i(w_i-w_i^*)$: the distance to the optimum is multiplied by $1-\eta s_i$. From 0, after $t$ steps, $w_i=\big(1-(1-\eta s_i)^t\big)w_i^*$, which converges if $\eta s_i<2$ for all $i$.

Ridge minimises $\tfrac12s_i(w_i-w_i^*)^2+\tfrac12\lambda w_i^2$. Its derivative is 0 at $w_i=\frac{s_i}{s_i+\lambda}w_i^*$.

For weak directions the first factor is about $\eta ts_i$ and the second about $s_i/\lambda$: equal if $\lambda=\frac1{\eta t}$. For strong ones both are near 1. Between they differ: at $\eta ts_i=1$ with a small rate stopping keeps $1-e^{-1}=0.63$ and ridge $0.5$. So it is a likeness, not an identity.`,
  covers: ["nn/early-stopping", "claim-b-314"],
  answers: ["q-b-325", "q-a-515"],
  verifiedAgainst: [
    "ridge path of this library (scikit-learn 1.2 Ridge, 1e-9)",
    "closed form of gradient descent",
  ],
  budget: "quick",
  controls: { patience: slider(1, 10, 3), noise: slider(0.2, 3, 1, { step: 0.1 }) },
  async run(lab, { patience, noise }) {
    const [n, d] = [40, 8];
    const truth = normalInit([d, 1], { std: 0.4, seed: lab.random("w") });
    const make = (rows: number, name: string): [Tensor, Tensor] => {
      const x = normalInit([rows, d], { seed: lab.random(name) });
      return [
        x,
        x
          .matmul(truth)
          .add(normalInit([rows, 1], { std: noise, seed: lab.random(`${name}e`) }))
          .realize(),
      ];
    };
    const [train, held] = [make(n, "train"), make(40, "held")];
    const net = new Linear(d, 1, { bias: false, seed: 0 });
    net.weight.become(net.weight.mul(0), true);
    const trainer = new Trainer<[Tensor, Tensor]>({
      net,
      optimizer: new SGD(net.parameters(), { lr: 0.05 }),
      loss: ([x, y]) => mse(net.forward(x), y),
    });
    const history = await trainer.fit([train], {
      epochs: 60,
      validation: [held],
      earlyStopping: { patience },
    });
    const losses = history.map((h) => h.validationLoss!);
    const best = losses.indexOf(Math.min(...losses));
    lab.plot(
      figure(
        [
          { type: "line", name: "training", x: range(losses.length), y: history.map((h) => h.loss) },
          { type: "line", name: "validation", x: range(losses.length), y: losses },
          { type: "rule", x: best, label: "kept" },
        ],
        {
          x: { label: "epoch" },
          y: { label: "loss" },
          alt: `Training loss falls, validation loss is least at epoch ${best}; training stopped at ${losses.length}.`,
        },
      ),
    );
    lab.check("epochs run: the best, and patience more (at most 60)", losses.length, {
      equals: Math.min(60, best + 1 + patience),
    });
    lab.check(
      "validation loss of the weights put back, against the best",
      mse(net.forward(held[0]), held[1]).item(),
      { equals: losses[best]!, relative: 1e-5 },
    );
    // Gradient descent on the mean square for t steps against ridge with 1/(eta t).
    const descend = (t: number) => {
      const w = new Linear(d, 1, { bias: false, seed: 0 });
      w.weight.become(w.weight.mul(0), true);
      const optimizer = new SGD(w.parameters(), { lr: 0.02 });
      for (let i = 0; i < t; i++) {
        optimizer.zeroGrad();
        mse(w.forward(train[0]), train[1]).backward();
        optimizer.step();
      }
      return Array.from(w.weight.data());
    };
    const t = 25;
    const w = descend(t);
    const X = train[0].toMatrix();
    const y = Array.from(train[1].data());
    const alphas = range(25).map((i) => (n / (2 * 0.02 * t)) * 10 ** (-1 + i / 12));
    const path = ridgePath(new Matrix(X.data, n, d), y, alphas, { fitIntercept: false });
    const distance = (c: ArrayLike<number>) => Math.hypot(...w.map((v, i) => v - c[i]!)) / Math.hypot(...w);
    const gaps = alphas.map((_, i) => distance(path.coefs.row(i)));
    lab.check("weights after 25 steps: relative distance to ridge with λ = 1/(ηt)", gaps[12]!, {
      atMost: 0.35,
    });
    lab.check("to the best ridge", Math.min(...gaps), { atMost: 0.15 });
  },
});
