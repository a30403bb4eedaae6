import { benjaminiHochberg, bonferroni, familyWiseError, mean, normal, pValue } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "stats/multiple-comparisons",
  title: "Twenty tests at 5 %: a false alarm in 64 of 100 studies",
  formula: String.raw`P(\text{any false alarm})=1-(1-\alpha)^m,\qquad \alpha_{\text{Bonferroni}}=\tfrac{\alpha}{m},\qquad p_{(k)}\le\tfrac{k}{m}\,q\ \text{(BH)}`,
  ask: "You test twenty metrics at 5 %. How likely is at least one false alarm, and how do you correct for it?",
  answer:
    "1 − 0.95²⁰ = 64.2 % for independent tests. Bonferroni tests each at α/m and holds the chance of any false alarm at α, under any dependence. Benjamini–Hochberg bounds the expected share of false ones among the rejections instead (tests independent or positively dependent), and so keeps more power.",
  pitfall:
    "The correction counts every look: subgroups, repeated peeks, metrics dropped from the slide. And a false discovery rate of 5 % is no promise about any single finding.",
  level: "medium",
  whenNot:
    "With one question fixed in advance nothing needs correcting. For exploration that a new experiment will confirm, list effects with intervals instead.",
  followUps: [
    {
      ask: "Bonferroni, Holm, Benjamini–Hochberg: when which?",
      answer:
        "Holm is never worse than Bonferroni: any false alarm hurts. Benjamini–Hochberg: many tests, a share of false ones among the findings is bearable.",
    },
    {
      ask: "Is peeking every day also multiple testing?",
      answer:
        "Yes: stopping at the first p ≤ 0.05 of many looks raises false alarms far above 5 %. Use sequential bounds or a fixed horizon.",
    },
  ],
  derivation: String.raw`With $m$ true nulls and independent tests the chance of no false alarm is $(1-\alpha)^m$; at $\alpha=0.05$ and $m=20$ it is 0.358, so 64.2 % of studies raise one.

Union bound: $P(\text{any }p_i\le\alpha/m)\le m\cdot\alpha/m=\alpha$ under any dependence: Bonferroni.

Benjamini–Hochberg takes the largest $k$ with $p_{(k)}\le\frac km q$. A true null is rejected if $p_i\le\frac kmq$; for independent tests its expected share of the $k$ rejections is $\frac qm$, and summing over $m_0$ nulls gives $\mathrm{FDR}=\frac{m_0}mq\le q$.`,
  errata: [
    {
      claim: "claim-b-342",
      claimed: "20 tests at 5 % give about a 63 % chance of a false positive.",
      truth: "1 − 0.95²⁰ = 64.2 %. 63.2 % is 1 − 1/e, the limit for many tests at level 1/m each.",
    },
  ],
  covers: ["stats/multiple-testing", "claim-b-342"],
  verifiedAgainst: ["statsmodels 0.13 multipletests", "closed form"],
  budget: "quick",
  controls: {
    tests: slider(1, 100, 20, { label: "tests m" }),
    effects: slider(0, 50, 10, { label: "share of real effects, %" }),
    alpha: slider(0.01, 0.2, 0.05, { label: "level α", step: 0.01 }),
  },
  run(lab, { tests, effects, alpha }) {
    const m = range(100).map((i) => i + 1);
    lab.plot(
      figure(
        [
          { type: "line", name: "no correction", x: m, y: m.map((k) => familyWiseError(alpha, k)) },
          { type: "line", name: "Bonferroni", x: m, y: m.map((k) => familyWiseError(alpha / k, k)) },
          { type: "points", name: "your m", x: [tests], y: [familyWiseError(alpha, tests)], size: 5 },
        ],
        {
          x: { label: "number of tests" },
          y: { label: "chance of any false alarm", percent: true, domain: [0, 1] },
          alt: `Chance of any false alarm by number of tests: ${(100 * familyWiseError(alpha, tests)).toFixed(1)} % for ${tests} tests at ${alpha}; Bonferroni stays under the level.`,
        },
      ),
    );
    lab.check("20 tests at 5 %", familyWiseError(0.05, 20), { equals: 0.6415, within: 5e-5 });
    lab.check("distance from the claimed 63 %", familyWiseError(0.05, 20) - 0.63, { above: 0.01 });

    const random = lab.random();
    const null_ = normal();
    const study = (real: number, count: number) => {
      const z = range(count).map((i) => random.normal(i < real ? 3 : 0, 1));
      return z.map((v) => pValue(v, null_, "two-sided"));
    };
    const rounds = 3000;
    const any = { plain: 0, bonferroni: 0 };
    for (let r = 0; r < rounds; r++) {
      const p = study(0, 20);
      if (p.some((v) => v <= 0.05)) any.plain++;
      if (bonferroni(p, 0.05).rejected.includes(true)) any.bonferroni++;
    }
    lab.check("simulated: 20 true nulls, studies with a false alarm", any.plain / rounds, {
      equals: 0.6415,
      within: 0.04,
    });
    lab.check("the same with Bonferroni, at most α", any.bonferroni / rounds, { atMost: 0.065 });

    // Real effects among the tests: power and false discoveries.
    const count = Math.max(20, tests);
    const real = Math.round((count * effects) / 100);
    const outcomes = {
      none: { power: [] as number[], fdp: [] as number[] },
      Bonferroni: { power: [] as number[], fdp: [] as number[] },
      "Benjamini–Hochberg": { power: [] as number[], fdp: [] as number[] },
    };
    for (let r = 0; r < 400; r++) {
      const p = study(real, count);
      const rejected = {
        none: p.map((v) => v <= alpha),
        Bonferroni: bonferroni(p, alpha).rejected,
        "Benjamini–Hochberg": benjaminiHochberg(p, alpha).rejected,
      };
      for (const name of ["none", "Bonferroni", "Benjamini–Hochberg"] as const) {
        const hits = rejected[name].filter((v, i) => v && i < real).length;
        const all = rejected[name].filter(Boolean).length;
        outcomes[name].power.push(real === 0 ? 0 : hits / real);
        outcomes[name].fdp.push(all === 0 ? 0 : (all - hits) / all);
      }
    }
    lab.table({
      columns: ["correction", "found of the real effects", "false among the findings"],
      rows: Object.entries(outcomes).map(([name, o]) => [name, mean(o.power), mean(o.fdp)]),
      caption: `${real} real effects of 3 standard errors among ${count} tests, 400 studies.`,
    });
    lab.plot(
      figure(
        [
          {
            type: "bars",
            name: "found of the real effects",
            x: Object.keys(outcomes).map((k) => `${k}: found`),
            y: Object.values(outcomes).map((o) => mean(o.power)),
          },
          {
            type: "bars",
            name: "false among the findings",
            x: Object.keys(outcomes).map((k) => `${k}: false`),
            y: Object.values(outcomes).map((o) => mean(o.fdp)),
          },
        ],
        {
          x: { scale: "band" },
          y: { percent: true, domain: [0, 1] },
          alt: "Without correction many findings are false; Bonferroni misses most real effects; Benjamini–Hochberg lies between with few false ones.",
        },
      ),
    );
    lab.check(
      "Benjamini–Hochberg: mean share of false findings, at most α",
      mean(outcomes["Benjamini–Hochberg"].fdp),
      { atMost: alpha + 0.025 },
    );
    lab.check(
      "its power less that of Bonferroni",
      mean(outcomes["Benjamini–Hochberg"].power) - mean(outcomes.Bonferroni.power),
      { atLeast: 0 },
    );
  },
});
