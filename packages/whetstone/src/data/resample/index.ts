export type { Resampled, Resampler } from "./common.ts";
export { RandomOverSampler, RandomUnderSampler } from "./random.ts";
export { ResampledClassifier, ResampledClassifierModel } from "./resampled-classifier.ts";
export { SMOTE, SMOTETomek } from "./smote.ts";
export { NearMiss, TomekLinks } from "./under.ts";
