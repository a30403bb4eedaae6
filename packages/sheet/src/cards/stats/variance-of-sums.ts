import { covariance, ensembleVariance, mean, variance, varianceOfSum } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "stats/variance-of-sums",
  title: "Averaging cannot remove what the members share",
  formula: String.raw`\operatorname{Var}\Big(\sum X_i\Big)=\sum\operatorname{Var}X_i+2\sum_{i<j}\operatorname{cov}(X_i,X_j),\qquad \operatorname{Var}\bar X=\rho\sigma^2+\frac{(1-\rho)\sigma^2}{n}`,
  ask: "What is the variance of an average of n correlated terms, and what is left for large n?",
  answer:
    "Variances add, plus twice every covariance. For equal variance σ² and correlation ρ the average has ρσ² + (1−ρ)σ²/n: σ²/n when independent, and never less than ρσ² otherwise. That floor is why forests decorrelate their trees.",
  pitfall:
    "σ²/N for an ensemble is wishful: at ρ = 0.3 a hundred members leave 0.307σ², not 0.01σ². The same floor limits averaged seeds, folds and correlated users in an A/B test.",
  level: "medium",
  whenNot:
    "When the members' errors are nearly the same (one data leak, one bias), averaging more of them is wasted: make them different instead.",
  followUps: [
    {
      ask: "How do forests lower ρ?",
      answer:
        "By bootstrap rows and by drawing features at every split: single trees get worse, their errors less alike, and the average better.",
    },
    {
      ask: "What does this say about K folds?",
      answer:
        "Fold scores share training rows, so they are correlated: their spread over √K understates the standard error.",
    },
  ],
  derivation: String.raw`$\operatorname{Var}\sum X_i=\mathbb E\big(\sum(X_i-\mu_i)\big)^2=\sum_{ij}\operatorname{cov}(X_i,X_j)$: the diagonal gives the variances, each pair counts twice.

With variance $\sigma^2$ and correlation $\rho$: $n\sigma^2+n(n-1)\rho\sigma^2$. Divide by $n^2$: $\frac{\sigma^2}n+\frac{n-1}n\rho\sigma^2=\rho\sigma^2+\frac{(1-\rho)\sigma^2}n$.

As $n\to\infty$ the second part vanishes, $\rho\sigma^2$ stays. At $\rho=0.3$ a hundred members leave $0.307\sigma^2$. A variance is not negative, so $\rho\ge-\frac1{n-1}$.`,
  covers: ["stats/variance-of-sums"],
  answers: ["q-b-344"],
  verifiedAgainst: ["the double sum over a covariance matrix", "simulation"],
  budget: "quick",
  controls: {
    rho: slider(0, 1, 0.3, { label: "correlation ρ", step: 0.05 }),
    members: slider(1, 100, 10, { label: "members n" }),
  },
  run(lab, { rho, members }) {
    const n = range(100).map((i) => i + 1);
    lab.plot(
      figure(
        [
          ...[0, 0.1, 0.3, 0.7].map((r) => ({
            type: "line" as const,
            name: `ρ = ${r}`,
            x: n,
            y: n.map((k) => ensembleVariance(1, r, k)),
          })),
          { type: "points", name: "yours", x: [members], y: [ensembleVariance(1, rho, members)], size: 5 },
          { type: "rule", name: "your floor ρσ²", y: rho },
        ],
        {
          x: { label: "members" },
          y: { label: "variance of the average, in σ²", domain: [0, 1] },
          alt: `Variance of an average by number of members: each curve falls to its correlation; at ρ = ${rho} and ${members} members it is ${ensembleVariance(1, rho, members).toFixed(3)}.`,
        },
      ),
    );
    const C = range(members).map((i) => range(members).map((j) => (i === j ? 1 : rho)));
    lab.check("formula against wᵀCw with weights 1/n", ensembleVariance(1, rho, members), {
      equals: varianceOfSum(
        C,
        range(members).map(() => 1 / members),
      ),
      within: 1e-12,
    });
    lab.check("ρ = 0.3, 100 members", ensembleVariance(1, 0.3, 100), { equals: 0.307, within: 1e-12 });
    lab.check("independent, 100 members", ensembleVariance(1, 0, 100), { equals: 0.01, within: 1e-15 });
    // A shared part and an own part give the correlation.
    const random = lab.random();
    const averages = range(4000).map(() => {
      const shared = Math.sqrt(rho) * random.normal();
      return shared + Math.sqrt(1 - rho) * mean(random.fillNormal(new Float64Array(members)));
    });
    lab.check("simulated over the formula", variance(averages) / ensembleVariance(1, rho, members), {
      equals: 1,
      within: 0.13,
    });
    const x = random.fillNormal(new Float64Array(50));
    const y = x.map((v) => 0.5 * v + random.normal());
    lab.check("Var(X + Y) against Var X + Var Y + 2 cov", variance(x.map((v, i) => v + y[i]!)), {
      equals: variance(x) + variance(y) + 2 * covariance(x, y),
      within: 1e-12,
    });
    lab.check("and Var(X − Y) subtracts it", variance(x.map((v, i) => v - y[i]!)), {
      equals: variance(x) + variance(y) - 2 * covariance(x, y),
      within: 1e-12,
    });
  },
});
