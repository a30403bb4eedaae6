import { jsDistance, jsDivergence, klDivergence } from "whetstone/information";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "information/jensen-shannon",
  title: "Jensen–Shannon is symmetric and bounded; its root is the metric",
  formula: String.raw`\mathrm{JS}(p,q)=\tfrac12\mathrm{KL}(p\Vert m)+\tfrac12\mathrm{KL}(q\Vert m),\quad m=\tfrac{p+q}2,\qquad 0\le\mathrm{JS}\le\log2`,
  ask: "Which metric axioms do KL, Jensen–Shannon and its square root satisfy, and when is KL infinite?",
  answer:
    "KL is only non-negative and zero for equals: asymmetric, no triangle inequality, infinite where q lacks mass of p. JS compares both with their mixture: symmetric, finite, at most log 2, but still no triangle inequality. Its square root satisfies all axioms: that is the Jensen–Shannon distance.",
  pitfall:
    "At disjoint supports JS sits at log 2 whatever the gap: no gradient to follow, which is why Wasserstein replaced it in some GANs. SciPy's jensenshannon returns the root.",
  level: "medium",
  whenNot:
    "When distributions hardly overlap and the distance matters (generators, drift in a unit): JS saturates at log 2. Use Wasserstein or a kernel distance.",
  followUps: [
    {
      ask: "What has it to do with a classifier?",
      answer:
        "JS is the information between a sample and the coin that chose its source: log 2 minus the log loss of the best classifier between p and q. That is the GAN's game.",
    },
    {
      ask: "How do you estimate it from samples?",
      answer:
        "Bin and smooth for few columns; for many, train a classifier and use its log loss: log 2 − loss is a lower bound.",
    },
  ],
  derivation: String.raw`With $m=\frac{p+q}2$ each ratio $p/m\le2$, so $\mathrm{KL}(p\Vert m)\le\log2$, and likewise for $q$: $0\le\mathrm{JS}\le\log2$, the upper end at disjoint supports. Swapping $p$ and $q$ changes nothing.

JS is $H(m)-\tfrac12H(p)-\tfrac12H(q)$: the mutual information of a draw and the fair coin that chose its source.

The triangle fails: for coins $(1,0)$ and $(0,1)$ it is $\log2=0.693$, by way of $(\tfrac12,\tfrac12)$ only $2\cdot0.216=0.431$. The square roots, $0.833$ against $2\cdot0.464=0.929$, obey it (Endres and Schindelin, 2003).`,
  errata: [
    {
      claim: "claim-b-284",
      claimed: "The Jensen–Shannon divergence is a proper metric.",
      truth:
        "Its square root is. JS itself breaks the triangle inequality, e.g. for coins (1, 0), (½, ½), (0, 1).",
    },
  ],
  covers: ["information/js-divergence", "claim-b-284"],
  answers: ["q-b-298"],
  verifiedAgainst: ["SciPy 1.10 spatial.distance.jensenshannon", "10,000 random triangles"],
  budget: "quick",
  controls: {
    gap: slider(0, 8, 2, { label: "distance of two bumps", step: 0.25 }),
    middle: slider(0.01, 0.99, 0.5, { label: "coin between certain heads and tails", step: 0.01 }),
  },
  run(lab, { gap, middle }) {
    const x = linspace(-6, 14, 161);
    const bump = (m: number) => {
      const w = x.map((v) => Math.exp(-((v - m) ** 2) / 2));
      const total = w.reduce((a, b) => a + b, 0);
      return w.map((v) => v / total);
    };
    const gaps = linspace(0, 8, 33);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "KL",
            x: gaps,
            y: gaps.map((g) => Math.min(klDivergence(bump(0), bump(g)), 6)),
          },
          { type: "line", name: "JS", x: gaps, y: gaps.map((g) => jsDivergence(bump(0), bump(g))) },
          { type: "line", name: "√JS", x: gaps, y: gaps.map((g) => jsDistance(bump(0), bump(g))) },
          { type: "rule", name: "log 2", y: Math.LN2 },
          { type: "points", name: "yours", x: [gap], y: [jsDivergence(bump(0), bump(gap))], size: 5 },
        ],
        {
          x: { label: "distance of the bumps, in σ" },
          y: { label: "nats", domain: [0, 4] },
          alt: `Divergences of two bumps by distance: KL grows like a parabola, JS saturates at log 2; at ${gap} it is ${jsDivergence(bump(0), bump(gap)).toFixed(3)}.`,
        },
      ),
    );
    const [heads, tails] = [
      [1, 0],
      [0, 1],
    ];
    const between = (m: number) => [m, 1 - m];
    const coins = range(101).map((i) => i / 100);
    const way = (d: typeof jsDivergence, m: number) => d(heads, between(m)) + d(between(m), tails);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "JS: way over the middle less direct",
            x: coins,
            y: coins.map((m) => way(jsDivergence, m) - jsDivergence(heads, tails)),
          },
          {
            type: "line",
            name: "√JS",
            x: coins,
            y: coins.map((m) => way(jsDistance, m) - jsDistance(heads, tails)),
          },
          { type: "rule", y: 0 },
          {
            type: "points",
            name: "yours",
            x: [middle],
            y: [way(jsDivergence, middle) - jsDivergence(heads, tails)],
            size: 5,
          },
        ],
        {
          title: "Triangle inequality: a detour must not be shorter",
          x: { label: "middle coin" },
          y: { label: "detour less direct" },
          alt: "Detour less direct way over a middle coin: negative for JS, so the triangle inequality fails; never negative for its square root.",
        },
      ),
    );
    lab.check(
      "JS: detour over the fair coin less direct",
      way(jsDivergence, 0.5) - jsDivergence(heads, tails),
      { below: -0.1 },
    );
    lab.check("√JS: the same detour", way(jsDistance, 0.5) - jsDistance(heads, tails), { above: 0 });
    const random = lab.random();
    const triangles = range(10_000).map(() => range(3).map(() => random.dirichlet([0.3, 0.3, 0.3])));
    lab.check(
      "√JS over 10,000 random triangles: smallest slack",
      Math.min(...triangles.map(([a, b, c]) => jsDistance(a!, b!) + jsDistance(b!, c!) - jsDistance(a!, c!))),
      { atLeast: -1e-9 },
    );
    lab.check(
      "JS over the same: triangles that fail",
      triangles.filter(
        ([a, b, c]) => jsDivergence(a!, b!) + jsDivergence(b!, c!) < jsDivergence(a!, c!) - 1e-9,
      ).length,
      { above: 0 },
    );
    lab.check(
      "symmetric",
      Math.max(
        ...triangles.slice(0, 200).map(([a, b]) => Math.abs(jsDivergence(a!, b!) - jsDivergence(b!, a!))),
      ),
      { atMost: 1e-14 },
    );
    lab.check("disjoint supports: log 2", jsDivergence(heads, tails), { equals: Math.LN2, within: 1e-15 });
    lab.check("KL there", klDivergence(heads, tails), { equals: Number.POSITIVE_INFINITY });
    const m = [0.5, 0.5];
    lab.check("mean of two KLs to the mixture", jsDivergence(heads, tails), {
      equals: (klDivergence(heads, m) + klDivergence(tails, m)) / 2,
      within: 1e-15,
    });
  },
});
