import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "whetstone/ensemble";
import { sigmoid, softplus } from "whetstone/math";
import { mse } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "ensemble/boosting-residuals",
  title: "Each boosting round fits what the rounds before it left over",
  formula: String.raw`F_m=F_{m-1}+\eta\,h_m,\qquad h_m\approx-\frac{\partial L}{\partial F}\bigg|_{F_{m-1}},\qquad L=\tfrac12(y-F)^2\Rightarrow-\frac{\partial L}{\partial F}=y-F`,
  ask: "What is each new tree of gradient boosting fitted to, and what does the learning rate do?",
  answer:
    "To the negative gradient of the loss at the current prediction. For squared error that is the residual y − F, so a leaf adds η times its mean residual. For log loss the pseudo-residual is y − p, a residual of probabilities, while F lives on the logit scale. η scales every step: smaller η, more trees.",
  pitfall:
    "“Boosting fits residuals” is exact for squared error only. With log loss y − F is no residual of anything, and a leaf is no mean: Newton divides the summed gradient by the summed p(1 − p).",
  derivation: String.raw`Boosting is gradient descent whose variable is the vector of predictions. The steepest step at row $i$ is $-\partial L/\partial F(x_i)$; a tree carries it to rows that were not seen.

For $\tfrac12(y-F)^2$ the step is $y-F$. For log loss $\log(1+e^F)-yF$ it is $y-\sigma(F)$, with curvature $p(1-p)$.`,
  covers: ["claim-a-043", "tree/gradient-boosting"],
  answers: ["q-a-320", "q-b-308"],
  verifiedAgainst: [
    "scikit-learn 1.2 HistGradientBoosting, whole trees",
    "finite differences of every loss",
    "a brute-force search of one split",
  ],
  budget: "quick",
  controls: {
    round: slider(1, 60, 4, { label: "round m" }),
    rate: slider(0.05, 1, 0.5, { label: "learning rate η", step: 0.05 }),
    leaves: slider(2, 12, 4, { label: "leaves per tree" }),
  },
  run(lab, { round, rate, leaves }) {
    const random = lab.random();
    const n = 200;
    const x = linspace(0, 1, n);
    const X = x.map((v) => [v]);
    const y = x.map((v) => Math.sin(2 * Math.PI * v) + 0.6 * v + 0.25 * random.normal());
    const params = { maxIter: 60, learningRate: rate, maxLeafNodes: leaves, minSamplesLeaf: 5 };
    const model = new HistGradientBoostingRegressor(params).fit(X, y);
    const stages = [new Float64Array(n).fill(model.baseline), ...model.stagedPredict(X)];
    const before = stages[round - 1]!;
    const after = stages[round]!;
    const residual = y.map((v, i) => v - before[i]!);
    const tree = after.map((v, i) => (v - before[i]!) / rate);

    lab.plot(
      figure(
        [
          { type: "points", x, y, size: 2 },
          { type: "step", name: "before the round", x, y: [...before] },
          { type: "step", name: `after round ${round}`, x, y: [...after] },
        ],
        {
          title: "The sum of the trees so far",
          x: { label: "x" },
          y: { label: "y" },
          alt: `Noisy points on a wave and the step function before and after round ${round}: the step moves towards the points.`,
        },
      ),
    );
    lab.plot(
      figure(
        [
          { type: "points", name: "residual y − F", x, y: residual, size: 2 },
          { type: "step", name: "tree of the round", x, y: [...tree] },
          { type: "rule", y: 0 },
        ],
        {
          title: `What tree ${round} sees`,
          x: { label: "x" },
          y: { label: "residual" },
          alt: `Residuals before round ${round} as points around zero, and the new tree as steps through their means.`,
        },
      ),
    );
    const errors = stages.map((F) => mse(y, F));
    lab.plot(
      figure(
        [
          { type: "line", x: [...errors.keys()], y: errors },
          { type: "rule", x: round, label: `m = ${round}` },
        ],
        {
          x: { label: "round" },
          y: { label: "training error (MSE)", scale: "log" },
          alt: `Training error by round at learning rate ${rate}: it falls with every round, fast at first.`,
        },
      ),
    );

    lab.check("F₀ is the mean of y", model.baseline, { equals: mean(y), within: 1e-12 });
    lab.check(
      "largest gap of a leaf's step and η × its mean residual, all 60 rounds",
      Math.max(
        ...stages.slice(1).map((F, m) =>
          leafGap(F, stages[m]!, (rows, F0) => {
            return rate * mean(rows.map((i) => y[i]! - F0[i]!));
          }),
        ),
      ),
      { atMost: 1e-6 },
    );
    const h = 1e-5;
    const slope = (i: number) =>
      (0.5 * (y[i]! - before[i]! - h) ** 2 - 0.5 * (y[i]! - before[i]! + h) ** 2) / (2 * h);
    lab.check(
      "largest gap of the residual and −∂L/∂F by finite differences",
      Math.max(...residual.map((r, i) => Math.abs(r + slope(i)))),
      { atMost: 1e-8 },
    );
    lab.check(
      "training error never rises",
      errors.every((e, m) => m === 0 || e <= errors[m - 1]! + 1e-12),
      { equals: true },
    );

    // Log loss: labels drawn from a steep curve.
    const labels = x.map((v) => (random.uniform() < sigmoid(12 * (v - 0.7)) ? 1 : 0));
    const classifier = new HistGradientBoostingClassifier({ ...params, minSamplesLeaf: 10 }).fit(X, labels);
    const logits = [
      new Float64Array(n).fill(classifier.baseline[0]!),
      ...Array.from(classifier.stagedDecisionFunction(X), (F) => F.data),
    ];
    const base = mean(labels);
    lab.check("log loss: F₀ is the logit of the base rate", classifier.baseline[0]!, {
      equals: Math.log(base / (1 - base)),
      within: 1e-9,
    });
    const logLossAt = (F: number, label: number) => softplus(F) - label * F;
    const F0 = logits[0]![0]!;
    lab.check(
      "log loss: −∂L/∂F of a positive row at F₀ is 1 − p",
      -(logLossAt(F0 + h, 1) - logLossAt(F0 - h, 1)) / (2 * h),
      { equals: 1 - sigmoid(F0), within: 1e-8 },
    );
    const newton = (rows: number[], F: ArrayLike<number>) => {
      const p = rows.map((i) => sigmoid(F[i]!));
      const gradient = rows.reduce((sum, i, k) => sum + labels[i]! - p[k]!, 0);
      return (rate * gradient) / p.reduce((sum, v) => sum + v * (1 - v), 0);
    };
    const rounds = [1, 2, 3];
    lab.check(
      "log loss: a leaf's step is η·Σ(y − p) / Σp(1 − p), 3 rounds",
      Math.max(...rounds.map((m) => leafGap(logits[m]!, logits[m - 1]!, newton))),
      { atMost: 1e-5 },
    );
    lab.check(
      "and not η × the mean of y − p",
      leafGap(logits[1]!, logits[0]!, (rows) => rate * mean(rows.map((i) => labels[i]! - base))),
      { above: 0.01 },
    );
  },
});

/** Rows whose prediction moved equally share leaves; the largest gap of their step and the one expected. */
function leafGap(
  after: Float64Array,
  before: Float64Array,
  expected: (rows: number[], before: Float64Array) => number,
): number {
  const leaves = new Map<string, number[]>();
  after.forEach((v, i) => {
    const key = (v - before[i]!).toFixed(9);
    leaves.set(key, [...(leaves.get(key) ?? []), i]);
  });
  return Math.max(
    ...[...leaves.values()].map((rows) =>
      Math.abs(after[rows[0]!]! - before[rows[0]!]! - expected(rows, before)),
    ),
  );
}
