/**
 * Whetstone: machine learning for TypeScript. Each chapter is a subpath (`whetstone/linear`, `whetstone/data`);
 * this entry holds what belongs to all of them.
 */
export {
  AbortError,
  type ClassifierModel,
  type FitOptions,
  type Label,
  type MatrixLike,
  type Model,
  NamedMatrix,
  type Progress,
  type RegressorModel,
  WhetstoneError,
} from "./contract/index.ts";
export { Table } from "./data/index.ts";
export { Matrix, SparseMatrix } from "./math/index.ts";
export { estimators, load, type RegistryEntry } from "./registry/index.ts";
