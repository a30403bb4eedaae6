import {
  argumentError,
  type FitOptions,
  type MatrixLike,
  Model,
  NamedMatrix,
  readDesign,
  step,
} from "../contract/index.ts";

import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import { Evaluation } from "./evaluation.ts";
import { checkRows } from "./rows.ts";
import { type Scoring, scorersOf } from "./scoring.ts";

/** What is scored, and how often each column is shuffled. */
export interface PermutationImportanceOptions extends Pick<FitOptions, "onProgress" | "signal"> {
  /** One metric; by default accuracy for classifiers and R2 for regressors. */
  readonly scoring?: Scoring;
  /** Shuffles of every column; default 5. */
  readonly nRepeats?: number;
  /** Seed of the shuffles; default 0. */
  readonly seed?: number;
}

/** How much worse a model scores without each column's information. */
export interface PermutationImportance {
  /** Loss of score: columns x repeats. */
  readonly importances: Matrix;
  /** Mean per column. */
  readonly mean: Float64Array;
  /** Standard deviation per column (n - 1); NaN with one repeat. */
  readonly sd: Float64Array;
  /** Score on the rows as they are. */
  readonly score: number;
}

/**
 * Permutation importance (Breiman, "Random forests", 2001; Fisher, Rudin, Dominici, JMLR 20, 2019): how much the score
 * of a fitted model falls when one column is shuffled. On held-out rows it says what the model uses and what
 * generalises; a column that another one can stand in for scores low although it matters.
 *
 * @param model a fitted classifier or regressor
 * @param X rows to judge it on, better not those of training
 * @example
 * const X = Array.from({ length: 50 }, (_, i) => [i, (i * 7) % 11]);
 * const y = X.map(([a]) => 3 * a);
 * const { mean } = permutationImportance(new LinearRegression().fit(X, y), X, y);
 * mean[0] > 1 && Math.abs(mean[1]) < 1e-9; // true
 */
export function permutationImportance(
  model: Model,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  options: PermutationImportanceOptions = {},
): PermutationImportance {
  const where = "permutationImportance";
  if (!(model instanceof Model) || !("predict" in model))
    throw argumentError(where, "model", model, "a fitted classifier or regressor");
  const { nRepeats = 5, seed = 0 } = options;
  if (!(Number.isSafeInteger(nRepeats) && nRepeats >= 1 && nRepeats <= 10_000))
    throw argumentError(where, "nRepeats", nRepeats, "an integer from 1 to 10000");
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw argumentError(where, "seed", seed, "an integer >= 0");
  const design = readDesign(X, where, { allowMissing: true, allowCategories: true });
  const { matrix, names, categories } = design;
  const n = checkRows(matrix, y, where);
  const [scorer, ...more] = scorersOf(
    options.scoring,
    "classes" in model ? "classifier" : "regressor",
    where,
  );
  if (more.length > 0) throw argumentError(where, "scoring", options.scoring, "one metric");
  const scoreOf = (data: Float64Array) => {
    const rows = names ? new NamedMatrix(data, n, names, categories) : new Matrix(data, n, matrix.cols);
    return scorer!.score(new Evaluation(model, rows, y, null));
  };
  const score = scoreOf(matrix.data);
  const sign = scorer!.greaterIsBetter ? 1 : -1;
  const d = matrix.cols;
  const random = randomStream(seed);
  const importances = Matrix.zeros(d, nRepeats);
  const data = matrix.data.slice();
  for (let j = 0; j < d; j++) {
    step(where, options, j, d, "columns");
    for (let r = 0; r < nRepeats; r++) {
      const order = random.permutation(n);
      for (let i = 0; i < n; i++) data[i * d + j] = matrix.data[order[i]! * d + j]!;
      importances.set(j, r, sign * (score - scoreOf(data)));
    }
    for (let i = 0; i < n; i++) data[i * d + j] = matrix.data[i * d + j]!;
  }
  step(where, options, d, d, "columns");
  const mean = Float64Array.from(
    { length: d },
    (_, j) => importances.row(j).reduce((a, b) => a + b, 0) / nRepeats,
  );
  const sd = mean.map((m, j) =>
    Math.sqrt(importances.row(j).reduce((a, b) => a + (b - m) ** 2, 0) / (nRepeats - 1)),
  );
  return { importances, mean, sd, score };
}
