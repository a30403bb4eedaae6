/** Information theory: entropies, divergences, mutual information. */
export type { BaseOption } from "./distribution.ts";
export {
  crossEntropy,
  crossEntropyFromLogits,
  entropy,
  giniImpurity,
  jsDistance,
  jsDivergence,
  klDivergence,
} from "./entropy.ts";
export {
  fitForwardKl,
  fitReverseKl,
  type Gaussian,
  type GaussianFit,
  type GaussianMixtureDensity,
  gaussianEntropy,
  klGaussian,
  klMultivariateGaussian,
  type MultivariateGaussian,
} from "./gaussian.ts";
export {
  conditionalEntropy,
  type InfoNce,
  infoNce,
  informationGain,
  mutualInformation,
  mutualInformationKnn,
  mutualInformationLabels,
} from "./mutual.ts";
export { type WassersteinOptions, wasserstein } from "./wasserstein.ts";
