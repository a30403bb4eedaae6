export type { Split, Splitter } from "./common.ts";
export {
  GroupKFold,
  KFold,
  LeaveOneGroupOut,
  LeaveOneOut,
  RepeatedKFold,
  StratifiedGroupKFold,
  StratifiedKFold,
  TimeSeriesSplit,
} from "./folds.ts";
export { ShuffleSplit } from "./shuffle-split.ts";
export {
  type Rows,
  type Splittable,
  selectRows,
  type TrainTest,
  type TrainTestOptions,
  trainTestSplit,
} from "./train-test-split.ts";
