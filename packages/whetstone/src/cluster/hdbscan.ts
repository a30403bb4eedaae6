import {
  bool,
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
  valueError,
} from "../contract/index.ts";
import { RowSearch, searchParams } from "../neighbors/index.ts";
import { type CondensedTree, condense, groupFacts, labelRows, selectGroups } from "./condensed-tree.ts";
import { type Dendrogram, mergeEdges, spanningTree } from "./minimum-spanning-tree.ts";

const params = {
  minClusterSize: int({
    min: 2,
    default: 5,
    doc: "Fewest rows that count as a cluster",
    search: { low: 2, high: 50 },
  }),
  minSamples: optional(
    int({
      min: 1,
      default: 5,
      doc: "The core distance of a row is the distance to its minSamples-th nearest row, itself counted; null for minClusterSize. Larger calls more rows noise",
    }),
  ),
  clusterSelectionMethod: oneOf(["eom", "leaf"], {
    default: "eom",
    doc: "eom takes the most stable groups, leaf the finest ones",
  }),
  clusterSelectionEpsilon: real({
    min: 0,
    default: 0,
    doc: "Clusters that split at a smaller distance than this are merged",
  }),
  allowSingleCluster: bool({ default: false, doc: "Whether all rows may be one cluster" }),
  ...searchParams,
};

/**
 * HDBSCAN: DBSCAN for all radii at once. Rows are linked by mutual reachability, the largest of their distance and both
 * core distances; the minimum spanning tree of these gives a dendrogram; groups of fewer than `minClusterSize` rows are
 * folded into a condensed tree; and the groups that persist over the longest range of densities become the clusters. So
 * clusters of different density are found side by side, without a radius.
 *
 * Time about n log n in few columns, where a tree of space serves (`algorithm`), else O(n^2); memory O(n). Labels are numbered by where their groups stand in the tree; -1 is noise.
 *
 * Sources: Campello, Moulavi and Sander (2013), PAKDD; McInnes and Healy (2017), ICDMW.
 *
 * @example
 * const X = [[0], [0.1], [0.2], [5], [5.2], [5.4], [99]];
 * new HDBSCAN({ minClusterSize: 3, minSamples: 2 }).fit(X).labels; // [0, 0, 0, 1, 1, 1, -1]
 */
export class HDBSCAN extends ClustererSpec<typeof params> {
  static readonly typeName = "HDBSCAN";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(HDBSCAN.typeName, params, given);
  }

  static fromState(state: unknown): HDBSCAN {
    return new HDBSCAN(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): HDBSCANModel {
    const where = "HDBSCAN.fit";
    refuseWeights(options, where, "core distances weigh rows alike: repeat rows instead");
    const design = readDesign(X, where);
    const { data, rows: n, cols: d } = design.matrix;
    if (n < 2) throw valueError(where, "X", "has 1 row, expected at least 2");
    const { minClusterSize, clusterSelectionMethod: method, clusterSelectionEpsilon: epsilon } = this.params;
    const { allowSingleCluster } = this.params;
    const minSamples = this.params.minSamples ?? minClusterSize;
    requireRowsFor(where, this.params.minSamples === null ? "minClusterSize" : "minSamples", minSamples, n);
    const search = new RowSearch(data, n, d, this.params, where);
    const { distances } = search.nearest(data, n, minSamples);
    const core = Float64Array.from({ length: n }, (_, i) => distances[(i + 1) * minSamples - 1]!);
    const grown = (edges: number) => step(where, options, edges, n, "rows");
    const edges = spanningTree(search, core, grown);
    step(where, options, n, n, "rows");
    const dendrogram = mergeEdges(n, edges, true);
    const condensedTree = condense(dendrogram, minClusterSize);
    const facts = groupFacts(condensedTree);
    const selected = selectGroups(facts, { method, allowSingleCluster, epsilon });
    const { labels, probabilities } = labelRows(condensedTree, facts, selected, allowSingleCluster, epsilon);
    return new HDBSCANModel(schemaOf(design), labels, {
      probabilities,
      coreDistances: core,
      dendrogram,
      condensedTree,
      selected: Int32Array.from(selected, (g) => n + g),
      stabilities: facts.stability,
    });
  }
}

interface Learned {
  readonly probabilities: Float64Array;
  readonly coreDistances: Float64Array;
  readonly dendrogram: Dendrogram;
  readonly condensedTree: CondensedTree;
  readonly selected: Int32Array;
  readonly stabilities: Float64Array;
}

/** What {@link HDBSCAN} learned. */
export class HDBSCANModel extends ClustererModel {
  static readonly typeName = "HDBSCANModel";
  /** How strongly each row belongs to its cluster, 0 (noise) to 1 (densest). */
  readonly probabilities: Float64Array;
  readonly coreDistances: Float64Array;
  /** Single-linkage dendrogram under mutual reachability. */
  readonly dendrogram: Dendrogram;
  readonly condensedTree: CondensedTree;
  /** Nodes of the condensed tree that became clusters, by label. */
  readonly selected: Int32Array;
  /** Stability of every group of the condensed tree, from the whole (node n) on. */
  readonly stabilities: Float64Array;

  constructor(schema: Schema, labels: Int32Array, learned: Learned) {
    super(schema, labels);
    this.probabilities = learned.probabilities;
    this.coreDistances = learned.coreDistances;
    this.dendrogram = learned.dendrogram;
    this.condensedTree = learned.condensedTree;
    this.selected = learned.selected;
    this.stabilities = learned.stabilities;
  }

  override toState(): unknown {
    const { schema, labels, probabilities, coreDistances, dendrogram, condensedTree, selected, stabilities } =
      this;
    const learned = { probabilities, coreDistances, dendrogram, condensedTree, selected, stabilities };
    return { schema, labels, learned };
  }

  static fromState(state: unknown): HDBSCANModel {
    const s = state as { schema: Schema; labels: Int32Array; learned: Learned };
    return new HDBSCANModel(s.schema, s.labels, s.learned);
  }
}
