import { argumentError, valueError } from "../errors.ts";
import { Matrix } from "./matrix.ts";
import { NdArray } from "./ndarray.ts";
import { alongAxis, axisIndex } from "./ndarray-shapes.ts";

/** Which axis is normalised. Default: the last one (rows of a matrix). Negative numbers count from the end. */
export interface SoftmaxOptions {
  readonly axis?: number;
}

type Vector = ArrayLike<number>;

/**
 * log(sum(exp(x))) along an axis, as m + log(sum(exp(x - m))) with m the largest entry, so that entries of +-1000
 * neither overflow nor vanish. -Infinity stands for a masked entry; the result is -Infinity when all are.
 *
 * @returns a number for a vector, one entry per row (or column, with axis 0) for a matrix, an array without that axis
 * for an `NdArray`.
 * @throws if x holds NaN.
 *
 * @example
 * logSumExp([1000, 1000]); // 1000.6931...
 */
export function logSumExp(x: Vector): number;
export function logSumExp(x: Matrix, options?: SoftmaxOptions): Float64Array;
export function logSumExp(x: NdArray, options?: SoftmaxOptions & { readonly keepDims?: boolean }): NdArray;
export function logSumExp(
  x: Vector | Matrix | NdArray,
  options: SoftmaxOptions & { readonly keepDims?: boolean } = {},
): number | Float64Array | NdArray {
  const { data, shape } = parts("logSumExp", x);
  const axis = axisIndex("logSumExp", options.axis ?? -1, shape.length);
  const kept = shape.flatMap((length, i) => (i !== axis ? [length] : options.keepDims === true ? [1] : []));
  const out = new Float64Array(kept.reduce((a, b) => a * b, 1));
  alongAxis(shape, axis, (start, step, length, place) => {
    out[place] = lineLogSumExp(data, start, step, length);
  });
  if (x instanceof NdArray) return new NdArray(out, kept);
  return x instanceof Matrix ? out : out[0]!;
}

/**
 * exp(x - m) / sum(exp(x - m)) along an axis, m the largest entry: probabilities that sum to 1. -Infinity stands for a
 * masked entry, which gets probability 0.
 *
 * @throws if x holds NaN or +Infinity, or only -Infinity along the axis.
 *
 * @example
 * softmax([1000, 1000]); // [0.5, 0.5]
 */
export function softmax(x: Vector): Float64Array;
export function softmax(x: Matrix, options?: SoftmaxOptions): Matrix;
export function softmax(x: NdArray, options?: SoftmaxOptions): NdArray;
export function softmax(
  x: Vector | Matrix | NdArray,
  options: SoftmaxOptions = {},
): Float64Array | Matrix | NdArray {
  return normalise("softmax", x, options, (data, out, start, step, length) => {
    const most = largest(data, start, step, length);
    let sum = 0;
    for (let i = 0, at = start; i < length; i++, at += step) {
      const e = Math.exp(data[at]! - most);
      out[at] = e;
      sum += e;
    }
    for (let i = 0, at = start; i < length; i++, at += step) out[at] = out[at]! / sum;
  });
}

/**
 * log(softmax(x)) along an axis without the loss of digits of taking the logarithm afterwards: x - logSumExp(x).
 *
 * @throws as {@link softmax}.
 *
 * @example
 * logSoftmax([0, -1000]); // [0, -1000]
 */
export function logSoftmax(x: Vector): Float64Array;
export function logSoftmax(x: Matrix, options?: SoftmaxOptions): Matrix;
export function logSoftmax(x: NdArray, options?: SoftmaxOptions): NdArray;
export function logSoftmax(
  x: Vector | Matrix | NdArray,
  options: SoftmaxOptions = {},
): Float64Array | Matrix | NdArray {
  return normalise("logSoftmax", x, options, (data, out, start, step, length) => {
    const most = largest(data, start, step, length);
    const rest = Math.log1p(sumBesidesLargest(data, start, step, length, most));
    for (let i = 0, at = start; i < length; i++, at += step) out[at] = data[at]! - most - rest;
  });
}

function lineLogSumExp(data: Float64Array, start: number, step: number, length: number): number {
  const most = largest(data, start, step, length);
  if (!Number.isFinite(most)) return most;
  return most + Math.log1p(sumBesidesLargest(data, start, step, length, most));
}

function largest(data: Float64Array, start: number, step: number, length: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0, at = start; i < length; i++, at += step) most = Math.max(most, data[at]!);
  return most;
}

/** Sum of exp(x - most) less the 1 of (the first of) the largest: what log1p takes without loss. */
function sumBesidesLargest(
  data: Float64Array,
  start: number,
  step: number,
  length: number,
  most: number,
): number {
  let sum = 0;
  let met = false;
  for (let i = 0, at = start; i < length; i++, at += step) {
    const v = data[at]!;
    if (v === most && !met) met = true;
    else sum += Math.exp(v - most);
  }
  return sum;
}

type LineFunction = (
  data: Float64Array,
  out: Float64Array,
  start: number,
  step: number,
  length: number,
) => void;

function normalise(
  where: string,
  x: Vector | Matrix | NdArray,
  options: SoftmaxOptions,
  line: LineFunction,
): Float64Array | Matrix | NdArray {
  const { data, shape } = parts(where, x);
  const axis = axisIndex(where, options.axis ?? -1, shape.length);
  const out = new Float64Array(data.length);
  alongAxis(shape, axis, (start, step, length, place) => {
    const most = largest(data, start, step, length);
    if (length > 0 && !Number.isFinite(most)) {
      const what = most > 0 ? "holds Infinity" : "holds nothing but -Infinity";
      throw valueError(
        where,
        "x",
        `${what} in line ${place} along axis ${axis}, so there are no probabilities`,
      );
    }
    line(data, out, start, step, length);
  });
  if (x instanceof NdArray) return new NdArray(out, shape);
  return x instanceof Matrix ? new Matrix(out, x.rows, x.cols) : out;
}

function parts(
  where: string,
  x: Vector | Matrix | NdArray,
): { data: Float64Array; shape: readonly number[] } {
  if (x === null || typeof x !== "object") {
    throw argumentError(where, "x", x, "an array of numbers, a Matrix or an NdArray");
  }
  let data: Float64Array;
  let shape: readonly number[];
  if (x instanceof NdArray) ({ data, shape } = x);
  else if (x instanceof Matrix) [data, shape] = [Float64Array.from(x.data), [x.rows, x.cols]];
  else [data, shape] = [Float64Array.from(x), [x.length]];
  const bad = data.findIndex((v) => Number.isNaN(v));
  if (bad >= 0) throw valueError(where, "x", `holds NaN at entry ${bad}`);
  return { data, shape };
}
