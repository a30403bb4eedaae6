/**
 * Every kernel of the library, compiled by scripts/build-kernels.mjs into one WebAssembly module (twice: with
 * and without relaxed SIMD) on an imported shared memory.
 *
 * How to add a kernel:
 * 1. Write a plain exported function over pointers (`usize`) and sizes (`i32`) in the file of its topic. Whole
 *    numbers arrive as i32/usize, real ones as f64. No static data, no classes, no allocation, no mutable
 *    globals: all threads run the same code on one memory, and memory comes from `withScratch` on the outside.
 * 2. If threads share its work, let the last parameter be `chunk: i32`. Where a chunk begins and ends may depend
 *    on the sizes only, never on the number of threads, so that results stay identical bit for bit; chunks
 *    must not write to the same place.
 * 3. Export it here, run `node scripts/build-kernels.mjs`, and reach it as `call("name", ...)` or
 *    `parallel("name", chunks, ...)`. `KernelName` follows by itself.
 *
 * The kernels trust their arguments: whoever calls them checks.
 */
export { packF32, gemmF32 } from "./gemm-f32";
export { packF64, gemmF64, squaredDistancesF64, manhattanF64 } from "./gemm-f64";
export { gemmBatchF32, gemmBatchF64 } from "./gemm-batch";
export { gemmSplitF32, gemmSplitF64, gemmSumF32, gemmSumF64 } from "./gemm-split";
export { gemvF64, gemvTF64, gemvTSumF64 } from "./gemv-f64";
export { dotF64, axpyF64, scaleF64, sumF64, nrm2F64, dotF32, axpyF32 } from "./blas1";
export { rowNorms2F64, cosineFromGramF64 } from "./distance";
export { im2colF32, col2imF32 } from "./im2col";
export { gaussianJoint, gaussianMoments } from "./gaussian-bayes";
export { nearestRows } from "./nearest";
export { lloydStep, seedTrials, labelInertia } from "./kmeans";
export { packRows8, kernelRow, kernelBlock, smoSteps, gatherColumns } from "./smo";
export { gramF64 } from "./gram";
export { mixtureShares } from "./gaussian-mixture";
export { tsneRepulsion, tsneAttraction } from "./tsne";
export { logisticBinary, logisticSoftmax } from "./logistic";
export { fail } from "./testing";
export { sortColumns, weighValues, mapBins } from "./boost-bin";
export {
  lossGradients,
  quantizePairs,
  sumPairs,
  softmaxColumns,
  lossSum,
  addLeaves,
} from "./boost-gradient";
export { expandNode, partitionList, splitList, mergeList } from "./boost-histogram";
export { predictTrees, predictBinned } from "./boost-predict";
export {
  cumsumF32,
  cumsumF64,
  cumsumI32,
  scatterAddF32,
  scatterAddF64,
  scatterAddI32,
  foldF32,
  foldF64,
  foldI32,
  argsortF32,
  argsortF64,
  argsortI32,
} from "./tensor-ops";
export { convF32, flipWeightsF32, convInputF32, convWeightF32, convF64 } from "./conv";
export { rankColumns } from "./tree-rank";
export { growTrees } from "./tree-grow";
export { addTreeValues, applyTrees } from "./tree-predict";
export { treeShap } from "./tree-shap";
export { treeShapPairs } from "./tree-shap-pairs";
