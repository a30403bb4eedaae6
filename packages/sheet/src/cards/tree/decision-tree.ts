import { makeMoons } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { DecisionTreeClassifier, DecisionTreeRegressor, entropyImpurity, splitGain } from "whetstone/tree";
import {
  card,
  choice,
  dataset,
  drawnTree,
  figure,
  type Lab,
  type LabData,
  labelsOf,
  mistakesOnTable,
  range,
  region,
  slider,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { depth, leaf, criterion }: { depth: number; leaf: number; criterion: "gini" | "entropy" },
): void {
  const y = labelsOf(data);
  const model = new DecisionTreeClassifier({ maxDepth: depth, minSamplesLeaf: leaf, criterion }).fit(
    data.X,
    y,
  );
  const said = model.predict(data.X);
  const proba = model.predictProba(data.X);
  const wrong = mistakesOnTable(lab, data, said, `${model.tree.nLeaves} leaves`, proba);
  lab.plot(
    drawnTree(
      model.tree,
      (f) => data.columns[f]!,
      (i) => `${model.tree.count[i]} rows`,
      {
        title: "Its first levels: yes goes left",
        alt: "The first three levels of the tree with the condition of each inner node and the rows in each leaf.",
      },
    ),
  );
  const leaves = range(model.tree.nodeCount).filter((i) => model.tree.feature[i]! < 0);
  lab.check("deepest leaf", model.tree.depth, { atMost: depth });
  lab.check("smallest leaf", Math.min(...leaves.map((i) => model.tree.count[i]!)), {
    atLeast: Math.min(leaf, y.length),
  });
  const most = Math.max(...[...new Set(y)].map((c) => y.filter((v) => v === c).length));
  lab.check("training rows right, at least those of the largest class", y.length - wrong, {
    atLeast: most,
  });
}

