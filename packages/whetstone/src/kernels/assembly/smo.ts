/**
 * Sequential minimal optimisation for the duals of support vector machines:
 *
 *   min over a of 1/2 a'Qa + p'a   with   0 <= a_i <= c_i   and   y'a fixed,   Q_ij = y_i y_j k(x_i, x_j).
 *
 * Working sets by second-order information: Fan, Chen and Lin (2005), JMLR 6. One call makes many steps on variables
 * that lie in arrays of their own, so that the caller can leave variables out (shrinking) and stop between calls.
 */
import { exp64 } from "./vector-math";
import { madd64 } from "./simd";

// @ts-ignore: decorator
@inline const LINEAR: i32 = 0;
// @ts-ignore: decorator
@inline const POLYNOMIAL: i32 = 1;
// @ts-ignore: decorator
@inline const RBF: i32 = 2;
// @ts-ignore: decorator
@inline const SIGMOID: i32 = 3;

/** Curvature that stands in for one that is not positive. */
// @ts-ignore: decorator
@inline const TAU: f64 = 1e-12;

/** Packs rows (given by `which`, in an n x d matrix) in panels of eight, column by column; padding is zero. */
export function packRows8(x: usize, which: usize, rows: i32, d: i32, out: usize): void {
  for (let i = 0; i < rows; i++) {
    const from = x + ((<usize>load<i32>(which + (<usize>i << 2)) * d) << 3);
    let to = out + ((<usize>(i >> 3) * d) << 6) + (<usize>(i & 7) << 3);
    for (let j = 0; j < d; j++) {
      store<f64>(to, load<f64>(from + (<usize>j << 3)));
      to += 64;
    }
  }
}

/**
 * out_j = k(x, row j) for `rows` packed rows (see packRows8; `out` has room for whole panels). `norm` and `norms` are
 * |x|^2 and those of the rows, padded; only RBF reads them. `degree` is a whole number.
 */
export function kernelRow(
  kind: i32, gamma: f64, coef0: f64, degree: i32, x: usize, norm: f64, packed: usize, norms: usize, rows: i32, d: i32,
  out: usize,
): void {
  const g = f64x2.splat(gamma), c = f64x2.splat(coef0);
  let b = packed;
  for (let i = 0; i < rows; i += 8) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let p = x;
    for (let n = d; n > 0; n--) {
      const v = v128.load64_splat(p);
      s0 = madd64(v, v128.load(b), s0);
      s1 = madd64(v, v128.load(b, 16), s1);
      s2 = madd64(v, v128.load(b, 32), s2);
      s3 = madd64(v, v128.load(b, 48), s3);
      p += 8;
      b += 64;
    }
    const to = out + (<usize>i << 3);
    if (kind == RBF) {
      const at = norms + (<usize>i << 3);
      const n2 = f64x2.splat(norm), two = f64x2.splat(-2), zero = f64x2.splat(0), minus = f64x2.splat(-gamma);
      s0 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s0), f64x2.add(n2, v128.load(at))));
      s1 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s1), f64x2.add(n2, v128.load(at, 16))));
      s2 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s2), f64x2.add(n2, v128.load(at, 32))));
      s3 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s3), f64x2.add(n2, v128.load(at, 48))));
      s0 = exp64(f64x2.mul(minus, s0));
      s1 = exp64(f64x2.mul(minus, s1));
      s2 = exp64(f64x2.mul(minus, s2));
      s3 = exp64(f64x2.mul(minus, s3));
    } else if (kind != LINEAR) {
      s0 = f64x2.add(f64x2.mul(g, s0), c);
      s1 = f64x2.add(f64x2.mul(g, s1), c);
      s2 = f64x2.add(f64x2.mul(g, s2), c);
      s3 = f64x2.add(f64x2.mul(g, s3), c);
      if (kind == POLYNOMIAL) {
        s0 = power(s0, degree);
        s1 = power(s1, degree);
        s2 = power(s2, degree);
        s3 = power(s3, degree);
      } else if (kind == SIGMOID) {
        s0 = tanh64(s0);
        s1 = tanh64(s1);
        s2 = tanh64(s2);
        s3 = tanh64(s3);
      }
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
}

function power(x: v128, degree: i32): v128 {
  let out = f64x2.splat(1);
  for (; degree > 0; degree >>= 1) {
    if (degree & 1) out = f64x2.mul(out, x);
    x = f64x2.mul(x, x);
  }
  return out;
}

