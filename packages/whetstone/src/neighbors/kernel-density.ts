import {
  argumentError,
  either,
  type FitOptions,
  type Label,
  type MatrixLike,
  Model,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  type Schema,
  Spec,
  schemaOf,
  throwIfAborted,
} from "../contract/index.ts";
import { pairwiseSquaredDistances } from "../kernels/index.ts";
import { logGamma, Matrix, randomStream, type Seed } from "../math/index.ts";

const KERNELS = ["gaussian", "tophat", "epanechnikov", "exponential", "linear", "cosine"] as const;
/**
 * Shape of the bump that each training row adds. With u the distance over the bandwidth: `"gaussian"`
 * exp(-u^2 / 2) and `"exponential"` exp(-u) reach everywhere; `"tophat"` 1, `"epanechnikov"` 1 - u^2,
 * `"linear"` 1 - u and `"cosine"` cos(pi u / 2) end at u = 1.
 */
export type DensityKernel = (typeof KERNELS)[number];

const params = {
  bandwidth: either(
    real({
      min: 0,
      exclusiveMin: true,
      default: 1,
      doc: 'Width of the kernel in units of X, or "scott" (n^(-1/(d+4))) or "silverman" ((n (d+2) / 4)^(-1/(d+4))), both for columns of unit spread',
      search: { low: 0.01, high: 10, scale: "log" },
    }),
    oneOf(["scott", "silverman"], { default: "scott", doc: "" }),
  ),
  kernel: oneOf(KERNELS, { default: "gaussian", doc: "Shape of the bump on each training row" }),
};

/**
 * Kernel density estimation: the density at a point is the mean of a bump of width `bandwidth` centred on every
 * training row. Exact: every training row is evaluated.
 *
 * In many columns nearly all of the volume lies far from every row, and the estimate needs exponentially more rows.
 *
 * Source: Silverman (1986), Density Estimation for Statistics and Data Analysis, chapters 3 and 4.
 *
 * @example
 * const model = new KernelDensity({ bandwidth: 1 }).fit([[0]]);
 * Math.exp(model.scoreSamples([[0]])[0]); // 0.3989 = 1 / sqrt(2 pi)
 */
export class KernelDensity extends Spec<typeof params> {
  static readonly typeName = "KernelDensity";
  static readonly params = params;
  readonly kind = "density";

  constructor(given: ParamInput<typeof params> = {}) {
    super(KernelDensity.typeName, params, given);
    if (this.params.bandwidth === Number.POSITIVE_INFINITY)
      throw argumentError("KernelDensity", "bandwidth", this.params.bandwidth, "a finite number > 0");
  }

  static fromState(state: unknown): KernelDensity {
    return new KernelDensity(state as ParamInput<typeof params>);
  }

  /** Keeps the rows; `sampleWeight` weighs them. A second argument is ignored. */
  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): KernelDensityModel {
    const where = "KernelDensity.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const d = matrix.cols;
    // Weighted rows count as copies, as the two rules need a number of rows.
    const n = weights ? weights.reduce((a, b) => a + b, 0) : matrix.rows;
    const given = this.params.bandwidth;
    const bandwidth =
      given === "scott"
        ? n ** (-1 / (d + 4))
        : given === "silverman"
          ? ((n * (d + 2)) / 4) ** (-1 / (d + 4))
          : given;
    return new KernelDensityModel(schemaOf(design), matrix.clone(), weights, bandwidth, this.params.kernel);
  }

  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): Promise<KernelDensityModel> {
    return this.fitElsewhere(X, y, options) as Promise<KernelDensityModel>;
  }
}

/** What {@link KernelDensity} learned: the rows and the width. */
export class KernelDensityModel extends Model {
  static readonly typeName = "KernelDensityModel";
  readonly bandwidth: number;
  readonly kernel: DensityKernel;
  readonly #rows: Matrix;
  readonly #weights: Float64Array | null;

  constructor(
    schema: Schema,
    rows: Matrix,
    weights: Float64Array | null,
    bandwidth: number,
    kernel: DensityKernel,
  ) {
    super(schema);
    this.#rows = rows;
    this.#weights = weights;
    this.bandwidth = bandwidth;
    this.kernel = kernel;
  }

