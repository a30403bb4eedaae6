/**
 * Growth of decision trees, one tree per chunk. A node's rows are neighbours in the slot's arrays of rows, weights
 * and targets, so deep nodes stay in the cache. Per drawn feature the codes of the rows are gathered as 64-bit keys,
 * sorted, and swept once (twice where values are missing).
 */
import {
  bestBar, bestCut, bestFeature, bestFound, bestMean, bestMissingLeft, bestNext, bestScore, bestSlack, bestWeight,
  int, jobCodes, jobCols, jobCriterion, jobDistinct, jobDraws, jobMaxDepth, jobMaxFeatures, jobMaxLeaves,
  jobMinDecrease, jobMinLeaf, jobMinSplit, jobMinWeight, jobOutputs, jobPacked, jobRandom, jobRows, jobSlots,
  jobStarts, jobTargetRankCount, jobTargetRanks, jobTargets, jobValues, jobWeights, missing, nodeBytes, nodeCut,
  nodeDepth, nodeEnd, nodeFeature, nodeFlags, nodeGain, nodeImpurity, nodeLeft, nodeStart, nodeThreshold,
  nodeWeight, ptr, slotBest, slotBytes, slotCounts, slotDigits, slotDrawn, slotFeatures, slotFenwick, slotFrontier,
  slotKeys, slotNodeCount, slotNodes, slotRandom, slotRowCount, slotRows, slotSpare, slotTargets, slotValues,
  slotWeights,
} from "./tree-layout";
import { below, unit } from "./tree-random";
import { sortKeys } from "./tree-sort";
import {
  fenwickAdd, fenwickClear, nodeAbsolute, nodeMedian, sweepAbsolute, sweepClasses, sweepNumbers, sweepTwoClasses,
  xlog2x,
} from "./tree-sweep";
import { log1 } from "./vector-math";

/** Grows the tree of slot `chunk`. */
export function growTrees(job: usize, chunk: i32): void {
  const slot = ptr(job, jobSlots) + <usize>chunk * slotBytes;
  const count = takeRows(job, slot);
  const d = int(job, jobCols);
  const features = ptr(slot, slotFeatures);
  for (let f = 0; f < d; f++) store<i32>(features + (<usize>f << 2), f);
  const nodes = ptr(slot, slotNodes);
  const frontier = ptr(slot, slotFrontier);
  const maxLeaves = int(job, jobMaxLeaves);
  const bestFirst = maxLeaves > 0;
  openNode(job, slot, 0, 0, count, 0);
  const rootWeight = load<f64>(nodes + nodeWeight);
  let nodeCount = 1;
  let leaves = 1;
  let waiting = 0;
  if (!bestFirst || findSplit(job, slot, nodes, rootWeight)) {
    store<i32>(frontier, 0);
    waiting = 1;
  }
  while (waiting > 0) {
    let at: i32;
    if (bestFirst) {
      if (leaves >= maxLeaves) break;
      at = popHeap(frontier, waiting--, nodes);
    } else {
      waiting--;
      at = load<i32>(frontier + (<usize>waiting << 2));
    }
    const node = nodes + <usize>at * nodeBytes;
    if (!bestFirst && !findSplit(job, slot, node, rootWeight)) continue;
    const middle = divide(job, slot, node);
    const left = nodeCount;
    nodeCount += 2;
    leaves++;
    const start = int(node, nodeStart);
    const end = int(node, nodeEnd);
    const depth = int(node, nodeDepth) + 1;
    store<i32>(node + nodeLeft, left);
    // The split's feature is kept beside the node until now, so that unsplit nodes remain leaves.
    store<i32>(node + nodeFeature, ~int(node, nodeFeature) - 1);
    openNode(job, slot, left, start, middle, depth);
    openNode(job, slot, left + 1, middle, end, depth);
    if (bestFirst) {
      for (let c = left; c <= left + 1; c++) {
        if (findSplit(job, slot, nodes + <usize>c * nodeBytes, rootWeight)) pushHeap(frontier, waiting++, nodes, c);
      }
    } else {
      store<i32>(frontier + (<usize>waiting << 2), left + 1);
      store<i32>(frontier + (<usize>(waiting + 1) << 2), left);
      waiting += 2;
    }
  }
  store<i32>(slot + slotNodeCount, nodeCount);
  store<i32>(slot + slotRowCount, count);
}

