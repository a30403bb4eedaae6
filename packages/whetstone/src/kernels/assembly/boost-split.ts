/**
 * Best split of one feature from its gradient histogram.
 *
 * Settings (offsets in bytes): 0 f64 value of one gradient unit, 8 f64 of one hessian unit, 16 f64 l2
 * regularization, 24 f64 least hessian of a child, 32 f64 least gain, 40 i64 bits below the count, 48 i64 least count
 * of a child, 56 i32 1 if the hessian is the count, 60 i32 1 if values are bounded (monotone
 * constraints) or shrunk by l1, 64 f64 rows
 * per unit of count, 72 u32 pointer to the number of bins per feature (u32), 76 u32 pointer to kinds (u8: 1 has
 * missing values, 2 category), 80 u32 pointer to directions (i8: 1 rising, -1 falling, 0 free), 84 u32 pointer to 8 KB
 * of work space per feature (0 where no feature is a category), 88 f64 l1 regularization.
 *
 * Node: 0 i64 sum of gradients, 8 i64 sum of hessians and counts, 16 f64 value, 24 f64 lower and 32 f64 upper bound of
 * children's values, 40 u32 pointer to allowed features (u8 each; 0: all).
 *
 * Out, 96 bytes per feature: 0 f64 gain (-1: no split), 8 and 16 i64 sums of the left child, 24 i32 last bin of the
 * left child, 28 i32 1 if missing values go left, 32 f64 and 40 f64 value of left and right child, 48 bitset of the
 * bins that go left (32 bytes, categories only).
 */

/** Keeps the division defined where the hessian is 0. */
// @ts-ignore: decorator
@inline const TINY: f64 = 1e-15;
/** Rows that a category needs to be considered, and the smoothing of its order. */
// @ts-ignore: decorator
@inline const SUPPORT: f64 = 10;
/** Gains below this share of the children's scores are rounding. */
// @ts-ignore: decorator
@inline const NOISE: f64 = 4e-15;

