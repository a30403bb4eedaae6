export {
  ExtraTreesClassifier,
  ExtraTreesClassifierModel,
  RandomForestClassifier,
  RandomForestClassifierModel,
} from "./classifier.ts";
export {
  ExtraTreesRegressor,
  ExtraTreesRegressorModel,
  RandomForestRegressor,
  RandomForestRegressorModel,
} from "./regressor.ts";
