import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  oneOf,
  type ParamInput,
  type Schema,
  seed,
  TransformerSpec,
} from "../contract/index.ts";
import { Matrix, randomizedSvd, SparseMatrix, truncatedSvd } from "../math/index.ts";
import { ComponentModel, fixRowSigns, project } from "./projection.ts";
import { countComponents, startUnweighted } from "./start.ts";

const params = {
  nComponents: int({ min: 1, default: 2, doc: "How many directions to keep" }),
  algorithm: oneOf(["randomized", "exact"], {
    default: "randomized",
    doc: "randomized uses the rows in products only, so sparse rows stay sparse; exact decomposes them",
  }),
  nIter: int({ min: 0, default: 5, doc: "Power iterations of the randomized algorithm" }),
  nOversamples: int({ min: 0, default: 10, doc: "Extra random directions of the randomized algorithm" }),
  seed: seed(),
} as const;

/**
 * Truncated singular value decomposition without centring (latent semantic analysis on word counts): a sparse matrix
 * stays sparse.
 *
 * Source: Halko, Martinsson and Tropp (2011).
 *
 * @example
 * const model = new TruncatedSVD({ nComponents: 1 }).fit([[3, 0], [0, 2]]);
 * model.singularValues; // [3]
 */
export class TruncatedSVD extends TransformerSpec<typeof params> {
  static readonly typeName = "TruncatedSVD";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("TruncatedSVD", params, given);
  }

  static fromState(state: unknown): TruncatedSVD {
    return new TruncatedSVD(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): TruncatedSVDModel {
    const where = "TruncatedSVD.fit";
    const sparse = readSparse(X);
    // Without values, as one row of the right width: what start checks besides is the same.
    const { matrix, schema } = startUnweighted(
      sparse && options.sampleWeight === undefined ? Matrix.zeros(1, sparse.cols) : X,
      options,
      where,
    );
    const rows = sparse ?? matrix;
    const { nComponents, algorithm, nIter, nOversamples, seed } = this.params;
    const most = Math.min(rows.rows, rows.cols);
    const k = countComponents(where, nComponents, most, "the smaller of rows and columns");
    const { s, Vt } =
      algorithm === "exact"
        ? truncatedSvd(rows instanceof SparseMatrix ? rows.toDense() : rows, k)
        : randomizedSvd(rows, k, { seed, oversampling: nOversamples, powerIterations: nIter });
    const components = new Matrix(Vt.data.slice(0, k * rows.cols), k, rows.cols);
    fixRowSigns(components);
    const Z = times(rows, components);
    const explainedVariance = columnVariances(Z);
    const total = totalVariance(rows);
    return new TruncatedSVDModel({
      schema,
      components,
      singularValues: s.slice(0, k),
      explainedVariance,
      explainedVarianceRatio: explainedVariance.map((v) => (total > 0 ? v / total : 0)),
    });
  }
}

/** A sparse matrix that can be used as it is; null for other input and for what must be refused. */
function readSparse(X: MatrixLike): SparseMatrix | null {
  const usable = X instanceof SparseMatrix && X.rows > 0 && X.cols > 0;
  return usable && X.values.every((v) => v - v === 0) ? X : null;
}

/** X C^T. */
function times(X: Matrix | SparseMatrix, C: Matrix): Matrix {
  return X instanceof SparseMatrix ? X.matmul(C.transpose()) : project(X, C, null);
}

function columnVariances(Z: Matrix): Float64Array {
  const mean = Z.columnMeans();
  const out = new Float64Array(Z.cols);
  for (let i = 0; i < Z.rows; i++) {
    const row = Z.row(i);
    for (let k = 0; k < out.length; k++) out[k] = out[k]! + (row[k]! - mean[k]!) ** 2;
  }
  return out.map((v) => v / Z.rows);
}

function totalVariance(X: Matrix | SparseMatrix): number {
  if (X instanceof Matrix) return columnVariances(X).reduce((s, v) => s + v, 0);
  const means = X.columnMeans();
  let squares = 0;
  for (const v of X.values) squares += v * v;
  return squares / X.rows - means.reduce((s, m) => s + m * m, 0);
}

interface TruncatedSvdState {
  readonly schema: Schema;
  readonly components: Matrix;
  readonly singularValues: Float64Array;
  readonly explainedVariance: Float64Array;
  readonly explainedVarianceRatio: Float64Array;
}

/** What {@link TruncatedSVD} learned. */
export class TruncatedSVDModel extends ComponentModel {
  static readonly typeName = "TruncatedSVDModel";
  /** Right singular vectors, k x d. */
  readonly components: Matrix;
  readonly singularValues: Float64Array;
  /** Variance of the training rows along each direction (n in the denominator). */
  readonly explainedVariance: Float64Array;
  readonly explainedVarianceRatio: Float64Array;

  constructor(state: TruncatedSvdState) {
    super(state.schema);
    this.components = state.components;
    this.singularValues = state.singularValues;
    this.explainedVariance = state.explainedVariance;
    this.explainedVarianceRatio = state.explainedVarianceRatio;
  }

  override get nComponents(): number {
    return this.components.rows;
  }

  /** X components^T, n x k. */
  override transform(X: MatrixLike): NamedMatrix {
    const sparse = readSparse(X);
    const rows = sparse && sparse.cols === this.nFeatures ? sparse : this.rowsLike(X);
    return this.named(times(rows, this.components));
  }

  /** Z components, n x d. */
  inverseTransform(Z: MatrixLike): Matrix {
    return this.backNamed(this.projected(Z).matmul(this.components));
  }

  override toState(): unknown {
    const { schema, components, singularValues, explainedVariance, explainedVarianceRatio } = this;
    return { schema, components, singularValues, explainedVariance, explainedVarianceRatio };
  }
  static fromState(state: unknown): TruncatedSVDModel {
    return new TruncatedSVDModel(state as TruncatedSvdState);
  }
}
