import {
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
  step,
  TransformerSpec,
  warn,
} from "../contract/index.ts";
import { numericalError } from "../errors.ts";
import { Matrix, multiply, pinv, randomStream, svd } from "../math/index.ts";
import { bySvd } from "./pca-solvers.ts";
import { ComponentModel, fixRowSigns, project } from "./projection.ts";
import { countComponents, startUnweighted } from "./start.ts";

const params = {
  nComponents: optional(
    int({ min: 1, default: 2, doc: "How many sources; null means as many as the rows span" }),
  ),
  algorithm: oneOf(["parallel", "deflation"], {
    default: "parallel",
    doc: "parallel finds all sources together; deflation one after another",
  }),
  fun: oneOf(["logcosh", "exp", "cube"], {
    default: "logcosh",
    doc: "Contrast: logcosh for general use, exp for heavy tails, cube (kurtosis) for light tails without outliers",
  }),
  maxIter: int({ min: 1, default: 200, doc: "Most iterations" }),
  tol: real({ min: 0, default: 1e-4, doc: "Change of the directions at which it stops" }),
  seed: seed(),
} as const;

/**
 * Independent component analysis by fixed-point iterations: sources as far from normal as possible, each with
 * variance 1. Order and sign of sources mean nothing; at most one source may be normal.
 *
 * Source: Hyvärinen and Oja (Neural Networks 13, 2000).
 *
 * @example
 * const model = new FastICA({ seed: 1 }).fit(Array.from({ length: 40 }, (_, i) => [i % 7, (i % 7) + (i % 4)]));
 * model.components.rows; // 2
 */
export class FastICA extends TransformerSpec<typeof params> {
  static readonly typeName = "FastICA";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("FastICA", params, given);
  }

  static fromState(state: unknown): FastICA {
    return new FastICA(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): FastICAModel {
    const where = "FastICA.fit";
    const { matrix, schema } = startUnweighted(X, options, where, 2);
    const { nComponents, algorithm, fun, maxIter, tol, seed } = this.params;
    const whitened = bySvd({ X: matrix, weights: null, where }, null);
    const top = whitened.explainedVariance[0]!;
    const spanned = whitened.explainedVariance.filter((v) => v > 1e-20 * top && v > 0).length;
    if (spanned === 0)
      throw numericalError(where, "every row of X is the same: there is nothing to separate");
    const k = countComponents(where, nComponents, spanned, "the dimensions that the rows of X span");
    const K = Matrix.zeros(k, matrix.cols); // whitening: k x d
    // Population variance 1, as in scikit-learn.
    const n = matrix.rows;
    for (let r = 0; r < k; r++) {
      const sd = Math.sqrt((whitened.explainedVariance[r]! * (n - 1)) / n);
      for (let j = 0; j < matrix.cols; j++) K.set(r, j, whitened.components.at(r, j) / sd);
    }
    const Z = project(matrix, K, whitened.mean).transpose(); // k x n
    const random = randomStream(seed);
    const start = Matrix.zeros(k, k).map(() => random.normal());
    const progress = (done: number, total: number): void => step(where, options, done, total, "iterations");
    const found =
      algorithm === "parallel"
        ? together(Z, start, CONTRASTS[fun], maxIter, tol, progress)
        : oneByOne(Z, start, CONTRASTS[fun], maxIter, tol, progress);
    if (!found.converged)
      warn(where, options, `did not converge in ${maxIter} iterations; raise maxIter or tol`);
    const components = multiply(found.W, K);
    fixRowSigns(components);
    return new FastICAModel({ schema, mean: whitened.mean, components, nIter: found.nIter });
  }
}

/** g(u) and g'(u), the derivatives of the contrast. */
type Contrast = (u: number) => readonly [g: number, slope: number];

const CONTRASTS: Readonly<Record<"logcosh" | "exp" | "cube", Contrast>> = {
  logcosh(u) {
    const g = Math.tanh(u);
    return [g, 1 - g * g];
  },
  exp(u) {
    const e = Math.exp((-u * u) / 2);
    return [u * e, (1 - u * u) * e];
  },
  cube: (u) => [u * u * u, 3 * u * u],
};

interface Unmixing {
  readonly W: Matrix;
  readonly nIter: number;
  readonly converged: boolean;
}
type Report = (done: number, total: number) => void;

