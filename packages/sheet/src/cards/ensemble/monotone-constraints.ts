import { HistGradientBoostingRegressor } from "whetstone/ensemble";
import { mse } from "whetstone/metrics";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "ensemble/monotone-constraints",
  title: "A monotone constraint is enforced by the trees, not hoped for",
  formula: String.raw`x_j\le x_j'\;\Rightarrow\;F(x)\le F(x')\qquad\text{: at each split on }x_j\text{, } w_L\le w_R\text{, and both bound what grows below}`,
  ask: "You know that the target can only rise with a feature: how does boosting use that, and what does it cost?",
  answer:
    "A split on that feature is allowed only if its right value is not below its left, and the middle of the two bounds all leaves underneath. Every tree, and so their sum, is monotone everywhere, not just where there was data. If the knowledge is right it removes variance; if it is wrong it adds bias that no data can cure.",
  pitfall:
    "A model that looks monotone on average is not: single rows may still move the wrong way. Check counterfactual pairs, or enforce it. With three classes or more there is no single direction.",
  level: "medium",
  whenNot:
    "When the relation is only mostly rising: bias in the exceptions stays whatever the data. And if the aim is causal, a monotone model of confounded data is still confounded.",
  followUps: [
    {
      ask: "Why must the middle of the two leaf values bound what grows below?",
      answer:
        "A split deeper on the left could otherwise take a value above the right side. With the middle as an upper bound on the left and a lower one on the right, no later split can cross.",
    },
    {
      ask: "Does a constraint on x hold when other columns interact with it?",
      answer:
        "Yes: every tree is non-decreasing in x for any fixed values of the others, so the sum is as well. It says nothing about moves that change several columns at once.",
    },
  ],
  derivation: String.raw`A sum of functions that do not fall in $x_j$ does not fall either, so it is enough that each tree is monotone. Two rows that differ in $x_j$ only part at some split on $x_j$ and may end in different leaves: every leaf on the left must be at most every leaf on the right.

Require $w_L\le w_R$ at the split and set $m=(w_L+w_R)/2$. Below on the left all values are clipped to at most $m$, on the right to at least $m$. By induction every left leaf $\le m\le$ every right leaf.

Splits with $w_L>w_R$ are given gain $-\infty$. If the truth is monotone, such splits followed noise, so variance falls; if not, the best monotone function is at a fixed distance from the truth.`,
  covers: ["tree/gradient-boosting"],
  verifiedAgainst: [
    "scikit-learn 1.2 HistGradientBoosting, whole trees with constraints",
    "random counterfactual pairs",
  ],
  budget: "quick",
  controls: {
    direction: choice(["rising", "free", "falling"], "rising", { label: "constraint on x" }),
    rows: slider(60, 600, 120, { label: "training rows" }),
    noise: slider(0.1, 2, 0.8, { label: "noise σ", step: 0.1 }),
  },
  run(lab, { direction, rows, noise }) {
    const random = lab.random();
    const draw = () => [random.uniform(), random.uniform(-1, 1)];
    const X = range(rows).map(draw);
    const y = X.map((row) => truth(row) + noise * random.normal());
    const sign = { rising: 1, free: 0, falling: -1 } as const;
    const fit = (way: keyof typeof sign, target: readonly number[] = y) =>
      new HistGradientBoostingRegressor({
        maxIter: 100,
        maxLeafNodes: 8,
        minSamplesLeaf: 5,
        monotonicCst: way === "free" ? null : [sign[way], 0],
      }).fit(X, target);
    const own = fit(direction);
    const free = fit("free");
    const rising = fit("rising");
    const grid = linspace(0, 1, 201);
    const slice = (model: typeof own) => [...model.predict(grid.map((v) => [v, 0]))];
    lab.plot(
      figure(
        [
          { type: "points", x: X.map((r) => r[0]!), y, size: 1.5 },
          { type: "line", name: "truth", x: grid, y: grid.map((v) => truth([v, 0])), dashed: true },
          { type: "step", name: "free", x: grid, y: slice(free) },
          {
            type: "step",
            name: direction === "free" ? "free (yours)" : `${direction} in x`,
            x: grid,
            y: slice(own),
          },
        ],
        {
          x: { label: "x" },
          y: { label: "prediction at z = 0" },
          alt: `Predictions along x: the free model jumps up and down with the noise, the model constrained to be ${direction} ${direction === "falling" ? "cannot follow the rising truth at all" : "climbs in steps close to the truth"}.`,
        },
      ),
    );
    // Pairs that differ in x alone, on and off the data.
    const violations = (model: typeof own, way: number) => {
      const pairs = range(2000).map(() => {
        const [a, z] = draw();
        const b = random.uniform();
        return [
          [Math.min(a!, b), z!],
          [Math.max(a!, b), z!],
        ] as const;
      });
      const low = model.predict(pairs.map((p) => p[0]));
      const high = model.predict(pairs.map((p) => p[1]));
      return low.filter((v, i) => way * (high[i]! - v) < -1e-12).length;
    };
    const test = range(3000).map(draw);
    const error = (model: typeof own) => mse(test.map(truth), model.predict(test));
    lab.table({
      columns: ["model", "wrong-way pairs of 2000", "error against the truth (MSE)"],
      rows: [
        ["free", violations(free, 1), Number(error(free).toPrecision(3))],
        ["rising", violations(rising, 1), Number(error(rising).toPrecision(3))],
        [`yours: ${direction}`, violations(own, 1), Number(error(own).toPrecision(3))],
      ],
    });
    lab.check("rising: pairs that go the wrong way", violations(rising, 1), { equals: 0 });
    lab.check("falling: pairs that go the wrong way", violations(fit("falling"), -1), { equals: 0 });
    lab.check("free: pairs that go the wrong way", violations(free, 1), { above: 20 });
    // Holds for any target, even one that runs against the constraint.
    const against = y.map((v) => -v);
    lab.check(
      "target turned round, rising enforced: wrong-way pairs",
      violations(fit("rising", against), 1),
      {
        equals: 0,
      },
    );
    if (noise >= 0.5 && rows <= 300) {
      lab.check("right constraint: its error over that of the free model", error(rising) / error(free), {
        below: 1,
      });
    }
    lab.check(
      "wrong constraint: its error over that of the free model",
      error(fit("falling")) / error(free),
      {
        above: 1.2,
      },
    );
  },
});

const truth = ([x, z]: readonly number[]): number => 3 * x! ** 2 + Math.sin(3 * z!);