/** Draws the tree's rows, or takes all of positive weight, and lays out their weights and targets. */
function takeRows(job: usize, slot: usize): i32 {
  const n = int(job, jobRows);
  const weights = ptr(job, jobWeights);
  const targets = ptr(job, jobTargets);
  const numbers = int(job, jobCriterion) >= 2;
  const packed = int(job, jobPacked) != 0;
  const draws = int(job, jobDraws);
  const drawn = ptr(slot, slotDrawn);
  if (draws > 0) {
    const random = ptr(slot, slotRandom);
    memory.fill(drawn, 0, <usize>n << 3);
    for (let i = 0; i < draws; i++) {
      const at = <usize>below(random, <u32>n) << 3;
      store<f64>(drawn + at, load<f64>(drawn + at) + load<f64>(weights + at));
    }
  }
  const from = draws > 0 ? drawn : weights;
  const rows = ptr(slot, slotRows);
  const ownWeights = ptr(slot, slotWeights);
  const ownTargets = ptr(slot, slotTargets);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const w = load<f64>(from + (<usize>i << 3));
    if (!(w > 0)) continue;
    store<i32>(rows + (<usize>count << 2), i);
    store<f64>(ownWeights + (<usize>count << 3), w);
    if (numbers) store<f64>(ownTargets + (<usize>count << 3), load<f64>(targets + (<usize>i << 3)));
    else {
      const k = load<u32>(targets + (<usize>i << 2));
      store<u32>(ownTargets + (<usize>count << 2), packed ? (k << 16) | <u32>w : k);
    }
    count++;
  }
  return count;
}

/** Makes a leaf of the rows start to end - 1: its weight, impurity and values. */
function openNode(job: usize, slot: usize, at: i32, start: i32, end: i32, depth: i32): void {
  const node = ptr(slot, slotNodes) + <usize>at * nodeBytes;
  memory.fill(node, 0, nodeBytes);
  store<i32>(node + nodeFeature, -1);
  store<i32>(node + nodeStart, start);
  store<i32>(node + nodeEnd, end);
  store<i32>(node + nodeDepth, depth);
  const K = int(job, jobOutputs);
  const values = ptr(slot, slotValues) + ((<usize>at * <usize>K) << 3);
  if (int(job, jobCriterion) < 2) describeClasses(job, slot, node, values, start, end);
  else describeNumbers(job, slot, node, values, start, end);
}

/** Writes the weight of each class among the rows; gives their sum. */
function addClasses(job: usize, to: usize, K: i32, weights: usize, classes: usize, start: i32, end: i32): f64 {
  const packed = int(job, jobPacked) != 0;
  memory.fill(to, 0, <usize>K << 3);
  for (let j = start; j < end; j++) {
    const here = load<u32>(classes + (<usize>j << 2));
    const w = packed ? <f64>(here & 0xffff) : load<f64>(weights + (<usize>j << 3));
    const at = to + (<usize>(packed ? here >>> 16 : here) << 3);
    store<f64>(at, load<f64>(at) + w);
  }
  let sum: f64 = 0;
  for (let k = 0; k < K; k++) sum += load<f64>(to + (<usize>k << 3));
  return sum;
}

