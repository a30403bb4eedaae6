import { custom } from "../../contract/index.ts";
import { scorerNames } from "../named-scorers.ts";

/** One fold as row numbers. */
export interface Rows {
  readonly train: ArrayLike<number>;
  readonly test: ArrayLike<number>;
}

/** Folds that can be saved with a specification: a number, or the row numbers themselves. */
export const cvParam = custom<number | readonly Rows[]>({
  default: 5,
  doc: "Folds (shuffled with the seed, stratified for classifiers), or a list of splits",
  expected: "an integer >= 2 or a list of splits with train and test rows",
  accepts: (v) =>
    (Number.isSafeInteger(v) && (v as number) >= 2) ||
    (Array.isArray(v) && v.length > 0 && v.every((s) => s !== null && typeof s === "object")),
});

export const scoringParam = custom<string | null>({
  default: null,
  doc: "Metric; null is accuracy for classifiers and R2 for regressors",
  expected: "the name of a metric or null",
  accepts: (v) => v === null || (typeof v === "string" && scorerNames().includes(v)),
});
