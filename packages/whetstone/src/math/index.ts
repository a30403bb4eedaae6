export * from "./convexity/index.ts";
export {
  cosineKernel,
  evaluateKernel,
  gramMatrix,
  type Kernel,
  laplacianKernel,
  linearKernel,
  polynomialFeatureMap,
  polynomialKernel,
  rbfKernel,
  sigmoidKernel,
} from "./kernel-functions.ts";
export * from "./linalg/index.ts";
export { Matrix, type MatrixData } from "./matrix.ts";
export { type AxisOptions, NdArray, type NdOperand } from "./ndarray.ts";
export * from "./ode/index.ts";
export * from "./optimize/index.ts";
export { type RandomState, RandomStream, randomStream, type Seed } from "./random/index.ts";
export { addRow, type RowLists, rowDot, rowLists } from "./row-lists.ts";
export { logSoftmax, logSumExp, type SoftmaxOptions, softmax } from "./softmax.ts";
export { SparseMatrix } from "./sparse.ts";
export * from "./special/index.ts";
export {
  chebyshev,
  cosineSimilarity,
  dot,
  euclidean,
  type Metric,
  manhattan,
  minkowski,
  norm2,
  pairwiseDistances,
} from "./vectors.ts";
