import {
  ClustererModel,
  ClustererSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  real,
  refuseWeights,
  requireRowsFor,
  type Schema,
  schemaOf,
  seed,
  step,
  throwIfAborted,
} from "../contract/index.ts";
import { eigh, gramMatrix, Matrix, randomStream } from "../math/index.ts";
import { RowSearch } from "../neighbors/index.ts";
import { kMeans } from "./lloyd.ts";

const params = {
  nClusters: int({ min: 1, default: 8, doc: "Groups to form", search: { low: 2, high: 20 } }),
  affinity: oneOf(["rbf", "nearestNeighbors"], {
    default: "rbf",
    doc: "How alike two rows are: exp(-gamma |x - y|^2), or whether one is among the other's nearest",
  }),
  gamma: real({
    min: 0,
    exclusiveMin: true,
    default: 1,
    doc: "Width of affinity rbf; of no effect on the other",
  }),
  nNeighbors: int({
    min: 1,
    default: 10,
    doc: "Neighbours of affinity nearestNeighbors, the row itself counted; of no effect on the other",
  }),
  nInit: int({ min: 1, default: 10, doc: "Runs of k-means on the embedding, of which the best is kept" }),
  seed: seed(),
};

/**
 * Spectral clustering: k-means in the coordinates of the lowest eigenvectors of the normalised graph Laplacian. It
 * follows connectedness, so rings and crescents are groups. O(n^3): for a few thousand rows at most.
 *
 * Sources: Shi and Malik (2000), IEEE TPAMI 22; von Luxburg (2007), Statistics and Computing 17.
 *
 * @example
 * const X = [[0], [0.5], [1], [9], [9.5]];
 * const { labels } = new SpectralClustering({ nClusters: 2 }).fit(X);
 * labels[0] === labels[2] && labels[2] !== labels[3]; // true
 */
export class SpectralClustering extends ClustererSpec<typeof params> {
  static readonly typeName = "SpectralClustering";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(SpectralClustering.typeName, params, given);
  }

  static fromState(state: unknown): SpectralClustering {
    return new SpectralClustering(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): SpectralClusteringModel {
    const where = "SpectralClustering.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, "the graph weighs rows alike: repeat rows instead");
    const design = readDesign(X, where);
    const { matrix } = design;
    const { nClusters: k, affinity, gamma, nNeighbors, nInit } = this.params;
    const n = matrix.rows;
    requireRowsFor(where, "nClusters", k, n);
    if (affinity === "nearestNeighbors") requireRowsFor(where, "nNeighbors", nNeighbors, n);
    const W =
      affinity === "rbf"
        ? gramMatrix({ kind: "rbf", gamma: Math.min(gamma, Number.MAX_VALUE) }, matrix)
        : neighborGraph(matrix, nNeighbors, where);
    const { embedding, eigenvalues } = spectralEmbedding(W, k);
    const found = kMeans(
      { X: embedding.data, n, d: k, k, weights: null, maxIter: 300, tol: 1e-4 },
      null,
      "k-means++",
      nInit,
      randomStream(this.params.seed),
      (run) => step(where, options, run + 1, nInit, "runs of k-means"),
    );
    return new SpectralClusteringModel(schemaOf(design), found.labels, embedding, eigenvalues);
  }
}

/** Half the sum of "is among my nearest" and its transpose. */
function neighborGraph(X: Matrix, k: number, where: string): Matrix {
  const options = { algorithm: "auto", leafSize: 30, metric: "euclidean", p: 2 } as const;
  const { indices } = new RowSearch(X.data, X.rows, X.cols, options, where).nearest(X.data, X.rows, k);
  const W = Matrix.zeros(X.rows, X.rows);
  for (let i = 0; i < X.rows; i++)
    for (let q = 0; q < k; q++) {
      const j = indices[i * k + q]!;
      W.set(i, j, W.at(i, j) + 0.5);
      W.set(j, i, W.at(j, i) + 0.5);
    }
  return W;
}

/** Rows in the coordinates of the lowest eigenvectors of I - D^(-1/2) W D^(-1/2), each divided by the root of the degree. */
function spectralEmbedding(W: Matrix, k: number): { embedding: Matrix; eigenvalues: Float64Array } {
  const n = W.rows;
  const root = Float64Array.from({ length: n }, (_, i) => {
    let degree = 0;
    for (let j = 0; j < n; j++) if (j !== i) degree += W.at(i, j);
    return degree > 0 ? Math.sqrt(degree) : 1;
  });
  const L = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    let alone = true;
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const v = W.at(i, j);
      if (v > 0) alone = false;
      L.set(i, j, -v / (root[i]! * root[j]!));
    }
    L.set(i, i, alone ? 0 : 1);
  }
  const { values, vectors } = eigh(L, { order: "ascending", count: k });
  const embedding = Matrix.zeros(n, k);
  for (let c = 0; c < k; c++) {
    // A sign of its own, so that the embedding is the same whatever solver made it.
    let largest = 0;
    for (let i = 1; i < n; i++)
      if (Math.abs(vectors.at(i, c)) > Math.abs(vectors.at(largest, c)) + 1e-12) largest = i;
    const sign = vectors.at(largest, c) < 0 ? -1 : 1;
    for (let i = 0; i < n; i++) embedding.set(i, c, (sign * vectors.at(i, c)) / root[i]!);
  }
  return { embedding, eigenvalues: values };
}

/** What {@link SpectralClustering} learned. */
export class SpectralClusteringModel extends ClustererModel {
  static readonly typeName = "SpectralClusteringModel";
  /** The rows in the coordinates in which k-means grouped them, a column per group. */
  readonly embedding: Matrix;
  /** Lowest eigenvalues of the normalised Laplacian: as many are 0 as the graph has parts. */
  readonly eigenvalues: Float64Array;

  constructor(schema: Schema, labels: Int32Array, embedding: Matrix, eigenvalues: Float64Array) {
    super(schema, labels);
    this.embedding = embedding;
    this.eigenvalues = eigenvalues;
  }

  override toState(): unknown {
    const { schema, labels, embedding, eigenvalues } = this;
    return { schema, labels, embedding, eigenvalues };
  }

  static fromState(state: unknown): SpectralClusteringModel {
    const s = state as { schema: Schema; labels: Int32Array; embedding: Matrix; eigenvalues: Float64Array };
    return new SpectralClusteringModel(s.schema, s.labels, s.embedding, s.eigenvalues);
  }
}
