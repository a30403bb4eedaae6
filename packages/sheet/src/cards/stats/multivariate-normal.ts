import { correlation, mean, multivariateNormal, normal } from "whetstone/stats";
import { card, field, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "stats/multivariate-normal",
  title: "Gaussians stay Gaussian: margins, conditionals, linear maps",
  formula: String.raw`X_a\mid X_b=b\ \sim\ \mathcal N\big(\mu_a+\Sigma_{ab}\Sigma_{bb}^{-1}(b-\mu_b),\ \Sigma_{aa}-\Sigma_{ab}\Sigma_{bb}^{-1}\Sigma_{ba}\big)`,
  ask: "What are the conditional and the marginal of a joint Gaussian, and which methods rest on that?",
  answer:
    "A margin keeps its part of mean and covariance. A conditional shifts the mean by a linear regression on what was seen and shrinks the covariance by a fixed amount that does not depend on the value seen. Gaussian processes, Kalman filters and linear regression are this formula.",
  pitfall:
    "The conditional variance is the same whatever value was seen: a joint Gaussian cannot be less sure for some values than for others. Heteroscedastic data need another model.",
  level: "hard",
  whenNot:
    "For heavy tails, bounded values or uncertainty that varies with x: use t processes, copulas, heteroscedastic or quantile models.",
  followUps: [
    {
      ask: "What is the Schur complement here?",
      answer:
        "Σaa − ΣabΣbb⁻¹Σba: the conditional covariance. Its inverse is the aa block of the precision matrix Σ⁻¹.",
    },
    {
      ask: "What does a zero in the precision matrix mean?",
      answer:
        "The two variables are independent given all others; a zero in Σ means independence outright. Graphical models read the first.",
    },
  ],
  derivation: String.raw`Set $Z=X_a-\Sigma_{ab}\Sigma_{bb}^{-1}X_b$. Then $\operatorname{cov}(Z,X_b)=\Sigma_{ab}-\Sigma_{ab}\Sigma_{bb}^{-1}\Sigma_{bb}=0$, and jointly Gaussian means independent.

So given $X_b=b$, $X_a=Z+\Sigma_{ab}\Sigma_{bb}^{-1}b$ has mean $\mu_a+\Sigma_{ab}\Sigma_{bb}^{-1}(b-\mu_b)$ and the covariance of $Z$: $\Sigma_{aa}-\Sigma_{ab}\Sigma_{bb}^{-1}\Sigma_{ba}$, which does not contain $b$.

For two standard variables: mean $\rho b$, variance $1-\rho^2$. The mean is a linear regression; with kernels for covariances it is a Gaussian process.`,
  covers: ["stats/multivariate-normal"],
  verifiedAgainst: ["SciPy 1.10 stats.multivariate_normal", "chain rule: joint = marginal × conditional"],
  budget: "quick",
  controls: {
    rho: slider(-0.95, 0.95, 0.8, { label: "correlation", step: 0.05 }),
    seen: slider(-2, 2, 1, { label: "value seen of the second", step: 0.1 }),
  },
  run(lab, { rho, seen }) {
    const d = multivariateNormal(
      [0, 0],
      [
        [1, rho],
        [rho, 1],
      ],
    );
    const given = d.conditional([1], [seen]);
    const [m, s] = [given.mean[0]!, Math.sqrt(given.covariance.at(0, 0))];
    const x = linspace(-3, 3, 121);
    lab.plot(
      figure(
        [
          field((u, v) => Math.exp(d.logPdf([u, v])), [-3, 3], [-3, 3], { resolution: 50 }),
          { type: "rule", name: "seen", y: seen },
          { type: "points", name: "conditional mean", x: [m], y: [seen], size: 5 },
        ],
        {
          title: "Joint density, cut where the second is seen",
          x: { label: "first" },
          y: { label: "second" },
          square: true,
          alt: `Density of a joint Gaussian with correlation ${rho}; a horizontal line at ${seen} cuts it, and the mean of the first given that is ${m.toFixed(2)}.`,
        },
      ),
    );
    lab.plot(
      figure(
        [
          { type: "line", name: "before", x, y: x.map((v) => normal().pdf(v)) },
          { type: "line", name: "after", x, y: x.map((v) => normal(m, s).pdf(v)) },
        ],
        {
          title: "The first variable before and after",
          x: { label: "first" },
          y: { label: "density" },
          alt: `The density of the first variable before and after seeing the second: it moves to ${m.toFixed(2)} and narrows to a deviation of ${s.toFixed(2)}.`,
        },
      ),
    );
    lab.check("conditional mean is ρ times the value", m, { equals: rho * seen, within: 1e-12 });
    lab.check("conditional variance is 1 − ρ²", s * s, { equals: 1 - rho * rho, within: 1e-12 });
    lab.check("the same variance whatever was seen", d.conditional([1], [5]).covariance.at(0, 0), {
      equals: s * s,
      within: 1e-12,
    });
    const big = multivariateNormal(
      [1, -1, 2],
      [
        [2, 0.5, 0.3],
        [0.5, 1, -0.4],
        [0.3, -0.4, 1.5],
      ],
    );
    const point = [0.3, 0.1, 1.2];
    lab.check(
      "joint density = marginal × conditional, log difference",
      big.logPdf(point) - big.marginal([2]).logPdf([1.2]) - big.conditional([2], [1.2]).logPdf([0.3, 0.1]),
      { equals: 0, within: 1e-12 },
    );
    const sum = big.linearMap([[1, 1, 1]], [10]);
    lab.check("sum of the three + 10: mean", sum.mean[0]!, { equals: 12, within: 1e-12 });
    lab.check("its variance: all entries of Σ", sum.covariance.at(0, 0), {
      equals: 4.5 + 2 * (0.5 + 0.3 - 0.4),
      within: 1e-12,
    });
    const draws = d.sample(lab.random(), 20_000);
    lab.check("correlation of 20,000 draws", correlation(draws.col(0), draws.col(1)), {
      equals: rho,
      within: 0.03,
    });
    lab.check(
      "their mean, largest entry",
      Math.max(Math.abs(mean(draws.col(0))), Math.abs(mean(draws.col(1)))),
      { atMost: 0.05 },
    );
  },
});
