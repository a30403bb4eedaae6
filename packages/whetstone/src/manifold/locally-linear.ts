import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  readDesign,
  readLike,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { Matrix, solve } from "../math/index.ts";
import { eigh } from "../math/linalg/eigh.ts";
import { type Nearest, nearestRows } from "./nearest-rows.ts";

const params = {
  nNeighbors: int({ min: 1, default: 5, doc: "Neighbours that each row is written with" }),
  nComponents: int({ min: 1, default: 2, doc: "Dimensions of the map" }),
  reg: real({
    min: 0,
    max: 1e6,
    exclusiveMin: true,
    default: 1e-3,
    doc: "Ridge on the local weights, as a share of their scale",
  }),
} as const;

/**
 * Locally linear embedding: every row as a weighted mean of its neighbours, and the map on which the same weights hold
 * best.
 *
 * Source: Roweis and Saul (Science 290, 2000).
 *
 * @example
 * const arc = Array.from({ length: 20 }, (_, i) => [Math.cos(i / 6), Math.sin(i / 6)]);
 * new LocallyLinearEmbedding({ nComponents: 1, nNeighbors: 3 }).fit(arc).embedding.rows; // 20
 */
export class LocallyLinearEmbedding extends TransformerSpec<typeof params> {
  static readonly typeName = "LocallyLinearEmbedding";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("LocallyLinearEmbedding", params, given);
  }

  static fromState(state: unknown): LocallyLinearEmbedding {
    return new LocallyLinearEmbedding(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): LocallyLinearEmbeddingModel {
    const where = "LocallyLinearEmbedding.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where, { minRows: 3 });
    refuseWeights(options, where, "every row is one point of the map");
    const { matrix } = design;
    const n = matrix.rows;
    const { nNeighbors: k, nComponents, reg } = this.params;
    if (k >= n) throw argumentError(where, "nNeighbors", k, `below ${n}, the number of rows of X`);
    if (nComponents >= n)
      throw argumentError(where, "nComponents", nComponents, `below ${n}, the number of rows`);
    const near = nearestRows(matrix, matrix, k, true);
    const weights = localWeights(matrix, matrix, near, reg);
    // M = (I - W)^T (I - W), summed row by row.
    const M = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) {
      const at = [i, ...near.indices.subarray(i * k, (i + 1) * k)];
      const w = [1, ...weights.subarray(i * k, (i + 1) * k).map((v) => -v)];
      for (let p = 0; p <= k; p++)
        for (let q = 0; q <= k; q++) M.set(at[p]!, at[q]!, M.at(at[p]!, at[q]!) + w[p]! * w[q]!);
    }
    const { values, vectors } = eigh(M, { order: "ascending", count: nComponents + 1 });
    const embedding = Matrix.zeros(n, nComponents);
    for (let c = 0; c < nComponents; c++) {
      const column = vectors.col(c + 1);
      const top = column.reduce((a, b) => (Math.abs(b) > Math.abs(a) * (1 + 1e-9) ? b : a), 0);
      for (let i = 0; i < n; i++) embedding.set(i, c, top < 0 ? -column[i]! : column[i]!);
    }
    const reconstructionError = values.subarray(1, nComponents + 1).reduce((s, v) => s + v, 0);
    return new LocallyLinearEmbeddingModel({
      schema: schemaOf(design),
      X: matrix.clone(),
      embedding,
      k,
      reg,
      reconstructionError,
    });
  }
}

/** Weights that write each row of Y with its neighbours in X: they sum to 1 and minimise the squared error. */
function localWeights(Y: Matrix, X: Matrix, near: Nearest, reg: number): Float64Array {
  const { k, indices } = near;
  const out = new Float64Array(Y.rows * k);
  for (let i = 0; i < Y.rows; i++) {
    const Z = X.selectRows(indices.subarray(i * k, (i + 1) * k)).addRow(Y.row(i).map((v) => -v));
    const G = Z.matmul(Z.transpose());
    const trace = G.trace();
    const ridge = trace > 0 ? reg * trace : reg;
    for (let r = 0; r < k; r++) {
      G.set(r, r, G.at(r, r) + ridge);
      for (let c = 0; c < r; c++) G.set(r, c, G.at(c, r));
    }
    const w = solve(G, new Float64Array(k).fill(1));
    const sum = w.reduce((s, v) => s + v, 0);
    for (let r = 0; r < k; r++) out[i * k + r] = w[r]! / sum;
  }
  return out;
}

interface LleState {
  readonly schema: Schema;
  readonly X: Matrix;
  readonly embedding: Matrix;
  readonly k: number;
  readonly reg: number;
  readonly reconstructionError: number;
}

/** What {@link LocallyLinearEmbedding} learned; it keeps the training rows. */
export class LocallyLinearEmbeddingModel extends TransformerModel {
  static readonly typeName = "LocallyLinearEmbeddingModel";
  /** Where each training row lies, n x k, columns of length 1. */
  readonly embedding: Matrix;
  /** Squared error of the weights on the map. */
  readonly reconstructionError: number;
  readonly #state: LleState;

  constructor(state: LleState) {
    super(state.schema);
    this.embedding = state.embedding;
    this.reconstructionError = state.reconstructionError;
    this.#state = state;
  }
  override outputNames(): readonly string[] {
    return Array.from({ length: this.embedding.cols }, (_, k) => `locallylinearembedding${k}`);
  }
  /** Places rows with the weights that write them with their nearest training rows. */
  override transform(X: MatrixLike): NamedMatrix {
    const { k, reg } = this.#state;
    const { matrix } = readLike(this.schema, X, "LocallyLinearEmbedding.transform");
    const near = nearestRows(matrix, this.#state.X, k, false);
    const weights = localWeights(matrix, this.#state.X, near, reg);
    const out = Matrix.zeros(matrix.rows, this.embedding.cols);
    weights.forEach((w, at) => {
      const [i, from] = [Math.floor(at / k), this.embedding.row(near.indices[at]!)];
      for (let c = 0; c < out.cols; c++) out.set(i, c, out.at(i, c) + w * from[c]!);
    });
    return new NamedMatrix(out.data, out.rows, this.outputNames());
  }
  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): LocallyLinearEmbeddingModel {
    return new LocallyLinearEmbeddingModel(state as LleState);
  }
}
