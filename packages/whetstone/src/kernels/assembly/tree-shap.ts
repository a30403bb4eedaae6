/**
 * Shapley values of tree ensembles, path-dependent. A leaf's share in the game of the features is a product with one
 * factor per feature on its path, `q one + (1 - q) zero`, where q is the chance that a feature is known: Shapley values
 * are integrals of its derivatives over q in [0, 1] (Owen, 1972), and as these are polynomials in q, Gauss-Legendre
 * points give them exactly. So a walk down carries the product at every point, the walk back up the sums of what the
 * leaves below hold, and every edge adds its feature's part: a tree costs its nodes times points, not times depth squared.
 *
 * Node, 40 bytes: 0 f64 threshold; 8 f64 cover as a share of the parent's; 16 i32 feature, -1 for a leaf; 20 i32 left
 * child over all trees (the right one is next to it); 24 i32 flags: 1 missing values go left, 2 category split; 28 i32
 * number of its 32-byte bitset; 32 i32 level of the nearest edge above on the same feature, 0 for none.
 *
 * Level, the state of the edge that leads to a node at that depth: masks of the rows that follow all edges on its
 * feature so far (LANES), masks of the rows that its node sends left (LANES), the feature's cover share so far
 * (2 numbers), then five lists of `most` numbers: the factor of rows that follow; what multiplies the product of rows
 * that follow, and that leave here; what these add to the feature. Then products and sums, `most` times LANES each.
 */
import { madd64, min } from "./simd";

// @ts-ignore: decorator
@inline const LANES: i32 = 16;
// @ts-ignore: decorator
@inline const LINE: usize = 128;

/** Masks of the lanes that the node sends left. */
function decide(node: usize, xs: usize, bitsets: usize, to: usize): void {
  const flags = load<i32>(node, 24);
  if ((flags & 2) != 0) {
    const set = bitsets + (<usize>load<i32>(node, 28) << 5);
    for (let r: usize = 0; r < LINE; r += 8) {
      const v = load<f64>(xs + r);
      let left = flags & 1;
      if (v == v) {
        const code = <i32>v;
        left = (load<u8>(set + (code >>> 3)) >>> (code & 7)) & 1;
      }
      store<i64>(to + r, -(<i64>left));
    }
    return;
  }
  const t = v128.load64_splat(node);
  for (let r: usize = 0; r < LINE; r += 16) {
    const v = v128.load(xs + r);
    let left = f64x2.le(v, t);
    if (flags != 0) left = v128.or(left, f64x2.ne(v, v));
    v128.store(to + r, left);
  }
}

/** Prepares the level below for one child: who follows, and the constants of every point. */
function enter(
  share: f64, own: usize, prev: usize, next: usize, isRight: bool, table: usize, points: i32, most: i32,
): void {
  const flip = i64x2.splat(isRight ? -1 : 0);
  for (let r: usize = 0; r < LINE; r += 16) {
    let follows = v128.xor(v128.load(own + LINE + r), flip);
    if (prev != 0) follows = v128.and(follows, v128.load(prev + r));
    v128.store(next + r, follows);
  }
  const before = prev != 0 ? load<f64>(prev + 2 * LINE) : 1;
  const zero = share * before;
  store<f64>(next + 2 * LINE, zero);
  const lists = next + 2 * LINE + 16;
  const step = <usize>most << 3;
  for (let k = 0; k < points; k++) {
    const at = <usize>k << 3;
    const q = load<f64>(table + at);
    const w = load<f64>(table + ((<usize>points + k) << 3));
    const one = q + (1 - q) * zero;
    store<f64>(lists + at, one);
    const old = prev != 0 ? 1 / load<f64>(prev + 2 * LINE + 16 + at) : 1;
    const taken = (1 - before) * old;
    store<f64>(lists + step + at, one * old);
    store<f64>(lists + 2 * step + at, (1 - q) * zero * old);
    store<f64>(lists + 3 * step + at, w * ((1 - zero) / one - taken));
    store<f64>(lists + 4 * step + at, -w / (1 - q) - w * taken);
  }
}

