export { Matrix, type MatrixData } from "./matrix.ts";
export { type RandomState, RandomStream, randomStream, type Seed } from "./random/index.ts";
export { SparseMatrix } from "./sparse.ts";
export * from "./special/index.ts";
export * from "./optimize/index.ts";
