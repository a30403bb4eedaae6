import { accuracy, binaryCounts, f1, fbeta, precision, recall } from "whetstone/metrics";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "metrics/precision-recall",
  title: "Precision, recall, and why F1 is a harmonic mean",
  formula: String.raw`P=\frac{TP}{TP+FP},\quad R=\frac{TP}{TP+FN},\quad F_\beta=\frac{(1+\beta^2)PR}{\beta^2P+R},\quad F_1=\frac{2PR}{P+R}`,
  ask: "Define precision, recall, F1 and F-beta. Why a harmonic mean, and what does β change?",
  answer:
    "Precision: of what was flagged, the share that is right. Recall: of what is positive, the share found. F1 is their harmonic mean, which stays near the smaller: flagging everything cannot buy a good score with recall 1. β says how much more recall counts: F2 favours it, F0.5 favours precision.",
  pitfall:
    "F1 ignores true negatives, moves with threshold and prevalence, and 0/0 needs a rule. Never compare F1 across data with different positive rates.",
  level: "easy",
  whenNot:
    "When true negatives matter (screening the healthy), when costs are known, or to compare across prevalences: use cost, specificity, or ROC-AUC for the ranking.",
  followUps: [
    {
      ask: "Which β says that recall counts five times as much?",
      answer:
        "β = 5 in van Rijsbergen's sense: a small gain in P or in R is worth the same where R/P = β. In the harmonic mean 1/R then has the weight β² against 1.",
    },
    {
      ask: "Micro or macro F1?",
      answer:
        "Micro pools the counts, so common classes rule (for single labels it equals accuracy). Macro averages the classes' scores, so a rare class counts as much as a common one.",
    },
  ],
  derivation: String.raw`F1 is the harmonic mean: $\frac1{F_1}=\tfrac12\left(\frac1P+\frac1R\right)$. With $P=\frac{TP}{TP+FP}$ and $R=\frac{TP}{TP+FN}$ this is $F_1=\frac{2TP}{2TP+FP+FN}$: true negatives do not occur.

A harmonic mean is at most twice its smaller part. Flagging everything at 1 % positives has $R=1$, $P=0.01$ and $F_1\approx0.02$, where the arithmetic mean would say 0.505.

$F_\beta$ gives the two reciprocals the weights $1$ and $\beta^2$; its slopes in $P$ and $R$ are equal where $R/P=\beta$.`,
  covers: ["metrics/precision-recall-f1", "claim-a-057", "claim-a-062", "claim-b-034"],
  answers: ["q-a-009", "q-a-215", "q-a-313", "q-a-314", "q-b-021"],
  verifiedAgainst: ["scikit-learn 1.2 precision_score, recall_score and fbeta_score", "hand table"],
  budget: "quick",
  controls: {
    tp: slider(1, 100, 40, { label: "true positives" }),
    fp: slider(0, 200, 10, { label: "false positives" }),
    fn: slider(0, 200, 60, { label: "false negatives" }),
    beta: slider(0.25, 4, 1, { label: "β", scale: "log" }),
  },
  run(lab, { tp, fp, fn, beta }) {
    const tn = 300;
    const make = (a: number, b: number, c: number, d: number) => ({
      y: [
        ...range(a).map(() => 1),
        ...range(b).map(() => 0),
        ...range(c).map(() => 1),
        ...range(d).map(() => 0),
      ],
      p: [...range(a + b).map(() => 1), ...range(c + d).map(() => 0)],
    });
    const { y, p } = make(tp, fp, fn, tn);
    const [P, R] = [precision(y, p), recall(y, p)];
    const grid = linspace(0.02, 1, 50);
    const f = (a: number, b: number, k = beta) => ((1 + k * k) * a * b) / (k * k * a + b);
    lab.plot(
      figure(
        [
          {
            type: "field",
            x: [0.01, 1.01],
            y: [0.01, 1.01],
            cols: 50,
            rows: 50,
            values: grid.flatMap((r) => grid.map((q) => f(q, r))),
            contours: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
          },
          { type: "points", name: "yours", x: [P], y: [R], size: 6 },
        ],
        {
          title: `P = ${P.toFixed(2)}, R = ${R.toFixed(2)}: F = ${fbeta(y, p, beta).toFixed(3)}, arithmetic mean ${((P + R) / 2).toFixed(3)}`,
          x: { label: "precision" },
          y: { label: "recall" },
          square: true,
          alt: `Contours of F-beta with β = ${beta.toFixed(2)} over precision and recall: they bend around the axes, so that a small value of either keeps the score small.`,
        },
      ),
    );
    const c = binaryCounts(y, p);
    lab.check("cells counted", `${c.tp} ${c.fp} ${c.fn} ${c.tn}`, { equals: `${tp} ${fp} ${fn} ${tn}` });
    lab.check("precision by hand", P, { equals: tp / (tp + fp), within: 1e-15 });
    lab.check("recall by hand", R, { equals: tp / (tp + fn), within: 1e-15 });
    lab.check("accuracy by hand", accuracy(y, p), { equals: (tp + tn) / (tp + fp + fn + tn), within: 1e-15 });
    lab.check("F1 = 2TP/(2TP + FP + FN)", f1(y, p), { equals: (2 * tp) / (2 * tp + fp + fn), within: 1e-15 });
    lab.check("Fβ by its formula", fbeta(y, p, beta), { equals: f(P, R), within: 1e-14 });
    const all = make(100, 9900, 0, 0);
    lab.check("flag everything at 1 % positives: F1", f1(all.y, all.p), {
      equals: 0.02 / 1.01,
      within: 1e-12,
    });
    lab.check("the arithmetic mean would give", (precision(all.y, all.p) + recall(all.y, all.p)) / 2, {
      equals: 0.505,
      within: 1e-12,
    });
    // β = R/P is where both matter equally: van Rijsbergen's definition.
    for (const b of [2, 0.5]) {
      const [q, r] = [0.3, 0.3 * b];
      const h = 1e-6;
      const slope = (f(q + h, r, b) - f(q - h, r, b)) / (f(q, r + h, b) - f(q, r - h, b));
      lab.check(`F${b}: precision and recall weigh equally where R/P is`, r / q / slope, {
        equals: b,
        within: 1e-4,
      });
    }
    lab.check("recall doubled in F2 helps more than precision doubled", f(0.4, 0.8, 2) - f(0.8, 0.4, 2), {
      above: 0.1,
    });
    const more = make(tp, fp, fn, tn + 10_000);
    lab.check("10,000 more true negatives change F1 by", f1(more.y, more.p) - f1(y, p), {
      equals: 0,
      within: 1e-12,
    });
    const rare = make(80, 100, 20, 900);
    const common = make(800, 10, 200, 90);
    lab.check(
      "same TPR 0.8 and FPR 0.1, prevalence 9 % and 91 %: F1 differs by",
      f1(common.y, common.p) - f1(rare.y, rare.p),
      { above: 0.25 },
    );
    lab.check("nothing flagged: precision 0/0 counts as", precision([1, 0], [0, 0]), { equals: 0 });
  },
});
