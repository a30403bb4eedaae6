export { ADASYN } from "./adasyn.ts";
export { BorderlineSMOTE } from "./borderline-smote.ts";
export type { Resampled, Resampler } from "./common.ts";
export { EditedNearestNeighbours, SMOTEENN } from "./edited-neighbours.ts";
export { RandomOverSampler, RandomUnderSampler } from "./random.ts";
export { ResampledClassifier, ResampledClassifierModel } from "./resampled-classifier.ts";
export { SMOTE, SMOTETomek } from "./smote.ts";
export { SMOTENC } from "./smote-nc.ts";
export { NearMiss, TomekLinks } from "./under.ts";
