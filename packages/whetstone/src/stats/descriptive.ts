import { argumentError, requireList } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { checkList, checkSameLength, type NumberList, sumOf } from "./vector.ts";

/** Which way a matrix is reduced: 0 gives one value per column, 1 one per row. */
export interface AxisOption {
  /** 0 gives one result per column, 1 one per row. */
  readonly axis: 0 | 1;
}

/** Divisor of variances and covariances. */
export interface VarianceOptions {
  /** Divisor n - ddof. 1 (default) is unbiased for a random sample, 0 the population formula. */
  readonly ddof?: number;
}

/** Applies a list statistic along an axis of a matrix. */
function alongAxis(X: Matrix, axis: 0 | 1, where: string, f: (x: Float64Array) => number): Float64Array {
  if (axis !== 0 && axis !== 1) throw argumentError(where, "axis", axis, "0 (per column) or 1 (per row)");
  return axis === 0
    ? Float64Array.from({ length: X.cols }, (_, j) => f(X.col(j)))
    : Float64Array.from({ length: X.rows }, (_, i) => f(X.row(i)));
}

/**
 * Arithmetic mean (compensated sum), of a list or along an axis of a matrix.
 *
 * @example
 * mean([1, 2, 6]); // 3
 * mean(Matrix.from([[1, 2], [3, 4]]), { axis: 0 }); // [2, 3]
 */
export function mean(x: NumberList): number;
export function mean(X: Matrix, options: AxisOption): Float64Array;
export function mean(x: NumberList | Matrix, options?: AxisOption): number | Float64Array {
  if (x instanceof Matrix) return alongAxis(x, axisOf(options, "mean"), "mean", mean);
  checkList(x, "mean", "x");
  return meanOf(x);
}

function axisOf(options: AxisOption | undefined, where: string): 0 | 1 {
  if (options === undefined) throw argumentError(where, "options.axis", undefined, "0 or 1 for a Matrix");
  return options.axis;
}

/** Mean of a checked list. */
export function meanOf(x: NumberList): number {
  const n = x.length;
  const m = sumOf(n, (i) => x[i]!) / n;
  if (Number.isFinite(m)) return m;
  return sumOf(n, (i) => x[i]! / n); // the plain sum overflowed
}

/** Sum of squared deviations of a checked list: two passes, with the rounding of the mean taken out. */
export function squaredDeviations(x: NumberList, m: number): number {
  const n = x.length;
  const squares = sumOf(n, (i) => (x[i]! - m) ** 2);
  const drift = sumOf(n, (i) => x[i]! - m);
  return Math.max(0, squares - (drift * drift) / n);
}

/**
 * Variance, by two compensated passes: 1e9 + [4, 7, 13, 16] gives 30 where E[x²] - E[x]² gives nonsense.
 * The divisor is n - ddof, with ddof = 1 by default.
 *
 * @example
 * variance([1, 2, 3, 4]);              // 5 / 3
 * variance([1, 2, 3, 4], { ddof: 0 }); // 1.25
 */
export function variance(x: NumberList, options?: VarianceOptions): number;
export function variance(X: Matrix, options: VarianceOptions & AxisOption): Float64Array;
export function variance(
  x: NumberList | Matrix,
  options: VarianceOptions & Partial<AxisOption> = {},
): number | Float64Array {
  const ddof = checkDdof(options.ddof, "variance");
  if (x instanceof Matrix) {
    return alongAxis(x, axisOf(options as AxisOption, "variance"), "variance", (v) => variance(v, { ddof }));
  }
  checkList(x, "variance", "x", Math.floor(ddof) + 1);
  return squaredDeviations(x, meanOf(x)) / (x.length - ddof);
}

function checkDdof(ddof: number | undefined, where: string): number {
  if (ddof !== undefined && !(ddof >= 0 && Number.isFinite(ddof))) {
    throw argumentError(where, "ddof", ddof, "a finite number >= 0");
  }
  return ddof ?? 1;
}

/**
 * Square root of {@link variance}, same options.
 *
 * @example
 * standardDeviation([1, 3]); // Math.SQRT2
 * standardDeviation([1, 3], { ddof: 0 }); // 1
 */
export function standardDeviation(x: NumberList, options?: VarianceOptions): number;
export function standardDeviation(X: Matrix, options: VarianceOptions & AxisOption): Float64Array;
export function standardDeviation(
  x: NumberList | Matrix,
  options: VarianceOptions & Partial<AxisOption> = {},
): number | Float64Array {
  if (x instanceof Matrix) return variance(x, options as VarianceOptions & AxisOption).map(Math.sqrt);
  return Math.sqrt(variance(x, options));
}

