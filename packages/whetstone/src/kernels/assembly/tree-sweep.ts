/**
 * One pass over the sorted rows of a node, per criterion: rows move from the right side to the left one, and at
 * every change of the code the split there is scored. `keys` holds `count` rows with values, then `gaps` rows whose
 * value is missing; with `missingLeft` those start on the left.
 *
 * Scores are decreases of weight times impurity. Comparisons are written without divisions.
 */
import {
  bestBar, bestCut, bestFound, bestMean, bestMissingLeft, bestNext, bestScore, bestSlack, bestWeight, int,
  jobCriterion, jobMinLeaf, jobMinWeight, jobOutputs, jobPacked, jobTargetRankCount, jobTargetRanks, missing, ptr,
  slotBest, slotCounts, slotFenwick, slotRows, slotTargets, slotWeights,
} from "./tree-layout";
import { log1 } from "./vector-math";

const perBit: f64 = 1.4426950408889634;

export function xlog2x(x: f64): f64 {
  return x > 0 ? x * log1(x) * perBit : 0;
}

/** Notes a split that beats the bar. */
function note(best: usize, score: f64, cut: u32, next: u32, missingLeft: i32): void {
  store<f64>(best + bestScore, score);
  store<f64>(best + bestBar, score + load<f64>(best + bestSlack));
  store<u32>(best + bestCut, cut);
  store<u32>(best + bestNext, next);
  store<i32>(best + bestMissingLeft, missingLeft);
  store<i32>(best + bestFound, 1);
}

/** Two classes, Gini: with v = l1 W - wl T1 the decrease is 2 v^2 / (W wl wr). */
export function sweepTwoClasses(job: usize, slot: usize, keys: usize, count: i32, gaps: i32, missingLeft: i32): void {
  const best = ptr(slot, slotBest);
  const weights = ptr(slot, slotWeights);
  const classes = ptr(slot, slotTargets);
  const packed = int(job, jobPacked);
  const minLeaf = int(job, jobMinLeaf);
  const minWeight = load<f64>(job + jobMinWeight);
  const W = load<f64>(best + bestWeight);
  const T1 = load<f64>(ptr(slot, slotCounts) + 8);
  const factor = 2 / W;
  const all = count + gaps;
  let bar = load<f64>(best + bestBar);
  let wl: f64 = 0;
  let l1: f64 = 0;
  if (missingLeft != 0) {
    for (let p = count; p < all; p++) {
      const own = <u32>load<u64>(keys + (<usize>p << 3));
      const w = packed != 0 ? <f64>(own & 0xffff) : load<f64>(weights + (<usize>own << 3));
      const k = packed != 0 ? own >>> 16 : load<u32>(classes + (<usize>own << 2));
      wl += w;
      l1 += <f64>k * w;
    }
  }
  const end = keys + (<usize>count << 3);
  let key = load<u64>(keys);
  for (let at = keys; at < end; at += 8) {
    const own = <u32>key;
    const code = <u32>(key >>> 32);
    if (packed != 0) {
      const w = <f64>(own & 0xffff);
      wl += w;
      l1 += <f64>(own >>> 16) * w;
    } else {
      const w = load<f64>(weights + (<usize>own << 3));
      wl += w;
      l1 += <f64>load<i32>(classes + (<usize>own << 2)) * w;
    }
    let next = missing;
    if (at + 8 < end) {
      key = load<u64>(at, 8);
      next = <u32>(key >>> 32);
      if (next == code) continue;
    } else if (gaps == 0 || missingLeft != 0) break;
    const wr = W - wl;
    const v = l1 * W - wl * T1;
    const num = v * v * factor;
    const den = wl * wr;
    if (!(num > bar * den)) continue;
    const nl = <i32>((at - keys) >> 3) + 1 + (missingLeft != 0 ? gaps : 0);
    if (nl < minLeaf || all - nl < minLeaf || wl < minWeight || wr < minWeight) continue;
    note(best, num / den, code, next, missingLeft);
    bar = load<f64>(best + bestBar);
  }
}