/** Shares of the classes; a pure node has impurity exactly 0. */
function describeClasses(job: usize, slot: usize, node: usize, values: usize, start: i32, end: i32): void {
  const K = int(job, jobOutputs);
  const weights = ptr(slot, slotWeights);
  const classes = ptr(slot, slotTargets);
  const W = addClasses(job, values, K, weights, classes, start, end);
  const entropy = int(job, jobCriterion) == 1;
  let sum: f64 = 0;
  for (let k = 0; k < K; k++) {
    const to = values + (<usize>k << 3);
    const share = load<f64>(to) / W;
    store<f64>(to, share);
    sum += entropy ? -xlog2x(share) : share * (1 - share);
  }
  store<f64>(node + nodeWeight, W);
  store<f64>(node + nodeImpurity, sum);
}

function describeNumbers(job: usize, slot: usize, node: usize, values: usize, start: i32, end: i32): void {
  const criterion = int(job, jobCriterion);
  const weights = ptr(slot, slotWeights);
  const targets = ptr(slot, slotTargets);
  const first = load<f64>(targets + (<usize>start << 3));
  let W: f64 = 0;
  let S: f64 = 0;
  let same = true;
  // Sums of differences from the first target: a constant is its own mean.
  for (let j = start; j < end; j++) {
    const w = load<f64>(weights + (<usize>j << 3));
    const y = load<f64>(targets + (<usize>j << 3));
    W += w;
    S += w * (y - first);
    if (y != first) same = false;
  }
  const mean = first + S / W;
  store<f64>(node + nodeWeight, W);
  store<f64>(values, mean);
  if (same) return;
  let impurity: f64 = 0;
  if (criterion == 3) {
    const distinct = ptr(job, jobDistinct);
    fillFenwick(job, slot, start, end, false);
    store<f64>(values, nodeMedian(job, slot, W, distinct));
    impurity = nodeAbsolute(job, slot, W, mean * W, distinct) / W;
    fillFenwick(job, slot, start, end, true);
  } else {
    for (let j = start; j < end; j++) {
      const w = load<f64>(weights + (<usize>j << 3));
      const y = load<f64>(targets + (<usize>j << 3));
      if (criterion == 4) impurity += y > 0 ? w * y * log1(y / mean) : 0;
      else impurity += w * (y - mean) * (y - mean);
    }
    impurity /= W;
  }
  store<f64>(node + nodeImpurity, max(impurity, Number.MIN_VALUE));
}

/** Puts the node's rows into the Fenwick trees, or clears the places they touched. */
function fillFenwick(job: usize, slot: usize, start: i32, end: i32, clear: boolean): void {
  const rows = ptr(slot, slotRows);
  const weights = ptr(slot, slotWeights);
  const targets = ptr(slot, slotTargets);
  const ranks = ptr(job, jobTargetRanks);
  const size = int(job, jobTargetRankCount);
  const wt = ptr(slot, slotFenwick);
  const st = wt + (<usize>(size + 1) << 3);
  for (let j = start; j < end; j++) {
    const rank = load<i32>(ranks + (<usize>load<u32>(rows + (<usize>j << 2)) << 2));
    if (clear) {
      fenwickClear(wt, st, size, rank);
      continue;
    }
    const w = load<f64>(weights + (<usize>j << 3));
    fenwickAdd(wt, st, size, rank, w, w * load<f64>(targets + (<usize>j << 3)));
  }
}

/**
 * Looks for the best split of a node; false where it stays a leaf. The feature is stored as -2 - feature until the
 * node is divided, the gain, cut, threshold and side of missing values as they are.
 */
