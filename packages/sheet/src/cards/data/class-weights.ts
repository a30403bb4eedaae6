import { makeImbalanced } from "whetstone/data";
import { LogisticRegression } from "whetstone/linear";
import { averagePrecision, f1, recall, rocAuc } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "data/class-weights",
  title: "Class weights move the operating point, not the ranking",
  formula: String.raw`w_c=\frac{n}{K\,n_c},\qquad \operatorname{logit}p_{\text{weighted}}\approx\operatorname{logit}p+\log\frac{w_1}{w_0}`,
  ask: "What do balanced class weights do to a classifier on skewed classes, and what do they not do?",
  answer:
    "Each row counts n/(K·n_c), so all classes weigh the same in the loss. For a logistic model that mostly shifts the intercept by log(w₁/w₀): more positives are predicted, recall rises, precision falls. Ranking (AUC, average precision) barely moves. A lower threshold on the unweighted model does the same.",
  pitfall:
    "Weighted probabilities are no longer calibrated: on average they lie far above the base rate. Subtract log(w₁/w₀) from the logit, or leave weights alone and move the threshold.",
  level: "medium",
  whenNot:
    "When probabilities are used as such, or costs are known: fit without weights and put the threshold at the costs. Weights pay where the learner stops early or its loss cannot be thresholded.",
  followUps: [
    {
      ask: "Costs are 1 for a false alarm and 9 for a miss: which threshold?",
      answer: String.raw`Predict positive when $9p>1\cdot(1-p)$, so at $p>0.1$, on calibrated probabilities of an unweighted model.`,
    },
    {
      ask: "How do you undo the weighting of a probability?",
      answer: String.raw`Subtract $\log(w_1/w_0)$ from the logit and apply the sigmoid. It is exact if the model is right and approximate otherwise: check calibration afterwards.`,
    },
  ],
  derivation: String.raw`Weighting rows of class $c$ by $w_c$ is fitting a population in which class $c$ is $w_c$ times as frequent. Its posterior odds are $\frac{w_1\,p}{w_0\,(1-p)}$, so the logit moves by $\log(w_1/w_0)$.

A logistic model that is right for $p$ absorbs this in its intercept, and the slopes stay. If the model is wrong the weighted fit looks at another region, and slopes move a little as well.

With $w_c=n/(Kn_c)$ every class has total weight $n/K$. At the optimum the intercept's equation says that weighted residuals add to zero, so the weighted mean probability is one half for two classes.

Adding a constant to the logit keeps the order of the rows: AUC does not change.`,
  covers: ["data/class-weights"],
  answers: ["q-a-207"],
  verifiedAgainst: [
    "scikit-learn 1.2 LogisticRegression with class_weight",
    "the same weights given row by row",
  ],
  budget: "quick",
  controls: {
    share: slider(0.01, 0.5, 0.05, { label: "share of positives", scale: "log" }),
    separation: slider(0.5, 3, 2, { label: "distance of the classes", step: 0.25 }),
    cut: slider(0.02, 0.98, 0.5, { label: "threshold", step: 0.02 }),
  },
  run(lab, { share, separation, cut }) {
    const draw = (n: number, seed: number) =>
      makeImbalanced({
        nSamples: n,
        nFeatures: 3,
        positiveShare: share,
        separation,
        exact: Math.round(n * share),
        seed,
      });
    const train = draw(4000, 2 * lab.seed);
    const test = draw(4000, 2 * lab.seed + 1);
    const plain = new LogisticRegression({ penalty: null }).fit(train.X, train.y);
    const balanced = new LogisticRegression({ penalty: null, classWeight: "balanced" }).fit(train.X, train.y);
    const p = plain.predictProba(test.X).col(1);
    const q = balanced.predictProba(test.X).col(1);
    const counts = [0, 1].map((c) => train.y.filter((v) => v === c).length);
    const weights = counts.map((c) => train.y.length / (2 * c));
    const shift = Math.log(weights[1]! / weights[0]!);
    const grid = linspace(0.02, 0.98, 49);
    const recallAt = (scores: Float64Array, t: number) =>
      recall(
        test.y,
        Array.from(scores, (v) => +(v >= t)),
      );
    lab.plot(
      figure(
        [
          { type: "line", name: "unweighted", x: grid, y: grid.map((t) => recallAt(p, t)) },
          { type: "line", name: "balanced weights", x: grid, y: grid.map((t) => recallAt(q, t)) },
          {
            type: "line",
            name: "unweighted, logit shifted by log(w₁/w₀)",
            x: grid,
            y: grid.map((t) =>
              recallAt(
                p.map((v) => 1 / (1 + ((1 - v) / v) * Math.exp(-shift))),
                t,
              ),
            ),
            dashed: true,
          },
          { type: "rule", x: cut, label: "threshold" },
        ],
        {
          x: { label: "threshold" },
          y: { label: "recall of the positives", domain: [0, 1] },
          alt: "Recall by threshold: the weighted model finds far more positives at every threshold, and shifting the logits of the unweighted one gives the same curve.",
        },
      ),
    );
    const at = (scores: Float64Array) => Array.from(scores, (v) => +(v >= cut));
    lab.table({
      columns: ["model", "AUC", "average precision", `recall at ${cut}`, `F1 at ${cut}`, "mean probability"],
      rows: [p, q].map((scores, i) => [
        i ? "balanced weights" : "unweighted",
        Number(rocAuc(test.y, scores).toFixed(4)),
        Number(averagePrecision(test.y, scores).toFixed(4)),
        Number(recall(test.y, at(scores)).toFixed(3)),
        Number(f1(test.y, at(scores)).toFixed(3)),
        Number(mean(scores).toFixed(3)),
      ]),
      caption: `True share of positives: ${(100 * mean(test.y)).toFixed(1)} %.`,
    });
    lab.check("both classes weigh the same in all", counts[0]! * weights[0]! - counts[1]! * weights[1]!, {
      equals: 0,
      within: 1e-9,
    });
    const byRow = new LogisticRegression({ penalty: null }).fit(train.X, train.y, {
      sampleWeight: train.y.map((c) => weights[c]!),
    });
    lab.check(
      "balanced is n/(K·n_c) per row: largest gap of a coefficient",
      Math.max(...balanced.coef.data.map((c, j) => Math.abs(c - byRow.coef.data[j]!))),
      {
        atMost: 1e-4,
      },
    );
    lab.check("change of AUC", Math.abs(rocAuc(test.y, q) - rocAuc(test.y, p)), { below: 0.02 });
    lab.check("change of the intercept against log(w₁/w₀)", balanced.intercept[0]! - plain.intercept[0]!, {
      equals: shift,
      within: 0.15 * shift + 0.1,
    });
    if (share <= 0.2)
      lab.check("recall gained at a threshold of 0.5", recallAt(q, 0.5) - recallAt(p, 0.5), { above: 0.1 });
    lab.check(
      "unweighted: mean probability over the true share, training rows",
      mean(plain.predictProba(train.X).col(1)) / mean(train.y),
      {
        equals: 1,
        within: 1e-3,
      },
    );
    const weighted = balanced.predictProba(train.X).col(1);
    const total = mean(weighted.map((v, i) => v * weights[train.y[i]!]!));
    lab.check("balanced: its weighted mean probability", total, { equals: 0.5, within: 1e-3 });
  },
});
