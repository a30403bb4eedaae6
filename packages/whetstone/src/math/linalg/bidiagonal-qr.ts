import { numericalError } from "../../errors.ts";
import { rotateRows } from "./multiply.ts";

const EPS = 2 ** -52;
/** Relative size below which an off-diagonal entry counts as zero. */
const TOLERANCE = 40 * EPS;

/** Rows that follow the rotations: row i starts at `at + i * ld` and has `length` entries. */
export interface RotatedRows {
  readonly data: Float64Array;
  readonly at: number;
  readonly ld: number;
  readonly length: number;
}

/** Rotation (c, s) with c f + s g = r and c g - s f = 0, in `rotation`. */
const C = 0;
const S = 1;
const R = 2;
export function makeRotation(f: number, g: number, rotation: Float64Array): void {
  if (g === 0) {
    rotation[C] = 1;
    rotation[S] = 0;
    rotation[R] = f;
    return;
  }
  const sum = f * f + g * g;
  const r = sum > 1e-280 && sum < 1e290 ? Math.sqrt(sum) : Math.hypot(f, g);
  rotation[C] = f / r;
  rotation[S] = g / r;
  rotation[R] = r;
}

/** Smaller singular value of [[f, g], [0, h]], to high relative accuracy. */
function smallestOf2x2(f: number, g: number, h: number): number {
  const fa = Math.abs(f);
  const ga = Math.abs(g);
  const ha = Math.abs(h);
  const low = Math.min(fa, ha);
  const high = Math.max(fa, ha);
  if (low === 0) return 0;
  const ratio = low / high;
  const sum = 1 + ratio;
  const difference = (high - low) / high;
  if (ga < high) {
    const t = (ga / high) ** 2;
    return low * (2 / (Math.sqrt(sum * sum + t) + Math.sqrt(difference * difference + t)));
  }
  const t = high / ga;
  if (t === 0) return (low * high) / ga;
  const c = 1 / (Math.sqrt(1 + (sum * t) ** 2) + Math.sqrt(1 + (difference * t) ** 2));
  return 2 * (low * c) * t;
}

/**
 * Singular values of the upper bidiagonal matrix with n diagonal entries d and n - 1 entries e above it, each to
 * high relative accuracy (Demmel & Kahan 1990). d ends non-negative, not sorted; e is destroyed. The rows of
 * `left` and `right` are rotated along: B = left^T diag(d) right if they began as identities.
 */
