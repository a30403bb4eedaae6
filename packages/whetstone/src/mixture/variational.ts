/**
 * Mixtures of normal distributions with priors on weights, means and covariances: coordinate ascent on the variational
 * lower bound. Bishop, Pattern Recognition and Machine Learning, 10.2; Blei and Jordan (2006) for stick breaking.
 * Covariances are scaled by their degrees of freedom, as scikit-learn keeps them.
 */
import { digamma, logBeta, logGamma, Matrix } from "../math/index.ts";
import { type Components, type CovarianceType, type Whitening, whitening } from "./components.ts";
import type { MixtureData } from "./expectation-maximisation.ts";

export interface MixturePrior {
  /** Weights by stick breaking (dirichletProcess) or one Dirichlet distribution. */
  readonly process: boolean;
  readonly concentration: number;
  readonly meanPrecision: number;
  readonly mean: Float64Array; // d
  readonly degreesOfFreedom: number;
  /** full and tied: d x d; diag: d; spherical: 1. */
  readonly covariance: Float64Array;
}

/** The distributions of weights, means and covariances given the rows. */
export interface MixturePosterior {
  /** Mean weights, means and scaled covariances. */
  readonly components: Components;
  readonly process: boolean;
  /** Dirichlet counts, or the first numbers of the Beta distributions of the sticks. */
  readonly concentration: Float64Array; // k
  /** The second numbers of the sticks; ones for a Dirichlet distribution, where they mean nothing. */
  readonly rest: Float64Array; // k
  readonly meanPrecision: Float64Array; // k
  readonly degreesOfFreedom: Float64Array; // k, all equal for tied covariances
}

/** The posterior that the shares call for. */
export function updatePosterior(
  data: MixtureData,
  prior: MixturePrior,
  type: CovarianceType,
  regCovar: number,
  near: Matrix | null,
): MixturePosterior {
  const { k, d, total } = data;
  const found = data.maximise(type, regCovar, near);
  const sizes = found.weights.map((w) => w * total);
  const { concentration, rest, weights } = updateWeights(sizes, prior);
  const meanPrecision = sizes.map((v) => prior.meanPrecision + v);
  const means = Matrix.zeros(k, d).map((_, at) => {
    const c = Math.floor(at / d);
    return (
      (prior.meanPrecision * prior.mean[at % d]! + sizes[c]! * found.means.data[at]!) / meanPrecision[c]!
    );
  });
  const tied = type === "tied";
  const degreesOfFreedom = sizes.map((v) => prior.degreesOfFreedom + (tied ? total / k : v));
  const covariances = scaledCovariances(found, sizes, meanPrecision, degreesOfFreedom, prior, total);
  const components = { type, weights, means, covariances };
  return { components, process: prior.process, concentration, rest, meanPrecision, degreesOfFreedom };
}

function updateWeights(
  sizes: Float64Array,
  { process, concentration: prior }: MixturePrior,
): { concentration: Float64Array; rest: Float64Array; weights: Float64Array } {
  const k = sizes.length;
  if (!process) {
    const concentration = sizes.map((v) => prior + v);
    const sum = concentration.reduce((a, b) => a + b, 0);
    return { concentration, rest: sizes.map(() => 1), weights: concentration.map((v) => v / sum) };
  }
  const concentration = sizes.map((v) => 1 + v);
  const rest = new Float64Array(k);
  let behind = 0;
  for (let c = k - 1; c >= 0; c--) {
    rest[c] = prior + behind;
    behind += sizes[c]!;
  }
  const weights = new Float64Array(k);
  let left = 1;
  for (let c = 0; c < k; c++) {
    const sum = concentration[c]! + rest[c]!;
    weights[c] = (left * concentration[c]!) / sum;
    left *= rest[c]! / sum;
  }
  const sum = weights.reduce((a, b) => a + b, 0);
  return { concentration, rest, weights: weights.map((w) => w / sum) };
}

