import { classImbalanceReport, makeImbalanced } from "whetstone/data";
import { DummyClassifier } from "whetstone/dummy";
import { accuracy, balancedAccuracy } from "whetstone/metrics";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "data/class-imbalance",
  title: "On skewed labels, saying nothing scores 95 %",
  formula: String.raw`\text{accuracy of the majority}=\max_c \frac{n_c}{n}`,
  ask: "Why is accuracy the wrong metric on skewed labels, and how is that noticed before training?",
  answer:
    "A model that always says the most frequent label has that label's share as its accuracy: with 5 % positives, 95 %, while it finds none of them. Count the labels first; where the rarest class has far less than its equal share, use balanced accuracy, precision and recall, or a cost.",
  pitfall:
    "Balanced labels in the training set after resampling do not make accuracy right: rows to come are as skewed as before.",
  level: "easy",
  whenNot:
    "When classes are near equal and all errors cost alike, accuracy is fine. With known costs go straight to expected cost and its threshold instead of a general-purpose score.",
  followUps: [
    {
      ask: "Which number do you report for 0.1 % fraud?",
      answer:
        "Average precision, or recall at the precision or alert budget the team can handle, beside the base rate. ROC AUC can look high while most alerts are false.",
    },
    {
      ask: "Does balanced accuracy depend on the share of positives?",
      answer:
        "No: it averages the recall of each class, so every constant scores 1/K. It hides precision, which does fall when positives are rare.",
    },
  ],
  derivation: String.raw`Let class $c$ have the share $n_c/n$. A constant answer $c$ is right on exactly those rows, so its accuracy is $n_c/n$ and the best constant reaches $\max_cn_c/n$: 0.95 with 5 % positives.

Balanced accuracy is the mean of the recalls. The constant has recall 1 on one class and 0 on the other $K-1$, so it scores $1/K$ however skewed the labels are.

The gap between both says how much of an accuracy is explained by the base rate alone: compare a model with $\max_cn_c/n$, not with $1/K$.`,
  covers: ["data/class-imbalance-report"],
  verifiedAgainst: ["a classifier that always says the most frequent label"],
  budget: "quick",
  controls: { share: slider(0.005, 0.5, 0.05, { label: "share of positives", scale: "log" }) },
  run(lab, { share }) {
    const n = 1000;
    const labelsOf = (positives: number) =>
      Array.from({ length: n }, (_, i) => (i < positives ? "fraud" : "fine"));
    const grid = linspace(0.005, 0.5, 34);
    const reports = grid.map((s) => classImbalanceReport(labelsOf(Math.round(n * s))));
    const shown = classImbalanceReport(labelsOf(Math.round(n * share)));
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "accuracy of saying “fine”",
            x: grid,
            y: reports.map((r) => r.baselineAccuracy),
          },
          { type: "line", name: "its balanced accuracy", x: grid, y: grid.map(() => 0.5) },
          { type: "line", name: "evenness of the labels", x: grid, y: reports.map((r) => r.evenness) },
          { type: "points", name: "chosen share", x: [share], y: [shown.baselineAccuracy], size: 5 },
        ],
        {
          x: { label: "share of positives" },
          y: { label: "score" },
          alt: "The rarer the positives, the higher the accuracy of a model that never predicts them.",
        },
      ),
    );
    const { X, y } = makeImbalanced({
      nSamples: n,
      nFeatures: 2,
      positiveShare: share,
      exact: Math.round(n * share),
      seed: lab.seed,
    });
    const constant = new DummyClassifier({ strategy: "mostFrequent" }).fit(X, y).predict(X);
    const report = classImbalanceReport(y, { scoring: "accuracy" });
    lab.check(
      "baseline of the report less accuracy of the constant",
      report.baselineAccuracy - accuracy(y, constant),
      {
        equals: 0,
      },
    );
    lab.check("balanced accuracy of the constant", balancedAccuracy(y, constant), { equals: 0.5 });
    lab.check("warned of accuracy at 5 % positives", classImbalanceReport(labelsOf(50)).warnings.length, {
      equals: 1,
    });
    lab.check("silent at 40 %", classImbalanceReport(labelsOf(400)).warnings.length, { equals: 0 });
    lab.check(
      "silent at 5 % where the metric is average precision",
      classImbalanceReport(labelsOf(50), { scoring: "averagePrecision" }).warnings.length,
      { equals: 0 },
    );
  },
});
