import {
  ClustererSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  throwIfAborted,
} from "../contract/index.ts";
import { bestOfStarts } from "./best-of-starts.ts";
import { type Components, parameterCount, whitening } from "./components.ts";
import { expectationMaximisation } from "./expectation-maximisation.ts";
import { MixtureModel } from "./mixture-model.ts";

export const mixtureParams = {
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
export class GaussianMixture extends ClustererSpec<typeof mixtureParams> {
  static readonly typeName = "GaussianMixture";
  static readonly params = mixtureParams;

  constructor(given: ParamInput<typeof mixtureParams> = {}) {
    super("GaussianMixture", mixtureParams, given);
  }

  static fromState(state: unknown): GaussianMixture {
    return new GaussianMixture(state as ParamInput<typeof mixtureParams>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): GaussianMixtureModel {
    const where = "GaussianMixture.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { nComponents: k, covarianceType, nInit, maxIter, tol, regCovar, seed, initParams } = this.params;
    const starts = { k, initParams, nInit, maxIter, tol, seed };
    const best = bestOfStarts(matrix, weights, starts, options, where, {
      run: (data, progress) =>
        expectationMaximisation(data, data.maximise(covarianceType, regCovar, null), {
          type: covarianceType,
          tol,
          regCovar,
          maxIter,
          where,
          progress,
        }),
      finish: (data, { components }) => data.expect(whitening(components, where), components.means),
    });
    return new GaussianMixtureModel({
      schema: schemaOf(design),
      components: best.components,
      lowerBounds: Float64Array.from(best.lowerBounds),
      converged: best.converged,
      labels: best.labels,
    });
  }
}

interface GaussianMixtureState {
  readonly schema: Schema;
  readonly components: Components;
  readonly lowerBounds: Float64Array;
  readonly converged: boolean;
  readonly labels: Int32Array;
}

/** What {@link GaussianMixture} learned. */
export class GaussianMixtureModel extends MixtureModel {
  static readonly typeName = "GaussianMixtureModel";

  constructor(state: GaussianMixtureState) {
    super(state.schema, state.labels, state.components, state.lowerBounds, state.converged);
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
    return parameterCount(this.components.type, this.weights.length, this.nFeatures);
  }

  override toState(): unknown {
    const { schema, components, lowerBounds, converged, labels } = this;
    return { schema, components, lowerBounds, converged, labels };
  }
  static fromState(state: unknown): GaussianMixtureModel {
    return new GaussianMixtureModel(state as GaussianMixtureState);
  }
}
