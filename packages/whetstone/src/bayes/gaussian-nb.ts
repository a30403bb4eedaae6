import {
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  readDesign,
  readLike,
  real,
  type Schema,
  valueError,
} from "../contract/index.ts";
import { bayesKernels, withScratch } from "../kernels/index.ts";
import { Matrix } from "../math/matrix.ts";
import { type ClassRows, logPriors, NaiveBayesModel, priorsParam, readClassRows } from "./naive-bayes.ts";

/** Rows that lie in kernel memory at a time, and the chunks they are cut into. */
const SLAB_ROWS = 16_384;
const CHUNKS = 8;

const params = {
  priors: priorsParam("the shares of the classes"),
  varSmoothing: real({
    min: 0,
    default: 1e-9,
    doc: "Share of the largest variance of any feature that is added to all variances",
    search: { low: 1e-12, high: 1, scale: "log" },
  }),
};

/**
 * Gaussian naive Bayes: within a class every feature is normal and independent of the others.
 *
 * @example
 * const model = new GaussianNB().fit([[1], [2], [8], [9]], ["low", "low", "high", "high"]);
 * model.predict([[3], [7]]); // ["low", "high"]
 */
export class GaussianNB extends ClassifierSpec<typeof params> {
  static readonly typeName = "GaussianNB";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(GaussianNB.typeName, params, given);
  }

  static fromState(state: unknown): GaussianNB {
    return new GaussianNB(state as ParamInput<typeof params>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): GaussianNBModel<L> {
    const where = "GaussianNB.fit";
    const rows = readClassRows(X, y, options, where, readDesign);
    const { priors, varSmoothing } = this.params;
    const prior = logPriors(rows.counts, priors, true, where, "priors");
    const { means, variances, largest } = classMoments(rows);
    const extra = varSmoothing * largest;
    if (!Number.isFinite(extra) || !variances.data.every(Number.isFinite)) {
      throw valueError(where, "X", "holds numbers whose squares overflow: scale it first");
    }
    return new GaussianNBModel(
      rows.schema,
      rows.classes,
      prior,
      means,
      variances.map((v) => v + extra),
    );
  }
}

/** Means and variances per class in one pass about the first row, and the largest variance over all rows. */
function classMoments({ X, codes, weights, counts }: ClassRows<Label>) {
  const { data, rows: n, cols: d } = X;
  const K = counts.length;
  const origin = data.slice(0, d);
  const { sums, squares } = kernelSums(X, codes, weights, K, origin);
  const means = Matrix.zeros(K, d);
  const variances = Matrix.zeros(K, d);
  const total = counts.reduce((a, b) => a + b, 0);
  let largest = 0;
  for (let j = 0; j < d; j++) {
    let sum = 0;
    let square = 0;
    for (let k = 0; k < K; k++) {
      const at = k * d + j;
      sum += sums[at]!;
      square += squares[at]!;
      if (counts[k] === 0) continue;
      const mean = sums[at]! / counts[k]!;
      means.data[at] = origin[j]! + mean;
      variances.data[at] = Math.max(0, squares[at]! / counts[k]! - mean * mean);
    }
    largest = Math.max(largest, square / total - (sum / total) ** 2);
  }
  // Far from the first row the squares cancel: there a second pass about the means themselves.
  const worst = variances.data.some((v, at) => v < 1e-6 * (means.data[at]! - origin[at % d]!) ** 2);
  if (worst) {
    variances.data.fill(0);
    for (let i = 0, at = 0; i < n; i++) {
      const to = codes[i]! * d;
      const w = weights ? weights[i]! : 1;
      for (let j = 0; j < d; j++, at++) {
        const v = data[at]! - means.data[to + j]!;
        variances.data[to + j] = variances.data[to + j]! + (w * v * v) / counts[codes[i]!]!;
      }
    }
  }
  return { means, variances, largest };
}

