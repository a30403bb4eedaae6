import { RandomForestRegressor } from "whetstone/ensemble";
import { Matrix } from "whetstone/math";
import { permutationImportance } from "whetstone/selection";
import { card, figure, range, slider, toggle } from "../../index.ts";

export default card({
  id: "tree/feature-importance",
  title: "Gain says what a tree used, permutation what it needs",
  formula: String.raw`I_j^{\text{gain}}\propto\sum_{\text{splits on }j} n\,\Delta H,\qquad I_j^{\text{perm}}=s(X,y)-\mathbb E_\pi\,s(X^{\pi(j)},y)`,
  ask: "What do gain importance and permutation importance measure, and how can each mislead?",
  answer:
    "Gain adds up the decrease of impurity of a column's splits in training, so noise columns with many values collect some. Permutation shuffles one column of held-out rows and reads off the loss of score: noise gets zero. Both split the credit of a column that has a copy.",
  pitfall:
    "Neither is causal. With correlated columns permutation makes rows that cannot exist, and each twin looks dispensable because the other one stands in.",
  level: "medium",
  whenNot:
    "For decisions about causes or about single predictions: use experiments, or Shapley values for one row. With correlated columns permute them as a group.",
  followUps: [
    {
      ask: "Why does gain favour columns with many values?",
      answer:
        "They offer more thresholds, so the best of them gains more by luck. A random number has n−1 cuts, a coin one; in deep trees noise columns fill many late splits.",
    },
    {
      ask: "Permutation importance on training or on held-out rows?",
      answer:
        "Held-out: on training rows an overfitted noise column looks needed, because the model memorised it. Repeat the shuffle and show the spread.",
    },
  ],
  derivation: String.raw`Each split lowers the weighted impurity by $n\,\Delta H\ge0$. Summed over a column's splits and scaled to one it is the gain importance. All terms are training gains and none can be negative, so noise collects a positive share.

Permutation draws $\pi$ and computes $s(X,y)-s(X^{\pi(j)},y)$ on new rows. If the model does not use column $j$, or the column is independent of the target and of the other columns, the mean difference is 0. It can be negative by chance, and that is honest.

A copy: if the trees use $x_j$ and its twin in halves, each holds half of the gain, and shuffling one leaves the other to answer. Both measures say what this model does, not what the world does.`,
  covers: ["tree/feature-importance"],
  verifiedAgainst: [
    "scikit-learn 1.2 feature_importances_, 1e-7",
    "closed form 2β²Var(x) for a linear model",
  ],
  budget: "quick",
  controls: {
    strength: slider(0, 3, 1.5, { label: "effect of the second column", step: 0.25 }),
    noise: slider(0.2, 3, 1.5, { label: "noise", step: 0.1 }),
    twin: toggle(false, { label: "give the first column a copy" }),
  },
  run(lab, { strength, noise, twin }) {
    const random = lab.random();
    const names = [
      "strong",
      "second",
      "yes/no",
      "noise, many values",
      "noise, two values",
      twin ? "copy of strong" : "noise",
    ];
    const draw = (n: number) => {
      const X = Matrix.zeros(n, 6);
      const y = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const row = [
          random.normal(),
          random.normal(),
          random.bernoulli(0.5) ? 1 : 0,
          random.normal(),
          random.bernoulli(0.5) ? 1 : 0,
          random.normal(),
        ];
        if (twin) row[5] = row[0]! + 0.01 * random.normal();
        X.data.set(row, 6 * i);
        y[i] = 2 * row[0]! + strength * row[1]! + row[2]! + noise * random.normal();
      }
      return { X, y };
    };
    const train = draw(250);
    const test = draw(400);
    const spec = new RandomForestRegressor({ nEstimators: 40, maxFeatures: 2, seed: lab.seed });
    const model = spec.fit(train.X, train.y);
    const gain = Array.from(model.featureImportances);
    const perm = permutationImportance(model, test.X, test.y, { nRepeats: 5, seed: lab.seed });
    const total = perm.mean.reduce((a, b) => a + Math.max(0, b), 0);
    const share = Array.from(perm.mean, (v) => v / total);
    lab.plot(
      figure(
        [
          { type: "boxes", name: "gain (training)", x0: range(6).map((j) => j - 0.4), x1: range(6), y: gain },
          {
            type: "boxes",
            name: "permutation (new rows)",
            x0: range(6),
            x1: range(6).map((j) => j + 0.4),
            y: share,
          },
          { type: "text", x: range(6), y: range(6).map(() => -0.06), text: names },
        ],
        {
          title: "Shares of the importance",
          x: { label: "column" },
          y: { label: "share", percent: true },
          alt: `Importance of six columns by gain and by permutation: gain gives ${Math.round(100 * gain[3]!)} % to a noise column of many values, permutation almost none.`,
        },
      ),
    );
    lab.table({
      columns: ["column", "gain", "permutation: loss of R²", "its sd"],
      rows: names.map((name, j) => [name, gain[j]!, perm.mean[j]!, perm.sd[j]!]),
    });
    lab.check(
      "gain shares add up to",
      gain.reduce((a, b) => a + b, 0),
      { equals: 1, within: 1e-12 },
    );
    lab.check("gain of pure noise with many values", gain[3]!, { above: 0.01 });
    lab.check("gain prefers many values: noise of two values gets less", gain[4]! / gain[3]!, { below: 1 });
    lab.check("permutation of that noise on new rows, as a share", Math.abs(share[3]!), { below: 0.06 });
    if (!twin && strength <= 1.5)
      lab.check("the column that leads by permutation", names[share.indexOf(Math.max(...share))]!, {
        equals: "strong",
      });
    // A copy takes part of the credit.
    const doubled = new Matrix(
      Float64Array.from(train.X.data, (v, at) => (at % 6 === 5 ? train.X.data[at - 5]! : v)),
      250,
      6,
    );
    const alone = spec.fit(train.X.selectCols([0, 1, 2, 3, 4]), train.y).featureImportances[0]!;
    lab.check(
      "gain share of the strong column once it has a copy, of its share alone",
      spec.fit(doubled, train.y).featureImportances[0]! / alone,
      {
        below: 0.85,
      },
    );
  },
});
