import {
  type FitOptions,
  type MatrixLike,
  readDesign,
  readWeights,
  type Schema,
  schemaOf,
  throwIfAborted,
  unsupported,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import type { Matrix } from "../math/index.ts";

export interface Start {
  readonly matrix: Matrix;
  readonly schema: Schema;
  /** Null where every row counts once. */
  readonly weights: Float64Array | null;
}

/** What every fit of this folder begins with: signal, features and weights checked. */
export function start(X: MatrixLike, options: FitOptions, where: string, minRows = 1): Start {
  throwIfAborted(options.signal, where);
  const design = readDesign(X, where, { minRows });
  const weights = readWeights(options.sampleWeight, design.matrix.rows, where);
  return { matrix: design.matrix, schema: schemaOf(design), weights };
}

/** As `start`, for a method that has no meaning for weights. */
export function startUnweighted(X: MatrixLike, options: FitOptions, where: string, minRows = 1): Start {
  const out = start(X, options, where, minRows);
  if (out.weights) throw unsupported(where, "sampleWeight was given, but every row counts once here");
  return out;
}

/** The number of components asked for, `most` by default. */
export function countComponents(where: string, asked: number | null, most: number, why: string): number {
  if (asked === null) return most;
  if (asked > most) throw argumentError(where, "nComponents", asked, `at most ${most} (${why})`);
  return asked;
}
