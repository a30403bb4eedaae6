import {
  ClustererSpec,
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  readWeights,
  real,
  type Schema,
  schemaOf,
  shapeError,
  throwIfAborted,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { Matrix } from "../math/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { bestOfStarts } from "./best-of-starts.ts";
import type { CovarianceType, Whitening } from "./components.ts";
import { mixtureParams } from "./gaussian-mixture.ts";
import { MixtureModel } from "./mixture-model.ts";
import { ascend, expectedWhitening, type MixturePosterior, type MixturePrior } from "./variational.ts";

const isNumbers = (v: unknown): v is ArrayLike<number> =>
  (Array.isArray(v) || v instanceof Float64Array) && Array.from(v as number[]).every(Number.isFinite);

const params = {
  ...mixtureParams,
  tol: real({ min: 0, default: 1e-3, doc: "Stops when the lower bound (a sum over rows) changes by less" }),
  weightConcentrationPriorType: oneOf(["dirichletProcess", "dirichletDistribution"], {
    default: "dirichletProcess",
    doc: "Prior of the weights: sticks broken off one after another, or one Dirichlet distribution",
  }),
  weightConcentrationPrior: optional(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1e300,
      default: 1,
      doc: "Small: weight on few components; large: on many. null for 1 / nComponents",
      search: { low: 1e-3, high: 1e3, scale: "log" },
    }),
  ),
  meanPrecisionPrior: optional(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1e300,
      default: 1,
      doc: "Rows that the prior mean counts for; null for 1",
    }),
  ),
  meanPrior: optional(
    custom<ArrayLike<number>>({
      default: [],
      doc: "Where components are before any rows, a number per column; null for the mean of X",
      expected: "a list of numbers",
      accepts: isNumbers,
    }),
  ),
  degreesOfFreedomPrior: optional(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1e300,
      default: 1,
      doc: "Rows that the prior covariance counts for, more than columns - 1; null for the columns",
    }),
  ),
  covariancePrior: optional(
    custom<number | ArrayLike<number> | readonly ArrayLike<number>[] | Matrix>({
      default: 1,
      doc: "Prior covariance times its degrees of freedom: a matrix for full and tied, a list for diag, a number for spherical; null for the covariance of X",
      expected: "a positive number, a list of numbers or a square matrix",
      accepts: (v) =>
        (typeof v === "number" && v > 0 && Number.isFinite(v)) ||
        v instanceof Matrix ||
        isNumbers(v) ||
        (Array.isArray(v) && v.length > 0 && v.every(isNumbers)),
    }),
  ),
} as const;

/**
 * Gaussian mixture with priors, by variational inference: `nComponents` is the most there may be, and components that the
 * rows do not call for keep next to no weight. In place of one set of parameters there are distributions of weights,
 * means and covariances, so that none collapses on few rows. The lower bound of the evidence does not fall. A sample
 * weight of k counts as k copies of the row.
 *
 * Sources: Bishop, Pattern Recognition and Machine Learning, 10.2; Blei and Jordan (2006), Bayesian Analysis 1.
 *
 * @example
 * const X = [[0], [0.1], [0.2], [0.3], [5], [5.1], [5.2], [5.3]];
 * const spec = new BayesianGaussianMixture({ nComponents: 4, covariancePrior: [[0.1]] });
 * const model = spec.fit(X);
 * model.weights.filter((w) => w > 0.05).length; // 2
 */
export class BayesianGaussianMixture extends ClustererSpec<typeof params> {
  static readonly typeName = "BayesianGaussianMixture";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("BayesianGaussianMixture", params, given);
  }

  static fromState(state: unknown): BayesianGaussianMixture {
    return new BayesianGaussianMixture(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): BayesianGaussianMixtureModel {
    const where = "BayesianGaussianMixture.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const {
      nComponents: k,
      covarianceType: type,
      nInit,
      maxIter,
      tol,
      regCovar,
      seed,
      initParams,
    } = this.params;
    const starts = { k, initParams, nInit, maxIter, tol, seed };
    const prior = this.prior(matrix, weights, where);
    const best = bestOfStarts(matrix, weights, starts, options, where, {
      run: (data, progress) => ascend(data, prior, { type, tol, regCovar, maxIter, where, progress }),
      finish: (data, { posterior }) =>
        data.expect(expectedWhitening(posterior, where), posterior.components.means),
    });
    return new BayesianGaussianMixtureModel({
      schema: schemaOf(design),
      posterior: best.posterior,
      lowerBounds: Float64Array.from(best.lowerBounds),
      converged: best.converged,
      labels: best.labels,
    });
  }

  /** The prior that these parameters mean for the rows of X. */
  prior(X: Matrix, weights: Float64Array | null, where: string): MixturePrior {
    const { covarianceType: type, weightConcentrationPriorType, meanPrior, covariancePrior } = this.params;
    const d = X.cols;
    const degreesOfFreedom = this.params.degreesOfFreedomPrior ?? d;
    if (!(degreesOfFreedom > d - 1))
      throw argumentError(
        where,
        "degreesOfFreedomPrior",
        degreesOfFreedom,
        `more than ${d - 1}, the columns of X less one`,
      );
    if (meanPrior !== null && meanPrior.length !== d)
      throw shapeError(where, "meanPrior", `has ${meanPrior.length} entries`, `${d}, one per column of X`);
    const { mean, covariance } = momentsOf(X, weights);
    return {
      process: weightConcentrationPriorType === "dirichletProcess",
      concentration: this.params.weightConcentrationPrior ?? 1 / this.params.nComponents,
      meanPrecision: this.params.meanPrecisionPrior ?? 1,
      mean: meanPrior === null ? mean : Float64Array.from(meanPrior),
      degreesOfFreedom,
      covariance:
        covariancePrior === null
          ? shapeCovariance(covariance, d, type)
          : readCovariance(covariancePrior, d, type, where),
    };
  }
}

