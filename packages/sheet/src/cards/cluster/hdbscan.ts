import { DBSCAN, HDBSCAN } from "whetstone/cluster";
import { makeBlobs } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { adjustedRandIndex } from "whetstone/metrics";
import { card, choice, figure, type Mark, range, slider } from "../../index.ts";

export default card({
  id: "cluster/hdbscan",
  title: "HDBSCAN: every radius at once, and the groups that last",
  formula: String.raw`d_m(a,b)=\max\{c_a,c_b,d(a,b)\},\qquad S(C)=\sum_{x\in C}\left(\lambda_x-\lambda_{\text{birth}}\right),\ \lambda=1/d`,
  ask: "How does HDBSCAN extend DBSCAN, and what makes it easier to use when densities differ?",
  answer:
    "Distances are raised to both rows' core distances (mutual reachability); their minimum spanning tree gives DBSCAN's groups of core rows for every ε. Splits smaller than minClusterSize are folded away (condensed tree), and the disjoint groups of greatest stability are the clusters. No ε to choose, and each group may have its own density.",
  pitfall:
    "minClusterSize is a decision about what counts as a group. Without allowSingleCluster it never says that all rows are one.",
  level: "hard",
  whenNot:
    "If every row must belong somewhere, if groups are small against noise, or in very many columns: reduce first. For round groups of known number k-means is simpler and faster.",
  followUps: [
    {
      ask: "What do minSamples and minClusterSize each do?",
      answer:
        "minSamples sets the core distance: larger smooths the density and calls more rows noise. minClusterSize says from which size a split counts as two groups.",
    },
    {
      ask: "How does excess of mass differ from leaf selection?",
      answer:
        "Excess of mass takes the most stable disjoint groups, large or small; leaf takes the tree's ends: many small, even groups. Use leaf when large groups should be broken up.",
    },
  ],
  derivation: String.raw`The core distance $c_x$ is the distance to the $m$-th neighbour. At radius $\varepsilon$ DBSCAN links two core rows if $c_a,c_b,d(a,b)\le\varepsilon$, that is, if $d_m(a,b)\le\varepsilon$. So its clusters are the connected parts of the graph with edges $d_m\le\varepsilon$.

Connected parts at every threshold are those of the minimum spanning tree with heavier edges cut: one tree holds all $\varepsilon$. Read from large to small $\varepsilon$ it splits; a split off of fewer than minClusterSize rows is just rows leaving.

With $\lambda=1/\varepsilon$ each group lives from $\lambda_{\text{birth}}$ until its rows leave at $\lambda_x$. $S(C)$ sums those lifetimes. From the leaves up, keep a parent if $S$ exceeds the sum over its children's best: this maximises total stability over disjoint groups.`,
  covers: ["cluster/hdbscan"],
  answers: ["q-b-052"],
  verifiedAgainst: ["the hierarchy by thresholds and all sets of disjoint groups, on 60 small inputs"],
  budget: "quick",
  controls: {
    minClusterSize: slider(3, 40, 12, { label: "minClusterSize" }),
    method: choice(["eom", "leaf"], "eom", { label: "selection" }),
    thin: slider(1, 8, 5, { label: "spread of the thin groups", step: 0.5 }),
  },
  run(lab, { minClusterSize, method, thin }) {
    const build = (spread: number) => {
      const a = makeBlobs({
        nSamples: 100,
        centers: [
          [0, 0],
          [2, 0],
        ],
        clusterStd: 0.2,
        seed: lab.seed,
      });
      const b = makeBlobs({
        nSamples: 100,
        centers: [
          [40, 0],
          [40, 60],
        ],
        clusterStd: spread,
        seed: lab.seed + 100,
      });
      return { X: Matrix.from([...a.X.toArray(), ...b.X.toArray()]), y: [...a.y, ...b.y.map((g) => g + 2)] };
    };
    const shown = build(thin);
    const model = new HDBSCAN({ minClusterSize, clusterSelectionMethod: method }).fit(shown.X);
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: Array.from(shown.X.col(0)),
            y: Array.from(shown.X.col(1)),
            group: Array.from(model.labels, (l) => (l < 0 ? "noise" : String(l))),
            size: 2,
          },
        ],
        {
          title: `${model.nClusters} clusters`,
          alt: `Two tight groups side by side and two thin ones far away: HDBSCAN finds ${model.nClusters} clusters.`,
        },
      ),
    );
    // The condensed tree: how many rows each group still holds, as lambda grows.
    const tree = model.condensedTree;
    const chosen = new Set(model.selected);
    const groups = [...new Set(tree.parent)];
    lab.plot(
      figure(
        groups.map((g): Mark => {
          const lines = Array.from(tree.parent.keys())
            .filter((e) => tree.parent[e] === g)
            .sort((p, q) => tree.lambda[p]! - tree.lambda[q]!);
          let left = lines.reduce((s, e) => s + tree.size[e]!, 0);
          const start = Array.from(tree.child.keys()).find((e) => tree.child[e] === g);
          const x = [start === undefined ? Math.max(1e-3, tree.lambda[lines[0]!]! / 2) : tree.lambda[start]!];
          const y = [left];
          for (const e of lines) {
            x.push(tree.lambda[e]!);
            left -= tree.size[e]!;
            y.push(Math.max(left, 0.5));
          }
          return { type: "step", name: chosen.has(g) ? "chosen" : "passed over", x, y };
        }),
        {
          title: "condensed tree: rows that each group still holds",
          x: { label: "λ = 1 / distance", scale: "log" },
          y: { label: "rows", scale: "log" },
          alt: `Each group of the condensed tree as a falling curve over density; ${chosen.size} of ${groups.length} are chosen.`,
        },
      ),
    );
    const { X, y } = build(5);
    const own = new HDBSCAN({ minClusterSize: 12 }).fit(X);
    const ours = adjustedRandIndex(y, Array.from(own.labels));
    const single = Math.max(
      ...range(30).map((i) =>
        adjustedRandIndex(y, Array.from(new DBSCAN({ eps: 0.1 * 1.25 ** i }).fit(X).labels)),
      ),
    );
    lab.check("groups of two densities: adjusted Rand index", ours, { atLeast: 0.7 });
    lab.check("less the best of 30 radii of DBSCAN", ours - single, { above: 0 });
    // Mutual reachability and the tree, by definition.
    const d = (i: number, j: number) => Math.hypot(X.at(i, 0) - X.at(j, 0), X.at(i, 1) - X.at(j, 1));
    const core = range(200).map(
      (i) =>
        range(200)
          .map((j) => d(i, j))
          .sort((p, q) => p - q)[11]!,
    );
    lab.check(
      "core distances: largest gap to the 12th smallest distance",
      Math.max(...range(200).map((i) => Math.abs(core[i]! - own.coreDistances[i]!))),
      { atMost: 1e-9 },
    );
    const edges = range(200)
      .flatMap((i) => range(i).map((j) => [Math.max(d(i, j), core[i]!, core[j]!), i, j] as const))
      .sort((p, q) => p[0] - q[0]);
    const part = range(200);
    let weight = 0;
    for (const [w, i, j] of edges) {
      const [p, q] = [part[i]!, part[j]!];
      if (p === q) continue;
      weight += w;
      for (let r = 0; r < 200; r++) if (part[r] === q) part[r] = p;
    }
    lab.check(
      "spanning tree: its weight against Kruskal's over all pairs",
      own.dendrogram.distance.reduce((s, v) => s + v, 0),
      { equals: weight, relative: 1e-9 },
    );
    // Stabilities by their sum.
    const t = own.condensedTree;
    const birth = new Map<number, number>([[200, 0]]);
    t.child.forEach((c, e) => {
      if (c >= 200) birth.set(c, t.lambda[e]!);
    });
    const total = own.selected.reduce((s, g) => s + own.stabilities[g - 200]!, 0);
    const sums = own.selected.reduce(
      (s, g) =>
        s + t.parent.reduce((q, p, e) => (p === g ? q + (t.lambda[e]! - birth.get(g)!) * t.size[e]! : q), 0),
      0,
    );
    lab.check("stability of the chosen groups against its sum", total, { equals: sums, relative: 1e-9 });
    const finest = new HDBSCAN({ minClusterSize: 12, clusterSelectionMethod: "leaf" }).fit(X);
    lab.check(
      "leaves of the tree are no more stable together",
      finest.selected.reduce((s, g) => s + finest.stabilities[g - 200]!, 0) - total,
      { atMost: 1e-9 },
    );
  },
});
