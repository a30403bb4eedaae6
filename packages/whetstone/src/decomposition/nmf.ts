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
import { argumentError, valueError } from "../errors.ts";
import { Matrix, randomStream, truncatedSvd } from "../math/index.ts";
import { gemm } from "../math/linalg/multiply.ts";
import { descend, descendRow, type Penalty } from "./nmf-coordinate-descent.ts";
import { ComponentModel } from "./projection.ts";
import { startUnweighted } from "./start.ts";

const params = {
  nComponents: optional(
    int({ min: 1, default: 2, doc: "Rank of the factors; null means the number of columns" }),
  ),
  init: oneOf(["nndsvda", "nndsvd", "random"], {
    default: "nndsvda",
    doc: "nndsvd starts from the singular vectors, zeros stay zeros; nndsvda fills zeros with the mean of X; random draws",
  }),
  tol: real({
    min: 0,
    default: 1e-4,
    doc: "Stops when the projected gradient fell to this share of its start",
  }),
  maxIter: int({ min: 1, default: 200, doc: "Most rounds over both factors" }),
  alphaW: real({ min: 0, max: 1e300, default: 0, doc: "Penalty on W, times the number of columns" }),
  alphaH: optional(
    real({
      min: 0,
      max: 1e300,
      default: 0,
      doc: "Penalty on H, times the number of rows; null means alphaW",
    }),
  ),
  l1Ratio: real({
    min: 0,
    max: 1,
    default: 0,
    doc: "Share of the penalty that is L1 rather than squared L2",
  }),
  seed: seed(),
} as const;

/**
 * Non-negative matrix factorisation X ~ W H by cyclic coordinate descent: parts that add up, none that cancel.
 * Minimises |X - W H|^2 / 2 plus penalties alphaW d (l1Ratio |W| + (1 - l1Ratio) |W|^2 / 2) and the same for H with n.
 *
 * Source: Cichocki and Phan (2009); start of Boutsidis and Gallopoulos (2008).
 *
 * @throws WhetstoneError "value" if X holds a negative number.
 *
 * @example
 * const model = new NMF({ nComponents: 1 }).fit([[1, 2], [2, 4]]);
 * model.reconstructionError < 1e-3; // true
 */
export class NMF extends TransformerSpec<typeof params> {
  static readonly typeName = "NMF";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("NMF", params, given);
  }

  static fromState(state: unknown): NMF {
    return new NMF(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): NMFModel {
    return this.#factor(X, options).model;
  }

  /** The factor W of the training rows itself, rather than W refitted to the final H. */
  override fitTransform(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): { model: NMFModel; transformed: NamedMatrix } {
    const { model, W } = this.#factor(X, options);
    return { model, transformed: model.name(W) };
  }

  #factor(X: MatrixLike, options: FitOptions): { model: NMFModel; W: Matrix } {
    const where = "NMF.fit";
    const { matrix, schema } = startUnweighted(X, options, where);
    requireNonNegative(matrix, where);
    const { rows: n, cols: d } = matrix;
    const { nComponents, init, tol, maxIter, alphaW, alphaH, l1Ratio, seed } = this.params;
    const k = nComponents ?? d;
    if (init !== "random" && k > Math.min(n, d)) {
      const most = `at most ${Math.min(n, d)} (the smaller of rows and columns) unless init is "random"`;
      throw argumentError(where, "nComponents", k, most);
    }
    const start =
      init === "random" ? drawn(matrix, k, seed) : fromSingularVectors(matrix, k, init === "nndsvda");
    const [W, Ht] = [start.W, start.H.transpose()]; // n x k, d x k
    const onW = penalty(alphaW * d, l1Ratio);
    const onH = penalty((alphaH ?? alphaW) * n, l1Ratio);
    let first = 0;
    let nIter = 0;
    let done = false;
    while (nIter < maxIter && !done) {
      nIter++;
      let violation = descend(W.data, gram(Ht), times(matrix, Ht, false).data, n, k, onW);
      violation += descend(Ht.data, gram(W), times(matrix, W, true).data, d, k, onH);
      if (nIter === 1) first = violation;
      done = first === 0 || violation / first <= tol;
      step(where, options, nIter, maxIter, "iterations");
    }
    if (!done && tol > 0)
      warn(where, options, `did not converge in ${maxIter} iterations; raise maxIter or tol`);
    const H = Ht.transpose();
    const reconstructionError = Math.sqrt(
      W.matmul(H)
        .sub(matrix)
        .data.reduce((s, v) => s + v * v, 0),
    );
    const model = new NMFModel({
      schema,
      components: H,
      reconstructionError,
      nIter,
      penalty: onW,
      tol,
      maxIter,
    });
    return { model, W };
  }
}

const penalty = (alpha: number, ratio: number): Penalty => ({ l1: alpha * ratio, l2: alpha * (1 - ratio) });

function requireNonNegative(X: Matrix, where: string): void {
  const at = X.data.findIndex((v) => v < 0);
  if (at >= 0) {
    const place = `at row ${Math.floor(at / X.cols)}, column ${at % X.cols}`;
    throw valueError(where, "X", `holds ${X.data[at]} ${place}, expected numbers >= 0`);
  }
}

