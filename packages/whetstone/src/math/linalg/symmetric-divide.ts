import { numericalError } from "../../errors.ts";
import { type Allocate, rotateRows, workspace } from "./multiply.ts";
import { BOTH, combineRows, groupBySide, mergeOrder, normaliseRows, RIGHT } from "./rank-one-merge.ts";
import { exactWeights, secularRoot } from "./secular.ts";

const EPS = 2 ** -52;
/** Off-diagonal entries below this are rounding next to the whole matrix, whose largest entry is scaled to about 1. */
const NEGLIGIBLE = 2 ** -55;
/** Blocks up to this size are solved by QL iteration. */
const LEAF = 24;

/**
 * Eigenvalues of the symmetric tridiagonal matrix with diagonal d and off-diagonal e (n entries, the last
 * unused), ascending in d; e is destroyed. With `Q` (n x n, zeros on entry) its ROWS become the eigenvectors.
 *
 * Divide and conquer (Cuppen 1981; Gu & Eisenstat 1995) with QL iteration at the leaves: most of the work is
 * matrix products, and close eigenvalues shorten it.
 */
export function tridiagonalEigen(
  where: string,
  n: number,
  d: Float64Array,
  e: Float64Array,
  Q?: Float64Array,
): void {
  if (n === 0) return;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    largest = Math.max(largest, Math.abs(d[i]!), i < n - 1 ? Math.abs(e[i]!) : 0);
  }
  // A power of two near the largest entry keeps squares in range and scales without rounding.
  const scale = largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, Math.ceil(Math.log2(largest))));
  for (let i = 0; i < n; i++) {
    d[i] = d[i]! / scale;
    if (i < n - 1) e[i] = e[i]! / scale;
  }
  if (Q === undefined) {
    qlIteration(where, n, d, 0, e, undefined, 0, 0);
    d.subarray(0, n).sort();
  } else divide(where, n, d, 0, e, Q, n);
  for (let i = 0; i < n; i++) d[i] = d[i]! * scale;
}

function divide(
  where: string,
  n: number,
  d: Float64Array,
  lo: number,
  e: Float64Array,
  Q: Float64Array,
  ld: number,
): void {
  const base = lo * ld + lo;
  if (n <= LEAF) {
    for (let i = 0; i < n; i++) Q[base + i * ld + i] = 1;
    qlIteration(where, n, d, lo, e, Q, base, ld);
    sortRows(n, d, lo, Q, base, ld);
    return;
  }
  const n1 = n >> 1;
  const cut = lo + n1;
  const coupling = e[cut - 1]!;
  // T = diag(T1, T2) + |coupling| z z^T with z = e_last of T1 + sign(coupling) e_first of T2.
  d[cut - 1] = d[cut - 1]! - Math.abs(coupling);
  d[cut] = d[cut]! - Math.abs(coupling);
  divide(where, n1, d, lo, e, Q, ld);
  divide(where, n - n1, d, cut, e, Q, ld);
  workspace(n * n, (allocate) => merge(n, n1, d, lo, coupling, Q, ld, allocate));
}

