export {
  type LabelNoise,
  type LabelNoiseOptions,
  type LabelSuspect,
  labelNoise,
} from "./confident-learning.ts";
export {
  type ReviewedRate,
  type ReviewSample,
  type ReviewSampleOptions,
  reviewedRate,
  reviewSample,
} from "./review-sample.ts";
