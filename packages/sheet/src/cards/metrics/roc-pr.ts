import { averagePrecision, precisionRecallCurve, rocAuc, rocCurve } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "metrics/roc-pr",
  title: "ROC does not see how rare positives are; precision–recall does",
  formula: String.raw`\text{AUC}=P(s^+>s^-)+\tfrac12P(s^+=s^-),\qquad \text{random: AUC}=\tfrac12,\quad \text{AP}=\pi`,
  ask: "When should precision–recall replace ROC-AUC as the headline, and what are the baselines of both?",
  answer:
    "ROC-AUC is the chance that a random positive outscores a random negative: 0.5 for a random scorer, 1 for a perfect one, at any class balance. Precision depends on the balance: a random scorer's equals the positive rate. When positives are rare and you act on the flagged ones, report PR; ROC-AUC still measures ranking.",
  pitfall:
    "0.95 ROC-AUC at 0.1 % positives can mean 1 % precision at useful recall. And average precisions of data sets with different prevalence are not comparable.",
  level: "medium",
  whenNot:
    "When one threshold is in use, report the point (precision, recall, cost) and not an area over thresholds that nobody runs.",
  followUps: [
    {
      ask: "How do the two curves of one model map onto each other?",
      answer:
        "Point by point: the same thresholds. Precision = π·TPR / (π·TPR + (1−π)·FPR), so the prevalence π turns a ROC curve into a PR curve, and dominance in one is dominance in the other.",
    },
    {
      ask: "AUC 0.98 and the business finds the model useless. Why?",
      answer:
        "Precision at the base rate is low, the region in use is the poor one, scores are leaked or late, calibration is off, or the decision was never sensitive to the score.",
    },
  ],
  derivation: String.raw`Sort by score. Moving the threshold past a positive steps the ROC curve up by $1/n_+$, past a negative right by $1/n_-$. The area adds, for each negative, the share of positives above it: the share of pairs won, with half for ties.

Both axes are rates within one class, so duplicating all negatives changes nothing. Precision mixes the classes: $P=\frac{\pi\,\text{TPR}}{\pi\,\text{TPR}+(1-\pi)\,\text{FPR}}$.

With $\text{TPR}=0.8$, $\text{FPR}=0.05$ and $\pi=0.001$: $P=0.0008/0.05075=1.6\,\%$. A random scorer has $\text{TPR}=\text{FPR}$, so $P=\pi$.`,
  covers: [
    "metrics/roc-auc",
    "metrics/pr-auc",
    "claim-a-058",
    "claim-a-059",
    "claim-b-036",
    "claim-b-041",
    "claim-b-324",
    "claim-b-352",
  ],
  answers: ["q-a-010", "q-a-216", "q-a-315", "q-b-024", "q-b-029", "q-b-032"],
  verifiedAgainst: ["scikit-learn 1.2 roc_auc_score and average_precision_score", "counting all pairs"],
  budget: "quick",
  controls: {
    prevalence: slider(0.002, 0.5, 0.05, { label: "share of positives", scale: "log" }),
    separation: slider(0, 4, 2, { label: "separation d′ of the scores, in σ", step: 0.1 }),
  },
  run(lab, { prevalence, separation }) {
    const random = lab.random();
    const n = 20_000;
    const draw = (share: number, d: number, rows = n) => {
      const k = Math.max(5, Math.round(share * rows));
      const y = range(rows).map((i) => (i < k ? 1 : 0));
      return { y, s: y.map((v) => random.normal(v * d, 1)), share: k / rows };
    };
    const { y, s, share } = draw(prevalence, separation);
    const [roc, pr] = [rocCurve(y, s), precisionRecallCurve(y, s)];
    const every = (values: Float64Array) =>
      Array.from(values).filter((_, i, all) => i % Math.ceil(all.length / 400) === 0 || i === all.length - 1);
    lab.plot(
      figure(
        [
          { type: "line", name: `AUC ${rocAuc(y, s).toFixed(3)}`, x: every(roc.fpr), y: every(roc.tpr) },
          { type: "line", name: "random", x: [0, 1], y: [0, 1], dashed: true },
        ],
        {
          title: "ROC",
          x: { label: "false positive rate", domain: [0, 1] },
          y: { label: "true positive rate", domain: [0, 1] },
          square: true,
          alt: `ROC curve of scores ${separation} deviations apart: area ${rocAuc(y, s).toFixed(3)}, the same at any share of positives.`,
        },
      ),
    );
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: `average precision ${averagePrecision(y, s).toFixed(3)}`,
            x: every(pr.recall),
            y: every(pr.precision),
          },
          { type: "rule", name: "random: the positive rate", y: share },
        ],
        {
          title: `Precision–recall at ${(100 * share).toFixed(1)} % positives`,
          x: { label: "recall", domain: [0, 1] },
          y: { label: "precision", domain: [0, 1] },
          square: true,
          alt: `Precision–recall curve of the same scores with ${(100 * share).toFixed(1)} % positives: average precision ${averagePrecision(y, s).toFixed(3)} over a baseline of ${share.toFixed(3)}.`,
        },
      ),
    );
    const shares = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
    const runs = shares.map((p) => {
      const d = draw(p, 2);
      return { auc: rocAuc(d.y, d.s), ap: averagePrecision(d.y, d.s) };
    });
    lab.plot(
      figure(
        [
          { type: "line", name: "ROC-AUC", x: shares, y: runs.map((r) => r.auc) },
          { type: "line", name: "average precision", x: shares, y: runs.map((r) => r.ap) },
          { type: "line", name: "PR baseline", x: shares, y: shares, dashed: true },
        ],
        {
          title: "One scorer, fewer and fewer positives",
          x: { label: "share of positives", scale: "log" },
          y: { domain: [0, 1] },
          alt: "ROC-AUC stays level while average precision falls as positives become rarer, towards its baseline, the positive rate.",
        },
      ),
    );
    const small = draw(0.3, 1, 200);
    const pairs = range(200).flatMap((i) =>
      small.y[i] === 1
        ? range(200).flatMap((j) =>
            small.y[j] === 0 ? [small.s[i]! > small.s[j]! ? 1 : small.s[i] === small.s[j] ? 0.5 : 0] : [],
          )
        : [],
    );
    lab.check("AUC against the share of won pairs", rocAuc(small.y, small.s), {
      equals: mean(pairs),
      within: 1e-12,
    });
    const chance = draw(0.2, 0);
    lab.check("random scores: AUC", rocAuc(chance.y, chance.s), { equals: 0.5, within: 0.03 });
    lab.check(
      "random scores: average precision, the positive rate 0.2",
      averagePrecision(chance.y, chance.s),
      { equals: 0.2, within: 0.025 },
    );
    lab.check("perfect scores: AUC", rocAuc(small.y, small.y), { equals: 1 });
    lab.check("perfect scores: average precision", averagePrecision(small.y, small.y), { equals: 1 });
    const aucs = runs.map((r) => r.auc);
    lab.check("AUC from 50 % to 1 % positives: largest change", Math.max(...aucs) - Math.min(...aucs), {
      below: 0.05,
    });
    lab.check("average precision from 50 % to 1 %: falls by", runs[0]!.ap - runs.at(-1)!.ap, { above: 0.5 });
    const needle = draw(0.001, 2.5, 60_000);
    lab.check("0.1 % positives, d′ = 2.5: AUC", rocAuc(needle.y, needle.s), { above: 0.9 });
    lab.check("their average precision", averagePrecision(needle.y, needle.s), { below: 0.4 });
  },
});
