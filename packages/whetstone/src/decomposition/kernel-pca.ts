import {
  bool,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  oneOf,
  optional,
  type ParamInput,
  real,
  type Schema,
  seed,
  TransformerSpec,
} from "../contract/index.ts";
import { argumentError, numericalError } from "../errors.ts";
import { cholesky, eigh, gramMatrix, type Kernel, Matrix } from "../math/index.ts";
import { ComponentModel } from "./projection.ts";
import { countComponents, startUnweighted } from "./start.ts";
import { topEigenpairs } from "./subspace-iteration.ts";

const params = {
  nComponents: optional(
    int({ min: 1, default: 2, doc: "How many directions to keep; null keeps all that are not zero" }),
  ),
  kernel: oneOf(["linear", "polynomial", "rbf", "sigmoid", "cosine", "laplacian"], {
    default: "linear",
    doc: "k(x, y), as in whetstone/math",
  }),
  gamma: optional(
    real({ min: 0, exclusiveMin: true, default: 1, doc: "Scale of the kernel; null means 1 / columns" }),
  ),
  degree: int({ min: 1, default: 3, doc: "Degree of the polynomial kernel" }),
  coef0: real({ default: 1, doc: "Constant of the polynomial and sigmoid kernels" }),
  alpha: real({ min: 0, exclusiveMin: true, default: 1, doc: "Ridge strength of the learned inverse" }),
  fitInverseTransform: bool({ default: false, doc: "Learn the way back by kernel ridge regression" }),
  eigenSolver: oneOf(["dense", "randomized"], {
    default: "dense",
    doc: "dense is exact and takes n^3 steps; randomized is close where the spectrum falls off, and quicker for many rows",
  }),
  seed: seed(),
} as const;

/**
 * PCA in the feature space of a kernel: eigenvectors of the centred Gram matrix. With the linear kernel it is PCA.
 * Curved structure that no projection of the columns separates can be linear there.
 *
 * Source: Schölkopf, Smola and Müller (Neural Computation 10, 1998); inverse by Bakır, Weston and Schölkopf (2004).
 *
 * @example
 * const X = [[0], [1], [2]];
 * const model = new KernelPCA({ nComponents: 1, kernel: "rbf", gamma: 1 }).fit(X);
 * model.transform(X).cols; // 1
 */
export class KernelPCA extends TransformerSpec<typeof params> {
  static readonly typeName = "KernelPCA";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("KernelPCA", params, given);
    if (!Number.isFinite(this.params.coef0))
      throw argumentError("KernelPCA", "coef0", this.params.coef0, "a finite number");
  }

  static fromState(state: unknown): KernelPCA {
    return new KernelPCA(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): KernelPCAModel {
    const where = "KernelPCA.fit";
    const { matrix, schema } = startUnweighted(X, options, where, 2);
    const n = matrix.rows;
    const { nComponents, gamma, degree, coef0, eigenSolver, seed, alpha, fitInverseTransform } = this.params;
    const kernel = { kind: this.params.kernel, gamma: gamma ?? 1 / matrix.cols, degree, coef0 } as Kernel;
    const K = gramMatrix(kernel, matrix);
    if (!K.data.every(Number.isFinite))
      throw numericalError(where, "the kernel overflows on X: scale it first");
    const rowMeans = K.rowSums().map((v) => v / n);
    const mean = rowMeans.reduce((s, v) => s + v, 0) / n;
    const centred = K.map((v, at) => v - rowMeans[Math.floor(at / n)]! - rowMeans[at % n]! + mean);
    const most = countComponents(where, nComponents, n, "the rows of X");
    const { values, vectors } =
      eigenSolver === "dense"
        ? denseEigenpairs(centred, most)
        : topEigenpairs(centred.data, n, most, { oversampling: 10, iterations: 7, seed });
    // What is left below rounding (or negative: the sigmoid kernel is not positive) spans nothing.
    const floor = Math.max(0, values[0] ?? 0) * 1e-12;
    const found = values.findIndex((v) => !(v > floor));
    const k = found < 0 ? values.length : found;
    if (k === 0)
      throw numericalError(where, "every row is the same to the kernel: there is no direction to keep");
    const scaled = new Matrix(vectors.data.slice(0, k * n), k, n); // eigenvector / sqrt(eigenvalue)
    const Z = Matrix.zeros(n, k);
    for (let r = 0; r < k; r++) {
      const row = scaled.row(r);
      const top = row.reduce((best, v) => (Math.abs(v) > Math.abs(best) * (1 + 1e-9) ? v : best), 0);
      const size = Math.sqrt(values[r]!) * Math.sign(top);
      for (let i = 0; i < n; i++) {
        Z.set(i, r, row[i]! * size);
        row[i] = row[i]! / size;
      }
    }
    return new KernelPCAModel({
      schema,
      kernel,
      X: matrix.clone(),
      rowMeans,
      mean,
      eigenvalues: values.slice(0, k),
      scaled,
      back: fitInverseTransform ? learnInverse(kernel, Z, matrix, alpha) : null,
      Z: fitInverseTransform ? Z : null,
    });
  }
}

function denseEigenpairs(K: Matrix, k: number): { values: Float64Array; vectors: Matrix } {
  const { values, vectors } = eigh(K, { count: k });
  return { values, vectors: vectors.transpose() };
}

/** Weights of a kernel ridge regression from the projections to the rows. */
function learnInverse(kernel: Kernel, Z: Matrix, X: Matrix, alpha: number): Matrix {
  const K = gramMatrix(kernel, Z);
  for (let i = 0; i < K.rows; i++) K.set(i, i, K.at(i, i) + alpha);
  return cholesky(K).solve(X);
}

interface KernelPcaState {
  readonly schema: Schema;
  readonly kernel: Kernel;
  readonly X: Matrix;
  readonly rowMeans: Float64Array;
  readonly mean: number;
  readonly eigenvalues: Float64Array;
  readonly scaled: Matrix;
  readonly back: Matrix | null;
  readonly Z: Matrix | null;
}

/** What {@link KernelPCA} learned; it keeps the training rows. */
export class KernelPCAModel extends ComponentModel {
  static readonly typeName = "KernelPCAModel";
  /** Eigenvalues of the centred Gram matrix, falling. */
  readonly eigenvalues: Float64Array;
  readonly #state: KernelPcaState;

  constructor(state: KernelPcaState) {
    super(state.schema);
    this.eigenvalues = state.eigenvalues;
    this.#state = state;
  }

  override get nComponents(): number {
    return this.eigenvalues.length;
  }

  /** Coordinates along the directions of the feature space, n x k. */
  override transform(X: MatrixLike): NamedMatrix {
    const { kernel, rowMeans, mean, scaled } = this.#state;
    const K = gramMatrix(kernel, this.rowsLike(X), this.#state.X);
    const n = K.cols;
    const own = K.rowSums();
    for (let i = 0, at = 0; i < K.rows; i++)
      for (let j = 0; j < n; j++, at++) K.data[at] = K.data[at]! - own[i]! / n - rowMeans[j]! + mean;
    return this.named(K.matmul(scaled.transpose()));
  }

  /** Rows of the input space for these coordinates; needs `fitInverseTransform`. */
  inverseTransform(Z: MatrixLike): Matrix {
    const { kernel, back, Z: trained } = this.#state;
    if (!back || !trained)
      throw numericalError(
        "KernelPCA.inverseTransform",
        "no inverse was learned: set fitInverseTransform to true",
      );
    return this.backNamed(gramMatrix(kernel, this.projected(Z), trained).matmul(back));
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): KernelPCAModel {
    return new KernelPCAModel(state as KernelPcaState);
  }
}
