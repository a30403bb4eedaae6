import {
  AgglomerativeClustering,
  type AgglomerativeClusteringModel,
  dendrogramLayout,
  type Linkage,
} from "whetstone/cluster";
import { makeBlobs, makeMoons } from "whetstone/data";
import { type Matrix, pairwiseDistances } from "whetstone/math";
import { adjustedRandIndex } from "whetstone/metrics";
import {
  card,
  choice,
  dataset,
  type Figure,
  figure,
  type Lab,
  type LabData,
  type Mark,
  range,
  scaled,
  slider,
  tableMap,
} from "../../index.ts";

const LINKAGES = ["ward", "complete", "average", "single"] as const;

/** The clusters of a model, in the order of their numbers. */
const groupsOf = ({ labels }: AgglomerativeClusteringModel): number[] =>
  [...new Set(Array.from(labels))].sort((a, b) => a - b);
const name = (group: number) => `group ${group + 1}`;

/** Groups come first and in order in all pictures, so that each has one colour in all. */
const byGroup = (
  model: AgglomerativeClusteringModel,
  size: number,
  rows: readonly number[],
  at: (i: number) => readonly [number, number],
): Mark[] =>
  groupsOf(model).map((group) => {
    const own = range(rows.length).filter((i) => model.labels[rows[i]!] === group);
    return {
      type: "points",
      name: name(group),
      x: own.map((i) => at(i)[0]),
      y: own.map((i) => at(i)[1]),
      size,
    };
  });

/** Merges that a picture shows, the last ones; more are a smear. */
const MOST_MERGES = 60;

function drawnDendrogram(model: AgglomerativeClusteringModel, nClusters: number, linkage: Linkage): Figure {
  const { dendrogram, labels } = model;
  const { distance } = dendrogram;
  const n = labels.length;
  const { leaves, x, y } = dendrogramLayout(dendrogram);
  // A merge below the cut has all its rows in one group.
  const anyRow = range(n);
  dendrogram.left.forEach((node) => {
    anyRow.push(anyRow[node]!);
  });
  const shown = range(n - 1).slice(-MOST_MERGES);
  const branches = shown.map((m): Mark => {
    const corners = [4 * m, 4 * m + 1, 4 * m + 2, 4 * m + 3];
    return {
      type: "line",
      name: m < n - nClusters ? name(labels[anyRow[n + m]!]!) : "above the cut",
      x: corners.map((c) => x[c]!),
      y: corners.map((c) => y[c]!),
    };
  });
  const cut =
    nClusters === 1
      ? distance.at(-1)! * 1.05
      : ((nClusters < n ? distance[n - nClusters - 1]! : 0) + distance[n - nClusters]!) / 2;
  const all = shown.length === n - 1;
  return figure(
    [
      ...byGroup(model, 2, Array.from(leaves), (place) => [place, 0]),
      ...branches,
      { type: "rule", y: cut, label: "cut" },
    ],
    {
      title: `dendrogram, ${linkage} linkage${all ? "" : `, the last ${MOST_MERGES} merges`}`,
      x: { label: "rows, in the order of the tree" },
      y: { label: "distance of the merge" },
      alt: `A tree of ${n - 1} merges by ${linkage} linkage; a cut at height ${cut.toPrecision(2)} leaves ${nClusters} branches, one for each cluster.`,
    },
  );
}

/** The height of a merge by its definition, from the rows of both parts. */
function heightBy(X: Matrix): (kind: Linkage, a: readonly number[], b: readonly number[]) => number {
  const centre = (rows: readonly number[]) => X.selectRows(rows).columnMeans();
  return (kind, a, b) => {
    if (kind === "ward") {
      const [p, q] = [centre(a), centre(b)];
      return (
        Math.sqrt((2 * a.length * b.length) / (a.length + b.length)) *
        Math.hypot(...p.map((v, j) => v - q[j]!))
      );
    }
    const all = pairwiseDistances(X.selectRows(a), X.selectRows(b)).data;
    if (kind === "average") return all.reduce((s, v) => s + v, 0) / all.length;
    return all.reduce((s, v) => (kind === "single" ? Math.min(s, v) : Math.max(s, v)));
  };
}

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { linkage, nClusters }: { linkage: Linkage; nClusters: number },
): void {
  const Z = scaled(data);
  const n = Z.rows;
  const model = new AgglomerativeClustering({ nClusters, linkage }).fit(Z);
  const { distance } = model.dendrogram;
  lab.plot(drawnDendrogram(model, nClusters, linkage));
  lab.plot(
    tableMap(
      Z,
      Array.from(model.labels, (group) => name(group)),
      {
        title: `${data.name}, ${groupsOf(model).length} clusters`,
        alt: `Rows of ${data.name} on two principal axes in the ${nClusters} clusters of the cut.`,
      },
    ),
  );
  const two = model.cut(2);
  const side = (group: number) => range(n).filter((i) => two[i] === group);
  lab.check("the last merge's height against its definition", distance.at(-1)!, {
    equals: heightBy(Z)(linkage, side(0), side(1)),
    relative: 1e-6,
  });
  const highest = distance.at(-1)!;
  lab.check(
    "largest fall from a merge to the next, over the highest",
    Math.max(0, ...range(n - 2).map((m) => distance[m]! - distance[m + 1]!)) / highest,
    { atMost: 1e-9 },
  );
  lab.check("clusters of the cut", groupsOf(model).length, { equals: nClusters });
}

