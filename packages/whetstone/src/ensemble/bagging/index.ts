export { BaggingClassifier, BaggingClassifierModel } from "./classifier.ts";
export { BaggingRegressor, BaggingRegressorModel } from "./regressor.ts";