/** tanh by 1 - 2 / (e^(2|x|) + 1), with the sign put back; absolute error 1e-16, which a kernel value needs. */
function tanh64(x: v128): v128 {
  const one = f64x2.splat(1);
  const e = exp64(f64x2.abs(f64x2.add(x, x)));
  const t = f64x2.sub(one, f64x2.div(f64x2.splat(2), f64x2.add(e, one)));
  return v128.bitselect(x, t, f64x2.splat(-0.0));
}

/** Kernel rows for many points: row i of `out` (stride elements apart) against the packed rows. */
export function kernelBlock(
  kind: i32, gamma: f64, coef0: f64, degree: i32, x: usize, xNorms: usize, count: i32, packed: usize, norms: usize,
  rows: i32, d: i32, out: usize, stride: i32, rowsPerChunk: i32, chunk: i32,
): void {
  let last = (chunk + 1) * rowsPerChunk;
  if (last > count) last = count;
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const norm = load<f64>(xNorms + (<usize>i << 3));
    kernelRow(kind, gamma, coef0, degree, x + ((<usize>i * d) << 3), norm, packed, norms, rows, d, out + ((<usize>i * stride) << 3));
  }
}

/**
 * Up to `steps` steps on `l` variables. Returns the steps made: fewer than asked for once the largest violation is below
 * `tol`.
 *
 * Arrays of l numbers: `y` (+-1), `p` is folded into the gradient `g`, bounds `c`, values `a`, `diagonal` of Q. `x` is
 * row-major l x d and `packed` the same rows in panels; `gram` instead of them holds k as l x l with a stride, or is 0.
 * `cache`: `slots` kernel rows of `stride` numbers each; `slotOf` (i32 per variable, -1 where its row is not kept),
 * `rowIn` and `used` (i32 per slot: the variable, and the last use); `clock` (i32) counts uses. `byClass` picks pairs
 * within one class (nu machines).
 */
