/** Bayesian inference: closed forms, approximations, samplers. */
export { type AbcOptions, abcRejection } from "./abc.ts";
export { CategoricalNB, CategoricalNBModel } from "./categorical-nb.ts";
export {
  betaBernoulli,
  type ConjugatePosterior,
  dirichletCategorical,
  gammaPoisson,
  gammaPrecision,
  gaussianMean,
} from "./conjugate.ts";
export {
  BernoulliNB,
  BernoulliNBModel,
  ComplementNB,
  ComplementNBModel,
  MultinomialNB,
  MultinomialNBModel,
} from "./count-nb.ts";
export { type EpResult, expectationPropagation } from "./expectation-propagation.ts";
export { GaussianNB, GaussianNBModel } from "./gaussian-nb.ts";
export {
  type LaplaceApproximation,
  type LogDensity,
  laplaceApproximation,
  type MapEstimate,
  mapEstimate,
} from "./laplace.ts";
export {
  effectiveSampleSize,
  type HmcOptions,
  hmc,
  type McmcOptions,
  type McmcResult,
  metropolis,
  nuts,
  posteriorPredictive,
  rHat,
} from "./mcmc.ts";
export { NaiveBayesModel } from "./naive-bayes.ts";
export { bayesRule } from "./rule.ts";
export {
  elbo,
  type MeanFieldResult,
  meanFieldNormal,
  type NormalGamma,
  normalVariational,
} from "./variational.ts";