// @ts-ignore: decorator
@inline
function pair(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

/** Gradient sums moved towards 0 by l1, the soft threshold that an absolute penalty on values gives. */
// @ts-ignore: decorator
@inline
function soft(G: v128, l1: f64): v128 {
  const zero = f64x2.splat(0), by = f64x2.splat(l1);
  return f64x2.add(f64x2.max(f64x2.sub(G, by), zero), f64x2.min(f64x2.add(G, by), zero));
}

/** Values of both children: -G / (H + l2), G after the soft threshold, within the node's bounds. */
// @ts-ignore: decorator
@inline
function values(G: v128, H: v128, l2: f64, bounded: bool, lower: f64, upper: f64): v128 {
  const v = f64x2.neg(f64x2.div(G, f64x2.add(f64x2.add(H, f64x2.splat(l2)), f64x2.splat(TINY))));
  if (!bounded) return v;
  return f64x2.min(f64x2.max(v, f64x2.splat(lower)), f64x2.splat(upper));
}

/** Finds the best split of feature f and writes it to its place in `outs`. */
export function scanFeature(histogram: usize, f: i32, settings: usize, node: usize, outs: usize): void {
  const out = outs + <usize>f * 96;
  store<f64>(out, -1);
  const allowed = <usize>load<u32>(node, 40);
  if (allowed != 0 && load<u8>(allowed + f) == 0) return;
  const kind = load<u8>(<usize>load<u32>(settings, 76) + f);
  if ((kind & 2) != 0) scanCategories(histogram, f, kind & 1, settings, node, out);
  else if (load<i32>(settings, 60) != 0) scanBounded(histogram, f, kind & 1, settings, node, out);
  else if (load<i32>(settings, 56) != 0) scanNumbers(histogram, f, kind & 1, settings, node, out, true);
  else scanNumbers(histogram, f, kind & 1, settings, node, out, false);
}

/**
 * Both children's gradient sums (without their units) as float64 at once. They come with 2^62 added, so that they are
 * not negative; 11 bits are dropped to make them fit, 51 remain.
 */
// @ts-ignore: decorator
@inline
function gradients(biased: v128): v128 {
  const bits = v128.or(i64x2.shr_u(biased, 11), f64x2.splat(4503599627370496)); // 2^52 + the number
  return f64x2.sub(bits, f64x2.splat(6755399441055744)); // 2^52 + 2^51
}

/**
 * Thresholds from left to right, missing values on the right (after the last bin: missing against the rest); then,
 * where the node has missing values, from right to left with missing values on the left. Without bounds on values a
 * child scores G^2 / (H + l2). `counted`: hessians are counts.
 */
// @ts-ignore: decorator
@inline
function scanNumbers(
  histogram: usize, f: i32, missing: i32, settings: usize, node: usize, out: usize, counted: bool,
): void {
  const gUnit = load<f64>(settings);
  const shift = load<i64>(settings, 40);
  const least = load<i64>(settings, 48) << shift;
  const sumG = load<i64>(node), sumH = load<i64>(node, 8);
  const parent = load<f64>(node, 16) * (<f64>sumG * gUnit);
  const bins = <i32>load<u32>(<usize>load<u32>(settings, 72) + (<usize>f << 2));
  const minHessian = f64x2.splat(load<f64>(settings, 24));
  const base = f64x2.splat(load<f64>(settings, 16) + TINY);
  const gUnits = f64x2.splat(gUnit * 2048), hUnits = f64x2.splat(load<f64>(settings, 8));
  const mask = i64x2.splat(((<i64>1) << shift) - 1);
  const two52 = f64x2.splat(4503599627370496);
  const bias = i64x2.replace_lane(i64x2.splat(0), 0, <i64>1 << 62);
  const whole = i64x2.add(v128.load(node), i64x2.add(bias, bias));
  // Least score worth having: gains above the minimum.
  let best = load<f64>(settings, 32) - parent;
  let bestBin: i32 = -1, bestMissing: i32 = 0, bestG: i64 = 0, bestH: i64 = 0;

  const hasMissing = missing != 0 && load<i64>(histogram, 255 * 16 + 8) != 0;
  for (let pass = 0; pass < 2; pass++) {
    if (pass == 1 && !hasMissing) break;
    let h: i64 = 0;
    let sums = bias;
    const end = pass == 0 ? bins - 1 + i32(hasMissing) : bins - 1;
    let at = pass == 0 ? histogram : histogram + (<usize>(bins - 1) << 4);
    const step = pass == 0 ? 16 : -16;
    for (let i = 0; i < end; i++, at += step) {
      const add = load<i64>(at, 8);
      if (add == 0) continue; // nobody here: the same split as before
      h += add;
      sums = i64x2.add(sums, v128.load(at));
      if (h < least) continue;
      if (sumH - h < least) break;
      const rest = i64x2.sub(whole, sums);
      const hh = v128.shuffle<i64>(sums, rest, 1, 3);
      const low = counted ? i64x2.shr_u(hh, <i32>shift) : v128.and(hh, mask);
      let H = f64x2.sub(v128.or(low, two52), two52);
      if (!counted) H = f64x2.mul(H, hUnits);
      if (v128.any_true(f64x2.lt(H, minHessian))) continue;
      const G = f64x2.mul(gradients(v128.shuffle<i64>(sums, rest, 0, 2)), gUnits);
      const scores = f64x2.div(f64x2.mul(G, G), f64x2.add(H, base));
      const score = f64x2.extract_lane(scores, 0) + f64x2.extract_lane(scores, 1);
      if (score > best && score + parent > NOISE * score) {
        best = score;
        bestMissing = pass;
        bestG = i64x2.extract_lane(sums, 0) - (<i64>1 << 62);
        bestH = h;
        bestBin = pass == 0 ? i : bins - 2 - i;
      }
    }
  }
  if (bestBin < 0) return;
  if (bestMissing != 0) {
    bestG = sumG - bestG;
    bestH = sumH - bestH;
  }
  finish(best + parent, bestG, bestH, bestBin, bestMissing, settings, node, out);
}

/**
 * The same with gradient sums softened by l1, children's values held within the node's bounds and, on a constrained
 * feature, in its direction.
 */
function scanBounded(histogram: usize, f: i32, missing: i32, settings: usize, node: usize, out: usize): void {
  const gUnit = load<f64>(settings), hUnit = load<f64>(settings, 8), l2 = load<f64>(settings, 16);
  const l1 = load<f64>(settings, 88);
  const minHessian = load<f64>(settings, 24);
  const shift = load<i64>(settings, 40), minCount = load<i64>(settings, 48);
  const mask = ((<i64>1) << shift) - 1;
  const counted = load<i32>(settings, 56) != 0;
  const sumG = load<i64>(node), sumH = load<i64>(node, 8);
  const lower = load<f64>(node, 24), upper = load<f64>(node, 32);
  const parent = load<f64>(node, 16) * f64x2.extract_lane(soft(f64x2.splat(<f64>sumG * gUnit), l1), 0);
  const direction = <i32>load<i8>(<usize>load<u32>(settings, 80) + f);
  const bins = <i32>load<u32>(<usize>load<u32>(settings, 72) + (<usize>f << 2));
  const total = sumH >> shift;
  const units = f64x2.splat(gUnit);
  let best = load<f64>(settings, 32);
  let bestG: i64 = 0, bestH: i64 = 0, bestBin: i32 = -1, bestMissing: i32 = 0;

  const hasMissing = missing != 0 && load<i64>(histogram, 255 * 16 + 8) != 0;
  for (let pass = 0; pass < 2; pass++) {
    if (pass == 1 && !hasMissing) break;
    let g: i64 = 0, h: i64 = 0;
    const end = pass == 0 ? bins - 1 + i32(hasMissing) : bins - 1;
    for (let i = 0; i < end; i++) {
      const bin = pass == 0 ? i : bins - 1 - i;
      const at = histogram + (<usize>bin << 4);
      const add = load<i64>(at, 8);
      if (add == 0) continue; // nobody here: the same split as before
      g += load<i64>(at);
      h += add;
      const count = h >> shift;
      if (count < minCount) continue;
      if (total - count < minCount) break;
      const restH = sumH - h;
      const H = counted
        ? pair(<f64>count, <f64>(total - count))
        : f64x2.mul(pair(<f64>(h & mask), <f64>(restH & mask)), f64x2.splat(hUnit));
      if (f64x2.extract_lane(H, 0) < minHessian) continue;
      if (f64x2.extract_lane(H, 1) < minHessian) break;
      const G = soft(f64x2.mul(pair(<f64>g, <f64>(sumG - g)), units), l1);
      const v = values(G, H, l2, true, lower, upper);
      if (direction != 0) {
        const first = f64x2.extract_lane(v, 0), second = f64x2.extract_lane(v, 1);
        const rises = pass == 0 ? first <= second : second <= first;
        const falls = pass == 0 ? first >= second : second >= first;
        if (direction > 0 ? !rises : !falls) continue;
      }
      const score = f64x2.mul(v, G);
      const won = f64x2.extract_lane(score, 0) + f64x2.extract_lane(score, 1);
      const gain = parent - won;
      if (gain > best && gain > NOISE * -won) {
        best = gain;
        bestMissing = pass;
        if (pass == 0) {
          bestBin = bin;
          bestG = g;
          bestH = h;
        } else {
          bestBin = bin - 1;
          bestG = sumG - g;
          bestH = restH;
        }
      }
    }
  }
  if (bestBin >= 0) finish(best, bestG, bestH, bestBin, bestMissing, settings, node, out);
}

function finish(
  gain: f64, g: i64, h: i64, bin: i32, missingLeft: i32, settings: usize, node: usize, out: usize,
): void {
  const shift = load<i64>(settings, 40);
  const mask = ((<i64>1) << shift) - 1;
  const restH = load<i64>(node, 8) - h;
  const H =
    load<i32>(settings, 56) != 0
      ? pair(<f64>(h >> shift), <f64>(restH >> shift))
      : f64x2.mul(pair(<f64>(h & mask), <f64>(restH & mask)), f64x2.splat(load<f64>(settings, 8)));
  const sums = f64x2.mul(pair(<f64>g, <f64>(load<i64>(node) - g)), f64x2.splat(load<f64>(settings)));
  const G = soft(sums, load<f64>(settings, 88));
  const bounded = load<i32>(settings, 60) != 0;
  const v = values(G, H, load<f64>(settings, 16), bounded, load<f64>(node, 24), load<f64>(node, 32));
  store<f64>(out, gain);
  store<i64>(out, g, 8);
  store<i64>(out, h, 16);
  store<i32>(out, bin, 24);
  store<i32>(out, missingLeft, 28);
  v128.store(out, v, 32);
}

/**
 * Categories ordered by smoothed gradient over hessian; the best cut of that order, from either end up to the
 * middle. Missing values count as one more category. Categories with little support go right.
 * (Fisher, "On grouping for maximum homogeneity", JASA 1958: the best subset is a prefix of that order.)
 */
function scanCategories(histogram: usize, f: i32, missing: i32, settings: usize, node: usize, out: usize): void {
  const gUnit = load<f64>(settings), hUnit = load<f64>(settings, 8), l2 = load<f64>(settings, 16);
  const l1 = load<f64>(settings, 88);
  const minHessian = load<f64>(settings, 24);
  const shift = load<i64>(settings, 40), minCount = load<i64>(settings, 48);
  const mask = ((<i64>1) << shift) - 1;
  const counted = load<i32>(settings, 56) != 0;
  const bounded = load<i32>(settings, 60) != 0;
  const sumG = load<i64>(node), sumH = load<i64>(node, 8);
  const lower = load<f64>(node, 24), upper = load<f64>(node, 32);
  const bins = <i32>load<u32>(<usize>load<u32>(settings, 72) + (<usize>f << 2));
  const total = sumH >> shift;
  const parent = load<f64>(node, 16) * f64x2.extract_lane(soft(f64x2.splat(<f64>sumG * gUnit), l1), 0);
  const allHessian = counted ? <f64>total : <f64>(sumH & mask) * hUnit;
  const support = (<f64>total * load<f64>(settings, 64)) / allHessian;

  // Work space: 256 order values and 256 bin numbers (f64 and u32), twice.
  const keys = <usize>load<u32>(settings, 84) + (<usize>f << 13);
  const order = keys + 2048;
  let used = 0;
  for (let i = 0; i < bins + missing; i++) {
    const bin = i == bins ? 255 : i;
    const at = histogram + (<usize>bin << 4);
    const h = load<i64>(at, 8);
    if (h == 0) continue;
    const hessian = counted ? <f64>(h >> shift) : <f64>(h & mask) * hUnit;
    if (hessian * support < SUPPORT) continue;
    store<f64>(keys + (<usize>used << 3), (<f64>load<i64>(at) * gUnit) / (hessian + SUPPORT));
    store<u32>(order + (<usize>used << 2), bin);
    used++;
  }
  if (used < 2) return;
  sortByKey(keys, order, keys + 4096, keys + 6144, used);

  let best = load<f64>(settings, 32);
  let bestG: i64 = 0, bestH: i64 = 0, bestCut = -1, bestPass = 0;
  for (let pass = 0; pass < 2; pass++) {
    const middle = (used + 1 - pass) >> 1;
    let g: i64 = 0, h: i64 = 0;
    for (let i = 0; i < middle; i++) {
      const bin = load<u32>(order + (<usize>(pass == 0 ? i : used - 1 - i) << 2));
      const at = histogram + (<usize>bin << 4);
      g += load<i64>(at);
      h += load<i64>(at, 8);
      const count = h >> shift;
      const restH = sumH - h;
      const H = counted
        ? pair(<f64>count, <f64>(total - count))
        : f64x2.mul(pair(<f64>(h & mask), <f64>(restH & mask)), f64x2.splat(hUnit));
      if (count < minCount || f64x2.extract_lane(H, 0) < minHessian) continue;
      if (total - count < minCount || f64x2.extract_lane(H, 1) < minHessian) break;
      const G = soft(f64x2.mul(pair(<f64>g, <f64>(sumG - g)), f64x2.splat(gUnit)), l1);
      const score = f64x2.mul(values(G, H, l2, bounded, lower, upper), G);
      const won = f64x2.extract_lane(score, 0) + f64x2.extract_lane(score, 1);
      const gain = parent - won;
      if (gain > best && gain > NOISE * -won) {
        best = gain;
        bestG = g;
        bestH = h;
        bestCut = i;
        bestPass = pass;
      }
    }
  }
  if (bestCut < 0) return;
  memory.fill(out + 48, 0, 32);
  for (let i = 0; i <= bestCut; i++) {
    const bin = load<u32>(order + (<usize>(bestPass == 0 ? i : used - 1 - i) << 2));
    const to = out + 48 + (bin >>> 3);
    store<u8>(to, <u8>(<u32>load<u8>(to) | (1 << (bin & 7))));
  }
  finish(best, bestG, bestH, 0, (load<u8>(out, 48 + 31) >>> 7) & 1, settings, node, out);
}

/** Stable merge sort of up to 256 keys and their bins; the result ends in `keys` and `bins`. */
function sortByKey(keys: usize, bins: usize, keys2: usize, bins2: usize, n: i32): void {
  let a = keys, p = bins, b = keys2, q = bins2;
  for (let width = 1; width < n; width <<= 1) {
    for (let lo = 0; lo < n; lo += width << 1) {
      const mid = lo + width < n ? lo + width : n;
      const hi = mid + width < n ? mid + width : n;
      let i = lo, j = mid;
      for (let k = lo; k < hi; k++) {
        const takeLeft = i < mid && (j >= hi || load<f64>(a + (<usize>i << 3)) <= load<f64>(a + (<usize>j << 3)));
        const from = takeLeft ? i++ : j++;
        store<f64>(b + (<usize>k << 3), load<f64>(a + (<usize>from << 3)));
        store<u32>(q + (<usize>k << 2), load<u32>(p + (<usize>from << 2)));
      }
    }
    let swap = a; a = b; b = swap;
    swap = p; p = q; q = swap;
  }
  if (a == keys) return;
  memory.copy(keys, a, <usize>n << 3);
  memory.copy(bins, p, <usize>n << 2);
}