/** Mean and covariance (d x d, over the weight less one) of the rows. */
function momentsOf(
  X: Matrix,
  weights: Float64Array | null,
): { mean: Float64Array; covariance: Float64Array } {
  const { rows: n, cols: d, data } = X;
  const mean = new Float64Array(d);
  const total = weights ? weights.reduce((a, b) => a + b, 0) : n;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) mean[j] = mean[j]! + (data[i * d + j]! * (weights ? weights[i]! : 1)) / total;
  const covariance = new Float64Array(d * d);
  const gap = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) gap[j] = data[i * d + j]! - mean[j]!;
    const w = (weights ? weights[i]! : 1) / Math.max(total - 1, Number.EPSILON);
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++) covariance[a * d + b] = covariance[a * d + b]! + w * gap[a]! * gap[b]!;
  }
  return { mean, covariance };
}

function shapeCovariance(S: Float64Array, d: number, type: CovarianceType): Float64Array {
  if (type === "full" || type === "tied") return S;
  const variances = Float64Array.from({ length: d }, (_, j) => S[j * d + j]!);
  return type === "diag" ? variances : Float64Array.of(variances.reduce((a, b) => a + b, 0) / d);
}

function readCovariance(
  given: number | ArrayLike<number> | readonly ArrayLike<number>[] | Matrix,
  d: number,
  type: CovarianceType,
  where: string,
): Float64Array {
  const refuse = (expected: string) => argumentError(where, "covariancePrior", given, expected);
  if (type === "spherical") {
    if (typeof given !== "number") throw refuse('a positive number with covarianceType "spherical"');
    return Float64Array.of(given);
  }
  if (type === "diag") {
    if (!isNumbers(given) || given.length !== d || !Array.from(given).every((v) => v > 0))
      throw refuse(`${d} positive numbers with covarianceType "diag"`);
    return Float64Array.from(given);
  }
  const expected = `a positive definite ${d} x ${d} matrix with covarianceType "${type}"`;
  if (typeof given === "number" || isNumbers(given)) throw refuse(expected);
  const rows = given instanceof Matrix ? given : Matrix.from(given as readonly ArrayLike<number>[]);
  if (rows.rows !== d || rows.cols !== d) throw refuse(expected);
  const symmetric = rows.data.every((v, at) => v === rows.at(at % d, Math.floor(at / d)));
  if (!symmetric || factorCholesky(d, rows.data.slice()) >= 0) throw refuse(expected);
  return rows.data.slice();
}

interface State {
  readonly schema: Schema;
  readonly posterior: MixturePosterior;
  readonly lowerBounds: Float64Array;
  readonly converged: boolean;
  readonly labels: Int32Array;
}

/** What {@link BayesianGaussianMixture} learned: `weights`, `means` and `covariance(c)` are posterior means. */
export class BayesianGaussianMixtureModel extends MixtureModel {
  static readonly typeName = "BayesianGaussianMixtureModel";
  readonly #posterior: MixturePosterior;

  constructor(state: State) {
    const { schema, labels, posterior, lowerBounds, converged } = state;
    super(schema, labels, posterior.components, lowerBounds, converged);
    this.#posterior = posterior;
  }

  /** Dirichlet counts of the components, or [first, second] numbers of the Beta distribution of each stick. */
  get weightConcentration(): Float64Array | readonly [Float64Array, Float64Array] {
    const { process, concentration, rest } = this.#posterior;
    return process ? [concentration, rest] : concentration;
  }
  /** Rows that the mean of each component rests on, the prior counted. */
  get meanPrecision(): Float64Array {
    return this.#posterior.meanPrecision;
  }
  /** Rows that the covariance of each component rests on, the prior counted. */
  get degreesOfFreedom(): Float64Array {
    return this.#posterior.degreesOfFreedom;
  }

  protected override density(where: string): Whitening {
    return expectedWhitening(this.#posterior, where);
  }

  override toState(): unknown {
    const { schema, lowerBounds, converged, labels } = this;
    return { schema, posterior: this.#posterior, lowerBounds, converged, labels };
  }
  static fromState(state: unknown): BayesianGaussianMixtureModel {
    return new BayesianGaussianMixtureModel(state as State);
  }
}
