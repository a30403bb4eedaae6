export { AdaBoostClassifier, AdaBoostClassifierModel } from "./classifier.ts";
export { AdaBoostRegressor, AdaBoostRegressorModel } from "./regressor.ts";
