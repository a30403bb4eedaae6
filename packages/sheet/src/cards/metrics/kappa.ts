import { accuracy, cohenKappa } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "metrics/kappa",
  title: "Cohen's κ: agreement beyond what chance gives",
  formula: String.raw`\kappa=\frac{p_o-p_e}{1-p_e},\qquad p_e=\sum_k p_k^{(1)}p_k^{(2)}`,
  ask: "Two annotators agree on 90 % of items. Why may that be worth little, and what does κ correct?",
  answer:
    "If both call 95 % of items negative, they agree on 90.5 % by chance alone. κ rescales: 0 is chance, 1 perfect, negative worse than chance. It bounds what a model trained on the labels can be asked to reach. For ordered labels weight near misses less.",
  pitfall:
    "κ falls with skewed labels at equal skill (the prevalence paradox), so compare it only between tasks of similar balance, and look at the table.",
  level: "medium",
  whenNot:
    "With heavily skewed labels or many annotators who each see part of the items, κ is hard to read: report the table, agreement per class, or Krippendorff's α.",
  followUps: [
    {
      ask: "What κ is good enough?",
      answer:
        "There is no law; 0.6 to 0.8 is often called substantial. Ask instead how much label noise the model can bear, and whether disagreement is error or real ambiguity.",
    },
    {
      ask: "Annotators disagree on a fifth of the items. What do you do?",
      answer:
        "Read the disagreements. Sharpen the guideline where it is silent, adjudicate the rest, and keep soft labels where the item is truly ambiguous.",
    },
  ],
  derivation: String.raw`If two annotators label independently with shares $p_k$ and $q_k$, they meet in class $k$ with chance $p_kq_k$, so agreement by chance is $p_e=\sum_k p_kq_k$.

The most that can be gained over chance is $1-p_e$; what was gained is $p_o-p_e$. κ is the share of it: 1 for full agreement, 0 for chance.

With 5 % positives on both sides $p_e=0.05^2+0.95^2=0.905$, so 90 % raw agreement is below chance and κ is negative.`,
  covers: ["metrics/inter-annotator-agreement"],
  verifiedAgainst: ["scikit-learn 1.2 cohen_kappa_score, plain and weighted"],
  budget: "quick",
  controls: {
    rare: slider(0.02, 0.5, 0.05, { label: "share of positives", step: 0.01 }),
    skill: slider(0.5, 1, 0.9, { label: "how often each annotator is right", step: 0.01 }),
  },
  run(lab, { rare, skill }) {
    const random = lab.random();
    const annotate = (share: number, right: number, n = 6000) => {
      const truth = range(n).map(() => (random.bernoulli(share) ? 1 : 0));
      const read = () => truth.map((v) => (random.bernoulli(right) ? v : 1 - v));
      return [read(), read()] as const;
    };
    const [a, b] = annotate(rare, skill);
    const skills = linspace(0.5, 1, 21);
    const curve = (share: number) => skills.map((s) => cohenKappa(...annotate(share, s, 3000)));
    lab.plot(
      figure(
        [
          { type: "line", name: "κ, balanced", x: skills, y: curve(0.5) },
          { type: "line", name: `κ, ${Math.round(100 * rare)} % positives`, x: skills, y: curve(rare) },
          {
            type: "line",
            name: "raw agreement",
            x: skills,
            y: skills.map((s) => s * s + (1 - s) ** 2),
            dashed: true,
          },
          { type: "points", name: "yours", x: [skill], y: [cohenKappa(a, b)], size: 5 },
        ],
        {
          title: `agreement ${(100 * accuracy(a, b)).toFixed(1)} %, κ = ${cohenKappa(a, b).toFixed(2)}`,
          x: { label: "how often each annotator is right", percent: true },
          y: { label: "agreement", domain: [-0.1, 1] },
          alt: "Raw agreement and κ by annotator skill: κ starts at 0 where agreement is a coin flip, and is lower when positives are rare.",
        },
      ),
    );
    const p1 = mean(a);
    const p2 = mean(b);
    const chance = p1 * p2 + (1 - p1) * (1 - p2);
    lab.check("κ by hand", cohenKappa(a, b), {
      equals: (accuracy(a, b) - chance) / (1 - chance),
      within: 1e-12,
    });
    const lazy = () => range(20_000).map(() => (random.bernoulli(0.05) ? 1 : 0));
    const [x, y] = [lazy(), lazy()];
    lab.check("both guess 5 % positives: raw agreement", accuracy(x, y), { equals: 0.905, within: 0.01 });
    lab.check("their κ", cohenKappa(x, y), { equals: 0, within: 0.04 });
    lab.check("full agreement", cohenKappa(a, a), { equals: 1 });
    lab.check("always the opposite, balanced", cohenKappa([0, 1, 0, 1], [1, 0, 1, 0]), { equals: -1 });
    lab.check(
      "grades one apart: quadratic less plain κ",
      cohenKappa([1, 2, 3, 4], [2, 2, 4, 4], { weights: "quadratic" }) -
        cohenKappa([1, 2, 3, 4], [2, 2, 4, 4]),
      { above: 0.2 },
    );
  },
});