/** Products of the level below; rows that had left the path before lose the share only. */
function descend(own: usize, prev: usize, next: usize, share: f64, points: i32, most: i32): void {
  const step = <usize>most << 3;
  const lists = next + 2 * LINE + 16;
  const size = <usize>most * LINE;
  const area = 2 * LINE + 16 + 5 * step;
  const z = f64x2.splat(share);
  for (let k = 0; k < points; k++) {
    const at = <usize>k << 3;
    const stays = v128.load64_splat(lists + step + at);
    const leaves = v128.load64_splat(lists + 2 * step + at);
    const from = own + area + <usize>k * LINE;
    const to = next + area + <usize>k * LINE;
    for (let r: usize = 0; r < LINE; r += 16) {
      let ratio = v128.bitselect(stays, leaves, v128.load(next + r));
      if (prev != 0) ratio = v128.bitselect(ratio, z, v128.load(prev + r));
      v128.store(to + r, f64x2.mul(v128.load(from + r), ratio));
      v128.store(to + size + r, f64x2.splat(0));
    }
  }
}

/** Adds the sums of the level below to this level's, and to the feature what they say of it. */
function ascend(own: usize, prev: usize, next: usize, phi: usize, points: i32, most: i32): void {
  const step = <usize>most << 3;
  const lists = next + 2 * LINE + 16 + 3 * step;
  const area = 2 * LINE + 16 + 5 * step + <usize>most * LINE;
  for (let r: usize = 0; r < LINE; r += 32) {
    const m0 = v128.load(next + r), m1 = v128.load(next + r, 16);
    let s0 = f64x2.splat(0), s1 = s0;
    let from = next + area + r, to = own + area + r, list = lists;
    for (let k = 0; k < points; k++) {
      const stays = v128.load64_splat(list);
      const leaves = v128.load64_splat(list + step);
      const g0 = v128.load(from), g1 = v128.load(from, 16);
      s0 = madd64(g0, v128.bitselect(stays, leaves, m0), s0);
      s1 = madd64(g1, v128.bitselect(stays, leaves, m1), s1);
      v128.store(to, f64x2.add(v128.load(to), g0));
      v128.store(to, f64x2.add(v128.load(to, 16), g1), 16);
      from += LINE;
      to += LINE;
      list += 8;
    }
    if (prev != 0) {
      s0 = v128.and(s0, v128.load(prev + r));
      s1 = v128.and(s1, v128.load(prev + r, 16));
    }
    v128.store(phi + r, f64x2.add(v128.load(phi + r), s0));
    v128.store(phi + r, f64x2.add(v128.load(phi + r, 16), s1), 16);
  }
}

/** A leaf below: its products, its sums and what they say of the feature, at once. */
function touch(own: usize, prev: usize, next: usize, share: f64, value: f64, phi: usize, points: i32, most: i32): void {
  const step = <usize>most << 3;
  const lists = next + 2 * LINE + 16 + step;
  const area = 2 * LINE + 16 + 5 * step;
  const size = <usize>most * LINE;
  const z = f64x2.splat(share), v = f64x2.splat(value);
  for (let r: usize = 0; r < LINE; r += 32) {
    const m0 = v128.load(next + r), m1 = v128.load(next + r, 16);
    let p0 = f64x2.splat(0), p1 = p0;
    if (prev != 0) {
      p0 = v128.load(prev + r);
      p1 = v128.load(prev + r, 16);
    }
    let s0 = f64x2.splat(0), s1 = s0;
    let from = own + area + r, list = lists;
    for (let k = 0; k < points; k++) {
      const stays = v128.load64_splat(list);
      const leaves = v128.load64_splat(list + step);
      let r0 = v128.bitselect(stays, leaves, m0), r1 = v128.bitselect(stays, leaves, m1);
      if (prev != 0) {
        r0 = v128.bitselect(r0, z, p0);
        r1 = v128.bitselect(r1, z, p1);
      }
      const g0 = f64x2.mul(f64x2.mul(v128.load(from), r0), v);
      const g1 = f64x2.mul(f64x2.mul(v128.load(from, 16), r1), v);
      const adds = v128.load64_splat(list + 2 * step);
      const takes = v128.load64_splat(list + 3 * step);
      s0 = madd64(g0, v128.bitselect(adds, takes, m0), s0);
      s1 = madd64(g1, v128.bitselect(adds, takes, m1), s1);
      const to = from + size;
      v128.store(to, f64x2.add(v128.load(to), g0));
      v128.store(to, f64x2.add(v128.load(to, 16), g1), 16);
      from += LINE;
      list += 8;
    }
    if (prev != 0) {
      s0 = v128.and(s0, p0);
      s1 = v128.and(s1, p1);
    }
    v128.store(phi + r, f64x2.add(v128.load(phi + r), s0));
    v128.store(phi + r, f64x2.add(v128.load(phi + r, 16), s1), 16);
  }
}