/** Any number of classes, Gini or entropy. */
export function sweepClasses(job: usize, slot: usize, keys: usize, count: i32, gaps: i32, missingLeft: i32): void {
  const best = ptr(slot, slotBest);
  const weights = ptr(slot, slotWeights);
  const classes = ptr(slot, slotTargets);
  const packed = int(job, jobPacked);
  const minLeaf = int(job, jobMinLeaf);
  const minWeight = load<f64>(job + jobMinWeight);
  const entropy = int(job, jobCriterion) == 1;
  const W = load<f64>(best + bestWeight);
  const K = int(job, jobOutputs);
  const total = ptr(slot, slotCounts);
  const left = total + (<usize>K << 3);
  const right = left + (<usize>K << 3);
  const all = count + gaps;
  memory.fill(left, 0, <usize>K << 3);
  memory.copy(right, total, <usize>K << 3);
  // Gini: sums of squares; entropy: sums of c log2 c.
  let sumLeft: f64 = 0;
  let sumRight: f64 = 0;
  for (let k = 0; k < K; k++) {
    const c = load<f64>(total + (<usize>k << 3));
    sumRight += entropy ? xlog2x(c) : c * c;
  }
  const parent = entropy ? sumRight - xlog2x(W) : sumRight / W;
  let wl: f64 = 0;
  let p = missingLeft != 0 ? -gaps : 0;
  for (; p < count; p++) {
    const key = load<u64>(keys + (<usize>(p < 0 ? p + all : p) << 3));
    let w: f64;
    let k: usize;
    if (packed != 0) {
      w = <f64>(<u32>key & 0xffff);
      k = <usize>(<u32>key >>> 16) << 3;
    } else {
      w = load<f64>(weights + (<usize><u32>key << 3));
      k = <usize>load<i32>(classes + (<usize><u32>key << 2)) << 3;
    }
    const l = load<f64>(left + k);
    const r = load<f64>(right + k);
    store<f64>(left + k, l + w);
    store<f64>(right + k, r - w);
    wl += w;
    if (entropy) {
      sumLeft += xlog2x(l + w) - xlog2x(l);
      sumRight += xlog2x(r - w) - xlog2x(r);
    } else {
      sumLeft += w * (2 * l + w);
      sumRight += w * (w - 2 * r);
    }
    if (p < 0) continue;
    const code = <u32>(key >>> 32);
    let next = missing;
    if (p + 1 < count) {
      next = <u32>(load<u64>(keys + (<usize>(p + 1) << 3)) >>> 32);
      if (next == code) continue;
    } else if (gaps == 0 || missingLeft != 0) break;
    const nl = p + 1 + (missingLeft != 0 ? gaps : 0);
    const wr = W - wl;
    if (nl < minLeaf || all - nl < minLeaf || wl < minWeight || wr < minWeight) continue;
    let score: f64;
    if (entropy) score = sumLeft - xlog2x(wl) + sumRight - xlog2x(wr) - parent;
    else {
      const num = sumLeft * wr + sumRight * wl;
      const den = wl * wr;
      if (!(num > (load<f64>(best + bestBar) + parent) * den)) continue;
      score = num / den - parent;
    }
    if (score > load<f64>(best + bestBar)) note(best, score, code, next, missingLeft);
  }
}

