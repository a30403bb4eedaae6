/** Optimizers of tensors, learning-rate schedules, gradient clipping, and measurements of gradient noise. */
export { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions } from "./adam.ts";
export { Adamax, type AdamaxOptions } from "./adamax.ts";
export { AdamW, type AdamWOptions } from "./adamw.ts";
export { LAMB, type LAMBOptions } from "./lamb.ts";
export { LARS, type LARSOptions } from "./lars.ts";
export { LBFGS, type LBFGSOptions } from "./lbfgs.ts";
export { Lion, type LionOptions } from "./lion.ts";
export { NAdam, type NAdamOptions } from "./nadam.ts";
export { type Group, Optimizer, type OptimizerState, type SavedTensor } from "./optimizer.ts";
export { type ParamGroup, splitForDecay } from "./parameters.ts";
export { RAdam, type RAdamOptions } from "./radam.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
