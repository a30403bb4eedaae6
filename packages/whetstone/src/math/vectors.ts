import { argumentError, shapeError } from "../errors.ts";
import { asFiniteMatrix, asFiniteVector, type DenseInput } from "./linalg/check.ts";
import { dotAt, gemm, norm2At } from "./linalg/multiply.ts";
import { Matrix } from "./matrix.ts";

/**
 * Dot product: sum of x_i y_i = |x| |y| cos(angle).
 *
 * @example
 * dot([1, 2, 3], [4, 5, 6]); // 32
 */
export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = pair("dot", x, y);
  return dotAt(a.length, a, 0, b, 0);
}

/**
 * Euclidean length, without overflow or harmful underflow on the way.
 *
 * @example
 * norm2([3, 4]); // 5
 */
export function norm2(x: ArrayLike<number>): number {
  const a = asFiniteVector("norm2", "x", x);
  return norm2At(a.length, a, 0);
}

/**
 * Euclidean distance |x - y|.
 *
 * @example
 * euclidean([0, 0], [3, 4]); // 5
 */
export function euclidean(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = pair("euclidean", x, y);
  const difference = a.map((v, i) => v - b[i]!);
  return norm2At(difference.length, difference, 0);
}

/**
 * Sum of the sizes of the differences.
 *
 * @example
 * manhattan([0, 0], [3, 4]); // 7
 */
export function manhattan(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = pair("manhattan", x, y);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum;
}

/**
 * Largest difference in size.
 *
 * @example
 * chebyshev([0, 0], [3, 4]); // 4
 */
export function chebyshev(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = pair("chebyshev", x, y);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/**
 * (sum |x_i - y_i|^p)^(1/p).
 *
 * @param p at least 1; 1 is Manhattan, 2 Euclidean, Infinity Chebyshev.
 *
 * @example
 * minkowski([0, 0], [3, 4], 1); // 7
 */
export function minkowski(x: ArrayLike<number>, y: ArrayLike<number>, p: number): number {
  if (!(p >= 1)) throw argumentError("minkowski", "p", p, "a number >= 1");
  const [a, b] = pair("minkowski", x, y);
  return minkowskiAt(a.length, a, 0, b, 0, p);
}

function minkowskiAt(
  n: number,
  x: Float64Array,
  xAt: number,
  y: Float64Array,
  yAt: number,
  p: number,
): number {
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(x[xAt + i]! - y[yAt + i]!));
  if (most === 0 || p === Number.POSITIVE_INFINITY) return most;
  // Relative to the largest difference, so that powers stay in range.
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (Math.abs(x[xAt + i]! - y[yAt + i]!) / most) ** p;
  return most * sum ** (1 / p);
}

/**
 * Cosine of the angle between x and y, from -1 to 1; it ignores length. A zero vector has no direction: the answer is
 * then 0 (as in scikit-learn).
 *
 * @example
 * cosineSimilarity([1, 0], [1, 1]); // 0.7071...
 * cosineSimilarity([0, 0], [1, 1]); // 0
 */
export function cosineSimilarity(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = pair("cosineSimilarity", x, y);
  const [u, v] = [direction(a), direction(b)];
  return Math.max(-1, Math.min(1, dotAt(u.length, u, 0, v, 0)));
}

function direction(x: Float64Array): Float64Array {
  const most = x.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  if (most === 0) return x;
  const scaled = x.map((v) => v / most);
  const length = norm2At(scaled.length, scaled, 0);
  return scaled.map((v) => v / length);
}

function pair(where: string, x: ArrayLike<number>, y: ArrayLike<number>): [Float64Array, Float64Array] {
  const a = asFiniteVector(where, "x", x);
  const b = asFiniteVector(where, "y", y);
  if (a.length !== b.length) throw shapeError(where, "y", `has ${b.length} entries`, `${a.length} (as x)`);
  return [a, b];
}

/** `"cosine"` is 1 - {@link cosineSimilarity}, so the distance from a zero vector is 1. */
export type Metric = "euclidean" | "sqeuclidean" | "manhattan" | "chebyshev" | "minkowski" | "cosine";

/**
 * Distances between the rows of X and the rows of Y.
 *
 * Euclidean distances come from |x|^2 + |y|^2 - 2 x y of the centred rows, in one matrix product; where that cancels
 * (rows much closer than they are long) the difference itself is used, so that every distance keeps at least 12 digits.
 *
 * @param X n x d.
 * @param Y m x d; default X, and then the diagonal is exactly 0 and the result exactly symmetric.
 * @param options.p exponent for `"minkowski"`, at least 1. Default: 2.
 * @returns n x m.
 *
 * @example
 * pairwiseDistances([[0, 0], [3, 4]], undefined, "euclidean").toArray(); // [[0, 5], [5, 0]]
 */