/**
 * Covariance of two lists, or the covariance matrix of the columns of X; divisor n - ddof, ddof = 1.
 *
 * @example
 * covariance([1, 2, 3], [2, 4, 6]); // 2
 */
export function covariance(x: NumberList, y: NumberList, options?: VarianceOptions): number;
export function covariance(X: Matrix, options?: VarianceOptions): Matrix;
export function covariance(
  x: NumberList | Matrix,
  y?: NumberList | VarianceOptions,
  options: VarianceOptions = {},
): number | Matrix {
  if (x instanceof Matrix) {
    const ddof = checkDdof((y as VarianceOptions | undefined)?.ddof, "covariance");
    return crossProducts(x, "covariance", x.rows - ddof);
  }
  const ys = y as NumberList;
  const ddof = checkDdof(options.ddof, "covariance");
  checkList(x, "covariance", "x", Math.floor(ddof) + 1);
  checkList(ys, "covariance", "y");
  checkSameLength(x, ys, "covariance", "y");
  return codeviations(x, ys) / (x.length - ddof);
}

function codeviations(x: NumberList, y: NumberList): number {
  const n = x.length;
  const mx = meanOf(x);
  const my = meanOf(y);
  const drift = sumOf(n, (i) => x[i]! - mx) * sumOf(n, (i) => y[i]! - my);
  return sumOf(n, (i) => (x[i]! - mx) * (y[i]! - my)) - drift / n;
}

/** Centred cross products of the columns over `divisor`. */
function crossProducts(X: Matrix, where: string, divisor: number): Matrix {
  checkList(X.data, where, "X");
  if (!(divisor > 0)) throw argumentError(where, "X", `a matrix of ${X.rows} rows`, "more rows than ddof");
  const { rows, cols } = X;
  const centred = new Float64Array(rows * cols);
  for (let j = 0; j < cols; j++) {
    const column = X.col(j);
    const m = meanOf(column);
    for (let i = 0; i < rows; i++) centred[i * cols + j] = column[i]! - m;
  }
  const out = Matrix.zeros(cols, cols);
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < cols; a++) {
      const v = centred[i * cols + a]!;
      for (let b = a; b < cols; b++)
        out.data[a * cols + b] = out.data[a * cols + b]! + v * centred[i * cols + b]!;
    }
  }
  for (let a = 0; a < cols; a++) {
    for (let b = a; b < cols; b++)
      out.data[b * cols + a] = out.data[a * cols + b] = out.data[a * cols + b]! / divisor;
  }
  return out;
}

/**
 * Pearson correlation of two lists, or the correlation matrix of the columns of X. `NaN` where a variable is
 * constant, since its correlation is undefined.
 *
 * @example
 * correlation([1, 2, 3], [1, 2, 1]); // 0
 */
export function correlation(x: NumberList, y: NumberList): number;
export function correlation(X: Matrix): Matrix;
export function correlation(x: NumberList | Matrix, y?: NumberList): number | Matrix {
  if (x instanceof Matrix) {
    const C = crossProducts(x, "correlation", x.rows);
    const d = C.cols;
    const sd = Float64Array.from({ length: d }, (_, i) => Math.sqrt(C.at(i, i)));
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++)
        C.set(i, j, i === j && sd[i]! > 0 ? 1 : clampUnit(C.at(i, j) / sd[i]! / sd[j]!));
    }
    return C;
  }
  checkList(x, "correlation", "x", 2);
  checkList(y!, "correlation", "y");
  checkSameLength(x, y!, "correlation", "y");
  const sx = Math.sqrt(squaredDeviations(x, meanOf(x)));
  const sy = Math.sqrt(squaredDeviations(y!, meanOf(y!)));
  return clampUnit(codeviations(x, y!) / sx / sy);
}

function clampUnit(r: number): number {
  return Math.max(-1, Math.min(1, r));
}

/** Quantile rules, numbered as by Hyndman and Fan, "Sample quantiles in statistical packages", 1996. */
export type QuantileType = 1 | 2 | 4 | 5 | 6 | 7 | 8 | 9;