/** Squared error (targets less the node's mean: the decrease is SL^2 W / (wl wr)) and Poisson deviance. */
export function sweepNumbers(job: usize, slot: usize, keys: usize, count: i32, gaps: i32, missingLeft: i32): void {
  const best = ptr(slot, slotBest);
  const weights = ptr(slot, slotWeights);
  const targets = ptr(slot, slotTargets);
  const minLeaf = int(job, jobMinLeaf);
  const minWeight = load<f64>(job + jobMinWeight);
  const poisson = int(job, jobCriterion) == 4;
  const W = load<f64>(best + bestWeight);
  const mean = load<f64>(best + bestMean);
  const centre: f64 = poisson ? 0 : mean;
  const all = count + gaps;
  const S = mean * W;
  let wl: f64 = 0;
  let sl: f64 = 0;
  let p = missingLeft != 0 ? -gaps : 0;
  for (; p < count; p++) {
    const key = load<u64>(keys + (<usize>(p < 0 ? p + all : p) << 3));
    const j = <usize><u32>key << 3;
    const w = load<f64>(weights + j);
    wl += w;
    sl += w * (load<f64>(targets + j) - centre);
    if (p < 0) continue;
    const code = <u32>(key >>> 32);
    let next = missing;
    if (p + 1 < count) {
      next = <u32>(load<u64>(keys + (<usize>(p + 1) << 3)) >>> 32);
      if (next == code) continue;
    } else if (gaps == 0 || missingLeft != 0) break;
    const wr = W - wl;
    const den = wl * wr;
    const bar = load<f64>(best + bestBar);
    let score: f64;
    if (poisson) {
      const sr = S - sl;
      // A side without events would predict 0, of which the deviance is infinite for any event to come.
      if (!(sl > 1e-14 * S) || !(sr > 1e-14 * S)) continue;
      score = sl * log1(sl / wl) + sr * log1(sr / wr) - S * log1(mean);
      if (!(score > bar)) continue;
    } else {
      const num = sl * sl * W;
      if (!(num > bar * den)) continue;
      score = num / den;
    }
    const nl = p + 1 + (missingLeft != 0 ? gaps : 0);
    if (nl < minLeaf || all - nl < minLeaf || wl < minWeight || wr < minWeight) continue;
    note(best, score, code, next, missingLeft);
  }
}

/** Adds a weight and a weighted target to Fenwick trees (f64 pairs of arrays of `size` + 1). */
export function fenwickAdd(weightTree: usize, sumTree: usize, size: i32, rank: i32, w: f64, s: f64): void {
  for (let i = rank + 1; i <= size; i += i & -i) {
    const at = <usize>i << 3;
    store<f64>(weightTree + at, load<f64>(weightTree + at) + w);
    store<f64>(sumTree + at, load<f64>(sumTree + at) + s);
  }
}

export function fenwickClear(weightTree: usize, sumTree: usize, size: i32, rank: i32): void {
  for (let i = rank + 1; i <= size; i += i & -i) {
    const at = <usize>i << 3;
    store<f64>(weightTree + at, 0);
    store<f64>(sumTree + at, 0);
  }
}

/**
 * Least sum of absolute deviations of the rows in the trees a - b (b = 0: a alone), of total weight W and weighted sum
 * S: descends to the median and takes what lies below and above it.
 */
function absoluteSum(
  wa: usize, sa: usize, wb: usize, sb: usize, size: i32, W: f64, S: f64, medians: usize,
): f64 {
  let at = 0;
  let below: f64 = 0;
  let sumBelow: f64 = 0;
  const half = 0.5 * W;
  let stride = 1 << (31 - <i32>clz<i32>(size));
  while (stride > 0) {
    const to = at + stride;
    if (to <= size) {
      const i = <usize>to << 3;
      const w = load<f64>(wa + i) - (wb != 0 ? load<f64>(wb + i) : 0);
      if (below + w < half) {
        at = to;
        below += w;
        sumBelow += load<f64>(sa + i) - (sb != 0 ? load<f64>(sb + i) : 0);
      }
    }
    stride >>= 1;
  }
  // Rank `at` (from 0) holds the median; below and sumBelow are what lies under it.
  const median = load<f64>(medians + (<usize>min32(at, size - 1) << 3));
  return median * below - sumBelow + (S - sumBelow) - median * (W - below);
}

