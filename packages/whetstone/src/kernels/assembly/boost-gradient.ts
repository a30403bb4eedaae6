/**
 * Gradients and losses of histogram gradient boosting, raw predictions updated by a tree.
 *
 * A row's gradient g and hessian h become one pair of 64-bit integers: g in fixed point, and h in fixed point
 * below the row's count (1, or its weight). Sums of integers do not depend on their order, so histograms are
 * the same for any number of threads, the sibling's histogram is exact, and a weight of k is k copies.
 */
import { min } from "./simd";
import { exp64, log64 } from "./vector-math";

// Losses by number, as in losses.ts.
// @ts-ignore: decorator
@inline const SQUARED: i32 = 0;
// @ts-ignore: decorator
@inline const ABSOLUTE: i32 = 1;
// @ts-ignore: decorator
@inline const QUANTILE: i32 = 2;
// @ts-ignore: decorator
@inline const POISSON: i32 = 3;
// @ts-ignore: decorator
@inline const GAMMA: i32 = 4;
// @ts-ignore: decorator
@inline const BINOMIAL: i32 = 5;
/** One class of a softmax: `raw` holds its probabilities, `parameter` its code. */
// @ts-ignore: decorator
@inline const MULTINOMIAL: i32 = 6;

// @ts-ignore: decorator
@inline
function select(mask: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, mask);
}

/**
 * Gradient and hessian of each row, as two float64 at `pairs + 16 * row`; their largest absolute values in the
 * chunk go to `largest[2 * chunk]` and the entry after it. Arrays have an even number of entries (padded).
 */
export function lossGradients(
  loss: i32, parameter: f64, raw: usize, y: usize, pairs: usize, rows: i32, largest: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  let r = raw + (<usize>first << 3), t = y + (<usize>first << 3), out = pairs + (<usize>first << 4);
  const zero = f64x2.splat(0), one = f64x2.splat(1);
  let mg = zero, mh = zero;
  for (let i = first; i < last; i += 2) {
    const f = v128.load(r), target = v128.load(t);
    let g: v128, h: v128 = one;
    if (loss == SQUARED) {
      g = f64x2.sub(f, target);
    } else if (loss == BINOMIAL) {
      const e = exp64(f64x2.neg(f64x2.abs(f)));
      const under = f64x2.div(one, f64x2.add(one, e));
      const p = f64x2.mul(select(f64x2.ge(f, zero), one, e), under);
      g = f64x2.sub(p, target);
      h = f64x2.mul(f64x2.mul(e, under), under);
    } else if (loss == MULTINOMIAL) {
      g = f64x2.sub(f, select(f64x2.eq(target, f64x2.splat(parameter)), one, zero));
      h = f64x2.mul(f, f64x2.sub(one, f));
    } else if (loss == POISSON) {
      h = exp64(f);
      g = f64x2.sub(h, target);
    } else if (loss == GAMMA) {
      h = f64x2.mul(target, exp64(f64x2.neg(f)));
      g = f64x2.sub(one, h);
    } else if (loss == ABSOLUTE) {
      g = select(f64x2.gt(f, target), one, f64x2.splat(-1));
    } else {
      g = select(f64x2.ge(target, f), f64x2.splat(-parameter), f64x2.splat(1 - parameter));
    }
    v128.store(out, v128.shuffle<i64>(g, h, 0, 2));
    if (i + 1 == last) {
      g = f64x2.replace_lane(g, 1, 0);
      h = f64x2.replace_lane(h, 1, 0);
    } else {
      v128.store(out, v128.shuffle<i64>(g, h, 1, 3), 16);
    }
    mg = f64x2.pmax(mg, f64x2.abs(g));
    mh = f64x2.pmax(mh, h);
    r += 16;
    t += 16;
    out += 32;
  }
  const to = largest + (<usize>chunk << 4);
  store<f64>(to, max(f64x2.extract_lane(mg, 0), f64x2.extract_lane(mg, 1)));
  store<f64>(to, max(f64x2.extract_lane(mh, 0), f64x2.extract_lane(mh, 1)), 8);
}

/**
 * Turns float64 pairs into integer pairs, in place: gradient times `gScale`, hessian times `hScale`, each
 * rounded, then times the weight (`weights`, 0 for none) and rounded again; the row's count (`counts`, u32, 0 for
 * one each) goes above bit `countShift` of the second. The products stay below 2^51. The sums of both integers
 * go to `sums[2 * chunk]` and the entry after it.
 */
export function quantizePairs(
  pairs: usize, weights: usize, counts: usize, rows: i32, gScale: f64, hScale: f64, countShift: i32, sums: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  const scale = f64x2.replace_lane(f64x2.splat(gScale), 1, hScale);
  const magic = f64x2.splat(6755399441055744); // 2^52 + 2^51: adding it rounds and leaves the integer below
  let at = pairs + (<usize>first << 4);
  let total = i64x2.splat(0);
  const single = i64x2.replace_lane(i64x2.splat(0), 1, <i64>1 << countShift);
  for (let i = first; i < last; i++) {
    let v = f64x2.mul(v128.load(at), scale);
    let count = single;
    if (weights != 0) v = f64x2.mul(f64x2.nearest(v), f64x2.splat(load<f64>(weights + (<usize>i << 3))));
    if (counts != 0) {
      count = i64x2.replace_lane(single, 1, <i64>load<u32>(counts + (<usize>i << 2)) << countShift);
    }
    const fixed = i64x2.add(i64x2.sub(f64x2.add(v, magic), magic), count);
    v128.store(at, fixed);
    total = i64x2.add(total, fixed);
    at += 16;
  }
  v128.store(sums + (<usize>chunk << 4), total);
}

