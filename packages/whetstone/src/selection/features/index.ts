export { type MutualInfoOptions, mutualInfoClassif, mutualInfoRegression } from "./mutual-info.ts";
export { RFE, RFECV, RFECVModel, RFEModel } from "./rfe.ts";
export { chi2, type FeatureScores, fClassif, fRegression } from "./scores.ts";
export { SelectFromModel, SelectFromModelModel } from "./select-from-model.ts";
export { SelectorModel } from "./selector.ts";
export { SequentialFeatureSelector, SequentialFeatureSelectorModel } from "./sequential.ts";
export {
  SelectFdr,
  SelectFdrModel,
  SelectFpr,
  SelectFprModel,
  SelectFwe,
  SelectFweModel,
  SelectKBest,
  SelectKBestModel,
  SelectPercentile,
  SelectPercentileModel,
} from "./univariate.ts";
export { VarianceThreshold, VarianceThresholdModel } from "./variance-threshold.ts";
