import { DummyClassifier } from "whetstone/dummy";
import { sum } from "whetstone/kernels";
import {
  accuracy,
  averagePrecision,
  balancedAccuracy,
  binaryCounts,
  confusionMatrix,
  f1,
  matthews,
  recall,
} from "whetstone/metrics";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "metrics/accuracy-paradox",
  title: "99 % accuracy without finding anything",
  formula: String.raw`\text{accuracy}=\frac{TP+TN}{n}\;=\;1-\pi\ \text{ for “always no”},\qquad \text{balanced}=\tfrac12(\text{TPR}+\text{TNR})=\tfrac12`,
  ask: "With 1 % positives, what accuracy does a constant answer reach, and what do you report instead?",
  answer:
    "99 %, with recall 0: accuracy is an average over classes weighted by how common they are, and the common class wins. Report the confusion matrix, precision and recall of the rare class, the PR curve or the cost, and always next to the majority baseline.",
  pitfall:
    "A model with real skill can have lower accuracy than “always no”: finding half of the positives at 20 % precision costs accuracy and may be worth it.",
  level: "easy",
  whenNot:
    "With balanced classes and equal costs accuracy is a fine headline. Elsewhere take recall at a precision floor, average precision or expected cost.",
  followUps: [
    {
      ask: "Is resampling to 50:50 a cure?",
      answer:
        "No. It moves the threshold and breaks the probabilities; the ranking stays much the same. Evaluate on the natural class balance and move the threshold instead.",
    },
    {
      ask: "Which single number would you put on a dashboard?",
      answer:
        "Expected cost per decision, if costs are known; else recall at the precision the users can bear, with its interval and the positive rate beside it.",
    },
  ],
  derivation: String.raw`With share $\pi$ of positives, accuracy is a weighted mean of the two class rates: $\text{acc}=\pi\,\text{TPR}+(1-\pi)\,\text{TNR}$.

“Always no” has $\text{TPR}=0$ and $\text{TNR}=1$, so it scores $1-\pi$: 0.99 at 1 %. Finding half of the positives at 20 % precision means $0.5\pi$ hits and $2\pi$ false alarms, so accuracy is $1-\pi+0.5\pi-2\pi$, lower by $1.5\pi$.

Balanced accuracy gives both rates the weight one half; a constant answer then scores exactly $\tfrac12$ whatever $\pi$ is.`,
  covers: ["metrics/confusion-matrix", "claim-a-060", "claim-b-323"],
  answers: ["q-a-205", "q-b-331"],
  verifiedAgainst: ["scikit-learn 1.2 metrics", "counting by hand"],
  budget: "quick",
  controls: {
    prevalence: slider(0.005, 0.5, 0.01, { label: "share of positives", scale: "log" }),
    separation: slider(0, 4, 2, { label: "how well a real model separates, in σ", step: 0.1 }),
    cut: slider(-2, 5, 1.5, { label: "its threshold", step: 0.1 }),
  },
  run(lab, { prevalence, separation, cut }) {
    const random = lab.random();
    const n = 10_000;
    const positives = Math.round(prevalence * n);
    const y = range(n).map((i) => (i < positives ? 1 : 0));
    const scores = y.map((v) => random.normal(v * separation, 1));
    const never = new DummyClassifier({ strategy: "mostFrequent" })
      .fit(
        scores.map((s) => [s]),
        y,
      )
      .predict(scores.map((s) => [s]));
    const model = scores.map((s) => (s >= cut ? 1 : 0));
    const row = (name: string, p: number[]) => {
      const { tp, fp, tn, fn } = binaryCounts(y, p);
      return [name, tp, fn, fp, tn, accuracy(y, p), recall(y, p), balancedAccuracy(y, p), f1(y, p)];
    };
    lab.table({
      columns: ["answers", "TP", "FN", "FP", "TN", "accuracy", "recall", "balanced", "F1"],
      rows: [row("majority", never), row("model", model)],
      caption: `${positives} positives among ${n} rows.`,
    });
    const shares = linspace(-2.3, Math.log10(0.5), 40).map((e) => 10 ** e);
    lab.plot(
      figure(
        [
          { type: "line", name: "always no: accuracy", x: shares, y: shares.map((p) => Math.max(p, 1 - p)) },
          { type: "line", name: "always no: recall", x: shares, y: shares.map(() => 0) },
          { type: "line", name: "always no: balanced accuracy", x: shares, y: shares.map(() => 0.5) },
          { type: "points", name: "model: accuracy", x: [prevalence], y: [accuracy(y, model)], size: 5 },
          { type: "points", name: "model: recall", x: [prevalence], y: [recall(y, model)], size: 5 },
        ],
        {
          x: { label: "share of positives", scale: "log" },
          y: { label: "score", percent: true, domain: [0, 1] },
          alt: `Accuracy of always answering no rises to nearly 1 as positives get rare, with recall 0 throughout; at ${(100 * prevalence).toFixed(1)} % a real model scores ${(100 * accuracy(y, model)).toFixed(1)} % with recall ${(100 * recall(y, model)).toFixed(0)} %.`,
        },
      ),
    );
    const rare = range(n).map((i) => (i < 100 ? 1 : 0));
    const no = rare.map(() => 0);
    const { matrix } = confusionMatrix(rare, no);
    lab.check("1 % positives, always no: accuracy", accuracy(rare, no), { equals: 0.99 });
    lab.check("its recall", recall(rare, no), { equals: 0 });
    lab.check("its balanced accuracy", balancedAccuracy(rare, no), { equals: 0.5 });
    lab.check("its Matthews correlation", matthews(rare, no), { equals: 0 });
    lab.check("its average precision with constant scores: the prevalence", averagePrecision(rare, no), {
      equals: 0.01,
      within: 1e-12,
    });
    lab.check("the confusion matrix adds up to the rows", sum(matrix.data), { equals: n });
    lab.check("accuracy is its trace over the total", (matrix.at(0, 0) + matrix.at(1, 1)) / n, {
      equals: accuracy(rare, no),
    });
    // A model with skill may lose in accuracy.
    const skilled = rare.map((v, i) => (v === 1 ? (i % 2 === 0 ? 1 : 0) : i % 50 === 0 ? 1 : 0));
    lab.check(
      "half the positives found at 20 % precision: accuracy less that of always no",
      accuracy(rare, skilled) - 0.99,
      { below: 0 },
    );
    lab.check("recall of that model", recall(rare, skilled), { equals: 0.5 });
  },
});
