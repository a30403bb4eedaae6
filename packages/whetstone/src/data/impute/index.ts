export { KNNImputer, KNNImputerModel } from "./knn-imputer.ts";
export {
  MissingIndicator,
  MissingIndicatorModel,
  SimpleImputer,
  SimpleImputerModel,
} from "./simple-imputer.ts";