// @ts-ignore: decorator
@inline
function min32(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/** Absolute error: medians of both sides from Fenwick trees over the ranks of the targets. */
export function sweepAbsolute(
  job: usize, slot: usize, keys: usize, count: i32, gaps: i32, missingLeft: i32, distinct: usize, parent: f64,
): void {
  const best = ptr(slot, slotBest);
  const rows = ptr(slot, slotRows);
  const weights = ptr(slot, slotWeights);
  const targets = ptr(slot, slotTargets);
  const ranks = ptr(job, jobTargetRanks);
  const minLeaf = int(job, jobMinLeaf);
  const minWeight = load<f64>(job + jobMinWeight);
  const size = int(job, jobTargetRankCount);
  const W = load<f64>(best + bestWeight);
  const S = load<f64>(best + bestMean) * W;
  const bytes = <usize>(size + 1) << 3;
  const wt = ptr(slot, slotFenwick);
  const st = wt + bytes;
  const wleft = st + bytes;
  const sleft = wleft + bytes;
  const all = count + gaps;
  let wl: f64 = 0;
  let sl: f64 = 0;
  let p = missingLeft != 0 ? -gaps : 0;
  const first = p;
  for (; p < count; p++) {
    const key = load<u64>(keys + (<usize>(p < 0 ? p + all : p) << 3));
    const j = <usize><u32>key;
    const w = load<f64>(weights + (j << 3));
    const s = w * load<f64>(targets + (j << 3));
    const rank = load<i32>(ranks + (<usize>load<u32>(rows + (j << 2)) << 2));
    fenwickAdd(wleft, sleft, size, rank, w, s);
    wl += w;
    sl += s;
    if (p < 0) continue;
    const code = <u32>(key >>> 32);
    let next = missing;
    if (p + 1 < count) {
      next = <u32>(load<u64>(keys + (<usize>(p + 1) << 3)) >>> 32);
      if (next == code) continue;
    } else if (gaps == 0 || missingLeft != 0) break;
    const nl = p + 1 + (missingLeft != 0 ? gaps : 0);
    const wr = W - wl;
    if (nl < minLeaf || all - nl < minLeaf || wl < minWeight || wr < minWeight) continue;
    const after =
      absoluteSum(wleft, sleft, 0, 0, size, wl, sl, distinct) +
      absoluteSum(wt, st, wleft, sleft, size, wr, S - sl, distinct);
    const score = parent - after;
    if (score > load<f64>(best + bestBar)) note(best, score, code, next, missingLeft);
  }
  for (p = first; p < count; p++) {
    const j = <usize><u32>load<u64>(keys + (<usize>(p < 0 ? p + all : p) << 3));
    fenwickClear(wleft, sleft, size, load<i32>(ranks + (<usize>load<u32>(rows + (j << 2)) << 2)));
  }
}

/** Weighted median of the rows in the trees: the middle of the median interval. */
export function nodeMedian(job: usize, slot: usize, W: f64, distinct: usize): f64 {
  const size = int(job, jobTargetRankCount);
  const tree = ptr(slot, slotFenwick);
  const half = 0.5 * W;
  let low = 0;
  let high = 0;
  let belowLow: f64 = 0;
  let belowHigh: f64 = 0;
  for (let stride = 1 << (31 - <i32>clz<i32>(size)); stride > 0; stride >>= 1) {
    if (low + stride <= size) {
      const w = load<f64>(tree + (<usize>(low + stride) << 3));
      if (belowLow + w < half) {
        low += stride;
        belowLow += w;
      }
    }
    if (high + stride <= size) {
      const w = load<f64>(tree + (<usize>(high + stride) << 3));
      if (belowHigh + w <= half) {
        high += stride;
        belowHigh += w;
      }
    }
  }
  const a = load<f64>(distinct + (<usize>min32(low, size - 1) << 3));
  const b = load<f64>(distinct + (<usize>min32(high, size - 1) << 3));
  return a + 0.5 * (b - a);
}

/** The node's own sum of absolute deviations, from the trees that hold all its rows. */
export function nodeAbsolute(job: usize, slot: usize, W: f64, S: f64, distinct: usize): f64 {
  const size = int(job, jobTargetRankCount);
  const wt = ptr(slot, slotFenwick);
  return absoluteSum(wt, wt + (<usize>(size + 1) << 3), 0, 0, size, W, S, distinct);
}