export function pairwiseDistances(
  X: DenseInput,
  Y?: DenseInput,
  metric: Metric = "euclidean",
  options: { readonly p?: number } = {},
): Matrix {
  const where = "pairwiseDistances";
  const x = asFiniteMatrix(where, "X", X);
  const y = Y === undefined ? x : asFiniteMatrix(where, "Y", Y);
  if (y.cols !== x.cols) throw shapeError(where, "Y", `has ${y.cols} columns`, `${x.cols} (as X)`);
  const { p = 2 } = options;
  switch (metric) {
    case "euclidean":
    case "sqeuclidean":
      return squaredDistances(x, y, metric === "euclidean");
    case "cosine":
      return cosineSimilarities(x, y).map((v) => 1 - v);
    case "manhattan":
      return eachPair(x, y, (i, j, d) => {
        let sum = 0;
        for (let c = 0; c < d; c++) sum += Math.abs(x.data[i + c]! - y.data[j + c]!);
        return sum;
      });
    case "chebyshev":
      return eachPair(x, y, (i, j, d) => minkowskiAt(d, x.data, i, y.data, j, Number.POSITIVE_INFINITY));
    case "minkowski":
      if (!(p >= 1)) throw argumentError(where, "p", p, "a number >= 1");
      return eachPair(x, y, (i, j, d) => minkowskiAt(d, x.data, i, y.data, j, p));
    default: {
      const known = `"euclidean", "sqeuclidean", "manhattan", "chebyshev", "minkowski" or "cosine"`;
      throw argumentError(where, "metric", metric, known);
    }
  }
}

/** Fills n x m from the offsets of the two rows; half of it when both sides are the same matrix. */
function eachPair(x: Matrix, y: Matrix, f: (xAt: number, yAt: number, d: number) => number): Matrix {
  const out = Matrix.zeros(x.rows, y.rows);
  const d = x.cols;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < y.rows; j++) {
      if (x === y && j <= i) {
        if (j < i) out.data[i * y.rows + j] = out.data[j * y.rows + i]!;
        continue;
      }
      out.data[i * y.rows + j] = f(i * d, j * d, d);
    }
  }
  return out;
}

function squaredDistances(x: Matrix, y: Matrix, root: boolean): Matrix {
  const d = x.cols;
  // Distances do not depend on the origin; a centred one costs fewest digits.
  const shift = x.columnMeans();
  const a = x.rows === 0 ? x : x.addRow(shift.map((v) => -v));
  const b = x === y ? a : x.rows === 0 ? y : y.addRow(shift.map((v) => -v));
  const squaresA = rowSquares(a);
  const squaresB = x === y ? squaresA : rowSquares(b);
  const out = Matrix.zeros(x.rows, y.rows);
  gemm(false, true, x.rows, y.rows, d, -2, a.data, b.data, 0, out.data);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let j = 0; j < y.rows; j++, at++) {
      if (x === y && j <= i) {
        out.data[at] = j === i ? 0 : out.data[j * y.rows + i]!;
        continue;
      }
      const scale = squaresA[i]! + squaresB[j]!;
      let value = scale + out.data[at]!;
      if (!(value > 1e-3 * scale)) {
        value = 0;
        for (let c = 0; c < d; c++) value += (x.data[i * d + c]! - y.data[j * d + c]!) ** 2;
      }
      if (!root) out.data[at] = value;
      else if (value > 1e-280 && value < Number.POSITIVE_INFINITY) out.data[at] = Math.sqrt(value);
      else out.data[at] = minkowskiAt(d, x.data, i * d, y.data, j * d, 2);
    }
  }
  return out;
}

function rowSquares(A: Matrix): Float64Array {
  const d = A.cols;
  return Float64Array.from({ length: A.rows }, (_, i) => dotAt(d, A.data, i * d, A.data, i * d));
}

/** Cosines of the angles between rows, in [-1, 1]; 0 where a row is zero. Exactly symmetric when x is y. */
export function cosineSimilarities(x: Matrix, y: Matrix): Matrix {
  const unit = (A: Matrix): Matrix => {
    const out = A.clone();
    for (let i = 0; i < A.rows; i++) out.data.set(direction(A.row(i)), i * A.cols);
    return out;
  };
  const a = unit(x);
  const b = x === y ? a : unit(y);
  const out = Matrix.zeros(x.rows, y.rows);
  gemm(false, true, x.rows, y.rows, x.cols, 1, a.data, b.data, 0, out.data);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let j = 0; j < y.rows; j++, at++) {
      if (x === y && j < i) out.data[at] = out.data[j * y.rows + i]!;
      else if (x === y && j === i) out.data[at] = a.row(i).every((v) => v === 0) ? 0 : 1;
      else out.data[at] = Math.max(-1, Math.min(1, out.data[at]!));
    }
  }
  return out;
}
