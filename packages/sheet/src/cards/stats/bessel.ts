import { estimatorProperties, mean, RunningMoments, standardDeviation, variance } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "stats/bessel",
  title: "Dividing by n − 1, and why E[X²] − E[X]² must not be computed",
  formula: String.raw`\mathbb E\Big[\tfrac1n\sum_i(x_i-\bar x)^2\Big]=\tfrac{n-1}{n}\,\sigma^2,\qquad \operatorname{Var}X=\mathbb E[X^2]-(\mathbb E X)^2`,
  ask: "Why does the sample variance divide by n − 1, and what is wrong with the formula of the two moments?",
  answer:
    "The squares are measured from the sample mean, which lies closer to the data than the true mean: their sum is on average (n−1)σ², not nσ². Dividing by n − 1 makes it unbiased; 1/n is the population form. E[X²] − E[X]² is exact on paper but subtracts two huge numbers: digits cancel. Use two passes or Welford.",
  pitfall:
    "Unbiased is not best: 1/n has the smaller mean squared error for Gaussian data, and the root of an unbiased variance is still a biased standard deviation.",
  level: "medium",
  whenNot:
    "For large n the factor does not matter, and for known mean divide by n. To minimise mean squared error under normality n + 1 is even better.",
  followUps: [
    {
      ask: "How does Welford's update go?",
      answer:
        "mean += (x − mean_old)/n; M2 += (x − mean_old)(x − mean_new); variance = M2/(n − 1). One pass, no cancellation.",
    },
    {
      ask: "Is s an unbiased standard deviation?",
      answer:
        "No: the root is concave, so E[s] < σ by Jensen, for normal data by the factor c₄(n) ≈ 1 − 1/(4n).",
    },
  ],
  derivation: String.raw`Independent draws with mean $\mu$ and variance $\sigma^2$. Write $x_i-\mu=(x_i-\bar x)+(\bar x-\mu)$, square and sum: the cross term $2(\bar x-\mu)\sum_i(x_i-\bar x)$ is 0, so $\sum_i(x_i-\bar x)^2=\sum_i(x_i-\mu)^2-n(\bar x-\mu)^2$. The first sum has expectation $n\sigma^2$. The second term has $n\operatorname{Var}\bar x=n\cdot\sigma^2/n=\sigma^2$: this is where independence enters. Together: $(n-1)\sigma^2$, so the divisor $n-1$ is unbiased and $n$ is short by $\frac{n-1}n$.

In floats $\overline{x^2}$ and $\bar x^2$ are each wrong by about $\varepsilon\,\bar x^2$, which their difference $\sigma^2$ inherits: relative error $\varepsilon\,\bar x^2/\sigma^2$. With $\varepsilon\approx10^{-16}$ nothing is left once $|\bar x|\ge10^8\sigma$. Deviations from the mean are of size $\sigma$ before they are squared: nothing cancels.`,
  covers: ["stats/variance", "claim-a-016", "claim-a-018", "claim-b-325", "claim-b-379"],
  answers: ["q-a-299", "q-a-300", "q-b-340"],
  verifiedAgainst: ["NumPy 1.24 var and std", "exact rational results with an offset of 10⁹"],
  budget: "quick",
  controls: {
    n: slider(2, 30, 5, { label: "sample size n" }),
    offset: slider(0, 15, 9, { label: "offset added to the data: 10^k, k" }),
  },
  run(lab, { n, offset }) {
    const sigma2 = 4;
    const sizes = [2, 3, 5, 8, 12, 20, 30];
    const average = (ddof: number, size: number | number[], repetitions: number) =>
      estimatorProperties(
        (x: Float64Array) => variance(x, { ddof }),
        (stream, m) => stream.fillNormal(new Float64Array(m), 7, 2),
        { truth: sigma2, n: size, repetitions, seed: lab.seed },
      );
    const [byN, byN1] = [average(0, sizes, 1500), average(1, sizes, 1500)];
    lab.plot(
      figure(
        [
          { type: "points", name: "1/n, average of samples", x: sizes, y: byN.map((p) => p.mean), size: 4 },
          {
            type: "points",
            name: "1/(n − 1), average of samples",
            x: sizes,
            y: byN1.map((p) => p.mean),
            size: 4,
          },
          {
            type: "line",
            name: "(n − 1)/n · σ²",
            x: range(29).map((i) => i + 2),
            y: range(29).map((i) => (sigma2 * (i + 1)) / (i + 2)),
            dashed: true,
          },
          { type: "rule", name: "σ² = 4", y: sigma2 },
        ],
        {
          x: { label: "n" },
          y: { label: "average estimate", domain: [0, 5] },
          alt: "Average variance estimates by sample size: with divisor n they follow (n−1)/n times the truth from below, with n−1 they sit on the truth.",
        },
      ),
    );
    const [biased, unbiased] = [average(0, n, 4000)[0]!, average(1, n, 4000)[0]!];
    lab.check(
      "divisor n: mean estimate less (n−1)/n·σ², in standard errors",
      (biased.mean - (sigma2 * (n - 1)) / n) / biased.biasStandardError,
      { between: [-4.5, 4.5] },
    );
    lab.check("divisor n: bias, in standard errors", biased.bias / biased.biasStandardError, {
      below: n > 15 ? 0 : -5,
    });
    lab.check("divisor n − 1: bias, in standard errors", unbiased.bias / unbiased.biasStandardError, {
      between: [-4.5, 4.5],
    });
    lab.check("mean squared error, divisor n over n − 1", biased.mse / unbiased.mse, { below: 1 });

    // The same four numbers further and further from zero.
    const data = [4, 7, 13, 16];
    const truth = 22.5;
    const moved = (k: number) => data.map((v) => v + 10 ** k);
    const naive = (x: number[]) => mean(x.map((v) => v * v)) - mean(x) ** 2;
    const ks = range(14);
    const relative = (value: number) => Math.max(Math.abs(value - truth) / truth, 1e-17);
    lab.plot(
      figure(
        [
          { type: "line", name: "E[x²] − E[x]²", x: ks, y: ks.map((k) => relative(naive(moved(k)))) },
          {
            type: "line",
            name: "two passes",
            x: ks,
            y: ks.map((k) => relative(variance(moved(k), { ddof: 0 }))),
          },
          { type: "rule", x: offset, label: `10^${offset}` },
        ],
        {
          title: "4, 7, 13, 16 moved by 10^k: relative error of the variance",
          x: { label: "k" },
          y: { label: "relative error", scale: "log" },
          alt: "Relative error by offset on a log scale: the two-moment formula loses two digits per power of ten and is pure noise from 10⁸ on, two passes stay exact.",
        },
      ),
    );
    lab.note(
      `At 10^${offset}: E[x²] − E[x]² gives ${naive(moved(offset))}, two passes give ${variance(moved(offset), { ddof: 0 })}; the truth is 22.5.`,
    );
    lab.check("without offset the two-moment formula is exact", naive(data), {
      equals: truth,
      within: 1e-12,
    });
    lab.check("at 10⁹ its relative error", relative(naive(moved(9))), { above: 0.5 });
    lab.check("at 10⁹ two passes", variance(moved(9), { ddof: 0 }), { equals: truth });
    const welford = new RunningMoments();
    for (const v of moved(9)) welford.push(v);
    lab.check("at 10⁹ Welford's stream", welford.variance(0), { equals: truth });
    lab.check("standard deviation is its root", standardDeviation(data, { ddof: 0 }) ** 2, {
      equals: truth,
      relative: 1e-14,
    });
  },
});
