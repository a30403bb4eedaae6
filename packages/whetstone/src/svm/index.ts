/** Support vector machines, exact and approximated. */
export type { KernelFunction, KernelName } from "./kernel.ts";
export { gramBytes } from "./smo.ts";
export { NuSVC, NuSVCModel, SVC, SVCModel } from "./svc.ts";
export { KernelClassifierModel, type PairFacts } from "./svc-model.ts";
