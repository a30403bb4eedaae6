/** Of the tensor engine. */
export { im2colF32, col2imF32 } from "./im2col";
export { convF32, flipWeightsF32, convInputF32, convWeightF32, convF64 } from "./conv";
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
