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
  step,
  TransformerSpec,
  warn,
} from "../contract/index.ts";
import { argumentError, valueError } from "../errors.ts";
import { Matrix, type RandomStream, randomStream, svd } from "../math/index.ts";
import { gemm } from "../math/linalg/multiply.ts";
import { ComponentModel, fixRowSigns } from "./projection.ts";
import { type CodeOptions, codeRows, defaultAtoms } from "./sparse-coding.ts";
import { startUnweighted } from "./start.ts";

const params = {
  nComponents: optional(
    int({ min: 1, default: 10, doc: "Atoms to learn; null means the number of columns" }),
  ),
  alpha: real({
    min: 0,
    max: 1e300,
    default: 1,
    doc: "Penalty on the codes: larger means fewer atoms per row",
    search: { low: 0.01, high: 10, scale: "log" },
  }),
  maxIter: int({ min: 1, default: 1000, doc: "Most rounds of coding and updating the atoms" }),
  tol: real({ min: 0, default: 1e-8, doc: "Stops when the cost falls by less than this share of it" }),
  transformAlgorithm: oneOf(["omp", "lassoCd", "threshold"], {
    default: "omp",
    doc: "How rows are coded by transform: the best few atoms, the penalised problem of the fit, or shrunk inner products",
  }),
  transformNNonzeroCoefs: optional(
    int({ min: 1, default: 1, doc: "Atoms per row with omp; null means a tenth of the columns" }),
  ),
  transformAlpha: optional(
    real({
      min: 0,
      max: 1e300,
      default: 1,
      doc: "alpha of transform with lassoCd and threshold; null means alpha",
    }),
  ),
  transformMaxIter: int({ min: 1, default: 1000, doc: "Most rounds of coordinate descent per row" }),
  positiveCode: bool({ default: false, doc: "Codes of 0 and more only; not with omp" }),
  positiveDict: bool({ default: false, doc: "Atoms of 0 and more only" }),
  seed: seed(),
} as const;

/**
 * Dictionary learning: atoms (rows of `components`, of length 1 at most) such that each row of X is close to a
 * combination of few of them. Minimises |X - U V|^2 / 2 + alpha |U|_1 by turns over the codes U (coordinate descent) and
 * the atoms V; the cost never rises. Starts from singular vectors; atoms that no row uses are drawn anew from the rows. X is
 * not centred. There may be more atoms than columns.
 *
 * Source: Mairal, Bach, Ponce and Sapiro (2009), ICML.
 *
 * @example
 * const X = [[2, 0, 0], [0, 3, 0], [4, 0, 0], [0, 1, 0]];
 * const model = new DictionaryLearning({ nComponents: 2, alpha: 0.1 }).fit(X);
 * model.components.map(Math.abs).data.filter((v) => v > 0.99).length; // 2
 */
export class DictionaryLearning extends TransformerSpec<typeof params> {
  static readonly typeName = "DictionaryLearning";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("DictionaryLearning", params, given);
    const { transformAlgorithm, positiveCode } = this.params;
    if (positiveCode && transformAlgorithm === "omp")
      throw argumentError("DictionaryLearning", "positiveCode", true, 'false with transformAlgorithm "omp"');
  }

  static fromState(state: unknown): DictionaryLearning {
    return new DictionaryLearning(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): DictionaryLearningModel {
    const where = "DictionaryLearning.fit";
    const { matrix, schema } = startUnweighted(X, options, where);
    const { alpha, maxIter, tol, positiveCode, positiveDict, transformMaxIter } = this.params;
    const k = this.params.nComponents ?? matrix.cols;
    const wanted = this.params.transformNNonzeroCoefs;
    if (wanted !== null && wanted > k)
      throw argumentError(where, "transformNNonzeroCoefs", wanted, `at most ${k}, the atoms`);
    const random = randomStream(this.params.seed);
    let { U, V } = fromSingularVectors(matrix, k);
    const coding: CodeOptions = {
      algorithm: "lassoCd",
      alpha,
      positive: positiveCode,
      maxIter: transformMaxIter,
      nNonzeroCoefs: k,
    };
    const errors: number[] = [];
    let converged = false;
    while (errors.length < maxIter && !converged) {
      U = codeRows(matrix, V, coding, U);
      updateAtoms(matrix, U, V, positiveDict, random);
      const cost = costOf(matrix, U, V, alpha);
      if (!Number.isFinite(cost))
        throw valueError(
          where,
          "X",
          "holds numbers whose squares overflow, expected smaller ones: scale the columns",
        );
      const before = errors.at(-1);
      errors.push(cost);
      converged = before !== undefined && before - cost < tol * cost;
      step(where, options, errors.length, maxIter, "iterations");
    }
    if (!converged && tol > 0 && errors.length > 1)
      warn(where, options, `did not converge in ${maxIter} iterations: raise maxIter or tol`);
    return new DictionaryLearningModel(this, schema, V, Float64Array.from(errors));
  }
}

