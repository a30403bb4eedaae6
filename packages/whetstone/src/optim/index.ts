/** Optimizers of tensors, learning-rate schedules, gradient clipping, and measurements of gradient noise. */
export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW, type AdamWOptions } from "./adamw.ts";
export { type Group, Optimizer, type OptimizerState } from "./optimizer.ts";
export { type ParamGroup, splitForDecay } from "./parameters.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
