import {
  bool,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  optional,
  type ParamInput,
  type Schema,
  step,
  TransformerSpec,
} from "../contract/index.ts";
import { Matrix, svd } from "../math/index.ts";
import { ComponentModel, fixRowSigns, project } from "./projection.ts";
import { countComponents, startUnweighted } from "./start.ts";

const params = {
  nComponents: optional(int({ min: 1, default: 2, doc: "How many directions to keep; null keeps all" })),
  whiten: bool({ default: false, doc: "Divide each direction by its standard deviation" }),
  batchSize: optional(
    int({ min: 1, default: 100, doc: "Rows taken in at a time; null means five times the columns" }),
  ),
} as const;

/**
 * Principal components from rows that arrive in batches: memory for one batch and k directions, whatever the number
 * of rows. Exact when all directions are kept, close to {@link PCA} otherwise.
 *
 * Source: Ross, Lim, Lin and Yang (IJCV 77, 2008).
 *
 * @example
 * const model = new IncrementalPCA({ nComponents: 1, batchSize: 2 }).fit([[0, 0], [1, 1], [2, 2], [3, 3]]);
 * model.explainedVarianceRatio; // [1]
 */
export class IncrementalPCA extends TransformerSpec<typeof params> {
  static readonly typeName = "IncrementalPCA";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("IncrementalPCA", params, given);
  }

  static fromState(state: unknown): IncrementalPCA {
    return new IncrementalPCA(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): IncrementalPCAModel {
    const where = "IncrementalPCA.fit";
    const { matrix, schema } = startUnweighted(X, options, where, 2);
    const { rows, cols } = matrix;
    const { nComponents, batchSize, whiten } = this.params;
    const k = countComponents(where, nComponents, Math.min(rows, cols), "the smaller of rows and columns");
    // The first batch must span k directions.
    const size = Math.max(k, batchSize ?? 5 * cols);
    let state = emptyState(schema, cols, whiten);
    for (let from = 0; from < rows; from += size) {
      // A rest of fewer than k rows joins the last batch.
      const to = rows - from - size < k ? rows : Math.min(rows, from + size);
      state = update(state, new Matrix(matrix.data.subarray(from * cols, to * cols), to - from, cols), k);
      step(where, options, to, rows, "rows");
      if (to === rows) break;
    }
    return new IncrementalPCAModel(state);
  }
}

interface IncrementalState {
  readonly schema: Schema;
  readonly seen: number;
  readonly mean: Float64Array;
  /** Population variance of each column. */
  readonly variance: Float64Array;
  readonly components: Matrix;
  readonly singularValues: Float64Array;
  readonly whiten: boolean;
}

function emptyState(schema: Schema, d: number, whiten: boolean): IncrementalState {
  const zeros = (): Float64Array => new Float64Array(d);
  const components = Matrix.zeros(0, d);
  return {
    schema,
    seen: 0,
    mean: zeros(),
    variance: zeros(),
    components,
    singularValues: new Float64Array(0),
    whiten,
  };
}

/** Old directions times their singular values, the new centred rows, and one row for the shift between the means. */
function update(old: IncrementalState, batch: Matrix, k: number): IncrementalState {
  const { rows: m, cols: d } = batch;
  const n = old.seen + m;
  const batchMean = batch.columnMeans();
  const mean = batchMean.map((v, j) => (old.seen * old.mean[j]! + m * v) / n);
  const variance = new Float64Array(d);
  const shift = Math.sqrt((old.seen * m) / n);
  const kept = old.components.rows;
  const stack = Matrix.zeros(kept + m + (kept > 0 ? 1 : 0), d);
  for (let r = 0; r < kept; r++)
    for (let j = 0; j < d; j++) stack.set(r, j, old.singularValues[r]! * old.components.at(r, j));
  for (let i = 0; i < m; i++)
    for (let j = 0; j < d; j++) {
      const v = batch.at(i, j) - batchMean[j]!;
      stack.set(kept + i, j, v);
      variance[j] = variance[j]! + v * v;
    }
  for (let j = 0; j < d; j++) {
    const gap = shift * (old.mean[j]! - batchMean[j]!);
    if (kept > 0) stack.set(kept + m, j, gap);
    variance[j] = (old.seen * old.variance[j]! + variance[j]! + (kept > 0 ? gap * gap : 0)) / n;
  }
  const { s, Vt } = svd(stack);
  const count = Math.min(k, s.length);
  const components = new Matrix(Vt.data.slice(0, count * d), count, d);
  fixRowSigns(components);
  return { ...old, seen: n, mean, variance, components, singularValues: s.slice(0, count) };
}

/** What {@link IncrementalPCA} learned so far. */
export class IncrementalPCAModel extends ComponentModel {
  static readonly typeName = "IncrementalPCAModel";
  readonly #state: IncrementalState;

  constructor(state: IncrementalState) {
    super(state.schema);
    this.#state = state;
  }

  /** Rows taken in so far. */
  get nSamplesSeen(): number {
    return this.#state.seen;
  }
  get mean(): Float64Array {
    return this.#state.mean;
  }
  /** One direction per row, k x d. */
  get components(): Matrix {
    return this.#state.components;
  }
  get singularValues(): Float64Array {
    return this.#state.singularValues;
  }
  get explainedVariance(): Float64Array {
    return this.singularValues.map((s) => (s * s) / (this.nSamplesSeen - 1));
  }
  get explainedVarianceRatio(): Float64Array {
    const total = this.#state.variance.reduce((s, v) => s + v, 0) * this.nSamplesSeen;
    return this.singularValues.map((s) => (total > 0 ? (s * s) / total : 0));
  }
  override get nComponents(): number {
    return this.components.rows;
  }

  /** The model after more rows; this one stays as it is. */
  partialFit(X: MatrixLike): IncrementalPCAModel {
    const batch = this.rowsLike(X, "partialFit");
    return batch.rows === 0 ? this : new IncrementalPCAModel(update(this.#state, batch, this.nComponents));
  }

  override transform(X: MatrixLike): NamedMatrix {
    const Z = project(this.rowsLike(X), this.components, this.mean);
    if (this.#state.whiten)
      scaleColumns(
        Z,
        this.#deviations().map((s) => 1 / s),
      );
    return this.named(Z);
  }

  inverseTransform(Z: MatrixLike): Matrix {
    const z = this.projected(Z).clone();
    if (this.#state.whiten) scaleColumns(z, this.#deviations());
    return this.backNamed(z.matmul(this.components).addRow(this.mean));
  }

  #deviations(): Float64Array {
    return this.explainedVariance.map((v) => Math.max(Math.sqrt(v), Number.EPSILON));
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): IncrementalPCAModel {
    return new IncrementalPCAModel(state as IncrementalState);
  }
}

function scaleColumns(Z: Matrix, factors: Float64Array): void {
  for (let i = 0, at = 0; i < Z.rows; i++)
    for (let k = 0; k < Z.cols; k++, at++) Z.data[at] = Z.data[at]! * factors[k]!;
}
