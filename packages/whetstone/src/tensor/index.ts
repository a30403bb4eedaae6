/**
 * Tensors: lazy, differentiable arrays of any number of axes. Operations record a graph; reading a value computes what
 * it needs. This layer knows kernels and matrices; it may not know layers, optimizers or estimators.
 */
export { type AttentionOptions, attention, einsum } from "./attention.ts";
export type { Backend } from "./backends/backend.ts";
export { type WebgpuOptions, webgpuBackend } from "./backends/open-webgpu.ts";
export { referenceBackend } from "./backends/reference/index.ts";
export {
  avgPool1d,
  avgPool2d,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  maxPool1d,
  maxPool2d,
} from "./convolution.ts";
export { type DType, roundTo } from "./dtype.ts";
export { flush, getBackend, realize as realizeNodes, setBackend, withBackend } from "./engine.ts";
export {
  checkpoint,
  customGradient,
  detectAnomaly,
  enableGrad,
  type GradOptions,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  noGrad,
  vjp,
} from "./functional.ts";
export { type GradcheckEntry, type GradcheckOptions, type GradcheckReport, gradcheck } from "./gradcheck.ts";
export type { Shape } from "./graph/shape.ts";
export { exportOnnx, type OnnxExport } from "./interchange/onnx.ts";
export { loadTensors, saveTensors } from "./interchange/safetensors.ts";
export type { ConvOptions, Sizes } from "./ops/convolution.ts";
export type { Nested } from "./ops/elements.ts";
export type { Index } from "./ops/parts.ts";
export type { PoolOptions } from "./ops/pooling.ts";
export type { Axes } from "./ops/reductions.ts";
export {
  computeUnfused,
  describePlan,
  type KernelTiming,
  type PlanReport,
  profileKernels,
} from "./plan-report.ts";
export { recorded } from "./recorded.ts";
export { Tensor, type TensorLike, type TensorOptions } from "./tensor.ts";
