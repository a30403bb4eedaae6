import { Ridge } from "whetstone/linear";
import { validationCurve } from "whetstone/selection";
import { brief, card, figure, range, slider } from "../../index.ts";

export default card({
  id: "selection/validation-curve",
  title: "Regularisation has a sweet spot, and both ends are worse",
  formula: String.raw`\hat\lambda=\arg\min_\lambda\mathrm{CV}(\lambda),\qquad \lambda\to0:\ \text{variance},\quad \lambda\to\infty:\ \text{bias}`,
  ask: "Why does stronger regularisation not always generalise better, and how do you find the right strength?",
  answer:
    "Sweep λ on a log scale and draw training and validation error. At the weak end training is best and the gap large: variance. At the strong end both are bad and close: bias. Validation error is lowest between; how far right depends on noise and rows. Training error can only rise with λ.",
  pitfall:
    "An optimum at the end of the sweep is no optimum: widen the range. And the same λ means different things for sums and means of the loss, or for unscaled features.",
  level: "easy",
  whenNot:
    "When several parameters interact, one sweep at fixed others misleads: search them together. When data is plenty, more rows replace the penalty.",
  followUps: [
    {
      ask: "The best λ is at the end of the range. What now?",
      answer:
        "Widen the range: the optimum is outside. If it runs to no penalty, regularisation is not needed; if to the largest, the features carry little signal.",
    },
    {
      ask: "What is the one-standard-error rule?",
      answer:
        "Take the strongest penalty whose error is within one standard error of the best. It buys a simpler model at no provable cost; the standard error over folds is itself rough.",
    },
  ],
  derivation: String.raw`For ridge in the directions of the principal axes, with eigenvalues $d_j^2$ of $X^\top X$, a coefficient shrinks by $\frac{d_j^2}{d_j^2+\lambda}$. Its squared bias is $\beta_j^2\frac{\lambda^2}{(d_j^2+\lambda)^2}$, its variance $\sigma^2\frac{d_j^2}{(d_j^2+\lambda)^2}$.

At $\lambda=0$ the slope of the variance is $-2\sigma^2/d_j^4$ and that of the bias is 0: a little penalty always helps. Far out the bias tends to $\beta_j^2$ and the variance to 0. The sum has its minimum at $\lambda=\sigma^2/\beta_j^2$ for each direction: noise over signal.

Training error is minimal at $\lambda=0$ by definition and can only rise.`,
  covers: ["selection/validation-curve"],
  answers: ["q-b-364", "q-b-365"],
  verifiedAgainst: ["scikit-learn 1.2 Ridge", "a loop by hand"],
  budget: "quick",
  controls: {
    rows: slider(40, 300, 60, { label: "rows", step: 10 }),
    features: slider(5, 60, 40, { label: "features" }),
    noise: slider(0.5, 6, 2, { label: "noise σ", step: 0.5 }),
  },
  run(lab, { rows, features, noise }) {
    const random = lab.random();
    const coef = range(features).map(() => random.normal() / Math.sqrt(features));
    const draw = (n: number) => {
      const X = range(n).map(() => {
        const shared = random.normal();
        return range(features).map(() => 0.5 * shared + random.normal());
      });
      return { X, y: X.map((r) => 3 * r.reduce((s, v, j) => s + v * coef[j]!, 0) + noise * random.normal()) };
    };
    const { X, y } = draw(rows);
    const alphas = range(25).map((i) => 10 ** (-2 + i / 4));
    const sweep = (A: number[][], target: number[]) =>
      validationCurve(new Ridge(), A, target, {
        param: "alpha",
        values: alphas,
        cv: 5,
        scoring: "mse",
        seed: lab.seed,
      });
    const curve = sweep(X, y);
    const train = curve.map((p) => p.result.trainMean!.mse!);
    const valid = curve.map((p) => p.result.mean.mse!);
    const sd = curve.map((p) => p.result.sd.mse! / Math.sqrt(5));
    const at = valid.indexOf(Math.min(...valid));
    lab.plot(
      figure(
        [
          {
            type: "band",
            name: "validation ± se",
            x: alphas,
            low: valid.map((v, i) => v - sd[i]!),
            high: valid.map((v, i) => v + sd[i]!),
          },
          { type: "line", name: "validation", x: alphas, y: valid },
          { type: "line", name: "training", x: alphas, y: train },
          { type: "rule", x: alphas[at]!, label: `λ = ${brief(alphas[at]!)}` },
          { type: "rule", y: noise ** 2, name: "noise" },
        ],
        {
          x: { label: "L2 strength λ", scale: "log" },
          y: { label: "mean squared error", scale: "log" },
          alt: `Training error rises steadily with λ; validation error falls from a high weak end to its lowest at λ = ${brief(alphas[at]!)} and rises again.`,
        },
      ),
    );
    lab.check(
      "training error never falls with λ",
      train.every((v, i) => i === 0 || v >= train[i - 1]! * (1 - 1e-9)),
      {
        equals: true,
      },
    );
    // The statement itself on a set where it must show: 60 rows, 40 features, noise.
    const fixed = hard(lab.random("fixed"), sweep);
    const v = fixed.map((p) => p.result.mean.mse!);
    const t = fixed.map((p) => p.result.trainMean!.mse!);
    const best = v.indexOf(Math.min(...v));
    lab.check("place of the sweet spot among the 25 strengths", best, { between: [1, 23] });
    lab.check("weak end: validation error over the best", v[0]! / v[best]!, { above: 1.15 });
    lab.check("strong end: validation error over the best", v.at(-1)! / v[best]!, { above: 1.05 });
    lab.check("weak end: validation over training", v[0]! / t[0]!, { above: 3 });
    lab.check("strong end: validation over training", v.at(-1)! / t.at(-1)!, { below: 1.4 });
  },
});

function hard<R>(random: { normal(): number }, sweep: (X: number[][], y: number[]) => R): R {
  const X = range(60).map(() => range(40).map(() => random.normal()));
  return sweep(
    X,
    X.map((r) => r.reduce((s, v) => s + v, 0) / 2 + 3 * random.normal()),
  );
}