/**
 * Sample quantile(s) at probability `p`. Type 7 (default) is NumPy's and R's linear rule; 1 the inverse ECDF;
 * 2 the same with averaging at jumps; 4, 5, 6, 8, 9 the other interpolating rules.
 *
 * @example
 * quantile([1, 2, 3, 4], 0.5); // 2.5
 */
export function quantile(x: NumberList, p: number, type?: QuantileType): number;
export function quantile(x: NumberList, p: NumberList, type?: QuantileType): Float64Array;
export function quantile(
  x: NumberList,
  p: number | NumberList,
  type: QuantileType = 7,
): number | Float64Array {
  checkList(x, "quantile", "x");
  if (![1, 2, 4, 5, 6, 7, 8, 9].includes(type)) {
    throw argumentError("quantile", "type", type, "1, 2, 4, 5, 6, 7, 8 or 9");
  }
  if (typeof p !== "number") requireList("quantile", "p", p, "a probability or an array of probabilities");
  const sorted = Float64Array.from(x).sort();
  if (typeof p === "number") return sortedQuantile(sorted, checkProbability(p), type);
  return Float64Array.from(p, (v) => sortedQuantile(sorted, checkProbability(v), type));
}

function checkProbability(p: number): number {
  if (!(p >= 0 && p <= 1)) throw argumentError("quantile", "p", p, "a probability in [0, 1]");
  return p;
}

/** Quantile of ascending values. */
export function sortedQuantile(sorted: Float64Array, p: number, type: QuantileType = 7): number {
  const n = sorted.length;
  const at = (k: number): number => sorted[Math.min(n, Math.max(1, k)) - 1]!;
  const fuzz = 4 * Number.EPSILON * Math.max(1, n * p);
  if (type <= 2) {
    const j = Math.floor(n * p + fuzz);
    const beyond = n * p - j > fuzz;
    if (beyond) return at(j + 1);
    return type === 2 ? 0.5 * (at(j) + at(j + 1)) : at(j);
  }
  // Position h = n p + m on 1-based order statistics.
  const m = { 4: 0, 5: 0.5, 6: p, 7: 1 - p, 8: (p + 1) / 3, 9: p / 4 + 0.375 }[type as 4 | 5 | 6 | 7 | 8 | 9];
  const h = n * p + m;
  const j = Math.floor(h + fuzz);
  const g = Math.abs(h - j) <= fuzz ? 0 : h - j;
  const low = at(j);
  return g === 0 ? low : low + g * (at(j + 1) - low);
}

/**
 * Median: the middle order statistic, or the mean of the middle two.
 *
 * @example
 * median([3, 1, 2]); // 2
 * median([4, 1, 3, 2]); // 2.5
 */
export function median(x: NumberList): number;
export function median(X: Matrix, options: AxisOption): Float64Array;
export function median(x: NumberList | Matrix, options?: AxisOption): number | Float64Array {
  if (x instanceof Matrix) return alongAxis(x, axisOf(options, "median"), "median", (v) => median(v));
  checkList(x, "median", "x");
  return sortedQuantile(Float64Array.from(x).sort(), 0.5);
}

/**
 * The most frequent value of a list of any kind; of equally frequent ones the smallest (numbers by value,
 * strings by code unit), as SciPy does.
 *
 * @example
 * mode(["b", "a", "b"]); // "b"
 */
export function mode<T extends number | string | boolean>(x: ArrayLike<T>): T {
  requireList("mode", "x", x, "an array");
  if (x.length === 0) throw argumentError("mode", "x", "an empty list", "one entry or more");
  const counts = new Map<T, number>();
  for (let i = 0; i < x.length; i++) counts.set(x[i]!, (counts.get(x[i]!) ?? 0) + 1);
  let best = x[0]!;
  let most = 0;
  for (const [value, count] of counts) {
    if (count > most || (count === most && value < best)) {
      best = value;
      most = count;
    }
  }
  return best;
}

/** Empirical distribution function: the share of values <= t. */
export interface Ecdf {
  (t: number): number;
  /** The values, ascending. */
  readonly sorted: Float64Array;
}

/**
 * Makes the empirical distribution function of a list; each evaluation is one binary search.
 *
 * @example
 * ecdf([1, 2, 2, 5])(2); // 0.75
 */
export function ecdf(x: NumberList): Ecdf {
  checkList(x, "ecdf", "x");
  const sorted = Float64Array.from(x).sort();
  const f = (t: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! <= t) low = middle + 1;
      else high = middle;
    }
    return low / sorted.length;
  };
  return Object.assign(f, { sorted });
}