/** Sums of the offsets from `origin` and of their squares per class, slab by slab and chunk by chunk. */
function kernelSums(
  { data, rows: n, cols: d }: Matrix,
  codes: Int32Array,
  weights: Float64Array | null,
  K: number,
  origin: Float64Array,
): { sums: Float64Array; squares: Float64Array } {
  const size = K * d;
  const sums = new Float64Array(size);
  const squares = new Float64Array(size);
  withScratch((s) => {
    const slab = Math.min(n, SLAB_ROWS);
    const perChunk = Math.ceil(slab / CHUNKS);
    const x = s.f64(slab * d, false);
    const c = s.i32(slab, false);
    const w = weights ? s.f64(slab, false) : null;
    const o = s.f64(origin);
    const partial = s.f64(CHUNKS * 2 * size, false);
    for (let from = 0; from < n; from += slab) {
      const rows = Math.min(slab, n - from);
      const chunks = Math.ceil(rows / perChunk);
      x.view.set(data.subarray(from * d, (from + rows) * d));
      c.view.set(codes.subarray(from, from + rows));
      if (w) w.view.set(weights!.subarray(from, from + rows));
      partial.view.fill(0);
      bayesKernels.parallel(
        "gaussianMoments",
        chunks,
        x.ptr,
        c.ptr,
        w?.ptr ?? 0,
        o.ptr,
        rows,
        d,
        K,
        partial.ptr,
        perChunk,
      );
      for (let chunk = 0; chunk < chunks; chunk++) {
        const at = chunk * 2 * size;
        for (let t = 0; t < size; t++) {
          sums[t] = sums[t]! + partial.view[at + t]!;
          squares[t] = squares[t]! + partial.view[at + size + t]!;
        }
      }
    }
  });
  return { sums, squares };
}

/** What {@link GaussianNB} learned. */
export class GaussianNBModel<L extends Label = Label> extends NaiveBayesModel<L> {
  static readonly typeName = "GaussianNBModel";
  /** Means, one row per class. */
  readonly theta: Matrix;
  /** Variances, smoothing included, one row per class. */
  readonly variance: Matrix;

  constructor(
    schema: Schema,
    classes: readonly L[],
    classLogPrior: Float64Array,
    theta: Matrix,
    variance: Matrix,
  ) {
    super(schema, classes, classLogPrior);
    this.theta = theta;
    this.variance = variance;
  }

  protected override read(X: MatrixLike, where: string): Matrix {
    return readLike(this.schema, X, where).matrix;
  }

  protected override joint(X: Matrix): Matrix {
    const { rows: n, cols: d, data } = X;
    const K = this.classes.length;
    const theta = this.theta.data;
    // Features without any variance tell by equality: a tiny one stands for none.
    const inverse = this.variance.data.map((v) => 0.5 / Math.max(v, 1e-300));
    const start = new Float64Array(K);
    for (let k = 0; k < K; k++) {
      let log = 0;
      for (let j = 0; j < d; j++) log += Math.log(Math.PI / inverse[k * d + j]!);
      start[k] = this.classLogPrior[k]! - 0.5 * log;
    }
    const out = Matrix.zeros(n, K);
    withScratch((s) => {
      const slab = Math.min(n, SLAB_ROWS);
      const perChunk = Math.ceil(slab / CHUNKS);
      const x = s.f64(slab * d, false);
      const mean = s.f64(theta);
      const scale = s.f64(inverse);
      const level = s.f64(start);
      const result = s.f64(slab * K, false);
      for (let from = 0; from < n; from += slab) {
        const rows = Math.min(slab, n - from);
        x.view.set(data.subarray(from * d, (from + rows) * d));
        const at = [x.ptr, mean.ptr, scale.ptr, level.ptr, rows, d, K, result.ptr] as const;
        bayesKernels.parallel("gaussianJoint", Math.ceil(rows / perChunk), ...at, perChunk);
        out.data.set(result.view.subarray(0, rows * K), from * K);
      }
    });
    return out;
  }

  override toState(): unknown {
    const { schema, classes, classLogPrior, theta, variance } = this;
    return { schema, classes, classLogPrior, theta, variance };
  }

  static fromState(state: unknown): GaussianNBModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      classLogPrior: Float64Array;
      theta: Matrix;
      variance: Matrix;
    };
    return new GaussianNBModel(s.schema, s.classes, s.classLogPrior, s.theta, s.variance);
  }
}
