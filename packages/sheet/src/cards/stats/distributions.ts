import {
  betaDistribution,
  chiSquare,
  type Distribution,
  ksTest,
  mean,
  normal,
  studentT,
  variance,
} from "whetstone/stats";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "stats/distributions",
  title: "CDF, quantile, tail: the four laws behind most tests",
  formula: String.raw`F(x)=P(X\le x),\quad F^{-1}(p),\quad \chi^2_k=\sum_{i\le k}Z_i^2,\quad t_k=\frac{Z}{\sqrt{\chi^2_k/k}}`,
  ask: "How are the normal, chi-square, t and beta distributions related, and what does each measure?",
  answer:
    "A chi-square with k degrees of freedom is a sum of k squared standard normals: variances. A t is a normal over the root of such an average: means with estimated spread; it turns normal as k grows. A beta is the law of a share: the j-th smallest of n uniforms, or a click rate after clicks and misses.",
  pitfall:
    "1 − F(x) loses all digits in the tail: 1 − Φ(9) is 0 in floats while the survival function gives 1.1·10⁻¹⁹.",
  level: "medium",
  whenNot:
    "A law from the book is a model: for real data with spikes, bounds or several humps use the empirical distribution, a mixture or a bootstrap.",
  followUps: [
    {
      ask: "How do you sample from a law with known F⁻¹?",
      answer: "Draw u uniform and return F⁻¹(u): P(F⁻¹(u) ≤ x) = P(u ≤ F(x)) = F(x).",
    },
    {
      ask: "Which law for counts, waiting times, shares?",
      answer:
        "Poisson or negative binomial; exponential, gamma or Weibull; beta. Check the variance against the mean: overdispersion rules out Poisson.",
    },
  ],
  derivation: String.raw`$Z^2$ has mean 1 and variance 2, so $\chi^2_k$ has mean $k$ and variance $2k$. For normal data $(n-1)s^2/\sigma^2\sim\chi^2_{n-1}$, independent of $\bar x$: the source of $t$.

$t_k=Z/\sqrt{\chi^2_k/k}$: the denominator tends to 1 by the law of large numbers, so $t_k\to\mathcal N(0,1)$; for small $k$ it is often small, hence heavy tails.

The $j$-th smallest of $n$ uniforms is below $x$ if at least $j$ are; differentiating that binomial tail gives the density $\propto x^{j-1}(1-x)^{n-j}$: beta$(j,n-j+1)$.`,
  covers: ["stats/distributions"],
  verifiedAgainst: ["SciPy 1.10 stats, 19 families", "mpmath in far tails"],
  budget: "quick",
  controls: {
    family: choice(["normal", "student t", "chi-square", "beta"], "student t", { label: "distribution" }),
    parameter: slider(1, 30, 3, { label: "degrees of freedom (beta: first parameter)" }),
    p: slider(0.01, 0.99, 0.95, { label: "probability p", step: 0.01 }),
  },
  run(lab, { family, parameter: k, p }) {
    const made: Record<typeof family, Distribution> = {
      normal: normal(),
      "student t": studentT(k),
      "chi-square": chiSquare(k),
      beta: betaDistribution(k, 4),
    };
    const d = made[family];
    const x = linspace(d.quantile(0.002), d.quantile(0.998), 200);
    const q = d.quantile(p);
    const inside = x.filter((v) => v <= q);
    lab.plot(
      figure(
        [
          {
            type: "band",
            name: `F = ${p}`,
            x: inside,
            low: inside.map(() => 0),
            high: inside.map((v) => Math.min(d.pdf(v), 4)),
          },
          { type: "line", name: "density", x, y: x.map((v) => Math.min(d.pdf(v), 4)) },
          { type: "line", name: "F(x)", x, y: x.map((v) => d.cdf(v)), dashed: true },
          { type: "rule", x: q, label: "quantile" },
        ],
        {
          x: { label: "x" },
          y: {},
          alt: `Density and distribution function of the ${family}; the shaded area up to the quantile ${q.toFixed(2)} is ${p}.`,
        },
      ),
    );
    lab.check("F of the quantile", d.cdf(q), { equals: p, within: 1e-12 });
    lab.check("F plus tail", d.cdf(q) + d.sf(q), { equals: 1, within: 1e-12 });
    const random = lab.random();
    const sample = d.sample(random, 5000);
    if (Number.isFinite(d.variance)) {
      const error = Math.sqrt(d.variance / 5000);
      lab.check("mean of 5000 draws, in standard errors off", Math.abs(mean(sample) - d.mean) / error, {
        atMost: 5,
      });
    }
    const n = 4000;
    const built = (draw: () => number) => range(n).map(draw);
    const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      ksTest(a, b, { method: "asymptotic" }).pValue;
    lab.check(
      "sum of 3 squared normals against χ²₃ (KS test), p",
      same(
        built(() => random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2),
        chiSquare(3).sample(random, n),
      ),
      { above: 1e-4 },
    );
    lab.check(
      "normal over √(χ²₄/4) against t₄, p",
      same(
        built(() => random.normal() / Math.sqrt(random.chiSquare(4) / 4)),
        studentT(4).sample(random, n),
      ),
      { above: 1e-4 },
    );
    lab.check(
      "second smallest of 5 uniforms against beta(2, 4), p",
      same(
        built(
          () =>
            range(5)
              .map(() => random.uniform())
              .sort((a, b) => a - b)[1]!,
        ),
        betaDistribution(2, 4).sample(random, n),
      ),
      { above: 1e-4 },
    );
    lab.check("97.5 % quantile of t₉, the table's 2.262", studentT(9).quantile(0.975), {
      equals: 2.262157,
      within: 1e-6,
    });
    lab.check(
      "t with 10⁶ degrees of freedom against the normal",
      Math.abs(studentT(1e6).quantile(0.975) - normal().quantile(0.975)),
      { atMost: 1e-5 },
    );
    lab.check("variance of χ²₇ is 14", chiSquare(7).variance, { equals: 14 });
    lab.check("variance of draws of χ²₇", variance(chiSquare(7).sample(random, 20_000)), {
      equals: 14,
      within: 1.2,
    });
    lab.check("upper tail of the normal at 9", normal().sf(9), { equals: 1.128588e-19, relative: 1e-6 });
    lab.check("1 − F(9), all digits lost", 1 - normal().cdf(9), { equals: 0 });
  },
});