/** Adds up the integer pairs of the listed rows, and copies them to `gathered` in the list's order. */
export function sumPairs(pairs: usize, list: usize, count: i32, gathered: usize, out: usize): void {
  let total = i64x2.splat(0);
  const end = list + (<usize>count << 2);
  for (; list < end; list += 4) {
    const pair = v128.load(pairs + (<usize>load<u32>(list) << 4));
    v128.store(gathered, pair);
    total = i64x2.add(total, pair);
    gathered += 16;
  }
  v128.store(out, total);
}

/**
 * Softmax over `classes` columns: class k of row i is at `raw + 8 * (k * stride + i)`, the probability at the same
 * place of `out`. Two rows at a time, so `stride` is even.
 */
export function softmaxColumns(
  raw: usize, out: usize, rows: i32, stride: i32, classes: i32, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const step = <usize>stride << 3;
  for (let i = chunk * rowsPerChunk; i < last; i += 2) {
    const from = raw + (<usize>i << 3), to = out + (<usize>i << 3);
    let top = v128.load(from);
    for (let k = 1; k < classes; k++) top = f64x2.pmax(top, v128.load(from + <usize>k * step));
    let total = f64x2.splat(0);
    for (let k = 0; k < classes; k++) {
      const e = exp64(f64x2.sub(v128.load(from + <usize>k * step), top));
      v128.store(to + <usize>k * step, e);
      total = f64x2.add(total, e);
    }
    const scale = f64x2.div(f64x2.splat(1), total);
    for (let k = 0; k < classes; k++) {
      const at = to + <usize>k * step;
      v128.store(at, f64x2.mul(v128.load(at), scale));
    }
  }
}

/** Weighted sum of the losses of the chunk's rows, to `sums[chunk]`. Layout of `raw` as in softmaxColumns. */
export function lossSum(
  loss: i32, parameter: f64, raw: usize, y: usize, weights: usize, rows: i32, stride: i32, classes: i32, sums: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  const zero = f64x2.splat(0), one = f64x2.splat(1);
  const step = <usize>stride << 3;
  let total = zero;
  for (let i = first; i < last; i += 2) {
    const at = <usize>i << 3;
    const f = v128.load(raw + at), target = v128.load(y + at);
    let value: v128;
    if (loss == SQUARED) {
      const d = f64x2.sub(target, f);
      value = f64x2.mul(f64x2.splat(0.5), f64x2.mul(d, d));
    } else if (loss == BINOMIAL) {
      // log(1 + exp(f)) for class 0, log(1 + exp(-f)) for class 1
      const v = f64x2.mul(f, f64x2.sub(one, f64x2.add(target, target)));
      value = f64x2.add(f64x2.pmax(v, zero), log64(f64x2.add(one, exp64(f64x2.neg(f64x2.abs(v))))));
    } else if (loss == MULTINOMIAL) {
      let top = f;
      for (let k = 1; k < classes; k++) top = f64x2.pmax(top, v128.load(raw + at + <usize>k * step));
      let sum = zero, own = zero;
      for (let k = 0; k < classes; k++) {
        const v = v128.load(raw + at + <usize>k * step);
        sum = f64x2.add(sum, exp64(f64x2.sub(v, top)));
        own = f64x2.add(own, v128.and(v, f64x2.eq(target, f64x2.splat(<f64>k))));
      }
      value = f64x2.sub(f64x2.add(top, log64(sum)), own);
    } else if (loss == POISSON) {
      value = f64x2.sub(exp64(f), f64x2.mul(target, f));
    } else if (loss == GAMMA) {
      value = f64x2.add(f, f64x2.mul(target, exp64(f64x2.neg(f))));
    } else {
      const d = f64x2.sub(target, f);
      if (loss == ABSOLUTE) value = f64x2.abs(d);
      else value = f64x2.pmax(f64x2.mul(f64x2.splat(parameter), d), f64x2.mul(f64x2.splat(parameter - 1), d));
    }
    if (weights != 0) value = f64x2.mul(value, v128.load(weights + at));
    if (i + 1 == last) value = f64x2.replace_lane(value, 1, 0);
    total = f64x2.add(total, value);
  }
  store<f64>(sums + (<usize>chunk << 3), f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
}

/**
 * Adds the leaves' values to the raw predictions of the chunk's rows. Leaf l has entries `starts[l]` to `ends[l]` - 1 of
 * the list, ascending, so each leaf's rows of the chunk are found by bisection.
 */
export function addLeaves(
  list: usize, starts: usize, ends: usize, values: usize, leaves: i32, raw: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const first = <u32>(chunk * rowsPerChunk);
  const last = first + <u32>rowsPerChunk;
  for (let leaf: usize = 0; leaf < <usize>leaves; leaf++) {
    const value = load<f64>(values + (leaf << 3));
    let lo = load<u32>(starts + (leaf << 2));
    const end = load<u32>(ends + (leaf << 2));
    let hi = end;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (load<u32>(list + (<usize>mid << 2)) < first) lo = mid + 1;
      else hi = mid;
    }
    const stop = list + (<usize>end << 2);
    for (let at = list + (<usize>lo << 2); at < stop; at += 4) {
      const row = load<u32>(at);
      if (row >= last) break;
      const to = raw + (<usize>row << 3);
      store<f64>(to, load<f64>(to) + value);
    }
  }
}
