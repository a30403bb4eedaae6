import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { Matrix } from "whetstone/math";
import { logLoss } from "whetstone/metrics";
import { ExclusiveFeatureBundler } from "whetstone/tree";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "tree/efb",
  title: "Columns that never meet can share one histogram",
  formula: String.raw`z=\begin{cases}0&\text{all zero}\\ o_j+\operatorname{rank}(x_j)&x_j\ne0\end{cases},\qquad o_j=\sum_{k<j}|\text{values}_k|`,
  ask: "What does exclusive feature bundling merge, and what does it cost?",
  answer:
    "Sparse columns that are non-zero in different rows, as after one-hot encoding, go into one column: each gets its own range of bins by an offset. Histograms then cost one column instead of dozens. Without conflicts nothing is lost, since every original column is still a range of the bundle.",
  pitfall:
    "A threshold on a bundle splits ranges, not single columns, so trees need not be the same trees. And allowing conflicts to pack more columns does lose values.",
  level: "hard",
  whenNot:
    "On dense columns: they meet everywhere and nothing can be bundled. If categories are available as such, native categorical splits avoid the one-hot columns in the first place.",
  followUps: [
    {
      ask: "Why is an offset needed inside a bundle?",
      answer:
        "Two columns may both hold the value 1. Shifting each column's bins into its own range keeps the values apart, so a histogram over the bundle still knows whose value it was.",
    },
    {
      ask: "How does bundling compare with sparse histograms?",
      answer:
        "Sparse storage skips zeros at each column; bundling makes fewer, denser columns, so one pass fills one histogram. Both save the same zeros; bundles also save the loop over columns.",
    },
  ],
  derivation: String.raw`Let column $j$ have $v_j$ values that are not zero. Within a bundle its bins are $o_j+1,\dots,o_j+v_j$ with $o_j=\sum_{k<j}v_k$, and bin 0 means that all are zero. If at most one column is non-zero in a row, the bin says which one it is and with what value: nothing is lost. A histogram costs one addition per row and column, so $n\cdot\text{columns}$ becomes $n\cdot\text{bundles}$; the histogram of a single column is its range of bins, with its zeros had as the node's total less that range.

Finding the fewest bundles is graph colouring, columns as nodes and conflicts (rows in which two are non-zero) as edges: NP-hard. So it is done greedily, the fullest column first, each into the first bundle in which it meets few enough rows. An allowed conflict overwrites one value with another in that row.`,
  covers: ["tree/efb"],
  verifiedAgainst: [
    "every training value read back from the bundles",
    "held-out log loss of the same booster on both",
  ],
  budget: "quick",
  controls: {
    categories: slider(5, 60, 30, { label: "levels of each one-hot column" }),
    conflict: slider(0, 0.3, 0, { label: "conflicts allowed, share of rows", step: 0.02 }),
    extra: slider(0, 20, 8, { label: "sparse columns that do conflict" }),
  },
  run(lab, { categories, conflict, extra }) {
    const random = lab.random();
    const n = 1200;
    const width = 2 * categories + extra + 1;
    const effect = range(2 * categories).map(() => random.normal());
    const draw = () => {
      const X = Matrix.zeros(n, width);
      const y: number[] = [];
      for (let i = 0; i < n; i++) {
        const [a, b] = [random.int(categories), categories + random.int(categories)];
        X.set(i, a, 1);
        X.set(i, b, 1);
        for (const j of range(extra))
          if (random.uniform() < 0.08) X.set(i, 2 * categories + j, 1 + random.int(3));
        const dense = random.normal();
        X.set(i, width - 1, dense);
        y.push(effect[a]! + effect[b]! + dense + random.normal() > 0 ? 1 : 0);
      }
      return { X, y };
    };
    const [train, test] = [draw(), draw()];
    const fit = (rate: number) => new ExclusiveFeatureBundler({ maxConflictRate: rate }).fit(train.X);
    const own = fit(conflict);
    const exact = fit(0);
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: own.bundles.flatMap((members) => Array.from(members)),
            y: own.bundles.flatMap((members, b) => Array.from(members, () => b)),
            size: 4,
          },
        ],
        {
          title: `${width} columns in ${own.bundles.length} bundles`,
          x: { label: "column" },
          y: { label: "bundle" },
          alt: `Which of ${own.bundles.length} bundles each of ${width} columns went to: the levels of a one-hot encoding share a bundle.`,
        },
      ),
    );
    const rates = [0, 0.02, 0.05, 0.1, 0.2, 0.3];
    lab.plot(
      figure([{ type: "line", x: rates, y: rates.map((r) => fit(r).bundles.length) }], {
        title: "More conflicts, fewer bundles",
        x: { label: "conflicts allowed", percent: true },
        y: { label: "bundles" },
        alt: "The number of bundles falls as more conflicting rows are allowed.",
      }),
    );
    // Read every value back: offset and rank lead to the column and its value.
    const Z = exact.transform(train.X);
    let wrong = 0;
    exact.bundles.forEach((members, b) => {
      if (members.length === 1) return;
      const back = Array.from(members).flatMap((j) =>
        Array.from(exact.values[j]!, (value) => ({ j, value })),
      );
      for (let i = 0; i < n; i++) {
        const code = Z.at(i, b);
        const found = code === 0 ? null : back[code - 1]!;
        for (const j of members) if (train.X.at(i, j) !== (found?.j === j ? found.value : 0)) wrong++;
      }
    });
    lab.check("training values lost without conflicts", wrong, { equals: 0 });
    const placed = own.bundles.flatMap((m) => Array.from(m)).sort((a, b) => a - b);
    lab.check("every column is in exactly one bundle", placed.join() === range(width).join(), {
      equals: true,
    });
    lab.check("columns per bundle", width / exact.bundles.length, { above: 1.3 });
    lab.check("bundles with your conflicts, less without", own.bundles.length - exact.bundles.length, {
      atMost: 0,
    });
    const conflicts = exact.bundles.map(
      (members) => range(n).filter((i) => members.filter((j) => train.X.at(i, j) !== 0).length > 1).length,
    );
    lab.check("rows in which two columns of a bundle meet", Math.max(...conflicts), { equals: 0 });
    const booster = new HistGradientBoostingClassifier({ maxIter: 40, minSamplesLeaf: 5 });
    const plain = logLoss(test.y, Array.from(booster.fit(train.X, train.y).predictProba(test.X).col(1)));
    const bundled = booster.fit(Z, train.y).predictProba(exact.transform(test.X)).col(1);
    lab.check("log loss on new rows, bundled of unbundled", logLoss(test.y, Array.from(bundled)) / plain, {
      between: [0.8, 1.2],
    });
  },
});
