import { DBSCAN } from "whetstone/cluster";
import { makeMoons } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { adjustedRandIndex } from "whetstone/metrics";
import { NeighborSearch } from "whetstone/neighbors";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "cluster/dbscan",
  title: "DBSCAN: core rows grow, border rows join, the rest is noise",
  formula: String.raw`|N_\varepsilon(x)|\ge m\Rightarrow x\text{ core};\quad\text{clusters}=\text{core rows linked within }\varepsilon\text{, plus their borders}`,
  ask: "How does DBSCAN grow clusters, what becomes of lone points, and is it deterministic and O(n log n)?",
  answer:
    "A row with m neighbours within ε is core; core rows within ε share a cluster, other rows near a core join as border, the rest is noise. Core rows and noise are fixed; a border row between two clusters goes to the one reached first. A tree makes queries cheap only while neighbourhoods are small.",
  pitfall:
    "One ε serves all densities: groups of different density need HDBSCAN. When ε takes in a share of all rows, the cost is O(n²) whatever the index.",
  level: "medium",
  whenNot:
    "When densities differ (HDBSCAN or OPTICS), in many columns (all distances alike), or when each row must get a group: k-means or a mixture then.",
  followUps: [
    {
      ask: "How do you choose ε?",
      answer:
        "Fix m, draw the distance to the m-th neighbour for all rows in order, and take ε at the bend. Then look at how the number of groups reacts to small changes.",
    },
    {
      ask: "What does m = 1 or m = 2 give?",
      answer:
        "With m = 1 every row is core: the groups are the connected parts at distance ε, no noise. With m = 2, the row itself counted, they are the single-linkage groups cut at ε, lone rows being noise.",
    },
  ],
  derivation: String.raw`Call core rows within $\varepsilon$ of each other neighbours. The clusters' cores are the connected parts of this graph: a definition without any order, so cores and their groups do not depend on the order of rows. Noise has no core within $\varepsilon$: also fixed.

A border row may lie within $\varepsilon$ of cores of two clusters. The definition allows both; the algorithm gives it to the one that reaches it first.

Cost: one range query per row, in total $n\log n$ plus the number of neighbours found. At density $\rho$ a row has about $\rho\varepsilon^d$ times a constant; with fixed $\varepsilon$ and more rows from the same law that is a fixed share of $n$, so the whole is $O(n^2)$ whatever the index.`,
  errata: [],
  covers: ["cluster/dbscan", "claim-a-047", "claim-b-062", "claim-b-063"],
  answers: ["q-a-502", "q-b-049", "q-b-051"],
  verifiedAgainst: ["scikit-learn 1.2 DBSCAN: equal labels", "neighbour counts over all pairs"],
  budget: "quick",
  controls: {
    eps: slider(0.05, 0.5, 0.17, { label: "radius ε", step: 0.01 }),
    minSamples: slider(2, 20, 5, { label: "m" }),
    stray: slider(0, 60, 30, { label: "stray rows", step: 5 }),
  },
  run(lab, { eps, minSamples, stray }) {
    const random = lab.random();
    const build = (loose: number) => {
      const moons = makeMoons({ nSamples: 300, noise: 0.05, seed: lab.seed });
      const far = range(loose).map(() => [random.uniform(-2, 3), random.uniform(-2, 2.5)]);
      return { X: Matrix.from([...moons.X.toArray(), ...far]), y: moons.y };
    };
    const shown = build(stray);
    const model = new DBSCAN({ eps, minSamples }).fit(shown.X);
    const core = new Set(model.coreSampleIndices);
    const kind = (i: number) =>
      model.labels[i] === -1 ? "noise" : `${model.labels[i]}${core.has(i) ? "" : " border"}`;
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: Array.from(shown.X.col(0)),
            y: Array.from(shown.X.col(1)),
            group: range(shown.X.rows).map(kind),
            size: 2,
          },
        ],
        {
          title: `${model.nClusters} clusters, ${model.labels.filter((l) => l === -1).length} noise`,
          square: true,
          alt: `Two crescents and stray rows: DBSCAN with radius ${eps} finds ${model.nClusters} clusters; lone rows are noise.`,
        },
      ),
    );
    const { X, y } = build(30);
    const found = new DBSCAN({ eps: 0.17, minSamples: 5 }).fit(X);
    lab.check(
      "crescents found: adjusted Rand index of their rows",
      adjustedRandIndex(y, Array.from(found.labels.slice(0, 300))),
      { atLeast: 0.95 },
    );
    const alone = range(30)
      .map((i) => 300 + i)
      .filter((i) =>
        range(330).every(
          (j) => j === i || Math.hypot(X.at(i, 0) - X.at(j, 0), X.at(i, 1) - X.at(j, 1)) > 0.17,
        ),
      );
    lab.check(
      "stray rows without any neighbour that are not called noise",
      alone.filter((i) => found.labels[i] !== -1).length,
      { equals: 0 },
    );
    const counts = range(330).map(
      (i) =>
        range(330).filter((j) => (X.at(i, 0) - X.at(j, 0)) ** 2 + (X.at(i, 1) - X.at(j, 1)) ** 2 <= 0.17 ** 2)
          .length,
    );
    lab.check(
      "core rows that do not have 5 neighbours, or others that do",
      range(330).filter((i) => counts[i]! >= 5 !== new Set(found.coreSampleIndices).has(i)).length,
      { equals: 0 },
    );
    // Another order of rows.
    const order = Array.from(random.permutation(330));
    const again = new DBSCAN({ eps: 0.17, minSamples: 5 }).fit(X.selectRows(order));
    lab.check(
      "rows that turn from or into noise when rows are shuffled",
      order.filter((i, at) => (again.labels[at] === -1) !== (found.labels[i] === -1)).length,
      { equals: 0 },
    );
    // One border row between two groups: the first one to reach it takes it.
    const line = [[-1.2], [-1.1], [-1], [0], [1], [1.1], [1.2]];
    const label = (rows: number[][]) => {
      const m = new DBSCAN({ eps: 1, minSamples: 4 }).fit(rows);
      const middle = rows.findIndex((r) => r[0] === 0);
      return m.labels[middle] === m.labels[rows.findIndex((r) => r[0] === 1)];
    };
    lab.check("the border row at 0 belongs to the right group, rows in order", label(line), {
      equals: false,
    });
    lab.check("and in reverse order", label([...line].reverse()), { equals: true });
    // What a query costs: rows within reach, as n grows.
    const perRow = (n: number, reach: number) => {
      const rows = Matrix.zeros(n, 2).map(() => random.uniform());
      return new NeighborSearch(rows).radiusNeighbors(rows, reach).indices.length / n;
    };
    const sizes = [500, 1000, 2000];
    const thin = sizes.map((n) => perRow(n, 0.9 / Math.sqrt(n)));
    const dense = sizes.map((n) => perRow(n, 0.2));
    lab.plot(
      figure(
        [
          { type: "line", name: "ε shrinks with n", x: sizes, y: thin },
          { type: "line", name: "ε fixed", x: sizes, y: dense },
        ],
        {
          title: "neighbours per row",
          x: { label: "rows" },
          y: { scale: "log" },
          alt: "With a fixed radius neighbours per row grow with n, so no index can be quicker than n squared.",
        },
      ),
    );
    lab.check("fixed ε: neighbours per row grow with n, 4 times the rows", dense[2]! / dense[0]!, {
      equals: 4,
      relative: 0.1,
    });
    lab.check("ε of a fixed expected count: neighbours per row stay", thin[2]! / thin[0]!, {
      between: [0.8, 1.25],
    });
  },
});