function findSplit(job: usize, slot: usize, node: usize, rootWeight: f64): boolean {
  const start = int(node, nodeStart);
  const end = int(node, nodeEnd);
  const count = end - start;
  const impurity = load<f64>(node + nodeImpurity);
  const W = load<f64>(node + nodeWeight);
  if (
    impurity == 0 || count < int(job, jobMinSplit) || count < 2 * int(job, jobMinLeaf) ||
    int(node, nodeDepth) >= int(job, jobMaxDepth) || W < 2 * load<f64>(job + jobMinWeight)
  ) return false;
  const best = ptr(slot, slotBest);
  store<f64>(best + bestScore, -Infinity);
  store<f64>(best + bestBar, -Infinity);
  store<f64>(best + bestSlack, 1e-12 * W * impurity);
  store<i32>(best + bestFeature, -1);
  store<f64>(best + bestWeight, W);
  summarise(job, slot, node);
  const d = int(job, jobCols);
  const wanted = int(job, jobMaxFeatures);
  const features = ptr(slot, slotFeatures);
  const random = ptr(slot, slotRandom);
  let useful = 0;
  // Constant columns do not count while nothing else was seen, as in scikit-learn.
  for (let drawn = 0; drawn < d && (drawn < wanted || useful == 0); drawn++) {
    let f = drawn;
    if (wanted < d) {
      const here = features + (<usize>drawn << 2);
      const there = features + (<usize>(drawn + <i32>below(random, <u32>(d - drawn))) << 2);
      f = load<i32>(there);
      store<i32>(there, load<i32>(here));
      store<i32>(here, f);
    }
    if (tryFeature(job, slot, node, f)) useful++;
  }
  if (int(job, jobCriterion) == 3) fillFenwick(job, slot, start, end, true);
  const f = int(best, bestFeature);
  if (f < 0) return false;
  const gain = max<f64>(0, load<f64>(best + bestScore));
  if (gain / rootWeight + 1e-15 * impurity < load<f64>(job + jobMinDecrease)) return false;
  store<f64>(node + nodeGain, gain);
  store<i32>(node + nodeFeature, -2 - f);
  return true;
}

/** What the sweeps need of the node: class totals, or the mean of its targets. */
function summarise(job: usize, slot: usize, node: usize): void {
  const K = int(job, jobOutputs);
  const best = ptr(slot, slotBest);
  const W = load<f64>(node + nodeWeight);
  const at = (node - ptr(slot, slotNodes)) / nodeBytes;
  const values = ptr(slot, slotValues) + ((at * <usize>K) << 3);
  const weights = ptr(slot, slotWeights);
  if (int(job, jobCriterion) < 2) {
    const totals = ptr(slot, slotCounts);
    const classes = ptr(slot, slotTargets);
    addClasses(job, totals, K, weights, classes, int(node, nodeStart), int(node, nodeEnd));
    return;
  }
  if (int(job, jobCriterion) != 3) {
    store<f64>(best + bestMean, load<f64>(values));
    return;
  }
  const targets = ptr(slot, slotTargets);
  let S: f64 = 0;
  for (let j = int(node, nodeStart); j < int(node, nodeEnd); j++) {
    S += load<f64>(weights + (<usize>j << 3)) * load<f64>(targets + (<usize>j << 3));
  }
  store<f64>(best + bestMean, S / W);
  fillFenwick(job, slot, int(node, nodeStart), int(node, nodeEnd), false);
}

