import { estimatorProperties, mean, median } from "whetstone/stats";
import { card, choice, figure, slider } from "../../index.ts";

const SIZES = [2, 4, 8, 16, 32, 64, 128, 256];

export default card({
  id: "stats/estimator-properties",
  title: "Unbiased and consistent are different promises",
  formula: String.raw`\operatorname{bias}=\mathbb E\hat\theta-\theta,\qquad \operatorname{MSE}=\operatorname{bias}^2+\operatorname{Var},\qquad \text{consistent: }P(|\hat\theta_n-\theta|>\varepsilon)\to0`,
  ask: "Consistent versus unbiased: define both, and give an estimator that has one property but not the other.",
  answer:
    "Unbiased: right on average at every n. Consistent: the chance of missing by more than ε goes to 0 with n. The first observation alone estimates a mean without bias but never improves; the largest of n uniforms underestimates the end θ by θ/(n+1), yet converges.",
  pitfall:
    "Neither decides alone: mean squared error is bias² + variance, and a little bias (shrinkage, the 1/n variance) is often a good price.",
  level: "medium",
  whenNot:
    "For one data set at hand: these are promises about repetitions and limits. Compare mean squared error at your n, or cross-validate.",
  followUps: [
    {
      ask: "What is a sufficient statistic?",
      answer:
        "One that keeps all the sample says about θ: the rest does not depend on θ. For a normal mean with known σ it is x̄ (Fisher–Neyman: the likelihood factors).",
    },
    {
      ask: "When is a model identifiable?",
      answer:
        "When different parameters give different distributions. Mixtures are not (labels swap), nets neither (hidden units permute). It matters for reading parameters, not for prediction.",
    },
  ],
  derivation: String.raw`$\mathbb E(\hat\theta-\theta)^2=(\mathbb E\hat\theta-\theta)^2+\operatorname{Var}\hat\theta$: add and subtract $\mathbb E\hat\theta$, the cross term has mean 0.

By Chebyshev $P(|\hat\theta-\theta|>\varepsilon)\le\text{MSE}/\varepsilon^2$: if bias and variance go to 0, the estimator is consistent. The first draw has variance $\sigma^2$ for ever.

The maximum of $n$ uniforms on $(0,\theta)$ has $P(M\le x)=(x/\theta)^n$, so $\mathbb EM=\frac n{n+1}\theta$: bias $-\theta/(n+1)$, and $P(M<\theta-\varepsilon)=(1-\varepsilon/\theta)^n\to0$.`,
  covers: ["stats/estimator-properties"],
  answers: ["q-b-339"],
  verifiedAgainst: ["closed-form bias and variance of mean, maximum and variance estimators"],
  budget: "quick",
  controls: {
    epsilon: slider(0.05, 0.5, 0.1, { label: "ε", step: 0.05 }),
    show: choice(["P(|error| > ε)", "bias", "mean squared error"], "P(|error| > ε)", { label: "show" }),
  },
  run(lab, { epsilon, show }) {
    // Uniform on (0, θ) with θ = 1; every estimator aims at θ.
    const estimators = {
      maximum: (x: Float64Array) => Math.max(...x),
      "2 × mean": (x: Float64Array) => 2 * mean(x),
      "2 × first draw": (x: Float64Array) => 2 * x[0]!,
      "2 × median + 0.2": (x: Float64Array) => 2 * median(x) + 0.2,
    };
    const simulate = (f: (x: Float64Array) => number, n: number | readonly number[], repetitions: number) =>
      estimatorProperties(f, (stream, size) => stream.fillUniform(new Float64Array(size)), {
        truth: 1,
        n,
        repetitions,
        seed: lab.seed,
        epsilon,
      });
    const results = Object.fromEntries(
      Object.entries(estimators).map(([name, f]) => [name, simulate(f, SIZES, 500)]),
    );
    const value = { "P(|error| > ε)": "exceedance", bias: "bias", "mean squared error": "mse" } as const;
    lab.plot(
      figure(
        Object.entries(results).map(([name, r]) => ({
          type: "line" as const,
          name,
          x: SIZES,
          y: r.map((p) => p[value[show]]),
        })),
        {
          x: { label: "n", scale: "log" },
          y: { label: show },
          alt: `${show} of four estimators of the end of a uniform range by sample size: maximum and mean converge, the first draw and the shifted median do not.`,
        },
      ),
    );
    lab.table({
      columns: ["estimator", "unbiased", "consistent"],
      rows: [
        ["2 × mean", true, true],
        ["maximum", false, true],
        ["2 × first draw", true, false],
        ["2 × median + 0.2", false, false],
      ],
      caption: "Estimating θ from uniform draws on (0, θ).",
    });
    const at = (name: keyof typeof estimators, n: number) => simulate(estimators[name], n, 2000)[0]!;
    const max = at("maximum", 9);
    lab.check(
      "maximum of 9: bias −θ/(n+1), in standard errors off",
      (max.bias + 0.1) / max.biasStandardError,
      { between: [-5, 5] },
    );
    lab.check(
      "maximum: chance of a miss by 0.005 at n = 256",
      simulateAt(lab.seed, estimators.maximum, 0.005),
      { equals: 0.995 ** 256, within: 0.1 },
    );
    const first = at("2 × first draw", 256);
    lab.check("first draw, n = 256: bias in standard errors", first.bias / first.biasStandardError, {
      between: [-5, 5],
    });
    lab.check("first draw, n = 256: chance of a miss by ε", first.exceedance, {
      equals: 1 - epsilon,
      within: 0.05,
    });
    const twice = at("2 × mean", 9);
    lab.check("2 × mean of 9: bias in standard errors", twice.bias / twice.biasStandardError, {
      between: [-5, 5],
    });
    lab.check("2 × mean of 9: variance θ²/(3n)", twice.variance, { equals: 1 / 27, relative: 0.2 });
    lab.check(
      "MSE less bias² and variance",
      Math.abs(max.mse - max.bias ** 2 - (max.variance * 1999) / 2000),
      { atMost: 1e-12 },
    );
    lab.check("the biased maximum beats the unbiased 2 × mean: MSE ratio", max.mse / twice.mse, {
      below: 0.75,
    });
  },
});

/** Chance that the estimate from 256 draws misses by more than epsilon. */
function simulateAt(seed: number, f: (x: Float64Array) => number, epsilon: number): number {
  return estimatorProperties(f, (stream, size) => stream.fillUniform(new Float64Array(size)), {
    truth: 1,
    n: 256,
    repetitions: 500,
    seed,
    epsilon,
  })[0]!.exceedance;
}
