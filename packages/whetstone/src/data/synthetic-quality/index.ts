export {
  type AssociationDistance,
  associationDistance,
  type MarginDistance,
  marginDistances,
} from "./margins.ts";
export { type RecordDistances, recordDistances } from "./privacy.ts";
export {
  recordDiscrepancy,
  type SyntheticQuality,
  type SyntheticQualityOptions,
  syntheticQuality,
} from "./synthetic-quality.ts";
export {
  type TaskSpec,
  type TrainOnSynthetic,
  type TrainOnSyntheticOptions,
  trainOnSynthetic,
} from "./train-on-synthetic.ts";
