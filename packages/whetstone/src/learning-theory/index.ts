export {
  type BiasVariance,
  type BiasVarianceOptions,
  biasVarianceDecomposition,
  type Fitter,
  type RegressionGenerator,
} from "./bias-variance.ts";
export {
  type DegreeSweepOptions,
  legendreFeatures,
  polynomialDegreeSweep,
  type SweepPoint,
} from "./degree-sweep.ts";
