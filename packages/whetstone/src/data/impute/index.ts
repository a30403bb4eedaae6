export { IterativeImputer, IterativeImputerModel } from "./iterative-imputer.ts";
export { KNNImputer, KNNImputerModel } from "./knn-imputer.ts";
export {
  MissingIndicator,
  MissingIndicatorModel,
  SimpleImputer,
  SimpleImputerModel,
} from "./simple-imputer.ts";
