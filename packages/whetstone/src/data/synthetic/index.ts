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
export { fitGaussianCopula, GaussianCopula } from "./gaussian-copula.ts";
export { type MissingnessResult, makeMissing } from "./missingness.ts";
export {
  makeFriedman1,
  makeRegression,
  makeSparseRegression,
  type RegressionData,
} from "./regression.ts";
