import { makeMoons } from "whetstone/data";
import { RandomForestClassifier, RandomForestRegressor } from "whetstone/ensemble";
import { Matrix, type RandomStream } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import {
  card,
  dataset,
  figure,
  histogram,
  type Lab,
  type LabData,
  labelsOf,
  mistakesOnTable,
  range,
  region,
  slider,
} from "../../index.ts";

/** Two strong columns that agree in part, and weak ones. */
const world = (random: RandomStream, n: number) => {
  const X = Matrix.zeros(n, 9).map(() => random.normal());
  const y = Float64Array.from({ length: n }, (_, i) => {
    const r = X.row(i);
    return 2 * r[0]! + r[1]! + 0.5 * (r[2]! + r[3]! + r[4]!) + random.normal();
  });
  return { X, y };
};

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { columns, trees, leaf }: { columns: number; trees: number; leaf: number },
): void {
  const y = labelsOf(data);
  const spec = new RandomForestClassifier({
    nEstimators: trees,
    maxFeatures: Math.min(columns, data.X.cols),
    minSamplesLeaf: leaf,
    oobScore: true,
    seed: lab.seed,
  });
  const model = spec.fit(data.X, y);
  const said = model.predict(data.X);
  const proba = model.predictProba(data.X);
  mistakesOnTable(lab, data, said, `${trees} trees`, proba);
  // A few trees leave rows that each of them drew: nobody can judge those.
  const left = model.oobDecisionFunction!;
  const judged = range(y.length).filter((i) => !Number.isNaN(left.at(i, 0)));
  const own = judged.map((i) => left.at(i, model.classes.indexOf(y[i]!)));
  lab.plot(
    figure([histogram(own, { bins: 20 })], {
      title: `What trees that did not draw a row say of it: ${(100 * model.oobScore!).toFixed(1)} % right`,
      x: { label: "probability of the row's own class", domain: [0, 1] },
      y: { label: "rows" },
      alt: `Out-of-bag probabilities of the true class of ${judged.length} rows of ${data.name}.`,
    }),
  );
  lab.check(
    "out-of-bag probabilities of a row add to 1, largest gap",
    Math.max(0, ...judged.map((i) => Math.abs(left.row(i).reduce((a, b) => a + b, 0) - 1))),
    { atMost: 1e-9 },
  );
  const again = spec.fit(data.X, y).predictProba(data.X);
  lab.check(
    "the same seed grows the same forest: largest difference",
    Math.max(...again.data.map((p, i) => Math.abs(p - proba.data[i]!))),
    { equals: 0 },
  );
}