/** The orthogonal matrix nearest to W: (W W^T)^(-1/2) W. */
function decorrelate(W: Matrix): Matrix {
  const { U, Vt } = svd(W);
  return U.matmul(Vt);
}

/** E[z g(w z)] - E[g'(w z)] w for every row w of W. */
function fixedPoint(Z: Matrix, W: Matrix, contrast: Contrast): Matrix {
  const S = W.matmul(Z); // k x n
  const n = Z.cols;
  const slopes = new Float64Array(W.rows);
  for (let r = 0; r < W.rows; r++) {
    const row = S.row(r);
    for (let i = 0; i < n; i++) {
      const [g, slope] = contrast(row[i]!);
      row[i] = g;
      slopes[r] = slopes[r]! + slope / n;
    }
  }
  const out = multiply(S, Z, { transB: true });
  return out.map((v, at) => v / n - slopes[Math.floor(at / W.cols)]! * W.data[at]!);
}

function together(
  Z: Matrix,
  start: Matrix,
  g: Contrast,
  maxIter: number,
  tol: number,
  report: Report,
): Unmixing {
  let W = decorrelate(start);
  for (let nIter = 1; nIter <= maxIter; nIter++) {
    const next = decorrelate(fixedPoint(Z, W, g));
    let change = 0;
    for (let r = 0; r < W.rows; r++) {
      const cosine = next.row(r).reduce((s, v, j) => s + v * W.at(r, j), 0);
      change = Math.max(change, Math.abs(Math.abs(cosine) - 1));
    }
    W = next;
    report(nIter, maxIter);
    if (change < tol) return { W, nIter, converged: true };
  }
  return { W, nIter: maxIter, converged: false };
}

function oneByOne(
  Z: Matrix,
  start: Matrix,
  g: Contrast,
  maxIter: number,
  tol: number,
  report: Report,
): Unmixing {
  const k = start.rows;
  const W = Matrix.zeros(k, k);
  let converged = true;
  let most = 0;
  for (let r = 0; r < k; r++) {
    const free = (w: Float64Array): Matrix => {
      for (let q = 0; q < r; q++) {
        const c = w.reduce((s, v, j) => s + v * W.at(q, j), 0);
        for (let j = 0; j < k; j++) w[j] = w[j]! - c * W.at(q, j);
      }
      const length = Math.sqrt(w.reduce((s, v) => s + v * v, 0));
      return new Matrix(
        w.map((v) => v / length),
        1,
        k,
      );
    };
    let w = free(start.row(r).slice());
    let settled = false;
    for (let nIter = 1; nIter <= maxIter && !settled; nIter++) {
      const next = free(fixedPoint(Z, w, g).data);
      settled = Math.abs(Math.abs(next.data.reduce((s, v, j) => s + v * w.data[j]!, 0)) - 1) < tol;
      w = next;
      most = Math.max(most, nIter);
      report(r * maxIter + nIter, k * maxIter);
    }
    converged &&= settled;
    W.data.set(w.data, r * k);
  }
  return { W, nIter: most, converged };
}

interface FastIcaState {
  readonly schema: Schema;
  readonly mean: Float64Array;
  readonly components: Matrix;
  readonly nIter: number;
}

/** What {@link FastICA} learned. */
export class FastICAModel extends ComponentModel {
  static readonly typeName = "FastICAModel";
  readonly mean: Float64Array;
  /** Unmixing, k x d: sources = (X - mean) components^T. */
  readonly components: Matrix;
  readonly nIter: number;

  constructor(state: FastIcaState) {
    super(state.schema);
    this.mean = state.mean;
    this.components = state.components;
    this.nIter = state.nIter;
  }

  override get nComponents(): number {
    return this.components.rows;
  }
  /** Mixing, d x k: the pseudoinverse of the unmixing. */
  get mixing(): Matrix {
    return pinv(this.components);
  }
  /** The sources, n x k. */
  override transform(X: MatrixLike): NamedMatrix {
    return this.named(project(this.rowsLike(X), this.components, this.mean));
  }
  /** Sources mixed again. */
  inverseTransform(S: MatrixLike): Matrix {
    return this.backNamed(multiply(this.projected(S), this.mixing, { transB: true }).addRow(this.mean));
  }
  override toState(): unknown {
    const { schema, mean, components, nIter } = this;
    return { schema, mean, components, nIter };
  }
  static fromState(state: unknown): FastICAModel {
    return new FastICAModel(state as FastIcaState);
  }
}
