/** Mixtures of normal distributions, and hidden Markov models: what EM learns. */
export { BayesianGaussianMixture, BayesianGaussianMixtureModel } from "./bayesian-gaussian-mixture.ts";
export type { CovarianceType } from "./components.ts";
export type { Emission, Observations } from "./emissions.ts";
export { GaussianMixture, GaussianMixtureModel } from "./gaussian-mixture.ts";
export {
  type BaumWelchOptions,
  type BaumWelchResult,
  baumWelch,
  HiddenMarkovModel,
  type HiddenMarkovParts,
  hmmFromLabelled,
  initialHmm,
} from "./hidden-markov.ts";
