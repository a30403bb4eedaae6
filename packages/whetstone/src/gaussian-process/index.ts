/** Gaussian processes: distributions over functions. */
export { expectedImprovement } from "./acquisition.ts";
export { GaussianProcessClassifier, GaussianProcessClassifierModel } from "./classifier.ts";
export {
  constantKernel,
  dotProduct,
  type GpKernel,
  type KernelBounds,
  matern,
  periodicKernel,
  productKernel,
  rationalQuadratic,
  rbf,
  sumKernel,
  whiteKernel,
} from "./kernels.ts";
export { GaussianProcessRegressor, GaussianProcessRegressorModel } from "./regressor.ts";
