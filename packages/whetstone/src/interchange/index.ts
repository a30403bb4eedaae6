/** Models of trees that other libraries trained, one form for the trees of every model, and files for other runtimes. */
export {
  ImportedClassifierModel,
  ImportedRegressorModel,
  type ImportOptions,
  type LabelLink,
  type NumberLink,
} from "./imported-model.ts";
export { importLightGBM } from "./lightgbm.ts";
export { exportTreesOnnx, type OnnxTreeModel } from "./onnx-trees.ts";
export {
  type ColumnCode,
  codeBit,
  encodeColumns,
  type HasPlainTrees,
  outputOf,
  type PlainTrees,
  plainTreesOf,
  type TreeModel,
} from "./plain-trees.ts";
export { type FromScikitLearn, importScikitLearn } from "./scikit-learn.ts";
export { importXGBoost } from "./xgboost.ts";