function merge(
  n: number,
  n1: number,
  d: Float64Array,
  lo: number,
  coupling: number,
  Q: Float64Array,
  ld: number,
  allocate: Allocate,
): void {
  const base = lo * ld + lo;
  const order = mergeOrder(d, lo, n1, n);
  const z = new Float64Array(n);
  const half = Math.SQRT1_2;
  for (let i = 0; i < n1; i++) z[i] = Q[base + i * ld + n1 - 1]! * half;
  const sign = coupling < 0 ? -half : half;
  for (let i = n1; i < n; i++) z[i] = Q[base + i * ld + n1]! * sign;
  const rho = 2 * Math.abs(coupling);

  let largestD = 0;
  let largestZ = 0;
  for (let i = 0; i < n; i++) {
    largestD = Math.max(largestD, Math.abs(d[lo + i]!));
    largestZ = Math.max(largestZ, Math.abs(z[i]!));
  }
  const tolerance = 8 * EPS * Math.max(largestD, largestZ);
  const side = new Uint8Array(n);
  for (let i = n1; i < n; i++) side[i] = RIGHT;

  // Deflation: a vector with no weight, or one of two with equal eigenvalues, is an eigenvector already.
  const kept = new Int32Array(n);
  const deflated = new Int32Array(n);
  let k = 0;
  let done = 0;
  let previous = -1;
  for (const j of order) {
    if (rho * Math.abs(z[j]!) <= tolerance) {
      deflated[done++] = j;
      continue;
    }
    if (previous < 0) {
      previous = j;
      continue;
    }
    const length = Math.hypot(z[j]!, z[previous]!);
    const c = z[j]! / length;
    const s = -z[previous]! / length;
    const gap = d[lo + j]! - d[lo + previous]!;
    if (Math.abs(gap * c * s) <= tolerance) {
      z[j] = length;
      z[previous] = 0;
      rotateRows(n, Q, base + previous * ld, base + j * ld, c, s);
      if (side[j] !== side[previous]) side[j] = side[previous] = BOTH;
      const dp = d[lo + previous]!;
      const dj = d[lo + j]!;
      d[lo + previous] = dp * c * c + dj * s * s;
      d[lo + j] = dp * s * s + dj * c * c;
      deflated[done++] = previous;
    } else kept[k++] = previous;
    previous = j;
  }
  if (previous >= 0) kept[k++] = previous;

  const rest = new Float64Array(done * n);
  const restD = new Float64Array(done);
  for (let g = 0; g < done; g++) {
    const from = base + deflated[g]! * ld;
    rest.set(Q.subarray(from, from + n), g * n);
    restD[g] = d[lo + deflated[g]!]!;
  }

  const poles = new Float64Array(k);
  const weights = new Float64Array(k);
  const sides = new Uint8Array(k);
  for (let g = 0; g < k; g++) {
    poles[g] = d[lo + kept[g]!]!;
    weights[g] = z[kept[g]!]! ** 2;
    sides[g] = side[kept[g]!]!;
  }
  const roots = new Float64Array(k);
  const delta = new Float64Array(k * k);
  const scratch = new Float64Array(k);
  const found = new Float64Array(2);
  for (let i = 0; i < k; i++) {
    secularRoot(k, poles, weights, rho, i, false, delta, i * k, scratch, found);
    roots[i] = poles[found[0]!]! + found[1]!;
  }
  const exact = exactWeights(k, poles, delta, false);
  for (let g = 0; g < k; g++) exact[g] = Math.sqrt(exact[g]!) * (z[kept[g]!]! < 0 ? -1 : 1);
  const groups = groupBySide(k, sides);
  const W = allocate(k * k);
  for (let i = 0; i < k; i++) {
    for (let g = 0; g < k; g++) {
      const j = groups.order[g]!;
      W[i * k + g] = exact[j]! / delta[i * k + j]!;
    }
  }
  normaliseRows(k, W);
  const updated = combineRows(k, n, n1, W, Q, base, ld, kept, groups, allocate);

  const fromRest = Array.from({ length: done }, (_, g) => g).sort((a, b) => restD[a]! - restD[b]!);
  for (let g = 0, a = 0, b = 0; g < n; g++) {
    if (b >= done || (a < k && roots[a]! <= restD[fromRest[b]!]!)) {
      d[lo + g] = roots[a]!;
      Q.set(updated.subarray(a * n, a * n + n), base + g * ld);
      a++;
    } else {
      const r = fromRest[b++]!;
      d[lo + g] = restD[r]!;
      Q.set(rest.subarray(r * n, r * n + n), base + g * ld);
    }
  }
}

/** Implicit QL iteration on the block of n entries at `lo`; rotates rows of Q (row i at qAt + i * ld). */
function qlIteration(
  where: string,
  n: number,
  d: Float64Array,
  lo: number,
  e: Float64Array,
  Q: Float64Array | undefined,
  qAt: number,
  ld: number,
): void {
  const end = lo + n - 1;
  for (let l = lo; l <= end; l++) {
    for (let round = 0; ; round++) {
      let m = l;
      for (; m < end; m++) {
        if (Math.abs(e[m]!) <= Math.max(NEGLIGIBLE, 0.5 * EPS * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))))
          break;
      }
      if (m === l) break;
      if (round === 60)
        throw numericalError(where, "the QL iteration did not converge in 60 rounds for one eigenvalue");
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = d[i + 1]! - p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        if (Q !== undefined) rotateRows(n, Q, qAt + (i + 1 - lo) * ld, qAt + (i - lo) * ld, c, s);
      }
      if (r === 0 && i >= l) continue;
      d[l] = d[l]! - p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

/** Insertion sort of d (n entries from lo), ascending, moving the rows along. */
function sortRows(n: number, d: Float64Array, lo: number, Q: Float64Array, at: number, ld: number): void {
  const held = new Float64Array(n);
  for (let i = 1; i < n; i++) {
    const value = d[lo + i]!;
    let j = i;
    while (j > 0 && d[lo + j - 1]! > value) j--;
    if (j === i) continue;
    held.set(Q.subarray(at + i * ld, at + i * ld + n));
    for (let r = i; r > j; r--) {
      d[lo + r] = d[lo + r - 1]!;
      Q.copyWithin(at + r * ld, at + (r - 1) * ld, at + (r - 1) * ld + n);
    }
    d[lo + j] = value;
    Q.set(held, at + j * ld);
  }
}