export default card({
  id: "ensemble/random-forest",
  title: "Random columns make trees disagree, and averages of disagreement are calm",
  formula: String.raw`\operatorname{Var}\Big(\tfrac1B\sum_b T_b\Big)=\rho\,\sigma^2+\frac{1-\rho}{B}\,\sigma^2`,
  ask: "Why does a random forest draw columns at every split, and can adding trees make it overfit?",
  answer:
    "Averaging B trees leaves ρσ² however large B is. Bootstrapped trees still ask the same strong questions first; showing each split only √p columns makes them differ, so ρ falls. More trees only approach the limit: the curve flattens, it does not turn up. Depth and leaf size still decide how far single trees overfit.",
  pitfall:
    "“A forest cannot overfit” is about the number of trees only. On noisy data full-depth trees fit noise that averaging does not fully remove: raise minSamplesLeaf.",
  level: "medium",
  whenNot:
    "On large tables where the last per cent counts, boosting usually wins. For extrapolation (trends) trees are flat outside the data. For a few lines of explanation, a small tree or linear model.",
  followUps: [
    {
      ask: "How do you choose the number of columns per split?",
      answer:
        "Start at √p for classes, p/3 or all for numbers, and compare a few by out-of-bag score. Many useless columns ask for more, since small draws rarely contain a useful one.",
    },
    {
      ask: "Why does a forest not extrapolate?",
      answer:
        "Every prediction is a mean of training targets in leaves. Beyond the largest x the same leaves answer, so the curve is constant.",
    },
  ],
  derivation: String.raw`Each tree has variance $\sigma^2$, each pair covariance $\rho\sigma^2$. The variance of the mean has $B$ terms of the first kind and $B(B-1)$ of the second, over $B^2$: $\frac{\sigma^2}B+\frac{B-1}B\rho\sigma^2=\rho\sigma^2+\frac{1-\rho}B\sigma^2$. More trees remove the second part only, and the mean of $B$ trees tends to its expectation over the random draws: the error levels off instead of turning up. With $m$ columns per split a strong column is on offer with chance $m/p$ only, so trees start differently: $\rho$ falls, while $\sigma^2$ and the bias of a single tree rise a little. The best $m$ balances the two.

$\sqrt p$ columns is the default for labels. For numbers Breiman advises $p/3$; scikit-learn and this library take all.`,
  covers: ["ensemble/random-forest", "claim-a-041", "claim-b-066", "claim-b-344"],
  answers: ["q-a-013", "q-a-014", "q-a-319", "q-b-054", "q-b-348"],
  verifiedAgainst: ["scikit-learn 1.2 RandomForest, scores of 16 seeds within five standard errors"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "classes", { seeded: true }),
    columns: slider(1, 9, 3, { label: "columns per split, of 9" }),
    trees: slider(1, 60, 25, { label: "trees in the picture", play: true }),
    leaf: slider(1, 20, 1, { label: "fewest rows in a leaf" }),
  },
  run(lab, { data, columns, trees, leaf }) {
    if (data) {
      onTable(lab, data, { columns, trees, leaf });
      return;
    }
    const random = lab.random();
    // Left: the error against the number of trees.
    const train = makeMoons({ nSamples: 250, noise: 0.3, seed: 2 * lab.seed });
    const test = makeMoons({ nSamples: 1000, noise: 0.3, seed: 2 * lab.seed + 1 });
    const grow = (minSamplesLeaf: number) =>
      new RandomForestClassifier({ nEstimators: 150, minSamplesLeaf, seed: lab.seed }).fit(train.X, train.y);
    const errorsOf = (forest: ReturnType<typeof grow>) =>
      Array.from(forest.stagedPredict(test.X), (p) => 1 - accuracy(test.y, p));
    const model = grow(leaf);
    const errors = errorsOf(model);
    const some = model.first(trees);
    lab.plot(
      figure(
        [
          region((X) => some.predictProba(X).col(1), [-1.8, 2.8], [-1.4, 1.9], { centre: 0.5 }),
          {
            type: "points",
            x: Array.from(train.X.col(0)),
            y: Array.from(train.X.col(1)),
            group: train.y.map((v) => `class ${v}`),
            size: 2,
          },
        ],
        {
          title: `The mean of ${trees} trees`,
          x: { label: "x0" },
          y: { label: "x1" },
          alt: `Class probability of a forest of ${trees} trees over two moons: boxes of single trees blur into a smooth border as trees are added.`,
        },
      ),
    );
    lab.plot(
      figure([{ type: "line", x: range(150).map((t) => t + 1), y: errors }], {
        title: "More trees flatten the curve",
        x: { label: "trees", scale: "log" },
        y: { label: "error on new rows" },
        alt: "Error on new rows against the number of trees: it falls and flattens.",
      }),
    );
    // Right: correlation and variance over training sets, by columns per split.
    const points = world(random, 60).X;
    const sets = range(24).map(() => world(random, 80));
    const B = 12;
    const spread = (maxFeatures: number) => {
      // says[r][b][i]: tree b of training set r at point i
      const says = sets.map(({ X, y }, r) => {
        const forest = new RandomForestRegressor({
          nEstimators: B,
          maxFeatures,
          seed: 1000 * lab.seed + r,
        }).fit(X, y);
        return range(B).map((b) => forest.trees.tree(b).mean(points).data);
      });
      let single = 0;
      let pair = 0;
      let average = 0;
      for (const i of range(60)) {
        const centre = mean(says.flatMap((trees_) => trees_.map((t) => t[i]!)));
        for (const trees_ of says) {
          const off = trees_.map((t) => t[i]! - centre);
          const sum = off.reduce((a, b) => a + b, 0);
          const squares = off.reduce((a, b) => a + b * b, 0);
          single += squares / B;
          pair += (sum * sum - squares) / (B * (B - 1));
          average += (sum / B) ** 2;
        }
      }
      return { rho: pair / single, sigma2: single / (60 * 24), average: average / (60 * 24) };
    };
    const grid = [1, 3, 6, 9];
    const found = grid.map(spread);
    const own = grid.includes(columns) ? found[grid.indexOf(columns)]! : spread(columns);
    lab.plot(
      figure(
        [
          { type: "line", name: "ρ between two trees", x: grid, y: found.map((f) => f.rho) },
          { type: "points", name: "yours", x: [columns], y: [own.rho], size: 6 },
        ],
        {
          title: `ρ = ${own.rho.toFixed(2)}: of σ² = ${own.sigma2.toFixed(2)} averaging leaves at least ${(own.rho * own.sigma2).toFixed(2)}`,
          x: { label: "columns per split" },
          y: { label: "correlation" },
          alt: "The correlation between trees rises with the number of columns a split may choose from.",
        },
      ),
    );
    lab.check(
      "variance of the mean less ρσ² + (1 − ρ)σ²/B, relative",
      (own.average - (own.rho + (1 - own.rho) / B) * own.sigma2) / own.average,
      {
        equals: 0,
        within: 1e-9,
      },
    );
    lab.check("ρ with one column per split, of ρ with all", found[0]!.rho / found[3]!.rho, { below: 0.9 });
    // Of trees with large leaves the first few can be better than the rest by luck.
    const full = leaf === 1 ? errors : errorsOf(grow(1));
    lab.check("fully grown: error of 150 trees less the best so far", full[149]! - Math.min(...full), {
      below: 0.025,
    });
    lab.check("and less the error of the first tree", full[149]! - full[0]!, { below: 0.005 });
    lab.check("columns per split for labels, by default", new RandomForestClassifier().params.maxFeatures!, {
      equals: "sqrt",
    });
    const rare = range(250).filter((i) => train.y[i] === 0 || i % 8 === 0);
    const rows = [train.X.selectRows(rare), rare.map((i) => train.y[i] as number)] as const;
    const balanced = new RandomForestClassifier({
      nEstimators: 200,
      maxDepth: 8,
      classWeight: "balanced",
      seed: lab.seed,
    });
    const roots = balanced.fit(...rows).trees;
    lab.check(
      "balanced weights: mean share of the rare class at the roots",
      mean(range(200).map((t) => roots.value[2 * roots.starts[t]! + 1]!)),
      { equals: 0.5, within: 0.03 },
    );
    const calls = (spec: RandomForestClassifier) =>
      spec
        .with({ maxDepth: 2 })
        .fit(...rows)
        .predict(test.X)
        .filter((v) => v === 1).length;
    lab.check(
      "shallow balanced trees call the rare class more often by",
      calls(balanced) - calls(balanced.with({ classWeight: null })),
      { above: 0 },
    );
  },
});
