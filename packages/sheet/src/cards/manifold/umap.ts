import { loadDigits } from "whetstone/datasets";
import { TSNE, trustworthiness, UMAP } from "whetstone/manifold";
import type { Matrix } from "whetstone/math";
import { pairwiseDistances } from "whetstone/math";
import { card, dataset, type Lab, type LabData, neighbourMap, range, scatter, slider } from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { neighbors, minDist }: { neighbors: number; minDist: number },
): void {
  const nNeighbors = Math.min(neighbors, data.X.rows - 1);
  neighbourMap(lab, data, {
    name: "UMAP",
    setting: `${nNeighbors} neighbours, min_dist ${minDist.toFixed(2)}`,
    embed: (Z) => new UMAP({ seed: lab.seed, nEpochs: 200, nNeighbors, minDist }).fit(Z).embedding,
  });
}

export default card({
  id: "manifold/umap",
  title: "UMAP: a fuzzy neighbour graph, laid out so that it also leads back",
  formula: String.raw`w_{ij}=e^{-(d_{ij}-\rho_i)/\sigma_i},\quad \sum_jw_{ij}=\log_2k,\qquad q_{ij}=\frac1{1+a\,d^{2b}}`,
  ask: "What do n_neighbors and min_dist change in a UMAP plot, and what can it do that t-SNE cannot?",
  answer:
    "n_neighbors (15) is the scale: few show detail, many the whole. min_dist is how tightly points may pack. Edges pull, random pairs push. UMAP places new rows and leads back from the map to rows, approximately; t-SNE has neither. How much of the global arrangement survives owes much to the start.",
  pitfall: "A tighter picture at small min_dist is not better clustering: it is the same graph drawn closer.",
  level: "medium",
  whenNot:
    "Not as proof of clusters, nor where distances must be true: use PCA or the original space. For a few hundred rows or a linear structure PCA says the same, without randomness.",
  followUps: [
    {
      ask: "What is ρᵢ for?",
      answer:
        "It is the distance to the nearest neighbour. Subtracted, every point has at least one edge of weight 1, so nobody is cut off in a sparse or high-dimensional region.",
    },
    {
      ask: "How are the two directions of an edge joined?",
      answer:
        "By the fuzzy union w + w′ − ww′: the chance that at least one of two independent edges exists. The graph is then symmetric.",
    },
  ],
  derivation: String.raw`Each row gets $w_{ij}=e^{-(d_{ij}-\rho_i)/\sigma_i}$ to its $k$ neighbours, where $\rho_i$ is the nearest distance and $\sigma_i$ is found by bisection so that the weights sum to $\log_2k$. Dense and sparse regions thus get the same total. Both directions join as $w+w'-ww'$.

In the map $q=1/(1+a\,d^{2b})$. The numbers $a,b$ are fitted to a curve that is $1$ up to min_dist and falls off exponentially after it, so min_dist decides how close linked points may come; the graph does not change.

The layout lowers the cross-entropy $-\sum w\log q-\sum(1-w)\log(1-q)$. The first sum pulls along edges; the second pushes, and is sampled with a few random points per edge. That sampling is why a step costs as much as the edges, not $n^2$.`,
  errata: [
    {
      claim: "claim-a-371",
      claimed: "UMAP is faster, and keeps global structure too.",
      truth:
        "It scales better, and 15 is its default; but given the same start, much of its advantage in global arrangement is gone.",
    },
  ],
  covers: ["manifold/umap", "claim-a-371", "claim-a-398"],
  answers: ["q-a-182", "q-a-489"],
  verifiedAgainst: ["its own equations: log2 k per row, fuzzy union", "SciPy curve_fit for a and b"],
  budget: "costly",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "groups", {
      seeded: true,
      simulatedAs: "digits",
    }),
    neighbors: slider(3, 60, 15, { label: "n_neighbors" }),
    minDist: slider(0, 0.99, 0.1, { label: "min_dist" }),
  },
  run(lab, { data, neighbors, minDist }) {
    if (data) {
      onTable(lab, data, { neighbors, minDist });
      return;
    }
    const digits = loadDigits();
    const X = digits.X.selectRows(range(300));
    const labels = range(300).map((i) => String(digits.y[i]));
    const fit = (options: { nNeighbors?: number; minDist?: number; init?: "pca" | "random" }) =>
      new UMAP({ seed: lab.seed, nEpochs: 200, ...options }).fit(X);
    const shown = fit({ nNeighbors: neighbors, minDist });
    lab.plot(
      scatter(shown.embedding.col(0), shown.embedding.col(1), {
        group: labels,
        title: `300 digits, ${neighbors} neighbours, min_dist ${minDist.toFixed(2)}`,
        alt: "A UMAP map of handwritten digits coloured by digit.",
        x: { label: "" },
        y: { label: "" },
      }),
    );
    const plain = fit({});
    lab.check("default neighbours", new UMAP().params.nNeighbors, { equals: 15 });
    lab.check("neighbours kept", trustworthiness(X, plain.embedding, { nNeighbors: 5 }), { atLeast: 0.93 });
    const spacing = (M: Matrix) => {
      const D = pairwiseDistances(M);
      return range(300).reduce((s, i) => s + D.row(i).slice().sort()[1]!, 0) / 300;
    };
    lab.check(
      "min_dist 0.9 against 0: mean distance to the nearest point, ratio",
      spacing(fit({ minDist: 0.9 }).embedding) / spacing(fit({ minDist: 0 }).embedding),
      { above: 1.5 },
    );
    // Global arrangement: correlation of all pairwise distances.
    const D = pairwiseDistances(X);
    const global = (M: Matrix) => {
      const E = pairwiseDistances(M);
      const mean = (A: Matrix) => A.data.reduce((s, v) => s + v, 0) / A.data.length;
      const [a, b] = [mean(D), mean(E)];
      let [xy, xx, yy] = [0, 0, 0];
      D.data.forEach((v, i) => {
        xy += (v - a) * (E.data[i]! - b);
        xx += (v - a) ** 2;
        yy += (E.data[i]! - b) ** 2;
      });
      return xy / Math.sqrt(xx * yy);
    };
    const tsne = new TSNE({ seed: lab.seed }).fit(X);
    const scores = {
      pca: global(fit({ init: "pca" }).embedding),
      random: global(fit({ init: "random" }).embedding),
      tsne: global(tsne.embedding),
    };
    lab.table({
      columns: ["map", "correlation of distances"],
      rows: [
        ["UMAP, PCA start", scores.pca],
        ["UMAP, random start", scores.random],
        ["t-SNE, PCA start", scores.tsne],
      ],
    });
    lab.check(
      "given the same PCA start, UMAP leads t-SNE in global arrangement by no more than",
      scores.pca - scores.tsne,
      { atMost: 0.15 },
    );
    const fresh = digits.X.selectRows(range(100).map((i) => 300 + i));
    const placed = plain.transform(fresh);
    const E = pairwiseDistances(placed, plain.embedding);
    const right = range(100).filter(
      (i) => labels[E.row(i).indexOf(Math.min(...E.row(i)))] === String(digits.y[300 + i]),
    ).length;
    lab.check("100 new digits placed: share nearest to a digit of their own kind", right / 100, {
      atLeast: 0.8,
    });
    const back = plain.inverseTransform(plain.embedding);
    const mean = X.columnMeans();
    const error =
      back.sub(X).data.reduce((s, v) => s + v * v, 0) /
      X.addRow(mean.map((v) => -v)).data.reduce((s, v) => s + v * v, 0);
    lab.check("from the map back to digits: squared error over variance", error, { below: 0.6 });
    lab.check("t-SNE has neither transform nor inverse", "transform" in tsne || "inverseTransform" in tsne, {
      equals: false,
    });
  },
});
