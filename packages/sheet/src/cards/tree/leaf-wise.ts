import { Table } from "whetstone/data";
import { HistGradientBoostingRegressor, RandomForestRegressor } from "whetstone/ensemble";
import { Matrix, type RandomStream } from "whetstone/math";
import { mse } from "whetstone/metrics";
import { card, figure, range, slider, toggle } from "../../index.ts";

const draw = (random: RandomStream, n: number) => {
  const X = Matrix.zeros(n, 4).map(() => random.uniform());
  // All the detail sits in one corner.
  const y = Float64Array.from({ length: n }, (_, i) => {
    const [a, b, c] = X.row(i) as unknown as [number, number, number];
    return (a > 0.75 ? Math.sin(14 * b) + Math.sin(14 * c) : 0) + 0.2 * random.normal();
  });
  return { X, y };
};

export default card({
  id: "tree/leaf-wise",
  title: "Leaf-wise growth goes where the error is, level-wise goes everywhere",
  formula: String.raw`\text{leaf-wise: }\arg\max_{\ell}\ \text{gain}(\ell),\qquad \text{level-wise: all }2^d\text{ nodes of depth }d`,
  ask: "How do LightGBM and XGBoost differ in growth and split search, and when does that matter?",
  answer:
    "Both bin features and add up gradients per bin. LightGBM splits the leaf with the largest gain next, so with the same number of leaves its trees are deeper and closer to the target; XGBoost by default fills whole levels, which is safer on few rows. LightGBM also splits categories by subsets directly.",
  pitfall:
    "“Trees handle categories natively” is a property of the implementation: scikit-learn's forests and classic CART need numbers, and codes in arbitrary order cost splits.",
  level: "medium",
  whenNot:
    "On few rows leaf-wise trees chase noise down one path: limit depth and rows per leaf, or grow by level. Where prediction speed matters, symmetric trees are faster.",
  followUps: [
    {
      ask: "Which parameters must be changed together in LightGBM?",
      answer:
        "numLeaves, maxDepth and minDataInLeaf: leaf-wise growth with 2^d leaves is richer than a level-wise tree of depth d, so start with fewer leaves.",
    },
    {
      ask: "How does one split on a category of many levels natively?",
      answer: String.raw`Sort the levels by $G/H$ of their rows and scan thresholds in that order: for squared loss this finds the best subset in $O(K\log K)$ instead of $2^{K-1}$ tries.`,
    },
  ],
  derivation: String.raw`The loss of a tree is a sum over leaves, and splitting leaf $\ell$ lowers it by gain$(\ell)$ whatever happens elsewhere. With a budget of $L$ leaves, leaf-wise growth takes the largest available gain $L-1$ times; level-wise takes all splits of a depth, large and small.

With equal numbers of leaves the greedy choice has therefore the lower training loss in nearly all cases. Its tree is deeper: if all gains sit on one path, depth reaches $L-1$ instead of $\log_2L$.

Depth concentrates leaves in one region, with few rows each. The variance of a leaf value is about $\sigma^2/n_\ell$: where noise made the gain large, leaf-wise growth follows the noise.`,
  covers: ["tree/lightgbm", "claim-b-226"],
  answers: ["q-b-055", "q-a-260"],
  verifiedAgainst: [
    "scikit-learn 1.2 HistGradientBoosting (after LightGBM), whole trees",
    "xgboost 1.7 hist, log loss within 1 %",
  ],
  budget: "quick",
  controls: {
    levels: slider(2, 6, 3, { label: "levels; leaf-wise gets as many leaves" }),
    rounds: slider(5, 60, 20, { label: "trees" }),
    categories: toggle(true, { label: "tell the library which column is a category" }),
  },
  run(lab, { levels, rounds, categories }) {
    const random = lab.random();
    const train = draw(random, 1500);
    const test = draw(random, 2000);
    const fit = (wise: "leaf" | "level", depth: number, maxIter: number) =>
      new HistGradientBoostingRegressor({
        maxIter,
        learningRate: 0.2,
        minSamplesLeaf: 5,
        ...(wise === "leaf"
          ? { maxLeafNodes: 2 ** depth, maxDepth: null }
          : { maxLeafNodes: null, maxDepth: depth }),
      }).fit(train.X, train.y);
    const leaf = fit("leaf", levels, rounds);
    const level = fit("level", levels, rounds);
    const curve = (m: typeof leaf) => Array.from(m.stagedPredict(test.X), (p) => mse(test.y, p));
    const t = range(rounds).map((i) => i + 1);
    lab.plot(
      figure(
        [
          { type: "line", name: "leaf-wise", x: t, y: curve(leaf) },
          { type: "line", name: "level-wise", x: t, y: curve(level) },
          { type: "rule", name: "noise", y: 0.04 },
        ],
        {
          title: `${2 ** levels} leaves a tree`,
          x: { label: "trees" },
          y: { label: "mean squared error on new rows" },
          alt: "With the same number of leaves per tree, leaf-wise growth lowers the error faster than level-wise growth where the detail sits in one corner.",
        },
      ),
    );
    const depthOf = (m: typeof leaf) => {
      const { starts, feature, left } = m.trees;
      const depth = new Int32Array(starts[1]!);
      for (const i of range(starts[1]!))
        if (feature[i]! >= 0) depth[left[i]!] = depth[left[i]! + 1] = depth[i]! + 1;
      return Math.max(...depth);
    };
    const leavesOf = (m: typeof leaf) =>
      Math.max(
        ...range(m.trees.nTrees).map(
          (k) =>
            m.trees.feature.subarray(m.trees.starts[k]!, m.trees.starts[k + 1]!).filter((f) => f < 0).length,
        ),
      );
    const [a, b] = [fit("leaf", 3, 10), fit("level", 3, 10)];
    lab.check("depth of the first leaf-wise tree, 8 leaves", depthOf(a), { above: 3 });
    lab.check("of the first level-wise tree", depthOf(b), { equals: 3 });
    lab.check("most leaves, leaf-wise", leavesOf(a), { equals: 8 });
    const trainError = (m: typeof leaf) => mse(train.y, m.predict(train.X));
    lab.check("training error after 10 trees, leaf-wise of level-wise", trainError(a) / trainError(b), {
      below: 0.97,
    });
    // Categories: which of 40 shops belong to the dear half has nothing to do with their order.
    const dear = random.permutation(40).map((v) => v % 2);
    const shops = (n: number) => {
      const code = range(n).map(() => random.int(40));
      return { code, y: code.map((c) => 2 * dear[c]! + 0.3 * random.normal()) };
    };
    const [seen, fresh] = [shops(800), shops(800)];
    const table = (code: number[]) =>
      Table.fromColumns({
        shop: code.map((c) => `shop ${String(c).padStart(2, "0")}`),
        other: code.map(() => 0.5),
      });
    const numbers = (code: number[]) => Matrix.from(code.map((c) => [c, 0.5]));
    const small = new HistGradientBoostingRegressor({
      maxIter: 1,
      learningRate: 1,
      maxLeafNodes: 2,
      minSamplesLeaf: 5,
      categoricalFeatures: null,
    });
    const native = mse(fresh.y, small.fit(table(seen.code), seen.y).predict(table(fresh.code)));
    const coded = mse(fresh.y, small.fit(numbers(seen.code), seen.y).predict(numbers(fresh.code)));
    lab.plot(
      figure(
        [
          {
            type: "bars",
            x: ["subset of shops", "threshold on a code"],
            y: [native, coded],
          },
          { type: "rule", y: categories ? native : coded, label: "yours" },
        ],
        {
          title: "One split of 40 shops",
          x: { label: "", scale: "band" },
          y: { label: "error on new rows" },
          alt: "One split by a subset of the shops separates dear from cheap at once; one threshold on arbitrary codes cannot.",
        },
      ),
    );
    lab.check("one native split: error over the noise", native / 0.09, { below: 1.25 });
    lab.check("one split on codes, of native", coded / native, { above: 3 });
    let refused = "";
    try {
      new RandomForestRegressor().fit(table(seen.code), seen.y);
    } catch (error) {
      refused = (error as Error).message;
    }
    lab.check("a forest refuses the category column by name", refused.includes("shop"), { equals: true });
  },
});