/** The tree below an inner node whose level is filled; its sums start at 0. */
function visit(
  nodes: usize, bitsets: usize, values: usize, width: i32, xs: usize, phi: usize, levels: usize, levelBytes: usize,
  table: usize, points: i32, most: i32, at: i32, level: i32,
): void {
  const node = nodes + <usize>at * 40;
  const own = levels + <usize>level * levelBytes;
  const next = own + levelBytes;
  const feature = <usize>load<i32>(node, 16);
  decide(node, xs + feature * LINE, bitsets, own + LINE);
  const above = load<i32>(node, 32);
  const prev = above > 0 ? levels + <usize>above * levelBytes : 0;
  const to = phi + feature * LINE;
  for (let side = 0; side < 2; side++) {
    const child = load<i32>(node, 20) + side;
    const childNode = nodes + <usize>child * 40;
    const share = load<f64>(childNode, 8);
    const isLeaf = load<i32>(childNode, 16) < 0;
    const value = isLeaf ? load<f64>(values + ((<usize>child * <usize>width) << 3)) : 0;
    if (isLeaf && value == 0) continue;
    enter(share, own, prev, next, side == 1, table, points, most);
    if (isLeaf) touch(own, prev, next, share, value, to, points, most);
    else {
      descend(own, prev, next, share, points, most);
      visit(
        nodes, bitsets, values, width, xs, phi, levels, levelBytes, table, points, most, child, level + 1,
      );
      ascend(own, prev, next, to, points, most);
    }
  }
}

/**
 * Adds the contributions of the chunk's rows (16 of them) to `out` (outputs x rows x cols). Values are f64[nodes][width]:
 * with width 1 tree t belongs to output t mod outputs, else every tree has a value for each. `points[t]` says how many
 * points tree t takes, and n points and their weights lie at `tables + n (n - 1)` numbers. `scratch` has for each chunk
 * the levels, then 16 rows as columns, then their contributions.
 */
export function treeShap(
  x: usize, rows: i32, cols: i32, nodes: usize, bitsets: usize, starts: usize, points: usize, trees: i32, values: usize,
  width: i32, outputs: i32, tables: usize, most: i32, scratch: usize, scratchBytes: i32, levelBytes: i32, out: usize,
  chunk: i32,
): void {
  const first = chunk * LANES;
  const count = min(LANES, rows - first);
  const levels = scratch + <usize>chunk * <usize>scratchBytes;
  const phi = levels + <usize>scratchBytes - <usize>(outputs * cols) * LINE;
  const xs = phi - <usize>cols * LINE;
  memory.fill(phi, 0, <usize>(outputs * cols) * LINE);
  for (let r = 0; r < LANES; r++) {
    // Lanes beyond the last row repeat it: their results are not stored.
    const row = x + ((<usize>(first + min(r, count - 1)) * <usize>cols) << 3);
    for (let j = 0; j < cols; j++) store<f64>(xs + <usize>j * LINE + (<usize>r << 3), load<f64>(row + (<usize>j << 3)));
  }
  const products = levels + 2 * LINE + 16 + <usize>(5 * most) * 8;
  for (let t = 0; t < trees; t++) {
    const root = load<i32>(starts + (<usize>t << 2));
    if (load<i32>(nodes + <usize>root * 40, 16) < 0) continue;
    const n = load<i32>(points + (<usize>t << 2));
    const table = tables + (<usize>(n * (n - 1)) << 3);
    for (let k = 0; k < width; k++) {
      const output = width == 1 ? t % outputs : k;
      for (let r: usize = 0; r < <usize>n * LINE; r += 16) {
        v128.store(products + r, f64x2.splat(1));
        v128.store(products + <usize>most * LINE + r, f64x2.splat(0));
      }
      visit(
        nodes, bitsets, values + (<usize>k << 3), width, xs, phi + <usize>(output * cols) * LINE, levels, levelBytes,
        table, n, most, root, 0,
      );
    }
  }
  for (let o = 0; o < outputs; o++) {
    for (let r = 0; r < count; r++) {
      const to = out + (((<usize>o * <usize>rows + first + r) * <usize>cols) << 3);
      const from = phi + <usize>(o * cols) * LINE + (<usize>r << 3);
      for (let j = 0; j < cols; j++) store<f64>(to + (<usize>j << 3), load<f64>(from + <usize>j * LINE));
    }
  }
}
