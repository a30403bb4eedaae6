import { makeMoons } from "whetstone/data";
import { accuracy } from "whetstone/metrics";
import { DecisionTreeClassifier } from "whetstone/tree";
import { card, figure, range, region, slider } from "../../index.ts";

export default card({
  id: "tree/pruning",
  title: "Pruning puts a price on leaves",
  formula: String.raw`R_\alpha(T)=\sum_{\text{leaves }\ell}\frac{n_\ell}{n}H(\ell)+\alpha\,|T|`,
  ask: "How does cost-complexity pruning choose a smaller tree, and why not just stop growing early?",
  answer:
    "Grow fully, then cut the branch that saves least impurity per leaf, again and again. Each price α has one best subtree and the subtrees are nested, so a validation set or cross-validation only has to choose α. Stopping early misses splits that pay off one level deeper, as in XOR.",
  pitfall:
    "Training impurity never falls when you prune, so it cannot choose. Choose α on rows the tree has not seen.",
  level: "medium",
  whenNot:
    "Inside forests, where deep trees are averaged, and in boosting, where depth limits serve: pruning matters for a single tree. With many rows a bound on leaf size is cheaper.",
  followUps: [
    {
      ask: "Why are the best subtrees nested?",
      answer:
        "With rising α the weakest link, the branch with least gain per leaf, is cut first, and nothing cut pays again at a higher price. So one sequence holds a best tree for each α.",
    },
    {
      ask: "How is α chosen by cross-validation?",
      answer:
        "Grow and prune in each fold, score every α on the left-out rows, take the best mean, or the largest α within one standard error of it, and prune the full tree at that price.",
    },
  ],
  derivation: String.raw`For an inner node $t$ let $R(t)$ be its weighted impurity as a leaf, and $R(T_t)$ that of its branch with $|T_t|$ leaves. Keeping the branch costs $R(T_t)+\alpha|T_t|$, cutting it $R(t)+\alpha$.

Both are equal at $g(t)=\frac{R(t)-R(T_t)}{|T_t|-1}$: the impurity saved per extra leaf. For $\alpha>g(t)$ cutting is cheaper. The node with the smallest $g$ is cut first, as $\alpha$ rises from 0.

After the cut, $g$ is computed anew; the smallest one never falls. So there are finitely many prices $\alpha_1<\alpha_2<\dots$ with one subtree each, down to the root. A stop by gain would end at XOR's first split, whose gain is 0, while its branch saves much.`,
  covers: ["tree/decision-tree"],
  answers: ["q-b-307"],
  verifiedAgainst: ["scikit-learn 1.2 cost_complexity_pruning_path, 1e-9"],
  budget: "quick",
  controls: {
    alpha: slider(1e-4, 0.1, 0.008, { label: "price of a leaf α", scale: "log" }),
    noise: slider(0.1, 0.5, 0.35, { label: "noise of the moons", step: 0.05 }),
  },
  run(lab, { alpha, noise }) {
    const train = makeMoons({ nSamples: 300, noise, seed: 2 * lab.seed });
    const test = makeMoons({ nSamples: 2000, noise, seed: 2 * lab.seed + 1 });
    const path = new DecisionTreeClassifier().costComplexityPruningPath(train.X, train.y);
    const fit = (a: number) => new DecisionTreeClassifier({ ccpAlpha: a }).fit(train.X, train.y);
    const alphas = [...new Set(path.ccpAlphas)].filter((a) => a > 0);
    const models = [fit(0), ...alphas.map((a) => fit(a * (1 + 1e-9)))];
    const score = (m: (typeof models)[number], d: typeof train) => accuracy(d.y, m.predict(d.X));
    const leaves = models.map((m) => m.tree.nLeaves);
    const chosen = fit(alpha);
    lab.plot(
      figure(
        [
          { type: "line", name: "new rows", x: leaves, y: models.map((m) => score(m, test)) },
          { type: "line", name: "training", x: leaves, y: models.map((m) => score(m, train)), dashed: true },
          { type: "rule", x: chosen.tree.nLeaves, label: "your α" },
        ],
        {
          title: "Nested subtrees, from all leaves to one",
          x: { label: "leaves", scale: "log" },
          y: { label: "accuracy" },
          alt: "Training accuracy only rises with the number of leaves; on new rows it peaks at a small tree.",
        },
      ),
    );
    lab.plot(
      figure(
        [
          region((X) => chosen.predictProba(X).col(1), [-2, 3], [-1.6, 2.1], { centre: 0.5 }),
          {
            type: "points",
            x: Array.from(train.X.col(0)),
            y: Array.from(train.X.col(1)),
            group: train.y.map((v) => `class ${v}`),
            size: 2,
          },
        ],
        {
          title: `${chosen.tree.nLeaves} of ${leaves[0]} leaves are worth the price`,
          x: { label: "x0" },
          y: { label: "x1" },
          alt: `The plane cut into ${chosen.tree.nLeaves} boxes that survive the price of ${alpha.toPrecision(2)} per leaf.`,
        },
      ),
    );
    lab.check(
      "prices rise along the path",
      range(path.ccpAlphas.length - 1).every((i) => path.ccpAlphas[i + 1]! >= path.ccpAlphas[i]! - 1e-12),
      {
        equals: true,
      },
    );
    lab.check(
      "leaves fall along the path",
      range(leaves.length - 1).every((i) => leaves[i + 1]! < leaves[i]!),
      {
        equals: true,
      },
    );
    lab.check("the last price leaves", leaves.at(-1)!, { equals: 1 });
    // No subtree of the path is cheaper at the chosen price than the one pruning gives.
    const cost = (m: (typeof models)[number]) =>
      range(m.tree.nodeCount)
        .filter((i) => m.tree.feature[i]! < 0)
        .reduce((sum, i) => sum + (m.tree.weight[i]! / 300) * m.tree.impurity[i]! + alpha, 0);
    lab.check("cost at your α less the best of the path", cost(chosen) - Math.min(...models.map(cost)), {
      equals: 0,
      within: 1e-12,
    });
    lab.check(
      "best subtree beats the full tree on new rows by",
      Math.max(...models.map((m) => score(m, test))) - score(models[0]!, test),
      {
        above: noise >= 0.3 ? 0.005 : -1e-12,
      },
    );
  },
});
