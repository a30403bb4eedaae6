import { HistGradientBoostingRegressor, RandomForestRegressor } from "whetstone/ensemble";
import { exactShap, shapleyValues, treeShap } from "whetstone/explain";
import { Ridge } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { DecisionTreeRegressor, type DecisionTreeRegressorModel } from "whetstone/tree";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));
const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** What a tree expects of a row of which only some columns are known: other splits send shares both ways. */
function expected(
  { tree }: DecisionTreeRegressorModel,
  x: ArrayLike<number>,
  known: readonly number[],
): number {
  const walk = (node: number): number => {
    const f = tree.feature[node]!;
    if (f < 0) return tree.value[node]!;
    const left = tree.left[node]!;
    if (known.includes(f)) return walk(x[f]! <= tree.threshold[node]! ? left : left + 1);
    return (tree.weight[left]! * walk(left) + tree.weight[left + 1]! * walk(left + 1)) / tree.weight[node]!;
  };
  return walk(0);
}

/**
 * d + 1 rows on a staircase with targets so steep that a tree cuts off one row after another: one path asks for all d
 * columns.
 */
const staircase = (d: number) => {
  const X = range(d + 1).map((i) => range(d).map((j) => +(j < i)));
  const y = X.map((_, i) => 3 ** (i - d));
  return { X, y, model: new DecisionTreeRegressor().fit(X, y) };
};

/** Shortest of three times, in milliseconds. */
function milliseconds(call: () => void): number {
  call();
  return Math.min(
    ...range(3).map(() => {
      const start = performance.now();
      call();
      return performance.now() - start;
    }),
  );
}

