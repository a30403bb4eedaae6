/** Support vector machines, exact and approximated. */

export { gramBytes } from "./active.ts";
export type { KernelFunction, KernelName } from "./kernel.ts";
export { OneClassSVM, OneClassSVMModel, SVR, SVRModel } from "./kernel-regression.ts";
export { LinearSVC, LinearSVCModel, LinearSVR, LinearSVRModel } from "./linear.ts";
export { Nystroem, NystroemModel, RBFSampler, RBFSamplerModel } from "./random-features.ts";
export { NuSVC, NuSVCModel, SVC, SVCModel } from "./svc.ts";
export { KernelClassifierModel, type PairFacts } from "./svc-model.ts";
