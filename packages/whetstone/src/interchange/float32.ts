/** Comparisons that other libraries make after rounding to float32, as thresholds for numbers that are not rounded. */

const f32 = new Float32Array(1);
const i32 = new Int32Array(f32.buffer);
const f64 = new Float64Array(1);
const i64 = new BigInt64Array(f64.buffer);
/** Smallest number that rounds to infinity. */
const overflow = 2 ** 128 - 2 ** 103;

/** Next float32 above. */
function above32(x: number): number {
  f32[0] = x;
  if (x === 0) i32[0] = 1;
  else i32[0] = i32[0]! + (x > 0 ? 1 : -1);
  return f32[0]!;
}

/** Next float64 below. */
function below64(x: number): number {
  f64[0] = x;
  if (x === 0) return -Number.MIN_VALUE;
  i64[0] = i64[0]! + (x > 0 ? -1n : 1n);
  return f64[0]!;
}

/** The largest float64 that rounds to the float32 `x` or less. */
function lastRoundedTo(x: number): number {
  const next = above32(x);
  const middle = next === Number.POSITIVE_INFINITY ? overflow : (x + next) / 2;
  return Math.fround(middle) <= x ? middle : below64(middle);
}

/** The largest float32 that is <= x. */
export function floor32(x: number): number {
  const near = Math.fround(x);
  return near <= x ? near : -above32(-near);
}

/** The T with `v <= T` just where `float32(v) <= t`. */
export function roundedAtMost(t: number): number {
  return t === Number.POSITIVE_INFINITY ? t : lastRoundedTo(floor32(t));
}

/** The T with `v <= T` just where `float32(v) < float32(t)`. */
export function roundedBelow(t: number): number {
  return lastRoundedTo(-above32(-Math.fround(t)));
}
