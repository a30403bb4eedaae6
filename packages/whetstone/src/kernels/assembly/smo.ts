/**
 * Sequential minimal optimisation for the duals of support vector machines:
 *
 *   min over a of 1/2 a'Qa + p'a   with   0 <= a_i <= c_i   and   y'a fixed,   Q_ij = y_i y_j k(x_i, x_j).
 *
 * Working sets by second-order information: Fan, Chen and Lin (2005), JMLR 6. One call makes many steps on variables
 * that lie in arrays of their own, so that the caller can leave variables out (shrinking), supply kernel rows that are
 * missing, many at a time and on all threads, and stop between calls.
 */
import { madd64, min } from "./simd";

/** Curvature that stands in for one that is not positive. */
// @ts-ignore: decorator
@inline const TAU: f64 = 1e-12;

/**
 * Up to `steps` steps on `l` variables. Returns the steps made: fewer than asked for once the largest violation is below
 * `tol`, or when a kernel row is missing; `wanted` (i32) then holds its variable, and -1 otherwise.
 *
 * Arrays of l numbers: `y` (+-1), `p` is folded into the gradient `g`, bounds `c`, values `a`, `diagonal` of Q.
 * `rows` holds kernel rows of `stride` numbers each; `slotOf` (i32 per variable) says in which place that of a variable
 * lies, -1 where it is missing; `used` (i32 per place) gets the last use, as `clock` (i32) counts them. `byClass` picks
 * pairs within one class (nu machines).
 */
export function smoSteps(
  l: i32, y: usize, c: usize, a: usize, g: usize, diagonal: usize, rows: usize, stride: i32, slotOf: usize, used: usize,
  clock: usize, wanted: usize, byClass: i32, tol: f64, steps: i32,
): i32 {
  const end = <usize>l << 3;
  store<i32>(wanted, -1);
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
    const rowI: usize = i < 0 ? 0 : find(i, rows, stride, slotOf, used, clock, wanted);
    const rowK: usize = k < 0 ? 0 : find(k, rows, stride, slotOf, used, clock, wanted);
    if (load<i32>(wanted) >= 0) return made;
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
    const second = find(j, rows, stride, slotOf, used, clock, wanted);
    if (second == 0) return made;
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

/** Where the kernel row of variable i lies; 0 where it is missing, and i is wanted. */
// @ts-ignore: decorator
@inline
function find(i: i32, rows: usize, stride: i32, slotOf: usize, used: usize, clock: usize, wanted: usize): usize {
  const slot = load<i32>(slotOf + (<usize>i << 2));
  if (slot < 0) {
    store<i32>(wanted, i);
    return 0;
  }
  const now = load<i32>(clock) + 1;
  store<i32>(clock, now);
  store<i32>(used + (<usize>slot << 2), now);
  return rows + ((<usize>slot * stride) << 3);
}

/** Keeps the entries `kept` (ascending, i32) of the rows of `stride` numbers in the places `slots` (i32), in place. */
export function gatherColumns(
  rows: usize, slots: usize, count: i32, stride: i32, kept: usize, left: i32, perChunk: i32, chunk: i32,
): void {
  const last = min(count, (chunk + 1) * perChunk);
  for (let r = chunk * perChunk; r < last; r++) {
    const row = rows + ((<usize>load<i32>(slots + (<usize>r << 2)) * stride) << 3);
    for (let q = 0; q < left; q++) {
      store<f64>(row + (<usize>q << 3), load<f64>(row + (<usize>load<i32>(kept + (<usize>q << 2)) << 3)));
    }
  }
}