/** Scores the splits of a node by one feature; false where its values are all equal. */
function tryFeature(job: usize, slot: usize, node: usize, f: i32): boolean {
  const start = int(node, nodeStart);
  const end = int(node, nodeEnd);
  const rows = ptr(slot, slotRows);
  const codes = ptr(job, jobCodes) + ((<usize>f * <usize>int(job, jobRows)) << 2);
  const packed = int(job, jobPacked) != 0;
  const classes = ptr(slot, slotTargets);
  let keys = ptr(slot, slotKeys);
  const spare = ptr(slot, slotSpare);
  let low: u32 = missing;
  let high: u32 = 0;
  let gaps = 0;
  const from = rows + (<usize>start << 2);
  const payload = classes + (<usize>start << 2);
  const bytes = <usize>(end - start) << 2;
  let to = keys;
  for (let at: usize = 0; at < bytes; at += 4) {
    const code = load<u32>(codes + (<usize>load<u32>(from + at) << 2));
    const key = (<u64>code << 32) | <u64>(packed ? load<u32>(payload + at) : <u32>start + <u32>(at >>> 2));
    if (code == missing) {
      store<u64>(spare + (<usize>gaps << 3), key);
      gaps++;
      continue;
    }
    low = min<u32>(low, code);
    high = max<u32>(high, code);
    store<u64>(to, key);
    to += 8;
  }
  const count = end - start - gaps;
  if (count == 0 || (low == high && gaps == 0)) return false;
  // Missing values wait behind the others.
  const gapsAt = keys + (<usize>count << 3);
  memory.copy(gapsAt, spare, <usize>gaps << 3);
  const best = ptr(slot, slotBest);
  const values = ptr(job, jobValues) + (<usize>load<i32>(ptr(job, jobStarts) + (<usize>f << 2)) << 3);
  let cut: u32 = 0;
  let threshold: f64 = 0;
  const random = int(job, jobRandom) != 0;
  if (random && low != high) {
    const a = load<f64>(values + (<usize>low << 3));
    const b = load<f64>(values + (<usize>high << 3));
    threshold = a + unit(ptr(slot, slotRandom)) * (b - a);
    if (threshold >= b) threshold = a;
    cut = lastUpTo(values, low, high, threshold);
    sides(keys, spare, count, cut);
    memory.copy(spare + (<usize>count << 3), gapsAt, <usize>gaps << 3);
    keys = spare;
  } else if (low != high) {
    const sorted = sortKeys(keys, spare, count, low, high - low, ptr(slot, slotDigits));
    if (sorted != keys) memory.copy(sorted + (<usize>count << 3), gapsAt, <usize>gaps << 3);
    keys = sorted;
  }
  store<i32>(best + bestFound, 0);
  sweep(job, slot, node, keys, count, gaps, 0);
  if (gaps > 0) sweep(job, slot, node, keys, count, gaps, 1);
  if (load<i32>(best + bestFound) == 0) return true;
  store<i32>(best + bestFeature, f);
  const next = load<u32>(best + bestNext);
  let missingLeft = int(best, bestMissingLeft);
  if (next == missing) {
    cut = high;
    threshold = Infinity;
  } else if (!random) {
    cut = load<u32>(best + bestCut);
    const a = load<f64>(values + (<usize>cut << 3));
    const b = load<f64>(values + (<usize>next << 3));
    threshold = 0.5 * a + 0.5 * b;
    if (!(threshold >= a && threshold < b)) threshold = a;
  }
  // Where the node knew no missing value, -1 says: with the majority.
  if (gaps == 0) missingLeft = -1;
  store<f64>(node + nodeThreshold, threshold);
  store<u32>(node + nodeCut, cut);
  store<i32>(node + nodeFlags, missingLeft);
  return true;
}

function sweep(job: usize, slot: usize, node: usize, keys: usize, count: i32, gaps: i32, missingLeft: i32): void {
  const criterion = int(job, jobCriterion);
  if (criterion == 0 && int(job, jobOutputs) == 2) sweepTwoClasses(job, slot, keys, count, gaps, missingLeft);
  else if (criterion < 2) sweepClasses(job, slot, keys, count, gaps, missingLeft);
  else if (criterion == 3) {
    const parent = load<f64>(node + nodeImpurity) * load<f64>(node + nodeWeight);
    sweepAbsolute(job, slot, keys, count, gaps, missingLeft, ptr(job, jobDistinct), parent);
  } else sweepNumbers(job, slot, keys, count, gaps, missingLeft);
}

/** The last code whose value is at most the threshold. */
function lastUpTo(values: usize, low: u32, high: u32, threshold: f64): u32 {
  let a = low;
  let b = high;
  while (b - a > 1) {
    const middle = (a + b) >>> 1;
    if (load<f64>(values + (<usize>middle << 3)) <= threshold) a = middle;
    else b = middle;
  }
  return a;
}

