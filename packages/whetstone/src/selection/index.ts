export {
  type AnySpec,
  type CrossValidateOptions,
  type CrossValidationResult,
  type CrossValPredictOptions,
  crossValidate,
  crossValPredict,
  type FoldResult,
} from "./cross-validate.ts";
export {
  type LearningCurveOptions,
  type LearningCurvePoint,
  learningCurve,
  type ValidationCurveOptions,
  type ValidationCurvePoint,
  validationCurve,
} from "./curves.ts";
export { Evaluation } from "./evaluation.ts";
export * from "./features/index.ts";
export type { CrossValidator, FoldOptions } from "./folds.ts";
export {
  type PermutationImportance,
  type PermutationImportanceOptions,
  permutationImportance,
} from "./permutation-importance.ts";
export type { Scorer, Scoring } from "./scoring.ts";
export {
  type Assignment,
  type Candidate,
  type Grid,
  gridSearch,
  type RandomSearchOptions,
  randomSearch,
  type SearchOptions,
  type SearchResult,
  type SearchSpace,
} from "./search.ts";
