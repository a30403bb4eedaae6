/**
 * Compute kernels: WebAssembly SIMD on a shared memory, run by a pool of threads. This layer knows numbers,
 * pointers and typed arrays; it may not know matrices or estimators.
 *
 * Results do not depend on the number of threads: work is cut into chunks by sizes only.
 *
 * How to add a kernel: see `assembly/index.ts`.
 */

export { axpy, dot, gemvF64At, nrm2, sum } from "./blas.ts";
export {
  pairwiseCosineDistances,
  pairwiseManhattanDistances,
  pairwiseSquaredDistances,
} from "./distances.ts";
export { gemmF32, gemmF32At, gemmF64, gemmF64At } from "./gemm.ts";
export { type GemmProduct, gemmEntries } from "./gemm-entries.ts";
export { heapAlloc, heapBytes, heapFree, heapReserved } from "./heap.ts";
export { joinedIsBetter, mayJoin } from "./joining.ts";
export type { KernelSet } from "./kernel-set.ts";
export { nearestRows } from "./nearest.ts";
export { call, parallel, parallelWithSignal, type StopSignal } from "./pool.ts";
export { loadProgram, moduleLimits, type Program } from "./programs.ts";
export type { KernelName } from "./runtime.ts";
export {
  type Block,
  type F32Block,
  type F64Block,
  type I32Block,
  kernelView,
  pointerOf,
  type Scratch,
  type U8Block,
  type U16Block,
  type U32Block,
  withScratch,
} from "./scratch.ts";
export {
  bayesKernels,
  boostKernels,
  kmeansKernels,
  logisticKernels,
  mixtureKernels,
  nearestKernels,
  shapKernels,
  svmKernels,
  tensorKernels,
  treeKernels,
  tsneKernels,
  umapKernels,
} from "./sets.ts";
export { makeTape, type Tape, type TapeEntry } from "./tape.ts";
export { getThreads, type KernelInfo, kernelInfo, setThreads } from "./threads.ts";
export { expectWork, expectWorkOnTape, reviewTiles } from "./wide-tiles.ts";