export function smoSteps(
  l: i32, d: i32, kind: i32, gamma: f64, coef0: f64, degree: i32, x: usize, packed: usize, norms: usize, gram: usize,
  y: usize, c: usize, a: usize, g: usize, diagonal: usize, cache: usize, slots: i32, stride: i32, slotOf: usize,
  rowIn: usize, used: usize, clock: usize, byClass: i32, tol: f64, steps: i32,
): i32 {
  const end = <usize>l << 3;
  for (let made = 0; made < steps; made++) {
    // i: the largest -y g among those that may go up; for nu machines one per class.
    let i = -1, k = -1;
    let up = -Infinity, up2 = -Infinity;
    let from: usize = 0;
    if (byClass == 0) {
      // Signs and bounds are as good as random to a branch predictor: masks instead of branches.
      from = <usize>(l & ~1) << 3;
      const zero = f64x2.splat(0), none = f64x2.splat(-Infinity);
      let top = none, at = i64x2.splat(-1), name = i64x2.replace_lane(i64x2.splat(0), 1, 1);
      const two = i64x2.splat(2);
      for (let t: usize = 0; t < from; t += 16) {
        const s = v128.load(y + t), v = v128.load(a + t);
        const may = v128.bitselect(f64x2.lt(v, v128.load(c + t)), f64x2.gt(v, zero), f64x2.gt(s, zero));
        const f = v128.bitselect(f64x2.neg(f64x2.mul(s, v128.load(g + t))), none, may);
        const more = f64x2.gt(f, top);
        top = v128.bitselect(f, top, more);
        at = v128.bitselect(name, at, more);
        name = i64x2.add(name, two);
      }
      const v0 = f64x2.extract_lane(top, 0), v1 = f64x2.extract_lane(top, 1);
      const n0 = <i32>i64x2.extract_lane(at, 0), n1 = <i32>i64x2.extract_lane(at, 1);
      const second = v1 > v0 || (v1 == v0 && n1 < n0);
      up = second ? v1 : v0;
      i = second ? n1 : n0;
    }
    for (let t: usize = from; t < end; t += 8) {
      const s = load<f64>(y + t), v = load<f64>(a + t);
      if (s > 0 ? v < load<f64>(c + t) : v > 0) {
        const f = -s * load<f64>(g + t);
        if (byClass == 0 || s > 0) {
          if (f > up) {
            up = f;
            i = <i32>(t >> 3);
          }
        } else if (f > up2) {
          up2 = f;
          k = <i32>(t >> 3);
        }
      }
    }
    const rowI: usize = i < 0 ? 0 : fetch(i, l, d, kind, gamma, coef0, degree, x, packed, norms, gram, cache, slots, stride, slotOf, rowIn, used, clock, -1);
    const rowK: usize = k < 0 ? 0 : fetch(k, l, d, kind, gamma, coef0, degree, x, packed, norms, gram, cache, slots, stride, slotOf, rowIn, used, clock, i);
    const dI: f64 = i < 0 ? 0 : load<f64>(diagonal + (<usize>i << 3));
    const dK: f64 = k < 0 ? 0 : load<f64>(diagonal + (<usize>k << 3));
    // j: the partner with the largest gain by the quadratic model.
    let j = -1, partner = -1;
    let best: f64 = 0, gap: f64 = -Infinity, gap2: f64 = -Infinity;
    if (byClass == 0 && rowI != 0) {
      const zero = f64x2.splat(0), none = f64x2.splat(-Infinity), tau = f64x2.splat(TAU);
      const reach = f64x2.splat(up), own = f64x2.splat(dI), minus = f64x2.splat(-2);
      let widest = none, top = zero, at = i64x2.splat(-1), name = i64x2.replace_lane(i64x2.splat(0), 1, 1);
      const two = i64x2.splat(2);
      for (let t: usize = 0; t < from; t += 16) {
        const s = v128.load(y + t), v = v128.load(a + t);
        const may = v128.bitselect(f64x2.gt(v, zero), f64x2.lt(v, v128.load(c + t)), f64x2.gt(s, zero));
        const f = v128.bitselect(f64x2.mul(s, v128.load(g + t)), none, may);
        widest = f64x2.pmax(widest, f);
        const b = f64x2.add(reach, f);
        let curve = f64x2.add(f64x2.add(own, v128.load(diagonal + t)), f64x2.mul(minus, v128.load(rowI + t)));
        curve = v128.bitselect(curve, tau, f64x2.gt(curve, zero));
        const gain = f64x2.div(f64x2.mul(b, b), curve);
        const more = v128.and(f64x2.gt(b, zero), f64x2.gt(gain, top));
        top = v128.bitselect(gain, top, more);
        at = v128.bitselect(name, at, more);
        name = i64x2.add(name, two);
      }
      const w0 = f64x2.extract_lane(widest, 0), w1 = f64x2.extract_lane(widest, 1);
      gap = w0 > w1 ? w0 : w1;
      const v0 = f64x2.extract_lane(top, 0), v1 = f64x2.extract_lane(top, 1);
      const n0 = <i32>i64x2.extract_lane(at, 0), n1 = <i32>i64x2.extract_lane(at, 1);
      const second = v1 > v0 || (v1 == v0 && n1 >= 0 && (n0 < 0 || n1 < n0));
      best = second ? v1 : v0;
      j = second ? n1 : n0;
      if (j >= 0) partner = i;
    }
    for (let t: usize = byClass == 0 && rowI != 0 ? from : 0; t < end; t += 8) {
      const s = load<f64>(y + t), v = load<f64>(a + t);
      if (s > 0 ? v > 0 : v < load<f64>(c + t)) {
        const f = s * load<f64>(g + t);
        const own = byClass == 0 || s > 0;
        if (own) {
          if (f > gap) gap = f;
        } else if (f > gap2) gap2 = f;
        const row = own ? rowI : rowK;
        if (row == 0) continue;
        const b = (own ? up : up2) + f;
        if (b > 0) {
          let curve = (own ? dI : dK) + load<f64>(diagonal + t) - 2 * load<f64>(row + t);
          if (curve <= 0) curve = TAU;
          const gain = (b * b) / curve;
          if (gain > best) {
            best = gain;
            j = <i32>(t >> 3);
            partner = own ? i : k;
          }
        }
      }
    }
    let worst = up + gap;
    if (byClass != 0 && up2 + gap2 > worst) worst = up2 + gap2;
    if (!(worst >= tol) || j < 0) return made;
    i = partner;
    const first = byClass != 0 && i == k ? rowK : rowI;
    const second = fetch(j, l, d, kind, gamma, coef0, degree, x, packed, norms, gram, cache, slots, stride, slotOf, rowIn, used, clock, i);
    update(l, i, j, first, second, y, c, a, g, diagonal);
  }
  return steps;
}

