export { type HatOptions, hatMatrix, type Influence, influence, leverages } from "./hat-matrix.ts";
export type { CoefficientRow } from "./inference.ts";
export { LinearModel } from "./linear-model.ts";
export { LinearRegression, LinearRegressionModel } from "./linear-regression.ts";
export type { LogisticInference } from "./logistic-inference.ts";
export { LogisticRegressionModel } from "./logistic-model.ts";
export { type LogisticFitOptions, LogisticRegression } from "./logistic-regression.ts";
export type { OlsInference } from "./ols-inference.ts";
export { Ridge, RidgeModel, type RidgePath, ridgePath } from "./ridge.ts";