  /** Log density at each row of X; -Infinity where no kernel reaches. */
  scoreSamples(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "KernelDensityModel.scoreSamples");
    const { rows: n, cols: d } = this.#rows;
    const h = this.bandwidth;
    const total = this.#weights ? this.#weights.reduce((a, b) => a + b, 0) : n;
    const shift = logNormaliser(this.kernel, d) - d * Math.log(h) - Math.log(total);
    const out = new Float64Array(matrix.rows);
    const slab = Math.max(1, Math.floor(2 ** 20 / n));
    const squared = new Float64Array(Math.min(slab, matrix.rows) * n);
    const terms = new Float64Array(n);
    for (let from = 0; from < matrix.rows; from += slab) {
      const rows = Math.min(slab, matrix.rows - from);
      pairwiseSquaredDistances(
        matrix.data.subarray(from * d, (from + rows) * d),
        rows,
        this.#rows.data,
        n,
        d,
        squared,
      );
      for (let i = 0; i < rows; i++) {
        let top = Number.NEGATIVE_INFINITY;
        for (let j = 0; j < n; j++) {
          const w = this.#weights ? Math.log(this.#weights[j]!) : 0;
          const value = logKernel(this.kernel, Math.sqrt(squared[i * n + j]!) / h) + w;
          terms[j] = value;
          if (value > top) top = value;
        }
        let sum = 0;
        if (top > Number.NEGATIVE_INFINITY) for (let j = 0; j < n; j++) sum += Math.exp(terms[j]! - top);
        out[from + i] = sum === 0 ? Number.NEGATIVE_INFINITY : top + Math.log(sum) + shift;
      }
    }
    return out;
  }

  /** Total log density of the rows of X: what cross-validation of the bandwidth compares. */
  score(X: MatrixLike): number {
    return this.scoreSamples(X).reduce((a, b) => a + b, 0);
  }

  /**
   * New rows drawn from the density; for kernels gaussian and tophat.
   *
   * @param n rows to draw
   * @param seed of the draw
   */
  sample(n: number, seed: Seed = 0): Matrix {
    const where = "KernelDensityModel.sample";
    if (!(Number.isSafeInteger(n) && n >= 1)) throw argumentError(where, "n", n, "an integer >= 1");
    if (this.kernel !== "gaussian" && this.kernel !== "tophat")
      throw argumentError(
        where,
        "kernel",
        this.kernel,
        '"gaussian" or "tophat": only these can be drawn from',
      );
    const random = randomStream(seed);
    const d = this.#rows.cols;
    const row = this.#weights ? random.categoricalSampler(this.#weights) : () => random.int(this.#rows.rows);
    const out = Matrix.zeros(n, d);
    for (let i = 0; i < n; i++) {
      const centre = this.#rows.row(row());
      const step = Float64Array.from({ length: d }, () => random.normal());
      let length = this.bandwidth;
      if (this.kernel === "tophat") {
        // A direction, and a radius whose d-th power is uniform.
        length *= random.uniform() ** (1 / d) / Math.sqrt(step.reduce((s, v) => s + v * v, 0));
      }
      for (let j = 0; j < d; j++) out.set(i, j, centre[j]! + length * step[j]!);
    }
    return out;
  }

  override toState(): unknown {
    const { schema, bandwidth, kernel } = this;
    return { schema, rows: this.#rows, weights: this.#weights, bandwidth, kernel };
  }

  static fromState(state: unknown): KernelDensityModel {
    const s = state as {
      schema: Schema;
      rows: Matrix;
      weights: Float64Array | null;
      bandwidth: number;
      kernel: DensityKernel;
    };
    return new KernelDensityModel(s.schema, s.rows, s.weights, s.bandwidth, s.kernel);
  }
}

/** Log of the kernel at a distance of u widths, up to its normaliser. */
function logKernel(kernel: DensityKernel, u: number): number {
  const outside = Number.NEGATIVE_INFINITY;
  switch (kernel) {
    case "gaussian":
      return -u * u * 0.5;
    case "exponential":
      return -u;
    case "tophat":
      return u < 1 ? 0 : outside;
    case "epanechnikov":
      return u < 1 ? Math.log1p(-u * u) : outside;
    case "linear":
      return u < 1 ? Math.log1p(-u) : outside;
    case "cosine":
      return u < 1 ? Math.log(Math.cos((Math.PI / 2) * u)) : outside;
  }
}

/** Minus the log of the integral of the kernel of width 1 over d columns. */
function logNormaliser(kernel: DensityKernel, d: number): number {
  const logBall = (d / 2) * Math.log(Math.PI) - logGamma(d / 2 + 1);
  const logSphere = Math.log(d) + logBall; // surface of the unit ball
  switch (kernel) {
    case "gaussian":
      return (-d / 2) * Math.log(2 * Math.PI);
    case "tophat":
      return -logBall;
    case "epanechnikov":
      return -(logBall + Math.log(2 / (d + 2)));
    case "exponential":
      return -(logSphere + logGamma(d));
    case "linear":
      return -(logBall - Math.log(d + 1));
    case "cosine":
      return -(logSphere + Math.log(radialCosine(d)));
  }
}

/**
 * Integral of r^(d-1) cos(pi r / 2) over [0, 1], as an alternating series: sum of (-1)^k a^(2k) / ((2k)! (2k + d)).
 * Terms reach 1.4, so about one digit is lost at most.
 */
function radialCosine(d: number): number {
  const a = Math.PI / 2;
  let term = 1;
  let sum = 0;
  for (let k = 0; k < 30; k++) {
    sum += term / (2 * k + d);
    term *= -(a * a) / ((2 * k + 1) * (2 * k + 2));
  }
  return sum;
}
