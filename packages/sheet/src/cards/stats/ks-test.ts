import { ecdf, ksTest, mean } from "whetstone/stats";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "stats/ks-test",
  title: "Kolmogorov–Smirnov: the largest gap, and why a million rows always alarm",
  formula: String.raw`D=\sup_x\,|F_A(x)-F_B(x)|,\qquad p\approx2\sum_{k\ge1}(-1)^{k-1}e^{-2k^2\frac{nm}{n+m}D^2}`,
  ask: "What does the two-sample KS test measure, and why is it a poor drift alarm at large n?",
  answer:
    "The largest vertical distance between the two empirical distribution functions: distribution-free for continuous data, sensitive to any difference of one feature. Its p-value shrinks with n at a fixed D, so a shift of 0.01σ is “significant” with a million rows. Alarm on the size of D, not on p alone.",
  pitfall:
    "It is weak in the tails, sees one column at a time, and with ties or hundreds of features its p-values need corrections.",
  level: "medium",
  whenNot:
    "For many columns, discrete data, tails or joint changes: use corrected tests, chi-square, Anderson–Darling, or MMD and a classifier between samples.",
  followUps: [
    {
      ask: "What would you alarm on instead of p?",
      answer:
        "The size: D itself, PSI, or Wasserstein in the unit of the feature, with a threshold from past quiet weeks, and above all the model's own quality.",
    },
    {
      ask: "Why is it distribution-free?",
      answer:
        "Only ranks enter: any increasing transformation leaves D. So its null law is the same for every continuous distribution.",
    },
  ],
  derivation: String.raw`$D$ changes only at data points, and only the order of the pooled sample matters: apply $F$ to all values and they are uniform under the null, with $D$ unchanged.

The difference of two empirical distribution functions times $\sqrt{nm/(n+m)}$ tends to a Brownian bridge; the chance that its largest absolute value exceeds $x$ is $2\sum_{k\ge1}(-1)^{k-1}e^{-2k^2x^2}$.

At a fixed true gap $D$ the exponent is $-2\frac{nm}{n+m}D^2$: for $n=m=10^6$ and $D=0.004$ (a shift of $0.01\sigma$) it is $-16$.`,
  covers: ["stats/ks-test", "claim-a-151", "claim-a-152"],
  verifiedAgainst: ["SciPy 1.10 stats.ks_2samp, statistic, exact and asymptotic p"],
  budget: "quick",
  controls: {
    n: slider(20, 100_000, 500, { label: "rows per sample", scale: "log" }),
    shift: slider(0, 1, 0.2, { label: "shift, in σ", step: 0.01 }),
    kind: choice(["mean", "spread"], "mean", { label: "what changes" }),
  },
  run(lab, { n: size, shift, kind }) {
    const random = lab.random();
    const n = Math.round(size);
    const draw = (count: number, mu = 0, sd = 1) => random.fillNormal(new Float64Array(count), mu, sd);
    const a = draw(n);
    const b = kind === "mean" ? draw(n, shift) : draw(n, 0, 1 + shift);
    const { statistic, pValue, location } = ksTest(a, b);
    const [F, G] = [ecdf(a), ecdf(b)];
    const x = linspace(-4, 4, 300);
    lab.plot(
      figure(
        [
          { type: "step", name: "F of A", x, y: x.map(F) },
          { type: "step", name: "F of B", x, y: x.map(G) },
          { type: "line", name: "D", x: [location, location], y: [F(location), G(location)] },
        ],
        {
          title: `D = ${statistic.toFixed(3)}, p = ${pValue.toPrecision(2)}`,
          x: { label: "value" },
          y: { label: "share of values ≤ x", domain: [0, 1] },
          alt: `Two empirical distribution functions with their largest gap ${statistic.toFixed(3)} marked; p is ${pValue.toPrecision(2)}.`,
        },
      ),
    );
    // Brute force: the gap at every value of either sample.
    const [u, v] = [draw(60), draw(45, 0.4)];
    const [fu, fv] = [ecdf(u), ecdf(v)];
    const brute = Math.max(...[...u, ...v].map((t) => Math.abs(fu(t) - fv(t))));
    lab.check("D against brute force", ksTest(u, v).statistic, { equals: brute, within: 1e-14 });
    lab.check(
      "one distribution: share of p ≤ 0.05",
      mean(range(800).map(() => (ksTest(draw(40), draw(40)).pValue <= 0.05 ? 1 : 0))),
      { atMost: 0.085 },
    );
    lab.check(
      "stretching both by exp changes D by",
      Math.abs(ksTest(u.map(Math.exp), v.map(Math.exp)).statistic - brute),
      { atMost: 1e-14 },
    );
    // A shift nobody would act on, with a million rows and with 500 of them.
    const [many, shifted] = [draw(1_000_000), draw(1_000_000, 0.01)];
    const large = ksTest(many, shifted);
    lab.check("10⁶ rows, shift 0.01 σ: p", large.pValue, { below: 1e-3 });
    lab.check("the gap itself", large.statistic, { below: 0.01 });
    lab.check("500 rows, the same shift: p", ksTest(many.subarray(0, 500), shifted.subarray(0, 500)).pValue, {
      above: 1e-3,
    });
  },
});
