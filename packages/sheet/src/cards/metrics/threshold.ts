import { Matrix, sigmoid } from "whetstone/math";
import {
  costThreshold,
  expectedCost,
  precision,
  recall,
  selectThreshold,
  thresholdSweep,
} from "whetstone/metrics";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "metrics/threshold",
  title: "The threshold is a business decision; recall obeys it, precision need not",
  formula: String.raw`\text{flag if } p\ge\frac{c_{FP}}{c_{FP}+c_{FN}},\qquad t\uparrow\ \Rightarrow\ R\downarrow\ \text{always},\quad P\uparrow\ \text{usually}`,
  ask: "How do you tune a decision threshold, on which data, and what happens to precision and recall as it rises?",
  answer:
    "On validation data, for what matters: expected cost, recall at a precision floor, Fβ, Youden. With calibrated probabilities the costs give it: c_FP/(c_FP + c_FN), one half only if both cost the same. Raising it can only lower recall; precision usually rises but may fall whenever a true positive drops out.",
  pitfall:
    "Chosen and reported on the same rows, the score is optimistic. And a cost threshold on uncalibrated scores is arbitrary.",
  level: "medium",
  whenNot:
    "If actions are not yes or no (rank, defer, ask a human), a single cut throws information away: use the scores, two thresholds with a review band, or a budgeted top k.",
  followUps: [
    {
      ask: "May you pick it on the test set?",
      answer:
        "No. The best of many thresholds is optimistic on the rows that chose it. Pick on validation rows, report on untouched ones; with few rows use cross-validated scores.",
    },
    {
      ask: "Capacity is 200 reviews a day. Which threshold?",
      answer:
        "None fixed: rank and take the top 200. A fixed cut would overflow or idle as the score distribution drifts.",
    },
  ],
  derivation: String.raw`Flagging a row with probability $p$ costs $c_{FP}(1-p)$ on average, leaving it $c_{FN}\,p$. Flag when $c_{FP}(1-p)\le c_{FN}\,p$, that is $p\ge\frac{c_{FP}}{c_{FP}+c_{FN}}$: if a miss costs nine false alarms, $t=0.1$.

Raising $t$ removes flagged rows, so true positives can only fall while the number of positives stays: recall is monotone. Precision is a ratio of two falling counts; dropping a true positive from the top lowers it. This is why its curve is jagged.

On the ROC curve the expected cost is $\pi c_{FN}(1-\text{TPR})+(1-\pi)c_{FP}\,\text{FPR}$. It is constant along lines of slope $\frac{c_{FP}}{c_{FN}}\cdot\frac{1-\pi}\pi$ and falls towards the upper left: the best point is where such a line touches the curve. So costs and prevalence fix the point, and a threshold must be chosen anew where $\pi$ differs.`,
  errata: [
    {
      claim: "claim-b-035",
      claimed: "A higher threshold raises precision.",
      truth:
        "Recall is monotone, precision is not. If the top-scored row is negative, precision starts at 0 and climbs as the threshold falls: 0, 0.5, 0.67, 0.75.",
    },
  ],
  covers: ["metrics/threshold-selection", "metrics/cost-sensitive", "claim-b-035", "claim-a-061"],
  answers: ["q-a-540", "q-b-022", "q-b-031", "q-a-213", "q-a-214"],
  verifiedAgainst: ["brute force over all thresholds", "scikit-learn 1.2 metrics"],
  budget: "quick",
  controls: {
    miss: slider(0.1, 100, 10, { label: "a miss costs, in false alarms", scale: "log" }),
    prevalence: slider(0.02, 0.5, 0.15, { label: "share of positives", step: 0.01 }),
    by: choice(["cost", "F1", "Youden"], "cost", { label: "choose by" }),
  },
  run(lab, { miss, prevalence, by }) {
    const random = lab.random();
    // Calibrated by construction: the label is drawn with the stated probability.
    const draw = (n: number) => {
      const p = range(n).map(() => sigmoid(random.normal(Math.log(prevalence / (1 - prevalence)) - 0.8, 2)));
      return { p, y: p.map((v) => (random.bernoulli(v) ? 1 : 0)) };
    };
    const [validation, test] = [draw(2000), draw(8000)];
    const cost = Matrix.from([
      [0, 1],
      [miss, 0],
    ]);
    const thresholds = linspace(0.01, 0.99, 99);
    const sweep = thresholdSweep(test.y, test.p, thresholds);
    const at = (t: number, data = test) =>
      expectedCost(
        data.y,
        data.p.map((v) => (v >= t ? 1 : 0)),
        cost,
        { labels: [0, 1] },
      );
    const costs = thresholds.map((t) => at(t));
    const criterion = {
      cost: { by: "cost", falsePositive: 1, falseNegative: miss },
      F1: { by: "fbeta" },
      Youden: { by: "youden" },
    } as const;
    const chosen = selectThreshold(validation.y, validation.p, criterion[by]);
    const theory = costThreshold({ falsePositive: 1, falseNegative: miss });
    const top = Math.max(...costs);
    lab.plot(
      figure(
        [
          { type: "line", name: "precision", x: thresholds, y: sweep.map((r) => r.precision) },
          { type: "line", name: "recall", x: thresholds, y: sweep.map((r) => r.recall) },
          {
            type: "line",
            name: "expected cost, of its largest",
            x: thresholds,
            y: costs.map((c) => c / top),
          },
          { type: "rule", name: "c_FP/(c_FP + c_FN)", x: theory },
          { type: "rule", name: "chosen on validation", x: chosen.threshold, label: "chosen" },
        ],
        {
          x: { label: "threshold" },
          y: { domain: [0, 1] },
          alt: `Precision, recall and cost by threshold; a miss costs ${miss.toFixed(1)} false alarms, so the cost is lowest near ${theory.toFixed(2)}.`,
        },
      ),
    );
    const recalls = sweep.map((r) => r.recall);
    lab.check(
      "recall never rises with the threshold",
      recalls.every((r, i) => i === 0 || r <= recalls[i - 1]!),
      { equals: true },
    );
    // The counter-example: the highest score belongs to a negative.
    const [y, s] = [
      [0, 1, 1, 1],
      [0.9, 0.8, 0.7, 0.6],
    ];
    const falling = [0.9, 0.8, 0.7, 0.6].map((t) =>
      precision(
        y,
        s.map((v) => (v >= t ? 1 : 0)),
      ),
    );
    lab.check(
      "counter-example: precision as the threshold falls",
      falling.map((v) => v.toFixed(2)).join(", "),
      { equals: "0.00, 0.50, 0.67, 0.75" },
    );
    lab.check(
      "threshold when a miss costs 9 false alarms",
      costThreshold({ falsePositive: 1, falseNegative: 9 }),
      { equals: 0.1, within: 1e-12 },
    );
    lab.check("equal costs", costThreshold({ falsePositive: 1, falseNegative: 1 }), { equals: 0.5 });
    lab.check(
      "cost at the theoretical threshold over the best of 99, on 8000 rows",
      at(theory) / Math.min(...costs),
      { atMost: 1.05 },
    );
    lab.check("cost there less that at 0.5", at(theory) - at(0.5), { atMost: 0.01 });
    const pick = selectThreshold(validation.y, validation.p, {
      by: "cost",
      falsePositive: 1,
      falseNegative: 10,
    });
    const brute = Math.min(
      ...[0, ...validation.p.slice(0, 399)].map((t) =>
        expectedCost(
          validation.y,
          validation.p.map((v) => (v >= t ? 1 : 0)),
          Matrix.from([
            [0, 1],
            [10, 0],
          ]),
          { labels: [0, 1] },
        ),
      ),
    );
    lab.check("chosen by cost, validation: no worse than 400 thresholds tried", pick.value - brute, {
      atMost: 1e-12,
    });
    // Spam and fraud: one model, two costs.
    const flagged = (t: number) => test.p.map((v) => (v >= t ? 1 : 0));
    const [spam, fraud] = [
      costThreshold({ falsePositive: 10, falseNegative: 1 }),
      costThreshold({ falsePositive: 1, falseNegative: 10 }),
    ];
    lab.check(
      "false alarms dear (spam): precision there less that with dear misses (fraud)",
      precision(test.y, flagged(spam)) - precision(test.y, flagged(fraud)),
      { above: 0.1 },
    );
    lab.check(
      "misses dear (fraud): recall there less that for spam",
      recall(test.y, flagged(fraud)) - recall(test.y, flagged(spam)),
      { above: 0.1 },
    );
  },
});
