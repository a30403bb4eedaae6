export { Matrix, type MatrixData } from "./matrix.ts";
export { SparseMatrix } from "./sparse.ts";
