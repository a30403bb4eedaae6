import { numericalGradient, sigmoid } from "whetstone/math";
import { accuracy, logLoss } from "whetstone/metrics";
import { card, figure, histogram, range, slider } from "../../index.ts";

export default card({
  id: "metrics/loss-and-accuracy",
  title: "The loss can fall while accuracy stands still",
  formula: String.raw`\text{accuracy: } \mathbf 1[p\ge\tfrac12]\ \text{(steps)},\qquad \text{log loss: } -\log p_y\ \text{(slopes)}`,
  ask: "Loss keeps falling while accuracy does not move. How is that possible, and why is accuracy not the training loss?",
  answer:
    "Accuracy counts only crossings of 0.5; the loss rewards every bit of probability moved to the right side. Probabilities that improve from 0.05 to 0.45, or from 0.6 to 0.9, lower the loss and change no decision. For the same reason accuracy has zero gradient almost everywhere and cannot train a model.",
  pitfall:
    "The reverse happens too: a few confident mistakes raise the validation loss while accuracy still improves. Look at the histogram of probabilities before calling it overfitting.",
  level: "medium",
  whenNot:
    "When decisions are final and all errors cost alike, accuracy on held-out rows is what counts; when probabilities are used downstream, judge by log loss and calibration.",
  followUps: [
    {
      ask: "Validation loss rises while accuracy holds. Stop training?",
      answer:
        "Only if the probabilities are used. The decisions are as good as before; a few confident mistakes grow. Early stopping on the loss, or temperature scaling afterwards, repairs it.",
    },
    {
      ask: "Could you train on accuracy anyway?",
      answer:
        "Not by gradients: its derivative is zero almost everywhere. Search without gradients works in few dimensions; otherwise use a surrogate that bounds the 0–1 loss.",
    },
  ],
  derivation: String.raw`Accuracy is a mean of steps $\mathbf 1[p_i\ge\tfrac12]$. Away from the steps a small change of the weights flips no row, so the derivative is exactly 0; at a step it does not exist.

Log loss is $-\log p_{y}$ per row, with slope $-1/p_y$: a row at 0.05 pulls twenty times as hard as one at 1, and every move toward the right side lowers it.

So probabilities can travel from 0.05 to 0.45 and lower the loss by $\log 9\approx2.2$ a row without one decision changing.`,
  covers: ["claim-b-216", "claim-b-382"],
  answers: ["q-b-215", "q-b-218"],
  verifiedAgainst: ["scikit-learn 1.2 log_loss and accuracy_score", "finite differences"],
  budget: "quick",
  controls: {
    step: slider(0, 10, 4, { label: "training step" }),
    ceiling: slider(0.2, 0.49, 0.45, { label: "highest P of the hard positives", step: 0.01 }),
  },
  run(lab, { step, ceiling }) {
    const random = lab.random();
    const n = 600;
    const y = range(n).map((i) => (i % 3 === 0 ? 1 : 0));
    const noise = y.map(() => random.uniform());
    // Positives climb towards the ceiling, negatives sink: nobody crosses one half.
    const at = (t: number) =>
      y.map((v, i) =>
        v === 1
          ? 0.02 + (ceiling - 0.02) * (t / 10) * (0.6 + 0.4 * noise[i]!)
          : 0.4 * noise[i]! * (1 - 0.08 * t),
      );
    const steps = range(11);
    const [losses, accuracies] = [
      steps.map((t) => logLoss(y, at(t))),
      steps.map((t) =>
        accuracy(
          y,
          at(t).map((p) => (p >= 0.5 ? 1 : 0)),
        ),
      ),
    ];
    const p = at(step);
    lab.plot(
      figure(
        [
          histogram(
            p.filter((_, i) => y[i] === 1),
            { bins: 15, name: "positives" },
          ),
          histogram(
            p.filter((_, i) => y[i] === 0),
            { bins: 15, name: "negatives" },
          ),
          { type: "rule", x: 0.5, label: "0.5" },
        ],
        {
          title: `Step ${step}: log loss ${losses[step]!.toFixed(3)}, accuracy ${(100 * accuracies[step]!).toFixed(1)} %`,
          x: { label: "predicted probability", domain: [0, 1] },
          y: { label: "rows" },
          alt: `Histograms of predicted probabilities of positives and negatives, all left of 0.5 at step ${step}: the positives climb without crossing.`,
        },
      ),
    );
    lab.plot(
      figure(
        [
          { type: "line", name: "log loss", x: steps, y: losses },
          { type: "line", name: "accuracy", x: steps, y: accuracies },
        ],
        {
          x: { label: "step" },
          y: {},
          alt: "Log loss falls step by step while accuracy is a flat line at two thirds.",
        },
      ),
    );
    lab.check("loss at the end over that at the start", losses[10]! / losses[0]!, { below: 0.6 });
    lab.check("accuracy: largest change over all steps", Math.max(...accuracies) - Math.min(...accuracies), {
      equals: 0,
    });
    lab.check("accuracy is the share of negatives", accuracies[0]!, { equals: 2 / 3, within: 1e-12 });
    // A logistic model of one feature: gradients of both measures at random weights.
    const x = y.map((v) => random.normal(v, 1));
    const predict = (w: Float64Array) => x.map((v) => sigmoid(w[0]! * v + w[1]!));
    const flat = range(40).filter(() => {
      const w = [random.normal(), random.normal()];
      return (
        Math.hypot(
          ...numericalGradient(
            (v) =>
              accuracy(
                y,
                predict(v).map((q) => (q >= 0.5 ? 1 : 0)),
              ),
            w,
          ),
        ) === 0
      );
    }).length;
    lab.check("random weights where the gradient of accuracy is exactly 0, of 40", flat, { atLeast: 38 });
    lab.check(
      "gradient of the log loss at such a point",
      Math.hypot(...numericalGradient((v) => logLoss(y, predict(v)), [0.3, 0.2])),
      { above: 0.01 },
    );
    // Accuracy up and loss up: one sure mistake.
    const before = { p: [0.45, 0.45, 0.9, 0.6], y: [1, 1, 1, 0] };
    const after = { p: [0.6, 0.6, 0.9, 0.9999], y: [1, 1, 1, 0] };
    const decide = (q: number[]) => q.map((v) => (v >= 0.5 ? 1 : 0));
    lab.check(
      "one confident mistake: accuracy rises by",
      accuracy(after.y, decide(after.p)) - accuracy(before.y, decide(before.p)),
      { equals: 0.5 },
    );
    lab.check("and the loss rises by", logLoss(after.y, after.p) - logLoss(before.y, before.p), { above: 1 });
  },
});
