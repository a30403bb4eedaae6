import {
  ClustererSpec,
  type FitOptions,
  InductiveClustererModel,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  requireRowsFor,
  type Schema,
  schemaOf,
  seed,
  step,
  valueError,
} from "../contract/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { algorithmParam, maxIterParam, nClustersParam } from "./k-means.ts";
import { kMeans } from "./lloyd.ts";

const params = {
  nClusters: nClustersParam,
  init: oneOf(["random", "k-means++"], {
    default: "random",
    doc: "Where the two centres of a split start: any rows, or spread ones",
  }),
  nInit: int({
    min: 1,
    default: 1,
    doc: "Runs of each split from different starts, of which the best is kept",
  }),
  maxIter: maxIterParam,
  tol: real({
    min: 0,
    default: 1e-4,
    doc: "A split stops when its centres' squared movement is below this times the mean variance of a column",
  }),
  algorithm: algorithmParam,
  bisectingStrategy: oneOf(["biggestInertia", "largestCluster"], {
    default: "biggestInertia",
    doc: "Which group is split next: the one with the largest squared error, or the one with the most rows",
  }),
  seed: seed(),
};

/** Groups and what they were split from: node 0 is the whole, a leaf has children -1. */
interface Splits {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly centres: Matrix; // nodes x d
}

/**
 * k-means from the top down: the whole is split in two by 2-means, then the group with the largest squared error, until
 * there are `nClusters`. Each split looks at one group only, so many groups cost far less than in {@link KMeans}, sizes are
 * more even, and the splits form a tree. `sampleWeight` counts rows.
 *
 * Source: Steinbach, Karypis and Kumar (2000), KDD Workshop on Text Mining.
 *
 * @example
 * const model = new BisectingKMeans({ nClusters: 3 }).fit([[0], [1], [10], [11], [30], [31]]);
 * model.inertia; // 1.5
 */
export class BisectingKMeans extends ClustererSpec<typeof params> {
  static readonly typeName = "BisectingKMeans";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(BisectingKMeans.typeName, params, given);
  }

  static fromState(state: unknown): BisectingKMeans {
    return new BisectingKMeans(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): BisectingKMeansModel {
    const where = "BisectingKMeans.fit";
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { nClusters: k, init, nInit, maxIter, tol, algorithm, bisectingStrategy } = this.params;
    requireRowsFor(where, "nClusters", k, matrix.rows);
    const d = matrix.cols;
    const random = randomStream(this.params.seed);
    const nodes: Node[] = [wholeOf(matrix, weights)];
    for (let split = 0; split < k - 1; split++) {
      step(where, options, split, k, "splits");
      const node = nextToSplit(nodes, bisectingStrategy === "biggestInertia");
      const n = node.rows.length;
      const part = matrix.selectRows(node.rows);
      const w = weights === null ? null : Float64Array.from(node.rows, (i) => weights[i]!);
      const problem = { X: part.data, n, d, k: 2, weights: w, maxIter, tol };
      const found = kMeans(problem, null, init, nInit, random.split(split), () => {}, algorithm);
      node.children = [nodes.length, nodes.length + 1];
      for (const side of [0, 1]) {
        const rows = node.rows.filter((_, i) => found.labels[i] === side);
        const centre = found.centres.slice(side * d, (side + 1) * d);
        nodes.push({ rows, centre, inertia: inertiaOf(matrix, weights, rows, centre), children: null });
      }
    }
    step(where, options, k, k, "splits");
    const leaves = leavesOf(nodes);
    const labels = new Int32Array(matrix.rows);
    leaves.forEach((leaf, label) => {
      for (const i of nodes[leaf]!.rows) labels[i] = label;
    });
    const inertia = leaves.reduce((sum, leaf) => sum + nodes[leaf]!.inertia, 0);
    if (!Number.isFinite(inertia))
      throw valueError(
        where,
        "X",
        "holds numbers whose squares overflow, expected smaller ones: scale the columns",
      );
    const centres = Matrix.from(nodes.map((node) => node.centre));
    const left = Int32Array.from(nodes, (node) => node.children?.[0] ?? -1);
    const right = Int32Array.from(nodes, (node) => node.children?.[1] ?? -1);
    return new BisectingKMeansModel(schemaOf(design), labels, { left, right, centres }, inertia);
  }
}

