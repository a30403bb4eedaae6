import {
  ClustererSpec,
  type FitOptions,
  InductiveClustererModel,
  int,
  type Label,
  type MatrixLike,
  optional,
  type ParamInput,
  readDesign,
  readLike,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  step,
  unsupported,
  valueError,
  warn,
} from "../contract/index.ts";
import { pairwiseSquaredDistances } from "../kernels/index.ts";
import { Matrix } from "../math/index.ts";
import { RowSearch } from "../neighbors/index.ts";
import {
  copyNode,
  emptyNode,
  type FeatureNode,
  insertRow,
  leafEntries,
  type TreeShape,
} from "./feature-tree.ts";
import { nearestCentre } from "./k-means.ts";
import { cutTree, linkageTree, MOST_PAIRS } from "./linkage.ts";

const params = {
  threshold: real({
    min: 0,
    default: 0.5,
    doc: "Largest radius (root of the mean squared distance to the centre) of a subcluster",
    search: { low: 0.05, high: 5, scale: "log" },
  }),
  branchingFactor: int({ min: 2, default: 50, doc: "Most entries of a node of the tree" }),
  nClusters: optional(
    int({
      min: 1,
      default: 3,
      doc: "Groups the subclusters are joined to, by Ward's linkage; null leaves them as they are",
    }),
    { default: 3 },
  ),
};

/**
 * BIRCH: rows are summed up on the way, into a tree of small subclusters (count, sum and sum of squares each), and only
 * the subclusters are clustered. One pass over the rows, memory for the subclusters only; `partialFit` of the model takes
 * in more rows. The result depends on the order of rows.
 *
 * Source: Zhang, Ramakrishnan and Livny (1996), SIGMOD.
 *
 * @example
 * const X = [[0, 1], [0.3, 1], [-0.3, 1], [0, -1], [0.3, -1], [-0.3, -1]];
 * const model = new Birch({ nClusters: null }).fit(X);
 * model.labels; // [0, 0, 0, 1, 1, 1]
 */
export class Birch extends ClustererSpec<typeof params> {
  static readonly typeName = "Birch";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(Birch.typeName, params, given);
  }

  static fromState(state: unknown): Birch {
    return new Birch(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): BirchModel {
    const where = "Birch.fit";
    const design = readDesign(X, where);
    const shape = shapeOf(this, design.matrix.cols);
    return grow(this, schemaOf(design), emptyNode(shape, true), design.matrix, options, where);
  }
}

function shapeOf(spec: Birch, d: number): TreeShape {
  return { d, threshold: spec.params.threshold, branching: spec.params.branchingFactor };
}

/** The model after more rows in the tree below `root`, which is changed. */
function grow(
  spec: Birch,
  schema: Schema,
  root: FeatureNode,
  matrix: Matrix,
  options: FitOptions,
  where: string,
): BirchModel {
  refuseWeights(options, where, "rows enter the tree one at a time: repeat rows instead");
  const { rows: n, cols: d } = matrix;
  const shape = shapeOf(spec, d);
  let top = root;
  for (let i = 0; i < n; i++) {
    if (i % 1024 === 0) step(where, options, i, n, "rows");
    top = insertRow(top, matrix.row(i), shape);
  }
  step(where, options, n, n, "rows");
  const { centres } = leafEntries(top, d);
  if (!centres.every(Number.isFinite))
    throw valueError(
      where,
      "X",
      "holds numbers whose squares overflow, expected smaller ones: scale the columns",
    );
  const subclusters = new Matrix(Float64Array.from(centres), centres.length / d, d);
  const groups = joinSubclusters(subclusters, spec.params.nClusters, options, where);
  const labels = nearestCentre(matrix, subclusters).map((s) => groups[s]!);
  return new BirchModel(spec, schema, labels, top, subclusters, groups);
}

/** The group of each subcluster. */
function joinSubclusters(
  { data, rows: m, cols: d }: Matrix,
  nClusters: number | null,
  options: FitOptions,
  where: string,
): Int32Array {
  if (nClusters === null || m < nClusters) {
    if (nClusters !== null)
      warn(
        where,
        options,
        `found ${m} subclusters, fewer than nClusters = ${nClusters}: lower the threshold`,
      );
    return Int32Array.from({ length: m }, (_, i) => i);
  }
  if ((m * (m - 1)) / 2 > MOST_PAIRS)
    throw unsupported(where, `${m} subclusters need more than 2 GB to be joined: raise the threshold`);
  const brute = { algorithm: "brute", leafSize: 1, metric: "euclidean", p: 2 } as const;
  const search = new RowSearch(data, m, d, brute, where);
  return cutTree(
    linkageTree(m, "ward", (i, out) => search.distancesFrom(i, out), where),
    nClusters,
  );
}

/** What {@link Birch} learned so far; `labels` are those of the rows it was last given. */
export class BirchModel extends InductiveClustererModel {
  static readonly typeName = "BirchModel";
  readonly spec: Birch;
  /** One row per subcluster: the entries of the leaves, from left to right. */
  readonly subclusterCenters: Matrix;
  /** The group of each subcluster. */
  readonly subclusterLabels: Int32Array;
  readonly #root: FeatureNode;

  constructor(
    spec: Birch,
    schema: Schema,
    labels: Int32Array,
    root: FeatureNode,
    subclusterCenters: Matrix,
    subclusterLabels: Int32Array,
  ) {
    super(schema, labels);
    this.spec = spec;
    this.#root = root;
    this.subclusterCenters = subclusterCenters;
    this.subclusterLabels = subclusterLabels;
  }

  override get nClusters(): number {
    return this.subclusterLabels.reduce((most, label) => Math.max(most, label + 1), 0);
  }

  /** Rows that each subcluster took in. */
  get subclusterSizes(): Float64Array {
    return Float64Array.from(leafEntries(this.#root, this.nFeatures).counts);
  }

  /** The model after more rows; this one stays as it is. Groups are formed and numbered anew. */
  partialFit(X: MatrixLike, options: FitOptions = {}): BirchModel {
    const where = "BirchModel.partialFit";
    const { matrix } = readLike(this.schema, X, where);
    return grow(this.spec, this.schema, copyNode(this.#root), matrix, options, where);
  }

  /** The group of the nearest subcluster of each row of X. */
  override predict(X: MatrixLike): Int32Array {
    const { matrix } = readLike(this.schema, X, "BirchModel.predict");
    return nearestCentre(matrix, this.subclusterCenters).map((s) => this.subclusterLabels[s]!);
  }

  /** Distance of each row of X to every subcluster, a column each. */
  transform(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "BirchModel.transform");
    const { data, rows: m } = this.subclusterCenters;
    const out = Matrix.zeros(matrix.rows, m);
    pairwiseSquaredDistances(matrix.data, matrix.rows, data, m, matrix.cols, out.data);
    return out.map(Math.sqrt);
  }

  override toState(): unknown {
    const { spec, schema, labels, subclusterCenters, subclusterLabels } = this;
    return { spec, schema, labels, root: this.#root, subclusterCenters, subclusterLabels };
  }

  static fromState(state: unknown): BirchModel {
    const s = state as {
      spec: Birch;
      schema: Schema;
      labels: Int32Array;
      root: FeatureNode;
      subclusterCenters: Matrix;
      subclusterLabels: Int32Array;
    };
    return new BirchModel(s.spec, s.schema, s.labels, s.root, s.subclusterCenters, s.subclusterLabels);
  }
}
