import { makeFriedman1 } from "whetstone/data";
import { HistGradientBoostingRegressor } from "whetstone/ensemble";
import { LinearRegression } from "whetstone/linear";
import { learningCurve } from "whetstone/selection";
import { card, figure, slider } from "../../index.ts";

export default card({
  id: "learning-theory/learning-curves",
  title: "Learning curves tell bias from variance, and whether more data helps",
  formula: String.raw`\text{gap}(n)=\mathrm{Err}_{\text{val}}(n)-\mathrm{Err}_{\text{train}}(n),\qquad \text{level}=\lim_{n\to\infty}\mathrm{Err}_{\text{val}}(n)`,
  ask: "Sketch the learning curves of a high-bias and a high-variance model: which features tell them apart?",
  answer:
    "High bias: training and validation error meet early, at a level above what is acceptable; more rows change nothing. High variance: training error is far below validation error, and the gap is still closing at the last row; more rows help. Training error rises with rows, validation error falls.",
  pitfall:
    "One point is no curve: a gap at full size alone cannot say whether more data would close it. And a low training error of a boosted model is normal, not by itself a fault.",
  level: "easy",
  whenNot:
    "When rows are not alike (drift, new segments), a curve over random subsets says nothing about tomorrow's rows; and when each fit is costly, use two or three sizes only.",
  followUps: [
    {
      ask: "The gap has closed, yet the error is too high. What now?",
      answer:
        "More rows will not help. Add capacity or features, weaken the penalty, clean the labels; compare with the noise floor or human error first.",
    },
    {
      ask: "How do you guess the error at ten times the rows?",
      answer:
        "Fit error(n) ≈ a + b·n^(−c) to the curve and extrapolate, with care: a is the floor, c often 0.3 to 1. Hold out the largest size to check the fit.",
    },
  ],
  derivation: String.raw`For least squares that contains the truth, $p$ coefficients and $n$ rows, training error is $\sigma^2(1-p/n)$ and error on new noise $\sigma^2(1+p/n)$: both tend to the floor $\sigma^2$, one from below, one from above, and the gap $2\sigma^2p/n$ closes like $1/n$.

If the model misses part of the truth, both tend to $\sigma^2+b$ with the squared bias $b$; no number of rows lowers that level. A line meets it after a few hundred rows.

A flexible learner has a tiny $b$ and a large effective $p$, which may grow with $n$: its training error stays low, and the gap is what further rows reduce.`,
  covers: ["learning-theory/learning-curves"],
  answers: ["q-b-018", "q-b-017"],
  verifiedAgainst: ["nested training sets, counted", "the noise level of a known function"],
  budget: "quick",
  controls: {
    rows: slider(200, 1000, 600, { label: "rows in all", step: 100 }),
    noise: slider(0, 3, 1, { label: "noise σ", step: 0.25 }),
    leaves: slider(2, 16, 8, { label: "leaves per tree of the boosted model" }),
  },
  run(lab, { rows, noise, leaves }) {
    const { X, y } = makeFriedman1({ nSamples: rows, noise, seed: lab.seed });
    const trainSizes = [0.06, 0.12, 0.25, 0.5, 0.75, 1];
    const boosted = new HistGradientBoostingRegressor({
      maxIter: 60,
      maxLeafNodes: leaves,
      minSamplesLeaf: 3,
      maxBins: 64,
    });
    const curve = (spec: LinearRegression | HistGradientBoostingRegressor) =>
      learningCurve(spec, X, y, { trainSizes, cv: 3, scoring: "mse", seed: lab.seed }).map((p) => ({
        n: p.trainRows,
        train: p.result.trainMean!.mse!,
        valid: p.result.mean.mse!,
      }));
    const line = curve(new LinearRegression());
    const trees = curve(boosted);
    const floor = 0.02;
    lab.plot(
      figure(
        [
          { type: "line", name: "line: validation", x: line.map((p) => p.n), y: line.map((p) => p.valid) },
          {
            type: "line",
            name: "line: training",
            x: line.map((p) => p.n),
            y: line.map((p) => p.train),
            dashed: true,
          },
          {
            type: "line",
            name: "boosted trees: validation",
            x: trees.map((p) => p.n),
            y: trees.map((p) => p.valid),
          },
          {
            type: "line",
            name: "boosted trees: training",
            x: trees.map((p) => p.n),
            y: trees.map((p) => Math.max(p.train, floor)),
            dashed: true,
          },
          ...(noise > 0.2 ? [{ type: "rule" as const, name: "noise", y: noise ** 2 }] : []),
        ],
        {
          x: { label: "training rows" },
          y: { label: "mean squared error", scale: "log" },
          alt: "Errors by training rows: the linear model's two curves meet early at a high level, the boosted model's training curve stays far below its validation curve, which keeps falling.",
        },
      ),
    );
    const [lineEnd, treesEnd] = [line.at(-1)!, trees.at(-1)!];
    const middle = trainSizes.indexOf(0.5);
    lab.table({
      columns: ["model", "training", "validation", "gap", "change by the second half of the rows"],
      rows: [
        ["line", lineEnd, line[middle]!] as const,
        ["boosted trees", treesEnd, trees[middle]!] as const,
      ].map(([name, end, half]) => [
        name,
        Number(end.train.toFixed(2)),
        Number(end.valid.toFixed(2)),
        Number((end.valid - end.train).toFixed(2)),
        Number((end.valid - half.valid).toFixed(2)),
      ]),
    });
    lab.check("line: validation over training error at all rows", lineEnd.valid / lineEnd.train, {
      below: 1.25,
    });
    lab.check("line: validation error above the noise variance", lineEnd.valid - noise ** 2, {
      above: 3,
    });
    lab.check("line: validation error at all rows over half of them", lineEnd.valid / line[middle]!.valid, {
      between: [0.8, 1.15],
    });
    if (leaves >= 8) {
      lab.check("boosted trees: validation over training error", treesEnd.valid / treesEnd.train, {
        above: 2,
      });
      lab.check(
        "boosted trees: validation error at all rows over half of them",
        treesEnd.valid / trees[middle]!.valid,
        {
          below: 0.95,
        },
      );
    }
    if (rows <= 700)
      lab.check(
        "line: training error rises from the smallest set to all rows",
        lineEnd.train - line[0]!.train,
        { above: 0 },
      );
    lab.check(
      "training sets grow",
      line.every((p, i) => i === 0 || p.n > line[i - 1]!.n),
      { equals: true },
    );
  },
});