/** Moves a_i and a_j along the line y'a = fixed to the minimum within the box, and the gradient with them. */
function update(
  l: i32, i: i32, j: i32, rowI: usize, rowJ: usize, y: usize, c: usize, a: usize, g: usize, diagonal: usize,
): void {
  const ti = <usize>i << 3, tj = <usize>j << 3;
  const yi = load<f64>(y + ti), yj = load<f64>(y + tj);
  const ci = load<f64>(c + ti), cj = load<f64>(c + tj);
  const oldI = load<f64>(a + ti), oldJ = load<f64>(a + tj);
  let curve = load<f64>(diagonal + ti) + load<f64>(diagonal + tj) - 2 * load<f64>(rowI + tj);
  if (curve <= 0) curve = TAU;
  let ai: f64, aj: f64;
  if (yi != yj) {
    const delta = (-load<f64>(g + ti) - load<f64>(g + tj)) / curve;
    const difference = oldI - oldJ;
    ai = oldI + delta;
    aj = oldJ + delta;
    if (difference > 0) {
      if (aj < 0) {
        aj = 0;
        ai = difference;
      }
    } else if (ai < 0) {
      ai = 0;
      aj = -difference;
    }
    if (difference > ci - cj) {
      if (ai > ci) {
        ai = ci;
        aj = ci - difference;
      }
    } else if (aj > cj) {
      aj = cj;
      ai = cj + difference;
    }
  } else {
    const delta = (load<f64>(g + ti) - load<f64>(g + tj)) / curve;
    const sum = oldI + oldJ;
    ai = oldI - delta;
    aj = oldJ + delta;
    if (sum > ci) {
      if (ai > ci) {
        ai = ci;
        aj = sum - ci;
      }
    } else if (aj < 0) {
      aj = 0;
      ai = sum;
    }
    if (sum > cj) {
      if (aj > cj) {
        aj = cj;
        ai = sum - cj;
      }
    } else if (ai < 0) {
      ai = 0;
      aj = sum;
    }
  }
  store<f64>(a + ti, ai);
  store<f64>(a + tj, aj);
  // g_t += y_t (y_i k_it da_i + y_j k_jt da_j)
  const u = yi * (ai - oldI), v = yj * (aj - oldJ);
  const us = f64x2.splat(u), vs = f64x2.splat(v);
  let t: usize = 0, n = l;
  for (; n >= 2; n -= 2) {
    const move = madd64(vs, v128.load(rowJ + t), f64x2.mul(us, v128.load(rowI + t)));
    v128.store(g + t, madd64(v128.load(y + t), move, v128.load(g + t)));
    t += 16;
  }
  if (n > 0) store<f64>(g + t, load<f64>(g + t) + load<f64>(y + t) * (u * load<f64>(rowI + t) + v * load<f64>(rowJ + t)));
}

/** Where the kernel row of variable i lies, computed if it is not kept; the row of `keep` is not thrown out for it. */
function fetch(
  i: i32, l: i32, d: i32, kind: i32, gamma: f64, coef0: f64, degree: i32, x: usize, packed: usize, norms: usize,
  gram: usize, cache: usize, slots: i32, stride: i32, slotOf: usize, rowIn: usize, used: usize, clock: usize, keep: i32,
): usize {
  if (gram != 0) return gram + ((<usize>i * stride) << 3);
  const now = load<i32>(clock) + 1;
  store<i32>(clock, now);
  let slot = load<i32>(slotOf + (<usize>i << 2));
  if (slot < 0) {
    slot = 0;
    let oldest = i32.MAX_VALUE;
    for (let s = 0; s < slots; s++) {
      const at = load<i32>(used + (<usize>s << 2));
      if (at < oldest && (keep < 0 || load<i32>(rowIn + (<usize>s << 2)) != keep)) {
        oldest = at;
        slot = s;
        if (at == 0) break;
      }
    }
    const before = load<i32>(rowIn + (<usize>slot << 2));
    if (before >= 0) store<i32>(slotOf + (<usize>before << 2), -1);
    store<i32>(rowIn + (<usize>slot << 2), i);
    store<i32>(slotOf + (<usize>i << 2), slot);
    kernelRow(
      kind, gamma, coef0, degree, x + ((<usize>i * d) << 3), load<f64>(norms + (<usize>i << 3)), packed, norms, l, d,
      cache + ((<usize>slot * stride) << 3),
    );
  }
  store<i32>(used + (<usize>slot << 2), now);
  return cache + ((<usize>slot * stride) << 3);
}

/** Keeps the entries `kept` (ascending, i32) of `count` rows of `stride` numbers each, in place. */
export function gatherColumns(rows: usize, count: i32, stride: i32, kept: usize, left: i32): void {
  for (let r = 0; r < count; r++) {
    const row = rows + ((<usize>r * stride) << 3);
    for (let q = 0; q < left; q++) {
      store<f64>(row + (<usize>q << 3), load<f64>(row + (<usize>load<i32>(kept + (<usize>q << 2)) << 3)));
    }
  }
}