export default card({
  id: "explain/treeshap",
  title: "TreeSHAP: exact Shapley values without the 2^M coalitions",
  formula: String.raw`\text{enumeration: }O(2^M)\ \text{evaluations},\qquad \text{TreeSHAP: }O(T\,L\,D^2)`,
  ask: "Why can trees be explained exactly in polynomial time, and what stands in for the columns that are left out?",
  answer:
    "A leaf counts only if every split on its path lets the row through, so only the path's columns matter, and only through how many are known: sums over subsets become products of polynomials. T trees, L leaves, depth D give T·L·D². Unknown columns send shares of training rows down both sides, or take a background's values.",
  pitfall:
    "Exact for its game, and the two games differ: on dependent columns the trees' shares follow the training rows, the background breaks them up. Say which one made a picture. Only trees have this shortcut.",
  level: "hard",
  whenNot:
    "For models without trees, or when the question is causal: use KernelSHAP or gradients, or an experiment. For global questions permutation importance on held-out rows is simpler.",
  followUps: [
    {
      ask: "TreeSHAP or KernelSHAP: scope, exactness, speed?",
      answer:
        "TreeSHAP: trees only, exact for its game, T·L·D². KernelSHAP: any model, sampled weighted regression, needs background rows and thousands of predictions; noisy unless all coalitions are asked.",
    },
    {
      ask: "Path shares or background: which would you show?",
      answer:
        "Background rows with a stated reference group when the question is “compared with whom”. Path shares need no data and follow the training rows; on dependent columns the two tell different stories.",
    },
  ],
  derivation: String.raw`For one leaf with value $v$ and the columns $P$ on its path, the worth of $S$ is $v\prod_{j\in P}c_j(S)$ with $c_j=1$ or $0$ where $j$ is known (does the row pass its splits?), and the share of training rows where it is not. Columns outside $P$ are dummies of that leaf and get nothing.

The weight of a coalition of size $s$ is $\frac{s!\,(M-s-1)!}{M!}=\int_0^1t^s(1-t)^{M-s-1}dt$: each other column is there with chance $t$, and $t$ is uniform. Write $z_j$ for the share and $o_j$ for 1 or 0. A column that is there with chance $t$ contributes $z_j+t(o_j-z_j)$ on average, and its factors are independent: the sum over all coalitions becomes $\varphi_i=v\int_0^1(o_i-z_i)\prod_{j\ne i}\bigl(z_j+t(o_j-z_j)\bigr)\,dt$, a polynomial of degree below $|P|$, which $\lceil|P|/2\rceil$ points of Gauss and Legendre integrate exactly. At each point the product, and with one factor divided out every column's part, cost $|P|$: $|P|^2$ for a leaf, $L\,D^2$ for a tree.`,
  covers: ["explain/treeshap", "claim-a-244", "claim-b-250"],
  verifiedAgainst: [
    "the sum over all subsets, in both games, for every kind of tree model",
    "xgboost 1.7 pred_contribs",
    "base value and values add up to the prediction",
  ],
  budget: "quick",
  controls: {
    rho: slider(0, 0.95, 0.7, { label: "correlation of x0 and x1", step: 0.05 }),
    depth: slider(2, 6, 4, { label: "levels of the trees" }),
    model: choice(["tree", "forest", "boosting"], "forest", { label: "model" }),
    row: slider(0, 39, 5, { label: "row explained" }),
  },
  run(lab, { rho, depth, model: kind, row }) {
    const random = lab.random();
    const M = 6;
    const X = Matrix.from(
      range(300).map(() => {
        const z = range(M).map(() => random.normal());
        z[1] = rho * z[0]! + Math.sqrt(1 - rho ** 2) * z[1]!;
        return z;
      }),
    );
    // x4 says nothing, and x5 is the same for all rows: no tree can ask for it.
    for (const i of range(300)) X.data[i * M + 5] = 1;
    const y = X.toArray().map(([a, b, c, d]) => 2 * a! + b! * c! + Math.abs(d!) + 0.3 * random.normal());
    const grown = { maxDepth: depth, seed: lab.seed };
    const models = {
      tree: new DecisionTreeRegressor(grown).fit(X, y),
      forest: new RandomForestRegressor({ ...grown, nEstimators: 10 }).fit(X, y),
      boosting: new HistGradientBoostingRegressor({ ...grown, maxIter: 20 }).fit(X, y),
    };
    const shown = models[kind];
    const background = X.selectRows(range(25).map((k) => 100 + k));
    const x = X.selectRows([row]);
    const shares = treeShap(shown, x);
    const mixed = treeShap(shown, x, { background });
    const place = range(M).flatMap((j) => [j - 0.2, j + 0.2]);
    lab.plot(
      figure(
        [
          {
            type: "boxes",
            name: "shares of the training rows",
            x0: range(M).map((j) => j - 0.4),
            x1: [...range(M)],
            y: [...shares.values[0]!.row(0)],
          },
          {
            type: "boxes",
            name: "values of background rows",
            x0: [...range(M)],
            x1: range(M).map((j) => j + 0.4),
            y: [...mixed.values[0]!.row(0)],
          },
          { type: "rule", y: 0 },
        ],
        {
          title: `Row ${row}, ${kind}: two games, two answers`,
          x: { label: "column", domain: [place[0]! - 0.4, place.at(-1)! + 0.4] },
          y: { label: "Shapley value" },
          alt: `Shapley values of six columns for row ${row} in the path-dependent and the interventional game; x5, which no tree asks for, has none.`,
        },
      ),
    );
    const sizes = range(9).map((k) => 4 + 2 * k);
    const nodesTimesPoints = (d: number) => {
      const { tree } = staircase(d).model;
      return tree.nodeCount * Math.ceil(tree.depth / 2);
    };
    lab.plot(
      figure(
        [
          { type: "line", name: "enumeration: coalitions", x: sizes, y: sizes.map((d) => 2 ** d) },
          { type: "points", name: "TreeSHAP: nodes times points", x: sizes, y: sizes.map(nodesTimesPoints) },
          {
            type: "line",
            name: "L·D²",
            x: linspace(4, 20, 33),
            y: linspace(4, 20, 33).map((d) => (d + 1) * d * d),
          },
        ],
        {
          title: "Work for one row of a tree with M columns on one path",
          x: { label: "columns M" },
          y: { label: "steps", scale: "log" },
          alt: "On a logarithmic scale the number of coalitions rises as a straight line with the columns, the work of TreeSHAP bends below L D squared.",
        },
      ),
    );

    // Exactness, in both games.
    const rows = [row, 41, 42];
    const one = models.tree;
    const found = treeShap(one, X.selectRows(rows));
    const byHand = rows.map((i) => shapleyValues((known) => expected(one, X.row(i), known), M));
    lab.check(
      "a tree: largest gap to the sum over all coalitions",
      Math.max(...byHand.map((phi, k) => largest(found.values[0]!.row(k), phi))),
      { atMost: 1e-10 },
    );
    const few = background.selectRows(range(8));
    for (const [name, model] of Object.entries(models)) {
      const predict = (Z: Matrix) => model.predict(Z);
      const ours = treeShap(model, x, { background: few });
      const enumerated = exactShap(predict, x, { background: few });
      lab.check(
        `${name}, background rows: largest gap to enumeration`,
        largest(ours.values[0]!.data, enumerated.values[0]!.data),
        { atMost: 1e-10 },
      );
    }
    const everyRow = treeShap(shown, X);
    const predicted = shown.predict(X);
    const off = range(300).map(
      (i) => everyRow.baseValues[0]! + total(everyRow.values[0]!.row(i)) - predicted[i]!,
    );
    lab.check(
      "300 rows: base value and values less the prediction, largest gap",
      Math.max(...off.map(Math.abs)),
      {
        atMost: 1e-10,
      },
    );
    lab.check(
      "the same against background rows",
      mixed.baseValues[0]! + total(mixed.values[0]!.row(0)) - predicted[row]!,
      {
        equals: 0,
        within: 1e-10,
      },
    );
    lab.check(
      "largest value of x5, which no tree asks for",
      largest(everyRow.values[0]!.col(5), new Float64Array(300)),
      {
        equals: 0,
      },
    );

    // Cost: enumeration doubles with every column, and asks the model each time.
    const asked = (d: number) => {
      let rowsAsked = 0;
      const { model, X: steps } = staircase(d);
      const predict = (Z: Matrix) => {
        rowsAsked += Z.rows;
        return model.predict(Z);
      };
      const at = Math.floor(d / 2);
      const { values } = exactShap(predict, [steps[at]!], { background: [steps[d]!] });
      const gap = largest(
        values[0]!.row(0),
        treeShap(model, [steps[at]!], { background: [steps[d]!] }).values[0]!.row(0),
      );
      return { rowsAsked, gap };
    };
    const [small, larger] = [asked(6), asked(10)];
    lab.check("predictions that enumeration needs for 10 columns, of 6", larger.rowsAsked / small.rowsAsked, {
      equals: 2 ** 4,
    });
    lab.check("largest gap of TreeSHAP to both", Math.max(small.gap, larger.gap), { atMost: 1e-12 });
    // Times differ from run to run; what is shown is only that the bound, far off, holds.
    const time = (d: number) => {
      const { model, X: steps } = staircase(d);
      const many = Matrix.from(range(400).map((i) => steps[i % (d + 1)]!));
      return milliseconds(() => void treeShap(model, many));
    };
    lab.check(
      "time for 80 columns on a path stays within 1.5 times what L·D² grows since 20: 96-fold",
      time(80) / time(20) < 96,
      {
        equals: true,
      },
    );
    const deep = staircase(80);
    lab.check("longest path of the tree on 80 columns", deep.model.tree.depth, { equals: 80 });
    const last = treeShap(deep.model, deep.X);
    const sums = deep.X.map((_, i) => last.baseValues[0]! + total(last.values[0]!.row(i)));
    lab.check("and still exact: sums less predictions, which reach 1", largest(sums, deep.y), {
      atMost: 1e-12,
    });
    const linear = new Ridge().fit(X, y);
    let refused = "";
    try {
      treeShap(linear as never, X);
    } catch (error) {
      refused = (error as Error).message;
    }
    lab.check("trees only: a linear model is refused by name", refused.includes("RidgeModel"), {
      equals: true,
    });
  },
});
