import {
  argumentError,
  type FitOptions,
  type Label,
  type MatrixLike,
  readLike,
  readWeights,
  type Schema,
  valueError,
} from "../../contract/index.ts";
import type { Matrix } from "../../math/matrix.ts";
import type { BoostingProblem } from "./boost.ts";
import { product } from "./rows.ts";

/** Rows that judge early stopping in place of a share of the training rows. */
export interface ValidationRows {
  /** Features, with the columns of the training rows. */
  readonly X: MatrixLike;
  /** Targets or labels; no labels that training has not. */
  readonly y: ArrayLike<Label>;
  /** One weight per row; ones where absent. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** Options of `fit` of boosted trees. */
export interface BoostingFitOptions extends FitOptions {
  /**
   * Rows whose loss decides when to stop; all rows of `X` are then learned from. They turn early stopping on where
   * `earlyStopping` is `"auto"`. In a pipeline they are taken as they are, not transformed.
   */
  readonly validation?: ValidationRows;
}

/** Rows whose loss is watched. */
export interface HeldRows {
  readonly X: Matrix;
  /** The rows of X in question, null for all. */
  readonly rows: Uint32Array | null;
  readonly y: Float64Array;
  /** Weight of each row's loss, null for ones. */
  readonly weights: Float64Array | null;
  readonly queries: Int32Array | null;
}

/** What a learner says of the validation rows' targets. */
export interface HeldTargets {
  readonly y: Float64Array;
  readonly classWeight?: Float64Array | null;
  readonly queries?: Int32Array | null;
}

/** Reads the validation rows given to `fit`; null where there are none. */
export function readValidation<V extends ValidationRows>(
  given: V | undefined,
  schema: Schema,
  { earlyStopping, validationFraction }: { earlyStopping: unknown; validationFraction: number | null },
  where: string,
  known: readonly (keyof V & string)[],
  readTargets: (given: V, rows: number) => HeldTargets,
): HeldRows | null {
  if (given === undefined) return null;
  if (typeof given !== "object" || given === null)
    throw argumentError(where, "validation", given, `an object of ${known.join(", ")}`);
  const odd = Object.keys(given).find((name) => !(known as readonly string[]).includes(name));
  if (odd !== undefined)
    throw valueError(where, "validation", `has the entry ${odd}, expected ${known.join(", ")} only`);
  if (earlyStopping === false)
    throw argumentError(where, "earlyStopping", false, 'true or "auto" where validation rows are given');
  if (validationFraction === null)
    throw argumentError(where, "validationFraction", null, "a number where validation rows are given");
  const { matrix: X } = readLike(schema, given.X, where, {
    argument: "validation.X",
    allowMissing: true,
    allowCategories: true,
  });
  if (X.rows === 0) throw valueError(where, "validation.X", "has 0 rows, expected at least 1");
  const { y, classWeight = null, queries = null } = readTargets(given, X.rows);
  const own = readWeights(given.sampleWeight, X.rows, where, "validation.sampleWeight");
  const weights = product(own, classWeight);
  if (weights && !weights.some((w) => w > 0))
    throw valueError(where, "classWeight", "leaves every validation row without weight");
  return { X, rows: null, y, weights, queries };
}

/** The rows of a problem that are held out of training; null where there are none. */
export function heldOut(problem: BoostingProblem, rows: Uint32Array | null): HeldRows | null {
  if (problem.validation) return problem.validation;
  if (rows === null) return null;
  const { design, y, sampleWeight, classWeight, queries = null } = problem;
  const weights = product(sampleWeight, classWeight);
  return {
    X: design.matrix,
    rows,
    y: Float64Array.from(rows, (i) => y[i]!),
    weights: weights && Float64Array.from(rows, (i) => weights[i]!),
    queries: queries && Int32Array.from(rows, (i) => queries[i]!),
  };
}