/** A^T A. */
function gram(A: Matrix): Float64Array {
  const out = new Float64Array(A.cols * A.cols);
  gemm(true, false, A.cols, A.cols, A.rows, 1, A.data, A.data, 0, out);
  return out;
}

function times(X: Matrix, B: Matrix, transposed: boolean): Matrix {
  const out = Matrix.zeros(transposed ? X.cols : X.rows, B.cols);
  gemm(transposed, false, out.rows, B.cols, B.rows, 1, X.data, B.data, 0, out.data);
  return out;
}

function drawn(X: Matrix, k: number, seed: number): { W: Matrix; H: Matrix } {
  const random = randomStream(seed);
  const size = Math.sqrt(X.data.reduce((s, v) => s + v, 0) / X.data.length / k);
  const draw = (rows: number, cols: number): Matrix =>
    Matrix.zeros(rows, cols).map(() => size * Math.abs(random.normal()));
  const H = draw(k, X.cols);
  return { W: draw(X.rows, k), H };
}

/** The larger of the positive and the negative part of each pair of singular vectors. */
function fromSingularVectors(X: Matrix, k: number, fill: boolean): { W: Matrix; H: Matrix } {
  const { U, s, Vt } = truncatedSvd(X, k);
  const W = Matrix.zeros(X.rows, k);
  const H = Matrix.zeros(k, X.cols);
  for (let r = 0; r < k; r++) {
    const u = U.col(r);
    const v = Vt.row(r);
    const part = (x: Float64Array, sign: number): Float64Array => x.map((e) => Math.max(0, sign * e));
    const length = (x: Float64Array): number => Math.sqrt(x.reduce((sum, e) => sum + e * e, 0));
    const sizes = [1, -1].map((sign) => length(part(u, sign)) * length(part(v, sign)));
    const sign = sizes[0]! >= sizes[1]! ? 1 : -1;
    // The first pair of a non-negative matrix has one sign throughout.
    const [p, q] = r === 0 ? [u.map(Math.abs), v.map(Math.abs)] : [part(u, sign), part(v, sign)];
    const weight = Math.sqrt(s[r]! * (r === 0 ? 1 : Math.max(...sizes)));
    const [lp, lq] = r === 0 ? [1, 1] : [length(p) || 1, length(q) || 1];
    for (let i = 0; i < X.rows; i++) W.set(i, r, (weight * p[i]!) / lp);
    for (let j = 0; j < X.cols; j++) H.set(r, j, (weight * q[j]!) / lq);
  }
  const mean = X.data.reduce((sum, v) => sum + v, 0) / X.data.length;
  for (const factor of [W, H])
    for (let at = 0; at < factor.data.length; at++)
      if (factor.data[at]! < 1e-6) factor.data[at] = fill ? mean : 0;
  return { W, H };
}

interface NmfState {
  readonly schema: Schema;
  readonly components: Matrix;
  readonly reconstructionError: number;
  readonly nIter: number;
  readonly penalty: Penalty;
  readonly tol: number;
  readonly maxIter: number;
}

/** What {@link NMF} learned. */
export class NMFModel extends ComponentModel {
  static readonly typeName = "NMFModel";
  /** H, k x d: the parts. */
  readonly components: Matrix;
  /** Frobenius norm of X - W H at the end of training. */
  readonly reconstructionError: number;
  readonly nIter: number;
  readonly #state: NmfState;

  constructor(state: NmfState) {
    super(state.schema);
    this.components = state.components;
    this.reconstructionError = state.reconstructionError;
    this.nIter = state.nIter;
    this.#state = state;
  }

  override get nComponents(): number {
    return this.components.rows;
  }

  /** How much of each part every row holds: W >= 0 that fits best with H fixed, n x k. Rows do not influence each other. */
  override transform(X: MatrixLike): NamedMatrix {
    const matrix = this.rowsLike(X);
    requireNonNegative(matrix, "NMF.transform");
    const { penalty, tol, maxIter } = this.#state;
    const k = this.nComponents;
    const Ht = this.components.transpose();
    const HHt = gram(Ht);
    const XHt = times(matrix, Ht, false);
    const mean = Math.sqrt(Math.max(1e-12, ...this.components.data) / k);
    const W = Matrix.zeros(matrix.rows, k).map(() => mean);
    for (let i = 0; i < W.rows; i++) {
      let first = 0;
      for (let round = 0; round < maxIter; round++) {
        const violation = descendRow(W.data, HHt, XHt.data, i * k, k, penalty.l1, penalty.l2);
        if (round === 0) first = violation;
        if (first === 0 || violation / first <= tol) break;
      }
    }
    return this.name(W);
  }

  /** W H. */
  inverseTransform(W: MatrixLike): Matrix {
    return this.backNamed(this.projected(W).matmul(this.components));
  }

  /** @internal */
  name(W: Matrix): NamedMatrix {
    return this.named(W);
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): NMFModel {
    return new NMFModel(state as NmfState);
  }
}