interface Node {
  readonly rows: Int32Array;
  readonly centre: Float64Array;
  readonly inertia: number;
  children: readonly [number, number] | null;
}

function wholeOf(matrix: Matrix, weights: Float64Array | null): Node {
  const { rows: n, cols: d, data } = matrix;
  const centre = new Float64Array(d);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const w = weights === null ? 1 : weights[i]!;
    total += w;
    for (let j = 0; j < d; j++) centre[j] = centre[j]! + w * data[i * d + j]!;
  }
  const mean = centre.map((v) => v / total);
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  return { rows, centre: mean, inertia: inertiaOf(matrix, weights, rows, mean), children: null };
}

/** Of the leaves with two rows or more, the first with the largest error (or the most rows). */
function nextToSplit(nodes: readonly Node[], byInertia: boolean): Node {
  let best: Node | null = null;
  const score = (node: Node) => (byInertia ? node.inertia : node.rows.length);
  for (const node of nodes) {
    if (node.children !== null || node.rows.length < 2) continue;
    if (best === null || score(node) > score(best)) best = node;
  }
  return best!;
}

function inertiaOf(
  { data, cols: d }: Matrix,
  weights: Float64Array | null,
  rows: Int32Array,
  centre: Float64Array,
): number {
  let sum = 0;
  for (const i of rows) {
    let gap = 0;
    for (let j = 0; j < d; j++) gap += (data[i * d + j]! - centre[j]!) ** 2;
    sum += weights === null ? gap : weights[i]! * gap;
  }
  return sum;
}

/** The leaves from left to right; a leaf's place is its label. */
function leavesOf(nodes: readonly { readonly children: readonly [number, number] | null }[]): number[] {
  const out: number[] = [];
  const open = [0];
  while (open.length > 0) {
    const at = open.pop()!;
    const { children } = nodes[at]!;
    if (children === null) out.push(at);
    else open.push(children[1], children[0]);
  }
  return out;
}

/** What {@link BisectingKMeans} learned. */
export class BisectingKMeansModel extends InductiveClustererModel {
  static readonly typeName = "BisectingKMeansModel";
  /** One row per group. */
  readonly clusterCenters: Matrix;
  /** Summed (weighted) squared distance of the training rows to their centres. */
  readonly inertia: number;
  /** The tree of splits: node 0 is the whole; children are -1 at leaves, whose order from left to right is their label. */
  readonly splits: Splits;
  readonly #labelOf: Int32Array;

  constructor(schema: Schema, labels: Int32Array, splits: Splits, inertia: number) {
    super(schema, labels);
    this.splits = splits;
    this.inertia = inertia;
    const leaves = leavesOf(
      Array.from(splits.left, (l, at) => ({ children: l < 0 ? null : ([l, splits.right[at]!] as const) })),
    );
    this.clusterCenters = splits.centres.selectRows(leaves);
    this.#labelOf = new Int32Array(splits.left.length).fill(-1);
    leaves.forEach((leaf, label) => {
      this.#labelOf[leaf] = label;
    });
  }

  override get nClusters(): number {
    return this.clusterCenters.rows;
  }

  /** The group of each row of X: down the tree, at each split to the nearer of the two centres. */
  override predict(X: MatrixLike): Int32Array {
    const { matrix } = readLike(this.schema, X, "BisectingKMeansModel.predict");
    const { left, right, centres } = this.splits;
    const d = matrix.cols;
    const gap = (i: number, node: number) => {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (matrix.data[i * d + j]! - centres.data[node * d + j]!) ** 2;
      return sum;
    };
    return Int32Array.from({ length: matrix.rows }, (_, i) => {
      let node = 0;
      while (left[node]! >= 0)
        node = gap(i, left[node]!) <= gap(i, right[node]!) ? left[node]! : right[node]!;
      return this.#labelOf[node]!;
    });
  }

  override toState(): unknown {
    return { schema: this.schema, labels: this.labels, splits: this.splits, inertia: this.inertia };
  }

  static fromState(state: unknown): BisectingKMeansModel {
    const s = state as { schema: Schema; labels: Int32Array; splits: Splits; inertia: number };
    return new BisectingKMeansModel(s.schema, s.labels, s.splits, s.inertia);
  }
}
