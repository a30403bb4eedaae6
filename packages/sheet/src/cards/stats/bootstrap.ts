import { randomStream } from "whetstone/math";
import {
  bootstrap,
  bootstrapIndices,
  bootstrapRows,
  correlation,
  mean,
  median,
  standardDeviation,
} from "whetstone/stats";
import { card, choice, figure, histogram, range, slider } from "../../index.ts";

export default card({
  id: "stats/bootstrap",
  title: "The bootstrap: resample the sample to see how an estimate varies",
  formula: String.raw`\hat\theta^{*}_b=\hat\theta(x^{*}_b),\quad x^{*}_b\sim\text{rows with replacement},\qquad 1-(1-\tfrac1n)^n\to1-\tfrac1e=63.2\,\%`,
  ask: "How does the bootstrap give an interval without a formula, and what share of the rows is in one resample?",
  answer:
    "Draw n rows with replacement, recompute the statistic, repeat: the spread of the results is the standard error, their quantiles an interval (BCa corrects for bias and skew). A resample holds 63.2 % of the distinct rows on average; the rest are out of bag.",
  pitfall:
    "It resamples what was seen: extremes such as the maximum, tiny samples and dependent rows (time series, several rows per user) need other schemes, e.g. blocks or whole users.",
  level: "medium",
  whenNot:
    "For maxima, very small samples or dependent rows (time, users) the plain form fails; where a formula is exact (mean of normal data) it adds only noise.",
  followUps: [
    {
      ask: "How many resamples?",
      answer:
        "200 for a standard error, 2,000 or more for the ends of a 95 % interval: quantiles in the tail need many draws.",
    },
    {
      ask: "Bootstrap or permutation test?",
      answer:
        "Bootstrap: how much an estimate varies. Permutation: whether two groups may be one, by shuffling labels under the null.",
    },
  ],
  derivation: String.raw`The spread of $\hat\theta$ over fresh samples from $F$ is unknown, as $F$ is; replace it by the sample's own distribution $\hat F$ and simulate. For the mean it is exact: the variance of a resampled mean is $\frac1n\cdot\frac1n\sum(x_i-\bar x)^2=\hat\sigma^2/n$.

A row is missed by one draw with chance $1-\frac1n$, by all $n$ with $(1-\frac1n)^n\to e^{-1}$, so $63.2\,\%$ of the rows appear.

Each end of a percentile interval is off by $O(1/\sqrt n)$ in coverage when the estimator is biased or skewed; BCa corrects both terms.`,
  covers: ["stats/bootstrap"],
  verifiedAgainst: ["the exact standard error of the mean", "coverage of BCa against percentile intervals"],
  budget: "quick",
  controls: {
    statistic: choice(["mean", "median", "standard deviation"], "median", { label: "statistic" }),
    n: slider(10, 200, 40, { label: "sample size" }),
    method: choice(["bca", "percentile", "basic"], "bca", { label: "interval" }),
  },
  run(lab, { statistic, n, method }) {
    const random = lab.random();
    const f = {
      mean: (x: Float64Array) => mean(x),
      median: (x: Float64Array) => median(x),
      "standard deviation": (x: Float64Array) => standardDeviation(x),
    }[statistic];
    const draw = () => Float64Array.from({ length: n }, () => random.exponential(1 / 10));
    const x = draw();
    const result = bootstrap(x, f, { repetitions: 1500, seed: lab.seed, method });
    lab.plot(
      figure(
        [
          histogram(result.distribution, { bins: 40 }),
          { type: "rule", name: "estimate", x: result.estimate, label: "estimate" },
          { type: "rule", name: "95 % interval", x: result.interval[0] },
          { type: "rule", name: "95 % interval", x: result.interval[1] },
        ],
        {
          title: `${statistic}: ${result.estimate.toFixed(2)}, 95 % interval ${result.interval[0].toFixed(2)} to ${result.interval[1].toFixed(2)}`,
          x: { label: `${statistic} of a resample` },
          y: { label: "resamples" },
          alt: `Histogram of the ${statistic} over 1500 resamples with the estimate and the ends of the 95 % interval marked.`,
        },
      ),
    );
    const ofMean = bootstrap(x, (v) => mean(v), { repetitions: 3000, seed: lab.seed, method: "percentile" });
    lab.check(
      "standard error of the mean against σ̂/√n",
      ofMean.standardError / (standardDeviation(x, { ddof: 0 }) / Math.sqrt(n)),
      { equals: 1, within: 0.08 },
    );
    // What it predicts from one sample against what fresh samples do, for the mean of 40.
    const fresh = range(400).map(() =>
      mean(Float64Array.from({ length: 40 }, () => random.exponential(1 / 10))),
    );
    const predicted = range(40).map(
      (i) =>
        bootstrap(
          Float64Array.from({ length: 40 }, () => random.exponential(1 / 10)),
          (v) => mean(v),
          { repetitions: 100, seed: i, method: "percentile" },
        ).standardError,
    );
    lab.check(
      "standard error: bootstrap (average of 40 samples) over fresh samples",
      mean(predicted) / standardDeviation(fresh),
      { equals: 1, within: 0.2 },
    );
    const stream = randomStream(lab.seed);
    const share = mean(range(50).map(() => new Set(bootstrapIndices(stream, 1000)).size / 1000));
    lab.check("share of distinct rows in a resample", share, { equals: 1 - 1 / Math.E, within: 0.01 });
    const again = bootstrap(x, f, { repetitions: 1500, seed: lab.seed, method });
    lab.check("same seed, same interval", again.interval.join() === result.interval.join(), { equals: true });
    // Pairs stay together: resampling rows keeps the correlation, shuffling columns apart would lose it.
    const y = x.map((v) => v + random.normal(0, 3));
    const rows = bootstrapRows(
      n,
      (r) =>
        correlation(
          Float64Array.from(r, (i) => x[i]!),
          Float64Array.from(r, (i) => y[i]!),
        ),
      { repetitions: 300, seed: lab.seed, method: "percentile" },
    );
    lab.check("interval of a correlation, lower end", rows.interval[0], { above: 0.5 });
  },
});
