import {
  EmbeddingModel,
  EmbeddingSpec,
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
  type Schema,
  schemaOf,
  throwIfAborted,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { gramMatrix, Matrix } from "../math/index.ts";
import { eigh } from "../math/linalg/eigh.ts";
import { nearestRows } from "./nearest-rows.ts";

const params = {
  nComponents: int({ min: 1, default: 2, doc: "Dimensions of the map" }),
  affinity: oneOf(["nearestNeighbors", "rbf"], {
    default: "nearestNeighbors",
    doc: "Weights of the graph: half the number of times two rows list each other as neighbours, or exp(-gamma d^2)",
  }),
  gamma: optional(
    real({ min: 0, exclusiveMin: true, default: 1, doc: "Scale of rbf; null means 1 / columns" }),
  ),
  nNeighbors: optional(int({ min: 1, default: 10, doc: "Neighbours of every row; null means rows / 10" })),
} as const;

/**
 * Laplacian eigenmaps: the smoothest functions on a graph of the rows as coordinates, eigenvectors 2 to k + 1 of the
 * normalised Laplacian.
 *
 * Source: Belkin and Niyogi (Neural Computation 15, 2003).
 *
 * @example
 * const X = Array.from({ length: 12 }, (_, i) => [i]);
 * new SpectralEmbedding({ nComponents: 1, nNeighbors: 3 }).fit(X).embedding.rows; // 12
 */
export class SpectralEmbedding extends EmbeddingSpec<typeof params> {
  static readonly typeName = "SpectralEmbedding";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("SpectralEmbedding", params, given);
  }

  static fromState(state: unknown): SpectralEmbedding {
    return new SpectralEmbedding(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): SpectralEmbeddingModel {
    const where = "SpectralEmbedding.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where, { minRows: 2 });
    refuseWeights(options, where, "every row is one point of the map");
    const { matrix } = design;
    const n = matrix.rows;
    const { nComponents: k, affinity, gamma, nNeighbors } = this.params;
    if (k >= n) throw argumentError(where, "nComponents", k, `below ${n}, the number of rows of X`);
    const neighbours = nNeighbors ?? Math.max(1, Math.floor(n / 10));
    if (affinity === "nearestNeighbors" && neighbours > n)
      throw argumentError(where, "nNeighbors", neighbours, `at most ${n}, the number of rows of X`);
    const W =
      affinity === "rbf"
        ? gramMatrix({ kind: "rbf", gamma: gamma ?? 1 / matrix.cols }, matrix)
        : neighbourGraph(matrix, neighbours);
    return new SpectralEmbeddingModel({ schema: schemaOf(design), embedding: smoothest(W, k) });
  }
}

/** (A + A^T) / 2 with A = 1 where j is among the k nearest of i; a row is its own nearest, as in scikit-learn. */
function neighbourGraph(X: Matrix, k: number): Matrix {
  const n = X.rows;
  const W = Matrix.identity(n);
  if (k === 1) return W;
  const { indices } = nearestRows(X, X, k - 1, true);
  indices.forEach((j, at) => {
    const i = Math.floor(at / (k - 1));
    W.set(i, j, W.at(i, j) + 0.5);
    W.set(j, i, W.at(j, i) + 0.5);
  });
  return W;
}

function smoothest(W: Matrix, k: number): Matrix {
  const n = W.rows;
  const root = new Float64Array(n);
  // A row's weight with itself is no edge.
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (j !== i) root[i] = root[i]! + W.at(i, j);
  for (let i = 0; i < n; i++) root[i] = root[i]! > 0 ? Math.sqrt(root[i]!) : 1;
  const L = W.map((v, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 1 : -v / (root[i]! * root[j]!);
  });
  const { vectors } = eigh(L, { order: "ascending", count: k + 1 });
  const out = Matrix.zeros(n, k);
  for (let c = 0; c < k; c++) {
    const column = vectors.col(c + 1).map((v, i) => v / root[i]!);
    const top = column.reduce((a, b) => (Math.abs(b) > Math.abs(a) * (1 + 1e-9) ? b : a), 0);
    for (let i = 0; i < n; i++) out.set(i, c, top < 0 ? -column[i]! : column[i]!);
  }
  return out;
}

interface SpectralState {
  readonly schema: Schema;
  readonly embedding: Matrix;
}

/** What {@link SpectralEmbedding} found. */
export class SpectralEmbeddingModel extends EmbeddingModel {
  static readonly typeName = "SpectralEmbeddingModel";
  constructor(state: SpectralState) {
    super(state.schema, state.embedding);
  }
  override toState(): unknown {
    return { schema: this.schema, embedding: this.embedding };
  }
  static fromState(state: unknown): SpectralEmbeddingModel {
    return new SpectralEmbeddingModel(state as SpectralState);
  }
}