export function bidiagonalQr(
  where: string,
  n: number,
  d: Float64Array,
  e: Float64Array,
  left?: RotatedRows,
  right?: RotatedRows,
): void {
  const turn = (rows: RotatedRows | undefined, i: number, c: number, s: number): void => {
    if (rows === undefined) return;
    const x = rows.at + i * rows.ld;
    rotateRows(rows.length, rows.data, x, x + rows.ld, c, s);
  };
  const a = new Float64Array(3);
  const b = new Float64Array(3);
  const threshold = smallThreshold(n, d, e);
  let hi = n - 1;
  let previousLow = -1;
  let previousHigh = -1;
  let down = true;
  let budget = 12 * n * n + 200;
  while (hi > 0) {
    if (budget-- === 0) throw numericalError(where, "the bidiagonal QR iteration did not converge");
    // The unreduced block [lo, hi].
    let lo = hi;
    let largest = Math.abs(d[hi]!);
    while (lo > 0) {
      const size = Math.abs(e[lo - 1]!);
      if (size <= threshold) {
        e[lo - 1] = 0;
        break;
      }
      lo--;
      largest = Math.max(largest, size, Math.abs(d[lo]!));
    }
    if (lo === hi) {
      hi--;
      continue;
    }
    if (lo > previousHigh || hi < previousLow || previousLow < 0) {
      down = Math.abs(d[lo]!) >= Math.abs(d[hi]!);
    }
    previousLow = lo;
    previousHigh = hi;

    // Entries that are negligible next to what the diagonal guarantees; also a lower bound of the values.
    let smallest: number;
    let split = false;
    if (down) {
      if (Math.abs(e[hi - 1]!) <= TOLERANCE * Math.abs(d[hi]!)) {
        e[hi - 1] = 0;
        continue;
      }
      let mu = Math.abs(d[lo]!);
      smallest = mu;
      for (let i = lo; i < hi; i++) {
        if (Math.abs(e[i]!) <= TOLERANCE * mu) {
          e[i] = 0;
          split = true;
          break;
        }
        mu = Math.abs(d[i + 1]!) * (mu / (mu + Math.abs(e[i]!)));
        smallest = Math.min(smallest, mu);
      }
    } else {
      if (Math.abs(e[lo]!) <= TOLERANCE * Math.abs(d[lo]!)) {
        e[lo] = 0;
        continue;
      }
      let mu = Math.abs(d[hi]!);
      smallest = mu;
      for (let i = hi - 1; i >= lo; i--) {
        if (Math.abs(e[i]!) <= TOLERANCE * mu) {
          e[i] = 0;
          split = true;
          break;
        }
        mu = Math.abs(d[i]!) * (mu / (mu + Math.abs(e[i]!)));
        smallest = Math.min(smallest, mu);
      }
    }
    if (split) continue;

    // A shift would spoil the relative accuracy of tiny values: then sweep without one.
    let shift = 0;
    if (n * TOLERANCE * (smallest / largest) > Math.max(EPS, 0.01 * TOLERANCE)) {
      const first = Math.abs(down ? d[lo]! : d[hi]!);
      shift = down
        ? smallestOf2x2(d[hi - 1]!, e[hi - 1]!, d[hi]!)
        : smallestOf2x2(d[lo]!, e[lo]!, d[lo + 1]!);
      if (first > 0 && (shift / first) ** 2 < EPS) shift = 0;
    }

    if (shift === 0 && down) {
      let c = 1;
      let oldC = 1;
      let oldS = 0;
      for (let i = lo; i < hi; i++) {
        makeRotation(d[i]! * c, e[i]!, a);
        c = a[C]!;
        if (i > lo) e[i - 1] = oldS * a[R]!;
        makeRotation(oldC * a[R]!, d[i + 1]! * a[S]!, b);
        oldC = b[C]!;
        oldS = b[S]!;
        d[i] = b[R]!;
        turn(right, i, a[C]!, a[S]!);
        turn(left, i, b[C]!, b[S]!);
      }
      const h = d[hi]! * c;
      d[hi] = h * oldC;
      e[hi - 1] = h * oldS;
    } else if (shift === 0) {
      let c = 1;
      let oldC = 1;
      let oldS = 0;
      for (let i = hi; i > lo; i--) {
        makeRotation(d[i]! * c, e[i - 1]!, a);
        c = a[C]!;
        if (i < hi) e[i] = oldS * a[R]!;
        makeRotation(oldC * a[R]!, d[i - 1]! * a[S]!, b);
        oldC = b[C]!;
        oldS = b[S]!;
        d[i] = b[R]!;
        turn(left, i - 1, a[C]!, -a[S]!);
        turn(right, i - 1, b[C]!, -b[S]!);
      }
      const h = d[lo]! * c;
      d[lo] = h * oldC;
      e[lo] = h * oldS;
    } else if (down) {
      let f = (Math.abs(d[lo]!) - shift) * ((d[lo]! < 0 ? -1 : 1) + shift / d[lo]!);
      let g = e[lo]!;
      for (let i = lo; i < hi; i++) {
        makeRotation(f, g, a);
        if (i > lo) e[i - 1] = a[R]!;
        f = a[C]! * d[i]! + a[S]! * e[i]!;
        e[i] = a[C]! * e[i]! - a[S]! * d[i]!;
        g = a[S]! * d[i + 1]!;
        d[i + 1] = a[C]! * d[i + 1]!;
        makeRotation(f, g, b);
        d[i] = b[R]!;
        f = b[C]! * e[i]! + b[S]! * d[i + 1]!;
        d[i + 1] = b[C]! * d[i + 1]! - b[S]! * e[i]!;
        if (i < hi - 1) {
          g = b[S]! * e[i + 1]!;
          e[i + 1] = b[C]! * e[i + 1]!;
        }
        turn(right, i, a[C]!, a[S]!);
        turn(left, i, b[C]!, b[S]!);
      }
      e[hi - 1] = f;
    } else {
      let f = (Math.abs(d[hi]!) - shift) * ((d[hi]! < 0 ? -1 : 1) + shift / d[hi]!);
      let g = e[hi - 1]!;
      for (let i = hi; i > lo; i--) {
        makeRotation(f, g, a);
        if (i < hi) e[i] = a[R]!;
        f = a[C]! * d[i]! + a[S]! * e[i - 1]!;
        e[i - 1] = a[C]! * e[i - 1]! - a[S]! * d[i]!;
        g = a[S]! * d[i - 1]!;
        d[i - 1] = a[C]! * d[i - 1]!;
        makeRotation(f, g, b);
        d[i] = b[R]!;
        f = b[C]! * e[i - 1]! + b[S]! * d[i - 1]!;
        d[i - 1] = b[C]! * d[i - 1]! - b[S]! * e[i - 1]!;
        if (i > lo + 1) {
          g = b[S]! * e[i - 2]!;
          e[i - 2] = b[C]! * e[i - 2]!;
        }
        turn(left, i - 1, a[C]!, -a[S]!);
        turn(right, i - 1, b[C]!, -b[S]!);
      }
      e[lo] = f;
    }
  }
  for (let i = 0; i < n; i++) {
    if (d[i]! >= 0) continue;
    d[i] = -d[i]!;
    if (right !== undefined) {
      const at = right.at + i * right.ld;
      for (let p = at; p < at + right.length; p++) right.data[p] = -right.data[p]!;
    }
  }
}

/** Off-diagonal entries below this are lost next to a lower bound of the smallest singular value. */
function smallThreshold(n: number, d: Float64Array, e: Float64Array): number {
  if (n === 0) return 0;
  let mu = Math.abs(d[0]!);
  let smallest = mu;
  for (let i = 1; i < n && smallest > 0; i++) {
    mu = Math.abs(d[i]!) * (mu / (mu + Math.abs(e[i - 1]!)));
    smallest = Math.min(smallest, mu);
  }
  return Math.max((TOLERANCE * smallest) / Math.sqrt(n), 6 * n * n * 2.3e-308);
}
