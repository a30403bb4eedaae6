import {
  chooseMeanTest,
  ksTest,
  mean,
  standardDeviation,
  studentT,
  tTestOneSample,
  zTest,
} from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "stats/t-test",
  title: "z or t: the question is whether σ is known, not whether n is 30",
  formula: String.raw`z=\frac{\bar x-\mu_0}{\sigma/\sqrt n},\qquad t=\frac{\bar x-\mu_0}{s/\sqrt n}\sim t_{n-1}`,
  ask: "Testing a mean: what decides between the z-test and the t-test?",
  answer:
    "Whether the standard deviation is known or estimated. Known: z is exact at any n. Estimated: s varies, most in small samples, and the statistic has Student's heavier tails with n−1 degrees of freedom. From n ≈ 30 both nearly agree, which is all the rule of thumb says.",
  pitfall:
    "Using z with s at n = 5 raises a 5 % false-alarm rate to 12 %. And t presumes independent, roughly normal data: correlated observations break it at any n.",
  level: "easy",
  whenNot:
    "For skewed small samples use a permutation or rank test; for dependent rows (several per user) average per unit first; for variances that differ use Welch.",
  followUps: [
    {
      ask: "Student or Welch for two groups?",
      answer: "Welch by default: it does not assume equal variances and loses next to nothing if they are.",
    },
    {
      ask: "Paired or unpaired?",
      answer:
        "Paired if each row has its partner (before and after): test the differences. It removes what the pair shares, often most of the variance.",
    },
  ],
  derivation: String.raw`For normal data $\bar x-\mu_0$ is normal with deviation $\sigma/\sqrt n$ and independent of $s^2$, where $(n-1)s^2/\sigma^2\sim\chi^2_{n-1}$. The unknown $\sigma$ cancels in $\frac{(\bar x-\mu_0)/(\sigma/\sqrt n)}{s/\sigma}$: a standard normal over $\sqrt{\chi^2_{n-1}/(n-1)}$, that is $t_{n-1}$.

Its 97.5 % quantile is 2.776 at $n=5$, 2.045 at $n=30$, 1.960 in the limit. Using 1.960 at $n=5$ rejects in $P(|t_4|>1.96)=12\,\%$ of true nulls.

With $\sigma$ known nothing is estimated and $z$ is exact at any $n$.`,
  covers: ["stats/t-test", "stats/z-test", "claim-a-022", "claim-a-023"],
  answers: ["q-a-006", "q-a-303"],
  verifiedAgainst: ["SciPy 1.10 stats.ttest_1samp and stats.norm", "uniform p-values under the null"],
  budget: "quick",
  controls: {
    n: slider(2, 50, 5, { label: "sample size n" }),
    effect: slider(0, 1.5, 0, { label: "true mean, in σ", step: 0.05 }),
  },
  run(lab, { n, effect }) {
    const random = lab.random();
    const draw = (size: number, mu = 0) => random.fillNormal(new Float64Array(size), mu, 1);
    const x = linspace(-5, 5, 201);
    const runs = 3000;
    const statistics = range(runs).map(() => tTestOneSample(draw(n, effect)).statistic);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "normal: what z assumes",
            x,
            y: x.map((v) => studentT(1e6).pdf(v)),
            dashed: true,
          },
          {
            type: "line",
            name: `Student's t, ${n - 1} degrees of freedom`,
            x,
            y: x.map((v) => studentT(n - 1).pdf(v)),
          },
          {
            type: "boxes",
            name: "simulated t",
            x0: range(40).map((i) => -5 + i / 4),
            x1: range(40).map((i) => -5 + (i + 1) / 4),
            y: range(40).map(
              (i) => (4 * statistics.filter((t) => t >= -5 + i / 4 && t < -5 + (i + 1) / 4).length) / runs,
            ),
          },
        ],
        {
          x: { label: "t" },
          y: { label: "density" },
          alt: `Simulated t statistics for n = ${n}${effect === 0 ? ": they follow Student's t, whose tails are heavier than the normal's" : `, shifted by an effect of ${effect} σ`}.`,
        },
      ),
    );
    // False alarms at 5 %, exact: P(|t| > 1.96).
    const sizes = range(49).map((i) => i + 2);
    const alarm = (size: number) => 2 * studentT(size - 1).sf(1.959963984540054);
    lab.plot(
      figure(
        [
          { type: "line", name: "z with s in place of σ", x: sizes, y: sizes.map(alarm) },
          { type: "rule", name: "t with s, z with σ", y: 0.05 },
          { type: "points", name: "your n", x: [n], y: [alarm(n)], size: 5 },
        ],
        {
          title: "False alarms at a nominal 5 %",
          x: { label: "n" },
          y: { label: "rate", percent: true, domain: [0, 0.32] },
          alt: "False-alarm rate of the z-test with an estimated deviation by sample size: 30 % at n = 2, 12 % at n = 5, 6 % at n = 30.",
        },
      ),
    );
    const share = (values: number[]) => mean(values.map((p) => (p <= 0.05 ? 1 : 0)));
    const slack = 5 * Math.sqrt((0.05 * 0.95) / runs);
    const pT = range(runs).map(() => tTestOneSample(draw(n)).pValue);
    lab.check("t-test, null true: false alarms", share(pT), { equals: 0.05, within: slack });
    lab.check(
      "t-test, null true: p against uniform draws (KS test), p",
      ksTest(
        pT,
        range(runs).map(() => random.uniform()),
        { method: "asymptotic" },
      ).pValue,
      { above: 1e-4 },
    );
    lab.check(
      "z-test with known σ, n = 5: exact although n < 30",
      share(range(runs).map(() => zTest(draw(5), { sigma: 1 }).pValue)),
      { equals: 0.05, within: slack },
    );
    const guessed = range(runs).map(() => {
      const sample = draw(5);
      return zTest(sample, { sigma: standardDeviation(sample) }).pValue;
    });
    lab.check("z-test with s, n = 5: false alarms", share(guessed), {
      equals: alarm(5),
      within: 5 * Math.sqrt((0.122 * 0.878) / runs),
    });
    const sample = draw(n, effect);
    lab.check("t by hand: (x̄ − μ)/(s/√n)", tTestOneSample(sample, { mu: 0.3 }).statistic, {
      equals: (mean(sample) - 0.3) / (standardDeviation(sample) / Math.sqrt(n)),
      relative: 1e-12,
    });
    lab.check("n = 5, σ known", chooseMeanTest({ n: 5, sigmaKnown: true }).test, { equals: "z" });
    lab.check("n = 500, σ estimated", chooseMeanTest({ n: 500, sigmaKnown: false }).test, { equals: "t" });
  },
});
