import { Matrix } from "whetstone/math";
import { correlation, covariance, mean, standardDeviation } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "stats/correlation",
  title: "Correlation is covariance in units of both spreads",
  formula: String.raw`r=\frac{\operatorname{cov}(X,Y)}{\sigma_X\,\sigma_Y}\in[-1,1],\qquad R^2=r^2\ \text{for a line}`,
  ask: "How is Pearson's correlation computed, what does it measure, and what does it miss?",
  answer:
    "The mean product of deviations over the product of the standard deviations: no units, between −1 and 1, blind to shift and scale. It measures how close points lie to a line; r² is the share of variance a fitted line explains. The matrix version is the covariance of standardised columns.",
  pitfall:
    "One outlier can create or destroy it, a curve can hide from it, a confounder can produce it. Look at the scatter first; for monotone curves correlate ranks.",
  level: "easy",
  whenNot:
    "For curves, clusters or outliers it misleads: use rank correlation for monotone relations, mutual information or distance correlation for any, and always the scatter.",
  followUps: [
    {
      ask: "When does r = 0.9 not help prediction?",
      answer:
        "When it comes from a common trend or from two clusters: within each there may be nothing. Detrend, or look within groups (Simpson).",
    },
    {
      ask: "Pearson or Spearman?",
      answer:
        "Spearman is Pearson of ranks: monotone relations, robust to outliers and scale. Pearson if the line itself matters.",
    },
  ],
  derivation: String.raw`By Cauchy–Schwarz $|\operatorname{cov}(X,Y)|\le\sigma_X\sigma_Y$, so $|r|\le1$, equal only if one is a linear function of the other.

A fitted line has slope $b=\operatorname{cov}/\sigma_X^2=r\,\sigma_Y/\sigma_X$. It explains the variance $b^2\sigma_X^2=r^2\sigma_Y^2$, so $R^2=r^2$.

Shift cancels in the deviations; scaling by $c>0$ multiplies covariance and deviation alike. For standardised columns the covariance matrix is the correlation matrix.`,
  covers: ["stats/correlation", "claim-a-025"],
  answers: ["q-a-301"],
  verifiedAgainst: ["NumPy 1.24 cov and corrcoef"],
  budget: "quick",
  controls: {
    rho: slider(-0.99, 0.99, 0.7, { label: "correlation of the population", step: 0.01 }),
    outlier: slider(-10, 10, 0, { label: "one more point at (6, y): y (0: none)", step: 0.5 }),
    units: choice(["metres", "millimetres"], "metres", { label: "units of x" }),
  },
  run(lab, { rho, outlier, units }) {
    const random = lab.random();
    const n = 200;
    const X = random.multivariateNormal(
      [0, 0],
      [
        [1, rho],
        [rho, 1],
      ],
      n,
    );
    const scale = units === "metres" ? 1 : 1000;
    const x = [...X.col(0), ...(outlier === 0 ? [] : [6])].map((v) => v * scale);
    const y = [...X.col(1), ...(outlier === 0 ? [] : [outlier])];
    const r = correlation(x, y);
    const slope = (r * standardDeviation(y)) / standardDeviation(x);
    const [low, high] = [Math.min(...x), Math.max(...x)];
    const at = (v: number) => mean(y) + slope * (v - mean(x));
    lab.plot(
      figure(
        [
          { type: "points", x, y, size: 2.5 },
          { type: "line", name: "least squares", x: [low, high], y: [at(low), at(high)] },
        ],
        {
          title: `r = ${r.toFixed(3)}, covariance = ${covariance(x, y).toPrecision(3)}`,
          x: { label: `x in ${units}` },
          y: { label: "y" },
          alt: `A cloud of points with correlation ${r.toFixed(2)} and its least-squares line${outlier === 0 ? "" : ", pulled by one outlier"}.`,
        },
      ),
    );
    lab.check("r against covariance over both deviations", r, {
      equals: covariance(x, y) / (standardDeviation(x) * standardDeviation(y)),
      within: 1e-13,
    });
    lab.check(
      "by hand: mean product of standardised values",
      mean(
        x.map(
          (v, i) =>
            ((v - mean(x)) / standardDeviation(x, { ddof: 0 })) *
            ((y[i]! - mean(y)) / standardDeviation(y, { ddof: 0 })),
        ),
      ),
      { equals: r, within: 1e-12 },
    );
    lab.check(
      "changing units of x changes r by",
      Math.abs(
        correlation(
          x.map((v) => 1000 * v + 5),
          y,
        ) - r,
      ),
      { atMost: 1e-12 },
    );
    lab.check(
      "turning x round flips the sign",
      correlation(
        x.map((v) => -v),
        y,
      ),
      { equals: -r, within: 1e-12 },
    );
    const residual = y.map((v, i) => v - at(x[i]!));
    const ss = (v: number[]) => v.reduce((sum, w) => sum + (w - mean(v)) ** 2, 0);
    lab.check("r² against the share a line explains", 1 - residual.reduce((s, e) => s + e * e, 0) / ss(y), {
      equals: r * r,
      within: 1e-12,
    });
    const wild = range(200).map(() =>
      Math.abs(correlation(random.fillNormal(new Float64Array(4)), random.fillNormal(new Float64Array(4)))),
    );
    lab.check("largest |r| of 200 random pairs of four points", Math.max(...wild), {
      between: [0, 1 + 1e-12],
    });
    lab.check("a line without noise", correlation([1, 2, 3], [5, 3, 1]), { equals: -1, within: 1e-15 });
    const C = correlation(new Matrix(X.data.slice(), n, 2));
    lab.check("matrix version, off the diagonal", C.at(0, 1), {
      equals: correlation(X.col(0), X.col(1)),
      within: 1e-13,
    });
  },
});
