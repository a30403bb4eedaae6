import {
  betaBernoulli,
  dirichletCategorical,
  gammaPoisson,
  gammaPrecision,
  gaussianMean,
} from "whetstone/bayes";
import { betaDistribution, normal, poisson } from "whetstone/stats";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "bayes/conjugate-priors",
  title: "A conjugate prior is data you have already seen",
  formula: String.raw`\mathrm{Beta}(a,b)\xrightarrow{\,s\text{ of }n\,}\mathrm{Beta}(a+s,\;b+n-s)`,
  ask: "An ad got 2 clicks in 30 views: with a Beta(10, 90) prior, what are the posterior and its mean, and how far is the MLE?",
  answer:
    "Add clicks and misses to the prior's counts: Beta(12, 118), mean 12/130 = 9.23 %, between the prior's 10 % and the MLE 6.67 %. A uniform Beta(1, 1) gives Beta(3, 29), mean 9.4 %. Gaussian–Gaussian, Gamma–precision, Gamma–Poisson and Dirichlet–categorical update as simply.",
  pitfall: "30 views give 28 misses: 90 + 28 = 118. One sheet prints 119, an arithmetic slip.",
  level: "easy",
  whenNot:
    "When the conjugate form says what you do not believe (two modes, hard limits, heavy tails): use a mixture of conjugate priors, quadrature in one dimension, or MCMC.",
  followUps: [
    {
      ask: "How do you choose the strength of the prior?",
      answer:
        "By worth in data: a + b is the number of earlier views it stands for. Take it from comparable ads (empirical Bayes), and show how the posterior moves at half and double.",
    },
    {
      ask: "Which data change the Gaussian–Gaussian posterior mean?",
      answer:
        "Only their number and mean: they are sufficient. Precisions add, and the posterior mean is the precision-weighted average of prior mean and sample mean.",
    },
  ],
  derivation: String.raw`The likelihood of $s$ successes in $n$ is $\theta^s(1-\theta)^{n-s}$, the Beta prior $\theta^{a-1}(1-\theta)^{b-1}$. Their product is $\theta^{a+s-1}(1-\theta)^{b+n-s-1}$: a Beta again, whose constant is known, so no integral is needed.

Its mean is $\frac{a+s}{a+b+n}=\frac{a+b}{a+b+n}\cdot\frac a{a+b}+\frac n{a+b+n}\cdot\frac sn$: a weighted average of the prior mean and the MLE, with weights $a+b$ and $n$. So $a+b$ acts as the number of trials already seen.

Here: $a+s=12$, $b+n-s=90+28=118$, mean $12/130=9.23\,\%$. The same pattern, exponents that add, holds for every exponential family.`,
  covers: ["bayes/conjugate-priors", "claim-b-372"],
  answers: ["q-b-295"],
  verifiedAgainst: ["quadrature of prior times likelihood"],
  budget: "quick",
  controls: {
    strength: slider(2, 400, 100, { label: "prior views" }),
    clicks: slider(0, 30, 2, { label: "clicks in 30 views" }),
  },
  run(lab, { strength, clicks }) {
    const prior = { a: 0.1 * strength, b: 0.9 * strength };
    const shown = betaBernoulli(prior, clicks, 30);
    const p = linspace(0.001, 0.5, 200);
    const [low, high] = shown.interval(0.95);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "prior",
            x: p,
            y: p.map((v) => betaDistribution(prior.a, prior.b).pdf(v)),
            dashed: true,
          },
          { type: "line", name: "posterior", x: p, y: p.map((v) => shown.distribution.pdf(v)) },
          { type: "rule", name: "MLE", x: clicks / 30, label: "MLE" },
        ],
        {
          title: `posterior mean ${(100 * shown.distribution.mean).toFixed(2)} %, 95 % within ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`,
          x: { label: "click rate", percent: true },
          y: { label: "density" },
          alt: "Prior and posterior densities of a click rate, and the maximum likelihood estimate.",
        },
      ),
    );
    const ad = betaBernoulli({ a: 10, b: 90 }, 2, 30);
    lab.check("Beta(10, 90) after 2 of 30: misses", ad.parameters.b, { equals: 118 });
    lab.check("posterior mean", ad.distribution.mean, { equals: 12 / 130, within: 1e-12 });
    lab.check("Beta(1, 1) after 2 of 30: mean", betaBernoulli({ a: 1, b: 1 }, 2, 30).distribution.mean, {
      equals: 3 / 32,
      within: 1e-12,
    });
    /** Posterior mean of a density by the trapezoidal rule. */
    const byQuadrature = (log: (t: number) => number, from: number, to: number) => {
      const t = linspace(from, to, 8001);
      const w = t.map((v) => Math.exp(log(v)));
      return t.reduce((s, v, i) => s + v * w[i]!, 0) / w.reduce((s, v) => s + v, 0);
    };
    const random = lab.random();
    const x = [random.normal(1, 0.5), random.normal(1, 0.5), random.normal(1, 0.5)];
    const counts = [random.poisson(4), random.poisson(4)];
    const beta = (r: number) => 9 * Math.log(r) + 89 * Math.log1p(-r) + 2 * Math.log(r) + 28 * Math.log1p(-r);
    lab.check("Beta–Bernoulli against quadrature", ad.distribution.mean, {
      equals: byQuadrature(beta, 1e-6, 1 - 1e-6),
      within: 1e-6,
    });
    const mean = gaussianMean({ mean: 0, sd: 1 }, 0.5, x);
    lab.check("Gaussian–Gaussian against quadrature", mean.parameters.mean, {
      equals: byQuadrature(
        (m) => normal(0, 1).logPdf(m) + x.reduce((s, v) => s + normal(m, 0.5).logPdf(v), 0),
        -6,
        6,
      ),
      within: 1e-6,
    });
    const tau = gammaPrecision({ shape: 3, rate: 2 }, 1, x);
    lab.check("Gamma–precision against quadrature", tau.distribution.mean, {
      equals: byQuadrature(
        (t) => 2 * Math.log(t) - 2 * t + x.reduce((s, v) => s + normal(1, 1 / Math.sqrt(t)).logPdf(v), 0),
        1e-4,
        25,
      ),
      relative: 1e-4,
    });
    const rate = gammaPoisson({ shape: 2, rate: 1 }, counts);
    lab.check("Gamma–Poisson against quadrature", rate.distribution.mean, {
      equals: byQuadrature(
        (r) => Math.log(r) - r + counts.reduce((s, c) => s + poisson(r).logPdf(c), 0),
        1e-6,
        40,
      ),
      relative: 1e-4,
    });
    lab.check("two categories of a Dirichlet are a Beta", dirichletCategorical([10, 90], [2, 28]).mean[0]!, {
      equals: ad.distribution.mean,
      within: 1e-12,
    });
    // The sample mean, three times, says as much about the mean as the three numbers.
    const average = (x[0]! + x[1]! + x[2]!) / 3;
    lab.check(
      "sufficient: posterior from the sample mean alone",
      gaussianMean({ mean: 0, sd: 1 }, 0.5 / Math.sqrt(3), [average]).parameters.mean,
      { equals: mean.parameters.mean, within: 1e-12 },
    );
  },
});
