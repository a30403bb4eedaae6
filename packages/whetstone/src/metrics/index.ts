/** How good predictions are: classification, probabilities, regression, ranking, costs and slices. */
export {
  adjustedMutualInfo,
  adjustedRandIndex,
  calinskiHarabasz,
  daviesBouldin,
  fowlkesMallows,
  type HomogeneityCompletenessV,
  homogeneityCompletenessV,
  normalizedMutualInfo,
  randIndex,
  silhouetteSamples,
  silhouetteScore,
} from "./clustering.ts";
export {
  accuracy,
  type BinaryCounts,
  balancedAccuracy,
  binaryCounts,
  type ConfusionMatrix,
  type ConfusionOptions,
  cohenKappa,
  confusionMatrix,
  matthews,
} from "./confusion.ts";
export { type CostOptions, costThreshold, expectedCost, minimumCostDecision } from "./cost.ts";
export {
  averagePrecision,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocAucOptions,
  type RocCurve,
  rocAuc,
  rocCurve,
  type ScoreOptions,
  trapezoidArea,
} from "./curves.ts";
export type { PositiveOption, WeightOption } from "./input.ts";
export {
  type Average,
  type ClassificationReport,
  type ClassScores,
  classificationReport,
  f1,
  fbeta,
  type PrecisionRecallOptions,
  precision,
  precisionRecallByClass,
  recall,
} from "./precision-recall.ts";
export {
  type BrierDecomposition,
  brierDecomposition,
  brierScore,
  hingeLoss,
  logLoss,
  type ProbabilityOptions,
} from "./probability.ts";
export {
  type DcgOptions,
  dcg,
  irrelevantShare,
  meanAveragePrecision,
  meanReciprocalRank,
  ndcg,
  precisionAtK,
  type RankedAverageOptions,
  rankByScore,
  rankedAveragePrecision,
  recallAtK,
  reciprocalRank,
  topKAccuracy,
} from "./ranking.ts";
export { getMetric, type Metric, type MetricInput, metricNames } from "./registry.ts";
export {
  explainedVariance,
  gammaDeviance,
  huber,
  mae,
  mape,
  maxError,
  medianAe,
  mse,
  msle,
  type PercentageOptions,
  pinball,
  poissonDeviance,
  r2,
  rmse,
  smape,
  wape,
  withinTolerance,
} from "./regression.ts";
export {
  type Slice,
  type SliceOptions,
  type SliceReport,
  sliceEvaluation,
  wilsonInterval,
} from "./slices.ts";
export {
  type SelectedThreshold,
  selectThreshold,
  type ThresholdCriterion,
  type ThresholdRow,
  thresholdSweep,
} from "./threshold.ts";
