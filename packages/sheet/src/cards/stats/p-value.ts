import { binomial, chiSquareTest, mean, pValue, zTest } from "whetstone/stats";
import { card, choice, figure, histogram, range, slider } from "../../index.ts";

export default card({
  id: "stats/p-value",
  title: "A p-value is a tail, not the likelihood of what was seen",
  formula: String.raw`p=P\big(T\ge t_{\text{obs}}\mid H_0\big)\;\ne\;P(t_{\text{obs}}\mid H_0)\;\ne\;P(H_0\mid t_{\text{obs}})`,
  ask: "What exactly does a p-value measure, and what does it not tell you?",
  answer:
    "The probability, computed as if the null hypothesis were true, of a result at least as extreme as the observed one. Under the null it is uniform (for a continuous statistic), so a rule p ≤ 0.05 raises a false alarm in 5 % of true nulls. It is not the probability that the null is true, nor the size of an effect.",
  pitfall:
    "A large p is no proof of the null: with little data it is large anyway. And choosing one- or two-sided after seeing the data halves p for free.",
  level: "medium",
  whenNot:
    "When the size of an effect or a decision is wanted: report an interval or expected loss. With huge n everything is significant; with tiny n nothing is.",
  followUps: [
    {
      ask: "p = 0.03. What is the chance that the null is true?",
      answer:
        "Not 3 %. It needs the prior and the power: with 10 % true effects and 80 % power, 36 % of results with p ≤ 0.05 are false.",
    },
    {
      ask: "Why is p uniform under the null?",
      answer:
        "p = 1 − F(T), so P(p ≤ u) = P(F(T) ≥ 1 − u) = u: a continuous statistic put into its own distribution function is uniform.",
    },
  ],
  derivation: String.raw`Ten tosses, eight heads. The likelihood of exactly that is $\binom{10}82^{-10}=45/1024=0.044$. The p-value adds everything at least as extreme: $(45+10+1)/1024=0.055$; two-sided twice as much, 0.109.

With $T$ continuous under the null and $p=1-F(T)$: $P(p\le u)=P(F(T)\ge1-u)=u$: uniform, so the rule $p\le\alpha$ errs in a share $\alpha$ of true nulls.

Bayes' rule turns the condition round: $P(H_0\mid p\le\alpha)=\frac{\alpha\pi_0}{\alpha\pi_0+(1-\beta)(1-\pi_0)}$ needs the prior $\pi_0$ and the power.`,
  errata: [
    {
      claim: "claim-a-019",
      claimed: "The p-value is P(observation | H0).",
      truth:
        "That is a likelihood. For 8 heads in 10 fair flips P(exactly 8) = 0.044, while the p-value is P(8 or more) = 0.055, or 0.109 two-sided.",
    },
  ],
  covers: ["stats/p-value", "claim-a-019", "claim-a-020"],
  answers: ["q-a-005"],
  verifiedAgainst: ["SciPy 1.10 stats.binom and ttest_1samp", "counting all 2¹⁰ sequences"],
  budget: "quick",
  controls: {
    heads: slider(0, 10, 8, { label: "heads in 10 flips" }),
    side: choice(["greater", "less", "two-sided"], "greater", { label: "alternative" }),
    effect: slider(0, 1, 0, { label: "true mean, in σ (H0 says 0)", step: 0.05 }),
  },
  run(lab, { heads, side, effect }) {
    const coin = binomial(10, 0.5);
    const p = pValue(heads, coin, side);
    const counts = range(11);
    const extreme = (k: number) =>
      side === "greater" ? k >= heads : side === "less" ? k <= heads : Math.abs(k - 5) >= Math.abs(heads - 5);
    const bar = (name: string, keep: (k: number) => boolean) => ({
      type: "boxes" as const,
      name,
      x0: counts.filter(keep).map((k) => k - 0.4),
      x1: counts.filter(keep).map((k) => k + 0.4),
      y: counts.filter(keep).map((k) => coin.pdf(k)),
    });
    lab.plot(
      figure([bar("at least as extreme", extreme), bar("the rest", (k) => !extreme(k))], {
        title: `p = ${p.toFixed(4)}, likelihood of exactly ${heads} = ${coin.pdf(heads).toFixed(4)}`,
        x: { label: "heads in 10 fair flips" },
        y: { label: "probability" },
        alt: `Probabilities of 0 to 10 heads; the bars at least as extreme as ${heads} add up to the p-value ${p.toFixed(3)}.`,
      }),
    );
    // All 1024 sequences of 10 flips, counted.
    const sequences = range(1024).map((s) => s.toString(2).replaceAll("0", "").length);
    lab.check("P(exactly 8 heads): the likelihood", coin.pdf(8), {
      equals: sequences.filter((h) => h === 8).length / 1024,
      within: 1e-14,
    });
    lab.check("P(8 heads or more): the p-value", pValue(8, coin, "greater"), {
      equals: sequences.filter((h) => h >= 8).length / 1024,
      within: 1e-14,
    });
    lab.check("the two differ by a quarter", pValue(8, coin, "greater") / coin.pdf(8), {
      equals: 56 / 45,
      within: 1e-12,
    });
    lab.check("two-sided", pValue(8, coin, "two-sided"), { equals: 112 / 1024, within: 1e-14 });

    const random = lab.random("experiments");
    const experiments = (shift: number, runs: number) =>
      range(runs).map(() => zTest(random.fillNormal(new Float64Array(10), shift, 1), { sigma: 1 }).pValue);
    const shown = experiments(effect, 2000);
    lab.plot(
      figure(
        [
          histogram(shown, { bins: 20, density: true }),
          { type: "rule", name: "uniform", y: 1 },
          { type: "rule", x: 0.05, label: "0.05" },
        ],
        {
          title: effect === 0 ? "H0 true: p is uniform" : "H0 false: small p become frequent",
          x: { label: "p-value", domain: [0, 1] },
          y: { label: "density" },
          alt: `Histogram of 2000 p-values with a true effect of ${effect} σ: ${effect === 0 ? "flat" : "piled up near 0"}.`,
        },
      ),
    );
    const nulls = experiments(0, 4000);
    const bins = range(10).map((b) => nulls.filter((v) => Math.min(9, Math.floor(v * 10)) === b).length);
    lab.check("under H0: uniformity of p by a chi-square test on 10 bins, p", chiSquareTest(bins).pValue, {
      above: 1e-4,
    });
    lab.check("under H0: share of p ≤ 0.05", mean(nulls.map((v) => (v <= 0.05 ? 1 : 0))), {
      equals: 0.05,
      within: 0.015,
    });
    lab.check(
      "effect of 1 σ, n = 10: share of p ≤ 0.05, the power",
      mean(experiments(1, 1000).map((v) => (v <= 0.05 ? 1 : 0))),
      { equals: 0.885, within: 0.045 },
    );
  },
});
