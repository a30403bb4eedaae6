import {
  ClustererSpec,
  type FitOptions,
  InductiveClustererModel,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  step,
  throwIfAborted,
  warn,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { Matrix, type RandomStream, randomStream } from "../math/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { type Components, covarianceMatrix, parameterCount, whitening } from "./components.ts";
import {
  type EmResult,
  expectationMaximisation,
  type MixtureData,
  withMixtureData,
} from "./expectation-maximisation.ts";
import { kMeansShares } from "./starting-shares.ts";

const params = {
  nComponents: int({ min: 1, default: 1, doc: "Number of normal components", search: { low: 1, high: 10 } }),
  covarianceType: oneOf(["full", "tied", "diag", "spherical"], {
    default: "full",
    doc: "full: a covariance each; tied: one for all; diag: columns independent within a component; spherical: one variance each",
  }),
  tol: real({ min: 0, default: 1e-3, doc: "Stops when the mean log density rises by less" }),
  regCovar: real({
    min: 0,
    max: 1e300,
    default: 1e-6,
    doc: "Added to every variance, so that none collapses",
  }),
  maxIter: int({ min: 1, default: 100, doc: "Most rounds of E and M" }),
  nInit: int({ min: 1, default: 1, doc: "Starts; the one with the highest likelihood is kept" }),
  initParams: oneOf(["kmeans", "random"], {
    default: "kmeans",
    doc: "kmeans starts from clusters; random from random shares",
  }),
  seed: seed(),
} as const;

/**
 * Mixture of normal distributions by expectation-maximisation. E: the share (responsibility) of every component in
 * every row. M: means, covariances and weights from those shares. The likelihood never falls; where it ends depends
 * on the start. A sample weight of k counts as k copies of the row.
 *
 * Source: Dempster, Laird and Rubin (1977); Bishop, Pattern Recognition and Machine Learning, 9.2.
 *
 * @example
 * const model = new GaussianMixture({ nComponents: 2 }).fit([[0], [0.2], [5], [5.2]]);
 * model.means.data.slice().sort(); // [0.1, 5.1]
 */
export class GaussianMixture extends ClustererSpec<typeof params> {
  static readonly typeName = "GaussianMixture";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("GaussianMixture", params, given);
  }

  static fromState(state: unknown): GaussianMixture {
    return new GaussianMixture(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): GaussianMixtureModel {
    const where = "GaussianMixture.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { nComponents: k, covarianceType, nInit, maxIter, tol, regCovar, seed } = this.params;
    const usable = weights ? weights.filter((w) => w > 0).length : matrix.rows;
    if (k > usable)
      throw argumentError(where, "nComponents", k, `at most ${usable}, the number of rows of X`);
    const root = randomStream(seed);
    const best = withMixtureData(matrix, k, weights, (data) => {
      let kept: EmResult | null = null;
      for (let run = 0; run < nInit; run++) {
        data.shares.set(this.#start(matrix, weights, root.split(run)));
        const found = expectationMaximisation(data, data.maximise(covarianceType, regCovar, null), {
          type: covarianceType,
          tol,
          regCovar,
          maxIter,
          where,
          progress: (i) => step(where, options, run * maxIter + i, nInit * maxIter, "iterations"),
        });
        if (!kept || found.lowerBounds.at(-1)! > kept.lowerBounds.at(-1)!) kept = found;
      }
      const { components } = kept!;
      data.expect(whitening(components, where), components.means);
      return { ...kept!, labels: largestShare(data) };
    });
    if (!best.converged && tol > 0)
      warn(where, options, `did not converge in ${maxIter} iterations; raise maxIter or tol`);
    return new GaussianMixtureModel({
      schema: schemaOf(design),
      components: best.components,
      lowerBounds: Float64Array.from(best.lowerBounds),
      converged: best.converged,
      labels: best.labels,
    });
  }

  #start(X: Matrix, weights: Float64Array | null, random: RandomStream): Float64Array {
    const { nComponents: k, initParams } = this.params;
    const { rows: n, cols: d } = X;
    if (initParams === "kmeans") return kMeansShares(X.data, n, d, k, weights, random);
    const shares = random.fillUniform(new Float64Array(k * n));
    for (let i = 0; i < n; i++) {
      let total = 0;
      for (let c = 0; c < k; c++) total += shares[c * n + i]!;
      for (let c = 0; c < k; c++)
        shares[c * n + i] = (shares[c * n + i]! / total) * (weights ? weights[i]! : 1);
    }
    return shares;
  }
}

function largestShare({ shares, n, k }: MixtureData): Int32Array {
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++)
    for (let c = 1; c < k; c++) if (shares[c * n + i]! > shares[labels[i]! * n + i]!) labels[i] = c;
  return labels;
}

