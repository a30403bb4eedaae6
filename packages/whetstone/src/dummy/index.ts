export { DummyClassifier, DummyClassifierModel } from "./dummy-classifier.ts";
export { DummyRegressor, DummyRegressorModel } from "./dummy-regressor.ts";