/** Prior, spread within, and the pull between the component's rows and the prior mean. */
function scaledCovariances(
  { type, means, covariances: S }: Components,
  sizes: Float64Array,
  meanPrecision: Float64Array,
  degreesOfFreedom: Float64Array,
  prior: MixturePrior,
  total: number,
): Float64Array {
  const { rows: k, cols: d } = means;
  const gap = (c: number, j: number) => means.at(c, j) - prior.mean[j]!;
  const pull = (c: number) => prior.meanPrecision / meanPrecision[c]!;
  if (type === "full")
    return S.map((v, at) => {
      const c = Math.floor(at / (d * d));
      const [i, j] = [Math.floor(at / d) % d, at % d];
      const spread = sizes[c]! * (v + pull(c) * gap(c, i) * gap(c, j));
      return (prior.covariance[i * d + j]! + spread) / degreesOfFreedom[c]!;
    });
  if (type === "tied")
    return S.map((v, at) => {
      const [i, j] = [Math.floor(at / d), at % d];
      let between = 0;
      for (let c = 0; c < k; c++) between += sizes[c]! * pull(c) * gap(c, i) * gap(c, j);
      return (prior.covariance[at]! + (total * v + between) / k) / degreesOfFreedom[0]!;
    });
  if (type === "diag")
    return S.map((v, at) => {
      const [c, j] = [Math.floor(at / d), at % d];
      const spread = sizes[c]! * (v + pull(c) * gap(c, j) ** 2);
      return (prior.covariance[j]! + spread) / degreesOfFreedom[c]!;
    });
  return S.map((v, c) => {
    let mean = 0;
    for (let j = 0; j < d; j++) mean += gap(c, j) ** 2 / d;
    return (prior.covariance[0]! + sizes[c]! * (v + pull(c) * mean)) / degreesOfFreedom[c]!;
  });
}

/** Expected log weights. */
function logWeights({ process, concentration, rest }: MixturePosterior): Float64Array {
  if (!process) {
    const all = digamma(concentration.reduce((a, b) => a + b, 0));
    return concentration.map((v) => digamma(v) - all);
  }
  let before = 0;
  return concentration.map((v, c) => {
    const both = digamma(v + rest[c]!);
    const here = before + digamma(v) - both;
    before += digamma(rest[c]!) - both;
    return here;
  });
}

/** What the E step reads: expectations of the log densities, where EM takes the densities at one set of parameters. */
export function expectedWhitening(posterior: MixturePosterior, where: string): Whitening {
  const { components, meanPrecision, degreesOfFreedom } = posterior;
  const { rows: k, cols: d } = components.means;
  const plain = whitening({ ...components, weights: new Float64Array(k).fill(1) }, where);
  const logs = logWeights(posterior);
  const constants = plain.constants.map((constant, c) => {
    const v = degreesOfFreedom[c]!;
    let logPrecision = d * Math.LN2;
    for (let j = 0; j < d; j++) logPrecision += digamma((v - j) / 2);
    return constant + logs[c]! + (logPrecision - d / meanPrecision[c]! - d * Math.log(v)) / 2;
  });
  return { ...plain, constants };
}

/**
 * The lower bound of the log evidence, up to a constant, right after an update: entropy of the shares, and what normalises
 * the posterior. Exact for full covariances with regCovar 0.
 */
export function lowerBound(data: MixtureData, posterior: MixturePosterior, where: string): number {
  const { components, process, concentration, rest, meanPrecision, degreesOfFreedom } = posterior;
  const { k, d } = data;
  const { constants } = whitening({ ...components, weights: new Float64Array(k).fill(1) }, where);
  const base = -0.5 * d * Math.log(2 * Math.PI);
  let bound = data.entropy();
  for (let c = 0; c < k; c++) {
    const v = degreesOfFreedom[c]!;
    const halfLogPrecision = constants[c]! - base - (d / 2) * Math.log(v);
    bound += v * halfLogPrecision + (v * d * Math.LN2) / 2 - (d / 2) * Math.log(meanPrecision[c]!);
    for (let j = 0; j < d; j++) bound += logGamma((v - j) / 2);
    bound += process ? logBeta(concentration[c]!, rest[c]!) : logGamma(concentration[c]!);
  }
  return process ? bound : bound - logGamma(concentration.reduce((a, b) => a + b, 0));
}

export interface VariationalResult {
  readonly posterior: MixturePosterior;
  readonly lowerBounds: readonly number[];
  readonly converged: boolean;
}

/** Rounds from the shares in `data`, until the lower bound changes by less than tol. */
export function ascend(
  data: MixtureData,
  prior: MixturePrior,
  options: {
    readonly type: CovarianceType;
    readonly tol: number;
    readonly regCovar: number;
    readonly maxIter: number;
    readonly where: string;
    readonly progress: (iteration: number) => void;
  },
): VariationalResult {
  const { type, tol, regCovar, maxIter, where, progress } = options;
  let posterior = updatePosterior(data, prior, type, regCovar, null);
  const lowerBounds: number[] = [];
  let converged = false;
  for (let iteration = 1; iteration <= maxIter && !converged; iteration++) {
    data.expect(expectedWhitening(posterior, where), posterior.components.means);
    posterior = updatePosterior(data, prior, type, regCovar, posterior.components.means);
    lowerBounds.push(lowerBound(data, posterior, where));
    const before = lowerBounds[iteration - 2] ?? Number.NEGATIVE_INFINITY;
    converged = Math.abs(lowerBounds[iteration - 1]! - before) < tol;
    progress(iteration);
  }
  return { posterior, lowerBounds, converged };
}
