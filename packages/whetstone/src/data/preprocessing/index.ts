export { DateFeatures, DateFeaturesModel, type DatePart } from "./date-features.ts";
export { FunctionTransformer, FunctionTransformerModel } from "./function-transformer.ts";
export { KBinsDiscretizer, KBinsDiscretizerModel } from "./kbins-discretizer.ts";
export { Binarizer, BinarizerModel, Normalizer, NormalizerModel } from "./normalizer.ts";
export { PolynomialFeatures, PolynomialFeaturesModel } from "./polynomial-features.ts";
export { PowerTransformer, PowerTransformerModel } from "./power-transformer.ts";
export { QuantileTransformer, QuantileTransformerModel } from "./quantile-transformer.ts";
export {
  MaxAbsScaler,
  MaxAbsScalerModel,
  MinMaxScaler,
  MinMaxScalerModel,
  RobustScaler,
  RobustScalerModel,
  StandardScaler,
  StandardScalerModel,
} from "./scalers.ts";
export { SplineTransformer, SplineTransformerModel } from "./spline-transformer.ts";
export { Whitening, WhiteningModel } from "./whitening.ts";
export { Winsorizer, WinsorizerModel } from "./winsorizer.ts";