/** Codes and atoms to begin with: U of the singular value decomposition and S V^T, zeros beyond its rank. */
function fromSingularVectors(X: Matrix, k: number): { U: Matrix; V: Matrix } {
  const found = svd(X);
  const count = Math.min(k, found.s.length);
  const V = Matrix.zeros(k, X.cols);
  const atoms = new Matrix(found.Vt.data.slice(0, count * X.cols), count, X.cols);
  fixRowSigns(atoms);
  const U = Matrix.zeros(X.rows, k);
  for (let c = 0; c < count; c++) {
    for (let j = 0; j < X.cols; j++) V.set(c, j, found.s[c]! * atoms.at(c, j));
    // The signs of the atoms decide those of the codes.
    const flip = Math.sign(atoms.row(c).reduce((s, v, j) => s + v * found.Vt.at(c, j), 0));
    for (let i = 0; i < X.rows; i++) U.set(i, c, flip * found.U.at(i, c));
  }
  return { U, V };
}

/** One pass over the atoms, each the best given the others and the codes, cut to length 1. Changes V, and U of unused atoms. */
function updateAtoms(X: Matrix, U: Matrix, V: Matrix, positive: boolean, random: RandomStream): void {
  const { rows: n, cols: d } = X;
  const k = V.rows;
  const A = Matrix.zeros(k, k); // U^T U
  gemm(true, false, k, k, n, 1, U.data, U.data, 0, A.data);
  const B = Matrix.zeros(k, d); // U^T X
  gemm(true, false, k, d, n, 1, U.data, X.data, 0, B.data);
  for (let c = 0; c < k; c++) {
    const atom = V.row(c);
    if (A.at(c, c) > 1e-6) {
      const move = B.row(c).slice();
      for (let q = 0; q < k; q++) {
        const weight = A.at(c, q);
        if (weight !== 0) for (let j = 0; j < d; j++) move[j] = move[j]! - weight * V.data[q * d + j]!;
      }
      for (let j = 0; j < d; j++) atom[j] = atom[j]! + move[j]! / A.at(c, c);
    } else {
      atom.set(X.row(random.int(n)));
      const mean = atom.reduce((s, v) => s + v, 0) / d;
      const sd = Math.sqrt(atom.reduce((s, v) => s + (v - mean) ** 2, 0) / d) || 1;
      for (let j = 0; j < d; j++) atom[j] = atom[j]! + random.normal(0, 0.01 * sd);
      for (let i = 0; i < n; i++) U.set(i, c, 0);
    }
    if (positive) for (let j = 0; j < d; j++) atom[j] = Math.max(0, atom[j]!);
    const norm = Math.hypot(...atom);
    if (norm > 1) for (let j = 0; j < d; j++) atom[j] = atom[j]! / norm;
  }
}

function costOf(X: Matrix, U: Matrix, V: Matrix, alpha: number): number {
  const R = X.data.slice();
  gemm(false, false, X.rows, X.cols, V.rows, -1, U.data, V.data, 1, R);
  let squares = 0;
  for (let at = 0; at < R.length; at++) squares += R[at]! * R[at]!;
  let sizes = 0;
  for (let at = 0; at < U.data.length; at++) sizes += Math.abs(U.data[at]!);
  return squares / 2 + alpha * sizes;
}

/** What {@link DictionaryLearning} learned. */
export class DictionaryLearningModel extends ComponentModel {
  static readonly typeName = "DictionaryLearningModel";
  readonly spec: DictionaryLearning;
  /** One atom per row, k x d. */
  readonly components: Matrix;
  /** Cost after each round. */
  readonly errors: Float64Array;

  constructor(spec: DictionaryLearning, schema: Schema, components: Matrix, errors: Float64Array) {
    super(schema);
    this.spec = spec;
    this.components = components;
    this.errors = errors;
  }

  override get nComponents(): number {
    return this.components.rows;
  }
  get nIter(): number {
    return this.errors.length;
  }

  /** Codes of the rows of X, n x k. */
  override transform(X: MatrixLike): NamedMatrix {
    const rows = this.rowsLike(X);
    const p = this.spec.params;
    return this.named(
      codeRows(rows, this.components, {
        algorithm: p.transformAlgorithm,
        alpha: p.transformAlpha ?? p.alpha,
        positive: p.positiveCode,
        maxIter: p.transformMaxIter,
        nNonzeroCoefs: p.transformNNonzeroCoefs ?? defaultAtoms(rows.cols, this.nComponents),
      }),
    );
  }

  /** The rows that codes stand for: codes times atoms. */
  inverseTransform(Z: MatrixLike): Matrix {
    return this.backNamed(this.projected(Z).matmul(this.components));
  }

  override toState(): unknown {
    const { spec, schema, components, errors } = this;
    return { spec, schema, components, errors };
  }
  static fromState(state: unknown): DictionaryLearningModel {
    const s = state as DictionaryLearningModel;
    return new DictionaryLearningModel(s.spec, s.schema, s.components, s.errors);
  }
}
