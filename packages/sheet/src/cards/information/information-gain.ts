import { entropy, giniImpurity, informationGain } from "whetstone/information";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "information/information-gain",
  title: "Information gain and Gini nearly always choose the same split",
  formula: String.raw`\mathrm{IG}=H(\text{parent})-\sum_v\frac{n_v}{n}H(\text{child}_v),\qquad \mathrm{Gini}=1-\sum_k p_k^2`,
  ask: "How is the information gain of a split computed, and how do Gini impurity and entropy compare as criteria?",
  answer:
    "Impurity of the parent less the size-weighted impurity of the children. With entropy it is the mutual information of label and branch, so never negative. Gini, the chance that two draws differ, is a close relative without logarithm; both are concave and pick the same or an almost equal split.",
  pitfall:
    "Gain favours features with many values: an ID column splits perfectly and predicts nothing. Use gain ratio, binary splits or a least leaf size.",
  level: "easy",
  whenNot:
    "For columns with many values, or for numeric targets: gain prefers the many-valued; use gain ratio or binary splits, and the variance for numbers.",
  followUps: [
    {
      ask: "Why not split by misclassification error?",
      answer:
        "It is only piecewise linear: a split that makes one child purer may leave it unchanged. Entropy and Gini are strictly concave and reward it.",
    },
    {
      ask: "Which is faster?",
      answer:
        "Gini: no logarithm. In practice sorting and scanning dominate, so the choice hardly matters for time or accuracy.",
    },
  ],
  derivation: String.raw`With label $Y$ and branch $V$ the size-weighted impurity of the children is $H(Y\mid V)$, so the gain is $H(Y)-H(Y\mid V)=I(Y;V)\ge0$, by concavity of $H$: the parent's distribution is the mean of the children's.

Nine yes and five no have $H=0.940$ bits. Split into $6{:}2$ ($0.811$) and $3{:}3$ ($1$): gain $0.940-\tfrac8{14}0.811-\tfrac6{14}=0.048$.

Near an even node both agree to second order: with $p=\tfrac12+\delta$, $H\approx1-\frac{2}{\ln2}\delta^2$ bits and $\mathrm{Gini}=\tfrac12-2\delta^2$. Hence the same split almost always.`,
  covers: ["tree/split-criteria", "claim-a-031", "claim-a-033"],
  answers: ["q-a-007", "q-a-308", "q-a-309"],
  verifiedAgainst: ["scikit-learn 1.2 mutual_info_score (gain)", "hand example"],
  budget: "quick",
  controls: {
    cut: slider(0.05, 0.95, 0.5, { label: "threshold of the split", step: 0.05 }),
    rows: slider(40, 400, 150, { label: "rows", step: 10 }),
  },
  run(lab, { cut, rows }) {
    const random = lab.random();
    const world = (n: number) => {
      const x = range(n).map(() => random.uniform());
      const edge = random.uniform(0.3, 0.7);
      const [low, high] = [random.uniform(0.05, 0.45), random.uniform(0.55, 0.95)];
      return { x, y: x.map((v) => (random.bernoulli(v < edge ? low : high) ? 1 : 0)) };
    };
    const { x, y } = world(rows);
    const cuts = linspace(0.05, 0.95, 37);
    const gain = (w: { x: number[]; y: number[] }, c: number, criterion: "entropy" | "gini") =>
      informationGain(
        w.y,
        w.x.map((v) => (v < c ? "left" : "right")),
        criterion === "entropy" ? { criterion, base: 2 } : { criterion },
      );
    const curve = (criterion: "entropy" | "gini") => cuts.map((c) => gain({ x, y }, c, criterion));
    const [byEntropy, byGini] = [curve("entropy"), curve("gini")];
    lab.plot(
      figure(
        [
          { type: "line", name: "entropy, bits", x: cuts, y: byEntropy },
          { type: "line", name: "Gini", x: cuts, y: byGini },
          { type: "rule", x: cut, label: `gain ${gain({ x, y }, cut, "entropy").toFixed(3)} bits` },
        ],
        {
          title: "Gain by threshold",
          x: { label: "threshold" },
          y: { label: "decrease of impurity" },
          alt: "Information gain and Gini decrease by threshold: two curves of the same shape with nearly the same peak.",
        },
      ),
    );
    const p = linspace(0, 1, 101);
    lab.plot(
      figure(
        [
          { type: "line", name: "entropy, bits", x: p, y: p.map((v) => entropy([v, 1 - v], { base: 2 })) },
          { type: "line", name: "2 × Gini", x: p, y: p.map((v) => 2 * giniImpurity([v, 1 - v])) },
        ],
        {
          title: "Impurity of a node",
          x: { label: "share of positives" },
          y: {},
          alt: "Entropy and twice the Gini impurity by share of positives: two similar arches with the same ends and peak.",
        },
      ),
    );
    // 14 days of play: 9 yes, 5 no; wind weak 6 : 2, strong 3 : 3.
    const days = [...range(9).map(() => 1), ...range(5).map(() => 0)];
    const wind = [
      ...range(6).map(() => "weak"),
      ...range(3).map(() => "strong"),
      ...range(2).map(() => "weak"),
      ...range(3).map(() => "strong"),
    ];
    const H = (a: number, b: number) => entropy([a, b], { base: 2 });
    lab.check("hand example: 9 yes, 5 no, split 6:2 and 3:3", informationGain(days, wind, { base: 2 }), {
      equals: H(9 / 14, 5 / 14) - (8 / 14) * H(3 / 4, 1 / 4) - (6 / 14) * 1,
      within: 1e-14,
    });
    lab.check("which is", informationGain(days, wind, { base: 2 }), { equals: 0.0481, within: 1e-4 });
    const worlds = range(60).map(() => world(120));
    const best = worlds.map((w) => {
      const [e, g] = [cuts.map((c) => gain(w, c, "entropy")), cuts.map((c) => gain(w, c, "gini"))];
      const [i, j] = [e.indexOf(Math.max(...e)), g.indexOf(Math.max(...g))];
      return { same: i === j, loss: (e[i]! - e[j]!) / e[i]!, least: Math.min(...e, ...g) };
    });
    lab.check(
      "60 random problems: share in which both choose the same threshold",
      best.filter((b) => b.same).length / 60,
      { above: 0.75 },
    );
    lab.check("information lost by following Gini, on average", best.reduce((s, b) => s + b.loss, 0) / 60, {
      below: 0.03,
    });
    lab.check("smallest gain met: never negative", Math.min(...best.map((b) => b.least)), {
      atLeast: -1e-12,
    });
    lab.check("pure node: Gini", giniImpurity([1, 0]), { equals: 0 });
    lab.check("even node: Gini", giniImpurity([0.5, 0.5]), { equals: 0.5 });
    const ids = y.map((_, i) => `row ${i}`);
    lab.check("an ID column gains the whole entropy, for nothing", informationGain(y, ids, { base: 2 }), {
      equals: H(y.filter((v) => v === 1).length / rows, y.filter((v) => v === 0).length / rows),
      within: 1e-12,
    });
  },
});
