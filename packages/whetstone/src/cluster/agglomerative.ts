import {
  argumentError,
  ClustererModel,
  ClustererSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  real,
  refuseWeights,
  requireRowsFor,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  unsupported,
} from "../contract/index.ts";
import { RowSearch } from "../neighbors/index.ts";
import { cutTree, linkageTree, MOST_PAIRS } from "./linkage.ts";
import { type Dendrogram, mergeEdges, spanningTree } from "./minimum-spanning-tree.ts";

const params = {
  nClusters: optional(
    int({ min: 1, default: 2, doc: "Groups to cut into; null where distanceThreshold says it" }),
    { default: 2 },
  ),
  distanceThreshold: optional(
    real({
      min: 0,
      default: 1,
      doc: "Groups at this distance or further are not joined; nClusters must then be null",
    }),
  ),
  linkage: oneOf(["ward", "complete", "average", "single"], {
    default: "ward",
    doc: "Distance of two groups: growth of the squared error (ward, Euclidean only), largest, mean or smallest distance of their rows",
  }),
  metric: oneOf(["euclidean", "manhattan", "chebyshev", "cosine"], {
    default: "euclidean",
    doc: "Distance of two rows",
  }),
};

/**
 * Agglomerative clustering: every row starts as a group, and the two nearest groups are joined until one is left. The
 * dendrogram of all merges is kept, so that any number of groups can be cut from it. O(n^2) time and memory; single
 * linkage takes a spanning tree instead: O(n) memory, and about n log n time in few columns.
 *
 * @example
 * const model = new AgglomerativeClustering({ nClusters: 2 }).fit([[0], [1], [9], [10]]);
 * model.labels; // [0, 0, 1, 1]
 * model.dendrogram.distance[0]; // 1
 */
export class AgglomerativeClustering extends ClustererSpec<typeof params> {
  static readonly typeName = "AgglomerativeClustering";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(AgglomerativeClustering.typeName, params, given);
    const { nClusters, distanceThreshold, linkage, metric } = this.params;
    if ((nClusters === null) === (distanceThreshold === null))
      throw argumentError(
        "AgglomerativeClustering",
        "nClusters",
        nClusters,
        "a number of groups with distanceThreshold null, or null with a threshold",
      );
    if (linkage === "ward" && metric !== "euclidean")
      throw argumentError("AgglomerativeClustering", "metric", metric, '"euclidean" with linkage "ward"');
  }

  static fromState(state: unknown): AgglomerativeClustering {
    return new AgglomerativeClustering(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): AgglomerativeClusteringModel {
    const where = "AgglomerativeClustering.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, "linkage weighs rows alike: repeat rows instead");
    const design = readDesign(X, where);
    const { data, rows: n, cols: d } = design.matrix;
    const { nClusters, distanceThreshold, linkage, metric } = this.params;
    if (nClusters !== null) requireRowsFor(where, "nClusters", nClusters, n);
    if (linkage !== "single" && (n * (n - 1)) / 2 > MOST_PAIRS)
      throw unsupported(
        where,
        `X has ${n} rows, whose ${(n * (n - 1)) / 2} distances need more than 2 GB: take fewer rows, or linkage "single"`,
      );
    const algorithm = linkage === "single" ? "auto" : "brute";
    const search = new RowSearch(data, n, d, { algorithm, leafSize: 30, metric, p: 2 }, where);
    const grown = (edges: number) => step(where, options, edges, n, "rows");
    const tree =
      linkage === "single"
        ? mergeEdges(n, spanningTree(search, new Float64Array(n), grown), true)
        : linkageTree(n, linkage, (i, out) => search.distancesFrom(i, out), where);
    const merged =
      distanceThreshold === null
        ? n - nClusters!
        : tree.distance.reduce((sum, v) => sum + (v < distanceThreshold ? 1 : 0), 0);
    return new AgglomerativeClusteringModel(schemaOf(design), cutTree(tree, n - merged), tree);
  }
}

/** What {@link AgglomerativeClustering} learned. */
export class AgglomerativeClusteringModel extends ClustererModel {
  static readonly typeName = "AgglomerativeClusteringModel";
  readonly dendrogram: Dendrogram;

  constructor(schema: Schema, labels: Int32Array, dendrogram: Dendrogram) {
    super(schema, labels);
    this.dendrogram = dendrogram;
  }

  /** The groups at another cut of the same dendrogram, numbered by their first row. */
  cut(nClusters: number): Int32Array {
    const n = this.dendrogram.n;
    if (!(Number.isSafeInteger(nClusters) && nClusters >= 1 && nClusters <= n))
      throw argumentError(
        "AgglomerativeClusteringModel.cut",
        "nClusters",
        nClusters,
        `an integer from 1 to ${n}`,
      );
    return cutTree(this.dendrogram, nClusters);
  }

  override toState(): unknown {
    const { schema, labels, dendrogram } = this;
    return { schema, labels, dendrogram };
  }

  static fromState(state: unknown): AgglomerativeClusteringModel {
    const s = state as { schema: Schema; labels: Int32Array; dendrogram: Dendrogram };
    return new AgglomerativeClusteringModel(s.schema, s.labels, s.dendrogram);
  }
}