export default card({
  id: "tree/decision-tree",
  title: "A tree asks the question that gains most, then asks again",
  formula: String.raw`\max_{j,t}\ H(S)-\frac{|S_{x_j\le t}|}{|S|}H(S_{x_j\le t})-\frac{|S_{x_j>t}|}{|S|}H(S_{x_j>t})`,
  ask: "How does a greedy tree choose its splits, and which functions does that make easy or hard to fit?",
  answer:
    "At every node it tries each column and each threshold between neighbouring values and takes the split whose children are purest by Gini, entropy or variance. Then each child on its own, until a limit. Boxes along the axes are cheap; a diagonal needs a staircase, and XOR gains nothing at its first split.",
  pitfall:
    "Greedy is not optimal, and an unlimited tree memorises noise: training accuracy 1 says nothing. Limit depth or leaf size, or prune.",
  level: "easy",
  whenNot:
    "Where the truth is smooth or a sum of many small effects, a linear model or boosting does better; a single tree is unstable. For extrapolation no tree works.",
  followUps: [
    {
      ask: "How can the same data, less one row, give another tree?",
      answer:
        "Two splits may gain nearly the same at the root; one row turns the order, and everything below changes. Predictions vary as well, which is what bagging exploits.",
    },
    {
      ask: "Why is the best tree not searched for?",
      answer:
        "Finding the smallest tree that fits is NP-hard. Optimal trees of depth 3 or 4 can be found by branch and bound, with modest gains over greedy ones.",
    },
  ],
  derivation: String.raw`Sort the rows by one column. Moving the threshold past a row moves that row from right to left: one class count falls on the right and rises on the left, and the gain follows from the counts. So every threshold is scored in one pass, $O(n\log n)$ per column with the sorting.

The node's class shares are the mean of its children's, $p=\frac{n_L}np_L+\frac{n_R}np_R$. Entropy and Gini are strictly concave, so $H(p)\ge\frac{n_L}nH(p_L)+\frac{n_R}nH(p_R)$: no gain is negative, and it is 0 only if both children have the parent's shares. That is XOR: cut at either column, each half is half and half, though the next level separates all. For numbers $H$ is the variance, and the gain is $\frac{n_Ln_R}{n^2}(\bar y_L-\bar y_R)^2$: the split that drives the means of its sides furthest apart, weighed by their sizes. Base 2 counts in bits: a fair coin has exactly one.`,
  covers: ["tree/decision-tree", "claim-a-030"],
  answers: ["q-a-318", "q-b-307"],
  verifiedAgainst: [
    "scikit-learn 1.2 DecisionTree, whole trees on four datasets",
    "brute force over all splits",
  ],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "classes"),
    depth: slider(1, 10, 4, { label: "most levels" }),
    leaf: slider(1, 40, 1, { label: "fewest rows in a leaf" }),
    criterion: choice(["gini", "entropy"], "gini", { label: "impurity" }),
    gaps: slider(0, 0.6, 0, { label: "share of missing values", step: 0.1, simulated: true }),
  },
  run(lab, { data, depth, leaf, criterion, gaps }) {
    if (data) {
      onTable(lab, data, { depth, leaf, criterion });
      return;
    }
    const random = lab.random();
    const hole = (X: Matrix) => X.map((v) => (random.uniform() < gaps ? Number.NaN : v));
    const whole = makeMoons({ nSamples: 300, noise: 0.25, seed: 2 * lab.seed });
    const train = { X: hole(whole.X), y: whole.y };
    const test = makeMoons({ nSamples: 1000, noise: 0.25, seed: 2 * lab.seed + 1 });
    const spec = new DecisionTreeClassifier({ maxDepth: depth, minSamplesLeaf: leaf, criterion });
    const model = spec.fit(train.X, train.y);
    const shown = range(300).filter((i) => !Number.isNaN(train.X.at(i, 0) + train.X.at(i, 1)));
    lab.plot(
      figure(
        [
          region((X) => model.predictProba(X).col(1), [-1.7, 2.7], [-1.2, 1.7], { centre: 0.5 }),
          {
            type: "points",
            x: shown.map((i) => train.X.at(i, 0)),
            y: shown.map((i) => train.X.at(i, 1)),
            group: shown.map((i) => `class ${train.y[i]}`),
            size: 2,
          },
        ],
        {
          title: `${model.tree.nLeaves} leaves: accuracy ${accuracy(train.y, model.predict(train.X)).toFixed(3)} in training, ${accuracy(test.y, model.predict(test.X)).toFixed(3)} on new rows`,
          x: { label: "x0" },
          y: { label: "x1" },
          alt: `Two moons cut into ${model.tree.nLeaves} boxes along the axes by a tree of at most ${depth} levels.`,
        },
      ),
    );
    lab.plot(
      drawnTree(
        model.tree,
        (f) => `x${f}`,
        (i) => `${Math.round(100 * model.tree.value[2 * i + 1]!)} % of ${model.tree.count[i]}`,
        {
          title: "Its first levels: yes goes left, leaves say the share of class 1",
          alt: "The first three levels of the tree with the condition of each inner node and the class share of each leaf.",
        },
      ),
    );

    // The first split, against every threshold of every column.
    const full = new DecisionTreeClassifier({ maxDepth: 1, criterion }).fit(whole.X, whole.y);
    const gainAt = (j: number, t: number) => {
      const sides = [
        [0, 0],
        [0, 0],
      ];
      for (const i of range(300)) sides[whole.X.at(i, j) <= t ? 0 : 1]![whole.y[i] as number]!++;
      return sides.some(([a, b]) => a! + b! === 0) ? 0 : splitGain(sides, criterion);
    };
    const best = Math.max(...range(2).flatMap((j) => Array.from(whole.X.col(j), (t) => gainAt(j, t))));
    lab.check(
      "gain of the first split is the best of all",
      gainAt(full.tree.feature[0]!, full.tree.threshold[0]!),
      {
        equals: best,
        within: 1e-12,
      },
    );
    lab.check("deepest leaf", model.tree.depth, { atMost: depth });
    const leaves = range(model.tree.nodeCount).filter((i) => model.tree.feature[i]! < 0);
    lab.check("smallest leaf", Math.min(...leaves.map((i) => model.tree.count[i]!)), { atLeast: leaf });
    // Easy and hard shapes.
    const square = range(400).map(() => [random.uniform(), random.uniform()]);
    const grow = (label: (r: number[]) => number, maxDepth: number | null = null) =>
      new DecisionTreeClassifier({ maxDepth }).fit(square, square.map(label));
    const box = grow(([a]) => (a! > 0.5 ? 1 : 0)).tree.nLeaves;
    const diagonal = grow(([a, b]) => (a! > b! ? 1 : 0)).tree.nLeaves;
    lab.check("leaves for a cut along an axis", box, { equals: 2 });
    lab.check("leaves for a diagonal cut: a staircase", diagonal, { atLeast: 10 });
    const xor = new DecisionTreeClassifier().fit(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      [0, 1, 1, 0],
    );
    lab.check("XOR: gain of its first split", xor.tree.impurity[0]! - xor.tree.impurity[1]!, { equals: 0 });
    lab.check("and leaves", xor.tree.nLeaves, { equals: 4 });
    // A tree for numbers predicts means, and a constant outside its rows.
    const line = new DecisionTreeRegressor({ minSamplesLeaf: 20 }).fit(
      Matrix.from(square),
      square.map(([a]) => a!),
    );
    const beyond = line.predict([
      [5, 0.5],
      [500, 0.5],
    ]);
    lab.check("regression: prediction far right less prediction farther right", beyond[0]! - beyond[1]!, {
      equals: 0,
    });
    // Missing values: informative gaps are used.
    const gapped = square.map(([a, b]) =>
      b! > 0.6 ? [Number.NaN, random.uniform()] : [a!, random.uniform()],
    );
    const labels = square.map(([, b]) => (b! > 0.6 ? 1 : 0));
    const learned = new DecisionTreeClassifier({ maxDepth: 1 }).fit(gapped, labels);
    lab.check("one split tells missing from known", accuracy(labels, learned.predict(gapped)), { equals: 1 });
    lab.check("entropy of a fair coin, in bits", entropyImpurity([1, 1]), { equals: 1 });
  },
});
