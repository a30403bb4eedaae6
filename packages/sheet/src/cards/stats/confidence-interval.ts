import { confidenceInterval, normal, standardDeviation, studentT } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "stats/confidence-interval",
  title: "A 95 % interval is centred on the sample mean, and needs t when σ is guessed",
  formula: String.raw`\bar x\pm z\,\frac{\sigma}{\sqrt n}\quad(\sigma\text{ known}),\qquad \bar x\pm t_{n-1}\,\frac{s}{\sqrt n}\quad(\sigma\text{ estimated})`,
  ask: "How do you build a confidence interval for a mean, and what does its 95 % refer to?",
  answer:
    "Sample mean plus or minus a quantile times the standard error: the normal quantile if σ is known, Student's t with n−1 degrees of freedom if s stands in for it. 95 % of such intervals, over repeated samples, contain the true mean. Width falls like 1/√n.",
  pitfall:
    "Writing μ ± zσ/√n puts the unknown in the middle. And z with s is too narrow: at n = 5 its 95 % covers 87.8 %, at n = 30 it covers 94.0 %.",
  level: "easy",
  whenNot:
    "For proportions near 0 or 1 use Wilson; for skewed small samples a bootstrap; if you want a probability about this one interval, a Bayesian credible interval.",
  followUps: [
    { ask: "How many rows halve the width?", answer: "Four times as many: the width falls like 1/√n." },
    {
      ask: "What is a prediction interval?",
      answer:
        "For the next single value: x̄ ± t·s·√(1 + 1/n). It does not shrink to zero, as the value itself varies.",
    },
  ],
  derivation: String.raw`$\bar x$ is normal with variance $\sigma^2/n$, so $P\big(|\bar x-\mu|\le z\,\sigma/\sqrt n\big)=0.95$ with $z=1.96$. Solve for $\mu$: the random interval $\bar x\pm z\,\sigma/\sqrt n$ contains it with 95 %.

With $s$ in place of $\sigma$ the quotient $\frac{\bar x-\mu}{s/\sqrt n}$ is a standard normal over the root of an independent $\chi^2_{n-1}/(n-1)$: Student's $t_{n-1}$ by definition.

Using $z$ anyway covers $P(|t_{n-1}|\le1.96)$: 87.8 % at $n=5$.`,
  covers: ["stats/confidence-interval", "claim-a-021"],
  answers: ["q-a-302"],
  verifiedAgainst: ["SciPy 1.10 stats.t and norm quantiles", "exact coverage from the t distribution"],
  budget: "quick",
  controls: {
    n: slider(2, 60, 5, { label: "sample size n" }),
    method: choice(["z with σ", "z with s", "t with s"], "z with s", { label: "interval" }),
    level: slider(0.5, 0.99, 0.95, { label: "level", step: 0.01 }),
  },
  run(lab, { n, method, level }) {
    const random = lab.random();
    const [mu, sigma] = [10, 3];
    const draw = (size: number) => random.fillNormal(new Float64Array(size), mu, sigma);
    const interval = (x: Float64Array, how: string) =>
      how === "t with s"
        ? confidenceInterval(x, { level })
        : confidenceInterval(x, { level, sigma: how === "z with σ" ? sigma : standardDeviation(x) });
    const shown = range(50).map(() => interval(draw(n), method));
    const covers = ({ lower, upper }: { lower: number; upper: number }) => lower <= mu && mu <= upper;
    lab.plot(
      figure(
        [
          ...shown.map((ci, i) => ({
            type: "line" as const,
            name: covers(ci) ? "contains μ" : "misses μ",
            x: [ci.lower, ci.upper],
            y: [i, i],
          })),
          { type: "rule", name: "μ", x: mu },
        ],
        {
          title: `50 intervals, ${method}`,
          x: { label: "value" },
          y: { label: "sample" },
          alt: `Fifty intervals of samples of ${n}; ${shown.filter((ci) => !covers(ci)).length} of them miss the true mean.`,
        },
      ),
    );
    const coverage = (size: number, how: string, runs: number) => {
      let hits = 0;
      for (let r = 0; r < runs; r++) if (covers(interval(draw(size), how))) hits++;
      return hits / runs;
    };
    // z with s covers exactly as often as a t variable stays within the normal quantile.
    const z = normal().quantile((1 + level) / 2);
    const exact = (size: number) => 2 * studentT(size - 1).cdf(z) - 1;
    const sizes = range(59).map((i) => i + 2);
    lab.plot(
      figure(
        [
          { type: "line", name: "z with s", x: sizes, y: sizes.map(exact) },
          { type: "rule", name: "nominal: z with σ, t with s", y: level },
          { type: "points", name: "your n", x: [n], y: [method === "z with s" ? exact(n) : level], size: 5 },
        ],
        {
          title: "Real coverage by sample size",
          x: { label: "n" },
          y: { label: "coverage", percent: true },
          alt: "Coverage of the z interval with an estimated deviation: far below nominal for small samples, approaching it near n = 60.",
        },
      ),
    );
    lab.check(
      "exact coverage of z with s at n = 5, level 95 %",
      2 * studentT(4).cdf(normal().quantile(0.975)) - 1,
      { equals: 0.878, within: 5e-4 },
    );
    lab.check("the same at n = 30", 2 * studentT(29).cdf(normal().quantile(0.975)) - 1, {
      equals: 0.9403,
      within: 1e-4,
    });
    const runs = 2500;
    const slack = 5 * Math.sqrt((level * (1 - level)) / runs);
    lab.check(`simulated, n = ${n}: z with σ`, coverage(n, "z with σ", runs), {
      equals: level,
      within: slack,
    });
    lab.check(`simulated, n = ${n}: t with s`, coverage(n, "t with s", runs), {
      equals: level,
      within: slack,
    });
    lab.check(`simulated, n = ${n}: z with s`, coverage(n, "z with s", runs), {
      equals: exact(n),
      within: 5 * Math.sqrt(0.25 / runs),
    });
    const x = draw(n);
    const ci = interval(x, method);
    lab.check(
      "centre less the sample mean",
      Math.abs((ci.lower + ci.upper) / 2 - x.reduce((a, b) => a + b, 0) / n),
      { atMost: 1e-12 },
    );
    lab.check(
      "four times the data, width times (σ known)",
      interval(draw(4 * n), "z with σ").margin / interval(draw(n), "z with σ").margin,
      { equals: 0.5, within: 1e-12 },
    );
  },
});