interface GaussianMixtureState {
  readonly schema: Schema;
  readonly components: Components;
  readonly lowerBounds: Float64Array;
  readonly converged: boolean;
  readonly labels: Int32Array;
}

/** What {@link GaussianMixture} learned. */
export class GaussianMixtureModel extends InductiveClustererModel {
  static readonly typeName = "GaussianMixtureModel";
  /** Mean log density of the training rows before each M step: EM never lowers it. */
  readonly lowerBounds: Float64Array;
  readonly converged: boolean;
  readonly #components: Components;

  constructor(state: GaussianMixtureState) {
    super(state.schema, state.labels);
    this.#components = state.components;
    this.lowerBounds = state.lowerBounds;
    this.converged = state.converged;
  }

  /** Share of each component, k. */
  get weights(): Float64Array {
    return this.#components.weights;
  }
  /** One mean per row, k x d. */
  get means(): Matrix {
    return this.#components.means;
  }
  /** Covariance of component c, d x d, whatever the covariance type. */
  covariance(c: number): Matrix {
    const k = this.weights.length;
    if (!(Number.isInteger(c) && c >= 0 && c < k))
      throw argumentError("GaussianMixtureModel.covariance", "c", c, `an integer from 0 to ${k - 1}`);
    return covarianceMatrix(this.#components, c);
  }
  get nIter(): number {
    return this.lowerBounds.length;
  }

  #read<R>(X: MatrixLike, method: string, body: (data: MixtureData) => R): R {
    const where = `GaussianMixture.${method}`;
    const { matrix } = readLike(this.schema, X, where);
    return withMixtureData(matrix, this.weights.length, null, (data) => {
      data.expect(whitening(this.#components, where), this.means);
      return body(data);
    });
  }

  /** Responsibilities: share of every component in every row, n x k. */
  predictProba(X: MatrixLike): Matrix {
    return this.#read(X, "predictProba", ({ shares, n, k }) => new Matrix(shares.slice(), k, n).transpose());
  }
  /** The component with the largest share in each row. */
  override predict(X: MatrixLike): Int32Array {
    return this.#read(X, "predict", largestShare);
  }
  /** Log density of every row. */
  scoreSamples(X: MatrixLike): Float64Array {
    return this.#read(X, "scoreSamples", (data) => data.logDensity.slice());
  }
  /** Mean log density of the rows. */
  score(X: MatrixLike): number {
    const logs = this.scoreSamples(X);
    return logs.reduce((s, v) => s + v, 0) / logs.length;
  }
  /** Bayesian information criterion on X: lower is better. */
  bic(X: MatrixLike): number {
    const logs = this.scoreSamples(X);
    return -2 * logs.reduce((s, v) => s + v, 0) + this.#count() * Math.log(logs.length);
  }
  /** Akaike information criterion on X: lower is better. */
  aic(X: MatrixLike): number {
    return -2 * this.scoreSamples(X).reduce((s, v) => s + v, 0) + 2 * this.#count();
  }
  #count(): number {
    return parameterCount(this.#components.type, this.weights.length, this.nFeatures);
  }

  /** n new rows drawn from the mixture, and the component of each. */
  sample(n: number, seed = 0): { X: Matrix; labels: Int32Array } {
    if (!(Number.isSafeInteger(n) && n >= 0))
      throw argumentError("GaussianMixtureModel.sample", "n", n, "an integer >= 0");
    const random = randomStream(seed);
    const d = this.nFeatures;
    const factors = Array.from(this.weights, (_, c) => {
      const L = this.covariance(c).data;
      factorCholesky(d, L);
      return L;
    });
    const X = Matrix.zeros(n, d);
    const z = new Float64Array(d);
    const labels = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const c = (labels[i] = random.categorical(this.weights));
      random.fillNormal(z);
      for (let j = 0; j < d; j++) {
        let v = this.means.at(c, j);
        for (let p = 0; p <= j; p++) v += factors[c]![j * d + p]! * z[p]!;
        X.set(i, j, v);
      }
    }
    return { X, labels };
  }

  override toState(): unknown {
    const { schema, lowerBounds, converged, labels } = this;
    return { schema, components: this.#components, lowerBounds, converged, labels };
  }
  static fromState(state: unknown): GaussianMixtureModel {
    return new GaussianMixtureModel(state as GaussianMixtureState);
  }
}
