/**
 * The core kernels: matrix products, vectors, distances. They come along with everything; the kernels of one family
 * stand in a set of their own (`set-<name>.ts` here, `../sets.ts` outside), which only its users load.
 * scripts/build-kernels.mjs compiles this file and every set into a WebAssembly module each, all on one imported
 * shared memory.
 *
 * How to add a kernel:
 * 1. Write a plain exported function over pointers (`usize`) and sizes (`i32`) in the file of its topic. Whole
 *    numbers arrive as i32/usize, real ones as f64. No static data, no classes, no allocation, no mutable
 *    globals: all threads run the same code on one memory, and memory comes from `withScratch` on the outside.
 * 2. If threads share its work, let the last parameter be `chunk: i32`. Where a chunk begins and ends may depend
 *    on the sizes only, never on the number of threads, so that results stay identical bit for bit; chunks
 *    must not write to the same place.
 * 3. Export it from the set of its family, run `node scripts/build-kernels.mjs`, and reach it as
 *    `treeKernels.call("name", ...)` or `treeKernels.parallel("name", chunks, ...)`; a core kernel as
 *    `call("name", ...)` or `parallel("name", chunks, ...)`. The types of the names follow by themselves.
 *
 * A new set is a file `set-<name>.ts` and a line in `../sets.ts`. Sets may share code by importing the same files,
 * of which each gets a copy, or call core kernels through `core.ts`. Names of kernels are unique over all sets.
 *
 * The kernels trust their arguments: whoever calls them checks.
 */
export { packF32, gemmF32 } from "./gemm-f32";
export { packF64, gemmF64, squaredDistancesF64, manhattanF64 } from "./gemm-f64";
export { gemmBatchF32, gemmBatchF64 } from "./gemm-batch";
export { gemmColsF32, gemmRowsF32 } from "./gemm-thin";
export { gemmSplitF32, gemmSplitF64, gemmSumF32, gemmSumF64 } from "./gemm-split";
export { gemvF64, gemvTF64, gemvTSumF64 } from "./gemv-f64";
export { dotF64, scaleF64, sumF64 } from "./blas1";
export { rowNorms2F64, cosineFromGramF64 } from "./distance";
export { gramF64 } from "./gram";
export { fail } from "./testing";
