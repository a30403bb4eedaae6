export type { ImportanceKind } from "./boosted-model.ts";
export { HistGradientBoostingClassifier, HistGradientBoostingClassifierModel } from "./classifier.ts";
export type { BoostingFitOptions, ValidationRows } from "./held-rows.ts";
export type { BoostingObjective, Derivatives, LinkName } from "./objective.ts";
export type { ColumnList, Interactions, Monotonic } from "./params.ts";
export {
  HistGradientBoostingRanker,
  HistGradientBoostingRankerModel,
  type RankedRows,
  type RankingFitOptions,
} from "./ranker.ts";
export { HistGradientBoostingRegressor, HistGradientBoostingRegressorModel } from "./regressor.ts";
export {
  type OrderedTargetStatisticOptions,
  orderedTargetStatistics,
  type TargetStatisticOptions,
  type TargetStatistics,
  targetStatistics,
} from "./target-statistics.ts";
export { type TreeArrays, TreeEnsemble } from "./trees.ts";