export default card({
  id: "cluster/agglomerative",
  title: "Agglomerative clustering: one tree of merges, cut anywhere",
  formula: String.raw`d(A,B)=\min_{a,b}d(a,b)\;\text{(single)},\;\max\;\text{(complete)},\;\text{mean}\;\text{(average)},\;\sqrt{\tfrac{2|A||B|}{|A|+|B|}}\,\lVert\bar a-\bar b\rVert\;\text{(Ward)}`,
  ask: "How does agglomerative clustering build its tree, what does the linkage decide, and how does one read a dendrogram?",
  answer:
    "Every row starts alone and the two nearest groups join until one is left. The linkage says what near means: single follows chains, complete and Ward favour round groups, average stands between. A dendrogram draws each merge at its distance: cut it at a height, and the branches below are the clusters. Long branches are clear groups.",
  pitfall:
    "Left and right carry no meaning: neighbours in the picture may be far apart, only the height of their join counts. The tree needs all n² distances.",
  level: "medium",
  whenNot:
    "With many rows: n² distances are 80 GB at 100,000 rows in doubles. Then k-means first and a tree of its centres, or HDBSCAN. With one known K and round groups k-means is simpler.",
  followUps: [
    {
      ask: "Why can centroid linkage give a tree with crossings?",
      answer:
        "The distance between centroids may shrink after a merge, so a later merge can lie lower: an inversion. Single, complete, average and Ward never do that.",
    },
    {
      ask: "How is the cut height chosen?",
      answer:
        "At a long stretch without merges, by silhouette over cuts, or by the task. A cut is one choice; the tree itself shows whether groups are nested.",
    },
  ],
  derivation: String.raw`The Lance–Williams rule updates distances without looking at the rows: after merging $A$ and $B$, single linkage takes $d(A\cup B,C)=\min(d_{AC},d_{BC})$, complete the maximum, average the mean weighted by sizes.

Ward merges the pair whose union raises the sum of squares least. That rise is $\frac{|A||B|}{|A|+|B|}\lVert\bar a-\bar b\rVert^2$: the identity for the total sum of squares about the common mean. The height drawn is the root of twice the rise, which for two single rows is their distance.

For single, complete, average and Ward a new distance is never less than the smaller of the old ones, so heights rise along the tree and it can be drawn without crossings: $2n-1$ nodes, each merge above its parts.`,
  covers: ["cluster/agglomerative"],
  verifiedAgainst: [
    "SciPy 1.10: merges of four linkages, places of the drawn dendrogram",
    "heights over all pairs of rows",
  ],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "none"),
    linkage: choice(LINKAGES, "average", { label: "linkage" }),
    nClusters: slider(1, 10, 3, { label: "clusters" }),
    spread: slider(0.2, 1.5, 0.6, { label: "spread", step: 0.1, simulated: true }),
  },
  run(lab, { data, linkage, nClusters, spread }) {
    if (data) {
      onTable(lab, data, { linkage, nClusters });
      return;
    }
    const blobs = (std: number) =>
      makeBlobs({
        nSamples: 48,
        centers: [
          [0, 0],
          [4, 0],
          [2, 3.5],
        ],
        clusterStd: std,
        seed: lab.seed,
      });
    const { X } = blobs(spread);
    const n = X.rows;
    const model = new AgglomerativeClustering({ nClusters, linkage }).fit(X);
    const { dendrogram } = model;
    const { distance } = dendrogram;
    const { leaves } = dendrogramLayout(dendrogram);
    lab.plot(drawnDendrogram(model, nClusters, linkage));
    const used = groupsOf(model);
    lab.plot(
      figure(
        byGroup(model, 3, range(n), (i) => [X.at(i, 0), X.at(i, 1)]),
        {
          title: `the rows, ${used.length} clusters`,
          square: true,
          alt: `48 rows around three centres in the ${used.length} clusters of the cut.`,
        },
      ),
    );
    // Heights by their definition: distances between the rows of both parts.
    const height = heightBy(X);
    for (const kind of LINKAGES) {
      const tree = new AgglomerativeClustering({ nClusters: 1, linkage: kind }).fit(X).dendrogram;
      const rows: number[][] = range(n).map((i) => [i]);
      let worst = 0;
      range(n - 1).forEach((m) => {
        const [a, b] = [rows[tree.left[m]!]!, rows[tree.right[m]!]!];
        worst = Math.max(worst, Math.abs(height(kind, a, b) - tree.distance[m]!));
        rows.push([...a, ...b]);
      });
      lab.check(`${kind} linkage: largest gap of a merge's height to its definition`, worst, {
        atMost: 1e-9,
      });
    }
    let crossings = 0;
    for (const k of range(n)) {
      const groups = model.cut(k + 1);
      const changes = range(n - 1).filter((p) => groups[leaves[p]!] !== groups[leaves[p + 1]!]).length;
      if (changes !== k) crossings++;
    }
    lab.check("cuts whose groups do not stand side by side in the picture", crossings, { equals: 0 });
    lab.check(
      "merges below one they contain",
      range(n - 1).filter((m) => m > 0 && distance[m]! < distance[m - 1]!).length,
      { equals: 0 },
    );
    // What linkage decides: chains for single, round groups for Ward.
    const moons = makeMoons({ nSamples: 200, noise: 0.04, seed: lab.seed });
    const score = (kind: Linkage) =>
      adjustedRandIndex(
        moons.y,
        Array.from(new AgglomerativeClustering({ nClusters: 2, linkage: kind }).fit(moons.X).labels),
      );
    lab.check("two crescents, single linkage: adjusted Rand index", score("single"), { atLeast: 0.99 });
    lab.check("the same by Ward", score("ward"), { atMost: 0.9 });
    const close = blobs(0.6);
    lab.check(
      "three round groups by Ward: adjusted Rand index",
      adjustedRandIndex(
        close.y,
        Array.from(new AgglomerativeClustering({ nClusters: 3 }).fit(close.X).labels),
      ),
      { atLeast: 0.9 },
    );
  },
});
