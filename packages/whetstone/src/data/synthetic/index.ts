export {
  type ClassificationData,
  type ClusterClassification,
  type ImbalancedData,
  makeBlobs,
  makeCircles,
  makeClassification,
  makeImbalanced,
  makeMoons,
} from "./classification.ts";
export { type FraudData, type FraudScenario, makeFraud } from "./fraud.ts";
export { fitGaussianCopula, GaussianCopula } from "./gaussian-copula.ts";
export { type MissingnessResult, makeMissing } from "./missingness.ts";
export { makeRegimes, type Regime, type RegimeSeries } from "./regimes.ts";
export {
  makeFriedman1,
  makeFriedman2,
  makeFriedman3,
  makeRegression,
  makeSparseRegression,
  type RegressionData,
} from "./regression.ts";
export { makeSCurve, makeSwissRoll, type SurfaceData } from "./surfaces.ts";
