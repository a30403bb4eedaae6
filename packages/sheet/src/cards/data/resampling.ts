import {
  NearMiss,
  RandomOverSampler,
  RandomUnderSampler,
  ResampledClassifier,
  type Resampler,
  SMOTE,
} from "whetstone/data";
import { LogisticRegression } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { averagePrecision, brierScore, rocAuc } from "whetstone/metrics";
import { crossValidate } from "whetstone/selection";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/resampling",
  title: "Resampling moves the threshold and spoils the probabilities",
  formula: String.raw`x_{\text{new}}=x_i+u\,(x_j-x_i),\quad u\sim U(0,1),\ x_j\in\text{kNN}_{\text{minority}}(x_i)`,
  ask: "How does SMOTE invent minority rows, to which split may it be applied, and does it cure imbalance?",
  answer:
    "SMOTE puts new rows between a minority row and its nearest minority neighbours; random over-sampling repeats rows, under-sampling drops majority rows. All belong inside the training fold. They shift the operating point as a threshold would; ranking (AUC) seldom improves, and probabilities become too high.",
  pitfall:
    "Resample before splitting and copies of test rows sit in training. With 50 positives SMOTE draws lines between noise: try class weights and a threshold first, and recalibrate afterwards.",
  level: "medium",
  whenNot:
    "When a threshold or class weights can do it, and whenever probabilities are used. It can help learners that see small batches or stop early, and under-sampling saves time on huge majorities.",
  followUps: [
    {
      ask: "How do you recalibrate after under-sampling the negatives?",
      answer: String.raw`If a share $\beta$ of negatives was kept, $p=\frac{\beta p_s}{\beta p_s+1-p_s}$ turns the model's $p_s$ back. Check it on rows with the true class shares.`,
    },
    {
      ask: "Why is SMOTE poor with categorical or many columns?",
      answer:
        "A point between two categories means nothing, and in many dimensions lines between neighbours cross regions of the other class; noise and outliers are multiplied as well.",
    },
  ],
  derivation: String.raw`Let negatives be kept with probability $\beta$ and all positives. By Bayes' rule the odds become $\frac{p}{\beta(1-p)}$: the logit moves by $\log(1/\beta)$. Repeating positives $1/\beta$ times gives the same odds. So resampling equals a shift of the threshold for a model that fits well.

A shift keeps the order of the rows, and with it AUC. The predicted probabilities, however, now belong to the resampled population and are too high.

SMOTE draws $x_i+u(x_j-x_i)$ with $u\sim U(0,1)$. The new rows have a smaller spread: with independent ends the variance is $\tfrac23$ of the original. They stay on segments between seen rows, so nothing outside is learned.`,
  covers: ["data/random-resampling", "data/smote", "claim-a-382", "claim-b-055"],
  answers: ["q-a-538", "q-b-041", "q-b-042"],
  verifiedAgainst: [
    "brute force: every SMOTE row lies between minority neighbours",
    "held-out folds that were not resampled",
  ],
  budget: "quick",
  controls: {
    method: choice(["SMOTE", "borderline SMOTE", "over", "under"], "SMOTE", { label: "resampling" }),
    share: slider(0.02, 0.3, 0.08, { label: "share of the minority", step: 0.01 }),
    ratio: slider(0.2, 1, 1, { label: "minority / majority afterwards", step: 0.1 }),
  },
  run(lab, { method, share, ratio }) {
    const draw = (n: number, p: number, name: string) => {
      const random = lab.random(name);
      const y = range(n).map((i): number => (i < Math.max(8, Math.round(p * n)) ? 1 : 0));
      const X = Matrix.from(
        y.map((c) => [random.normal() + 1.3 * c, random.normal() + 0.8 * c, random.normal()]),
      );
      return { X, y };
    };
    const shown = draw(300, share, "shown");
    const seed = lab.seed;
    const samplers: Record<string, Resampler> = {
      SMOTE: new SMOTE({ ratio, seed }),
      "borderline SMOTE": new SMOTE({ ratio, seed, kind: "borderline" }),
      over: new RandomOverSampler({ ratio, seed }),
      under: new RandomUnderSampler({ ratio, seed }),
    };
    const out = samplers[method]!.resample(shown.X, shown.y);
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: Array.from(out.X.col(0)),
            y: Array.from(out.X.col(1)),
            group: out.y.map((c, i) => (c === 0 ? "majority" : out.rows[i] === -1 ? "made up" : "minority")),
            size: 2,
          },
        ],
        {
          title: `${out.y.filter((c) => c === 0).length} majority, ${out.y.filter((c) => c === 1).length} minority rows`,
          x: { label: "x₁" },
          y: { label: "x₂" },
          alt: `Rows after resampling by ${method}; made-up rows lie on lines between minority rows.`,
        },
      ),
    );
    const { X, y } = draw(1500, 0.06, "train");
    const test = draw(4000, 0.06, "test");
    const count = (labels: number[], c: number) => labels.filter((v) => v === c).length;
    const half = new SMOTE({ ratio: 0.5, seed }).resample(X, y);
    lab.check("ratio control: minority over majority", count(half.y, 1) / count(half.y, 0), {
      equals: 0.5,
      within: 0.01,
    });
    const minority = range(1500)
      .filter((i) => y[i] === 1)
      .map((i) => Array.from(X.row(i)));
    const gap = (a: number[], b: number[]) => Math.hypot(...a.map((v, j) => v - b[j]!));
    const made = range(half.X.rows)
      .filter((i) => half.rows[i] === -1)
      .slice(0, 20)
      .map((i) => Array.from(half.X.row(i)));
    const off = made.map((p) =>
      Math.min(
        ...minority.flatMap((a) =>
          minority.filter((b) => b !== a).map((b) => gap(a, p) + gap(p, b) - gap(a, b)),
        ),
      ),
    );
    lab.check("made-up rows: largest distance from a line between two minority rows", Math.max(...off), {
      atMost: 1e-9,
    });
    const base = new LogisticRegression();
    const fits = {
      plain: base,
      over: new ResampledClassifier({ resampler: new RandomOverSampler({ seed }), estimator: base }),
      SMOTE: new ResampledClassifier({ resampler: new SMOTE({ seed }), estimator: base }),
      under: new ResampledClassifier({ resampler: new RandomUnderSampler({ seed }), estimator: base }),
      NearMiss: new ResampledClassifier({ resampler: new NearMiss(), estimator: base }),
      balanced: new LogisticRegression({ classWeight: "balanced" }),
    };
    const rows = Object.entries(fits).map(([name, spec]) => {
      const p = Array.from(spec.fit(X, y).predictProba(test.X).col(1));
      const recall = p.filter((v, i) => test.y[i] === 1 && v > 0.5).length / count(test.y, 1);
      return {
        name,
        auc: rocAuc(test.y, p),
        ap: averagePrecision(test.y, p),
        brier: brierScore(test.y, p),
        recall,
      };
    });
    lab.table({
      columns: ["", "AUC", "average precision", "Brier score", "recall at 0.5"],
      rows: rows.map((r) => [r.name, r.auc, r.ap, r.brier, r.recall]),
      caption: "Logistic regression on rows that were not resampled",
    });
    const by = Object.fromEntries(rows.map((r) => [r.name, r]));
    lab.check("recall at 0.5 rises: SMOTE less plain", by.SMOTE!.recall - by.plain!.recall, { above: 0.2 });
    lab.check("ranking hardly moves: AUC of SMOTE less plain", by.SMOTE!.auc - by.plain!.auc, {
      between: [-0.03, 0.03],
    });
    lab.check("SMOTE against plain duplication: AUC", by.SMOTE!.auc - by.over!.auc, {
      between: [-0.03, 0.03],
    });
    lab.check("probabilities suffer: Brier score of SMOTE over plain", by.SMOTE!.brier / by.plain!.brier, {
      above: 1.5,
    });
    lab.check(
      "class weights do the same: their AUC less that of duplication",
      by.balanced!.auc - by.over!.auc,
      { between: [-0.02, 0.02] },
    );
    const folds = crossValidate(fits.SMOTE, X, y, { cv: 4, scoring: "rocAuc" });
    lab.check(
      "inside cross-validation, training folds only: AUC",
      (folds.mean as Record<string, number>).rocAuc ?? Number.NaN,
      { above: 0.75 },
    );
    // Resampling first leaks: copies of test rows are in training, and a model that remembers looks perfect.
    const early = new RandomOverSampler({ seed }).resample(X, y);
    const order = lab.random("split").permutation(early.rows.length);
    const train = new Set(Array.from(order.slice(0, early.rows.length / 2), (t) => early.rows[t]!));
    const later = Array.from(order.slice(early.rows.length / 2)).filter((t) => early.y[t] === 1);
    lab.check(
      "resampled before the split: share of minority test rows that training holds too",
      later.filter((t) => train.has(early.rows[t]!)).length / later.length,
      { above: 0.95 },
    );
  },
});
