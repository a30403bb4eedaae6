import {
  custom,
  int,
  oneOf,
  optional,
  type ParamInput,
  parseParams,
  real,
  seed,
} from "../../contract/index.ts";
import { argumentError, shapeError } from "../../errors.ts";
import { Matrix, randomStream, sigmoid } from "../../math/index.ts";

const MISSINGNESS = {
  mechanism: oneOf(["mcar", "mar", "mnar"], {
    default: "mcar",
    doc: "Completely at random; depending on another column that stays observed; or on the value itself",
  }),
  rate: real({
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0.2,
    doc: "Share of values to remove in each column",
  }),
  columns: custom<readonly number[] | null>({
    default: null,
    doc: "Columns to make holes in; null is all (mar: all but the driver)",
    expected: "an array of column positions or null",
    accepts: (v) => v === null || (Array.isArray(v) && v.every((j) => Number.isSafeInteger(j) && j >= 0)),
  }),
  driver: optional(int({ min: 0, default: 0, doc: "mar: the column that decides; null is the first" })),
  strength: real({
    min: 0,
    default: 3,
    doc: "mar and mnar: slope of the log-odds of being missing, per standard deviation",
  }),
  seed: seed(),
} as const;

/** A matrix with holes, and how they came about. */
export interface MissingnessResult {
  /** A copy with NaN where values were removed. */
  readonly X: Matrix;
  /** 1 where a value was removed, in the layout of X. */
  readonly mask: Uint8Array;
  /** Probability with which each value was removed. */
  readonly probability: Float64Array;
}

/**
 * Removes values in a known way. With `mar` and `mnar` the chance of being missing rises with the driving value;
 * the offset is set so that the expected share is `rate` in every column.
 *
 * Source: Rubin (1976), Inference and missing data.
 *
 * @example
 * const { mask } = makeMissing(Matrix.zeros(100, 1), { mechanism: "mcar", rate: 0.5 });
 * Math.abs(mask.reduce((a, b) => a + b, 0) - 50) < 25; // true
 */
export function makeMissing(X: Matrix, options: ParamInput<typeof MISSINGNESS> = {}): MissingnessResult {
  const where = "makeMissing";
  if (!(X instanceof Matrix)) throw argumentError(where, "X", X, "a Matrix");
  const p = parseParams(where, MISSINGNESS, options);
  const { rows, cols } = X;
  const driver = p.mechanism === "mar" ? (p.driver ?? 0) : null;
  if (driver !== null && driver >= cols)
    throw shapeError(where, "X", `has ${cols} columns`, `more than ${driver} (the driver)`);
  const columns = p.columns ?? Array.from({ length: cols }, (_, j) => j).filter((j) => j !== driver);
  const bad = columns.find((j) => j >= cols || j === driver);
  if (bad !== undefined)
    throw argumentError(
      where,
      "columns",
      bad,
      `columns below ${cols}${driver === null ? "" : " other than the driver"}`,
    );
  const rng = randomStream(p.seed);
  const out = Float64Array.from(X.data);
  const mask = new Uint8Array(out.length);
  const probability = new Float64Array(out.length);
  for (const j of columns) {
    const chance =
      p.mechanism === "mcar"
        ? new Float64Array(rows).fill(p.rate)
        : logisticChances(X.col(driver ?? j), p.rate, p.strength);
    for (let i = 0; i < rows; i++) {
      const at = i * cols + j;
      probability[at] = chance[i]!;
      if (!rng.bernoulli(chance[i]!)) continue;
      mask[at] = 1;
      out[at] = Number.NaN;
    }
  }
  return { X: new Matrix(out, rows, cols), mask, probability };
}

/** Chances that rise with the standardised value and average to `rate`. */
function logisticChances(values: Float64Array, rate: number, strength: number): Float64Array {
  if (rate === 0) return new Float64Array(values.length);
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / n) || 1;
  const slopes = values.map((v) => (strength * (v - mean)) / sd);
  const average = (offset: number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += sigmoid(slopes[i]! + offset);
    return sum / n;
  };
  let low = -60 - 40 * strength;
  let high = 60 + 40 * strength;
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2;
    // No number lies between them any more.
    if (middle === low || middle === high) break;
    if (average(middle) < rate) low = middle;
    else high = middle;
  }
  return slopes.map((s) => sigmoid(s + (low + high) / 2));
}
