export { type BasisPursuit, basisPursuit } from "./basis-pursuit.ts";
export { BayesianRidge, BayesianRidgeModel } from "./bayesian-ridge.ts";
export {
  LinearDiscriminantAnalysis,
  LinearDiscriminantAnalysisModel,
  QuadraticDiscriminantAnalysis,
  QuadraticDiscriminantAnalysisModel,
} from "./discriminant.ts";
export { GeneralizedLinearRegressor, GeneralizedLinearRegressorModel, type GlmFitOptions } from "./glm.ts";
export type { FamilyName } from "./glm-family.ts";
export type { GlmInference, GlmInferenceOptions } from "./glm-inference.ts";
export type { LinkName } from "./glm-link.ts";
export { GroupLasso, GroupLassoModel } from "./group-lasso.ts";
export { type HatOptions, hatMatrix, type Influence, influence, leverages } from "./hat-matrix.ts";
export { HuberRegressor, HuberRegressorModel } from "./huber-regressor.ts";
export type { CoefficientRow } from "./inference.ts";
export { coefAt, type LarsOptions, type LarsPath, larsPath, type PathEvent } from "./lars.ts";
export { ElasticNet, ElasticNetModel, Lasso, LassoModel } from "./lasso.ts";
export { LinearModel } from "./linear-model.ts";
export { LinearRegression, LinearRegressionModel } from "./linear-regression.ts";
export type { LogisticInference } from "./logistic-inference.ts";
export { LogisticRegressionModel } from "./logistic-model.ts";
export { type LogisticFitOptions, LogisticRegression } from "./logistic-regression.ts";
export {
  type Contact,
  type ContactShare,
  type ContactShareOptions,
  contactPoint,
  contactShare,
} from "./norm-ball-contact.ts";
export {
  ballOutline,
  ballValue,
  type CrossPolytope,
  crossPolytope,
  type NormBall,
  projectOntoBall,
} from "./norm-balls.ts";
export type { OlsInference } from "./ols-inference.ts";
export { Perceptron, PerceptronModel } from "./perceptron.ts";
export { QuantileRegressor, QuantileRegressorModel } from "./quantile-regressor.ts";
export { RANSACRegressor, RANSACRegressorModel } from "./ransac-regressor.ts";
export { Ridge, RidgeModel, type RidgePath, ridgePath } from "./ridge.ts";
export { RidgeCV, RidgeCVModel } from "./ridge-cv.ts";
export { SGDClassifier, SGDClassifierModel } from "./sgd-classifier.ts";
export { SGDRegressor, SGDRegressorModel } from "./sgd-regressor.ts";
export { ElasticNetCV, ElasticNetCVModel, LassoCV, LassoCVModel } from "./sparse-cv.ts";
export { lassoPath, type SparsePath, type SparsePathOptions } from "./sparse-path.ts";
export { TheilSenRegressor, TheilSenRegressorModel } from "./theil-sen-regressor.ts";