/** Copies keys so that codes up to the cut come first, as code 0, and the others after them, as code 1. */
function sides(keys: usize, to: usize, count: i32, cut: u32): void {
  let left = to;
  let right = to + (<usize>(count - 1) << 3);
  for (let p = 0; p < count; p++) {
    const key = load<u64>(keys + (<usize>p << 3));
    if (<u32>(key >>> 32) <= cut) {
      store<u64>(left, key & 0xffffffff);
      left += 8;
    } else {
      store<u64>(right, (key & 0xffffffff) | 0x100000000);
      right -= 8;
    }
  }
}

/** Moves the rows of the left child before those of the right one; gives the border. */
function divide(job: usize, slot: usize, node: usize): i32 {
  const rows = ptr(slot, slotRows);
  const weights = ptr(slot, slotWeights);
  const targets = ptr(slot, slotTargets);
  const numbers = int(job, jobCriterion) >= 2;
  const packed = int(job, jobPacked) != 0;
  const f = -2 - int(node, nodeFeature);
  const codes = ptr(job, jobCodes) + ((<usize>f * <usize>int(job, jobRows)) << 2);
  const cut = load<u32>(node + nodeCut);
  const missingLeft = int(node, nodeFlags);
  const start = int(node, nodeStart);
  const end = int(node, nodeEnd);
  let i = start;
  let k = end;
  while (i < k) {
    const row = load<u32>(rows + (<usize>i << 2));
    const code = load<u32>(codes + (<usize>row << 2));
    if (code == missing ? missingLeft == 1 : code <= cut) {
      i++;
      continue;
    }
    k--;
    swap32(rows, i, k);
    if (!packed) swap64(weights, i, k);
    if (numbers) swap64(targets, i, k);
    else swap32(targets, i, k);
  }
  if (missingLeft < 0) store<i32>(node + nodeFlags, i32(i - start > end - i));
  return i;
}

// @ts-ignore: decorator
@inline
function swap32(base: usize, i: i32, k: i32): void {
  const a = base + (<usize>i << 2);
  const b = base + (<usize>k << 2);
  const kept = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, kept);
}

// @ts-ignore: decorator
@inline
function swap64(base: usize, i: i32, k: i32): void {
  const a = base + (<usize>i << 3);
  const b = base + (<usize>k << 3);
  const kept = load<u64>(a);
  store<u64>(a, load<u64>(b));
  store<u64>(b, kept);
}

// @ts-ignore: decorator
@inline
function before(nodes: usize, a: i32, b: i32): boolean {
  const ga = load<f64>(nodes + <usize>a * nodeBytes + nodeGain);
  const gb = load<f64>(nodes + <usize>b * nodeBytes + nodeGain);
  return ga > gb || (ga == gb && a < b);
}

/** Adds node `node` to the binary heap of `size` nodes, largest gain first. */
function pushHeap(heap: usize, size: i32, nodes: usize, node: i32): void {
  let at = size;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const above = load<i32>(heap + (<usize>up << 2));
    if (!before(nodes, node, above)) break;
    store<i32>(heap + (<usize>at << 2), above);
    at = up;
  }
  store<i32>(heap + (<usize>at << 2), node);
}

/** Takes the node of largest gain from the heap of `size` nodes. */
function popHeap(heap: usize, size: i32, nodes: usize): i32 {
  const top = load<i32>(heap);
  const last = load<i32>(heap + (<usize>(size - 1) << 2));
  const count = size - 1;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= count) break;
    let here = load<i32>(heap + (<usize>child << 2));
    if (child + 1 < count) {
      const other = load<i32>(heap + (<usize>(child + 1) << 2));
      if (before(nodes, other, here)) {
        child++;
        here = other;
      }
    }
    if (!before(nodes, here, last)) break;
    store<i32>(heap + (<usize>at << 2), here);
    at = child;
  }
  store<i32>(heap + (<usize>at << 2), last);
  return top;
}
