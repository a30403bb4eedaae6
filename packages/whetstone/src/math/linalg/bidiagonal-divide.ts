import { bidiagonalQr, makeRotation } from "./bidiagonal-qr.ts";
import { type Allocate, rotateRows, workspace } from "./multiply.ts";
import { BOTH, combineRows, groupBySide, mergeOrder, normaliseRows, RIGHT } from "./rank-one-merge.ts";
import { exactWeights, secularRoot } from "./secular.ts";

const EPS = 2 ** -52;
/** Blocks up to this size are solved by QR iteration. */
const LEAF = 24;

/** Shared by the whole recursion: the matrix, and the singular vectors as ROWS of U and V. */
interface Problem {
  readonly where: string;
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly U: Float64Array;
  readonly V: Float64Array;
  readonly ld: number;
}

/**
 * SVD of the n x n upper bidiagonal matrix with diagonal d and superdiagonal e (n entries, the last unused; both
 * destroyed): singular values ascending in d, left and right singular vectors in the rows of U and V (n x n,
 * zeros on entry). B = U^T diag(d) V.
 *
 * Divide and conquer (Gu & Eisenstat 1995): values to working precision relative to the largest one.
 */
export function bidiagonalSvd(
  where: string,
  n: number,
  d: Float64Array,
  e: Float64Array,
  U: Float64Array,
  V: Float64Array,
): void {
  if (n === 0) return;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    largest = Math.max(largest, Math.abs(d[i]!), i < n - 1 ? Math.abs(e[i]!) : 0);
  }
  if (largest === 0) {
    for (let i = 0; i < n; i++) U[i * n + i] = V[i * n + i] = 1;
    return;
  }
  const scale = 2 ** Math.max(-1000, Math.min(1000, Math.ceil(Math.log2(largest))));
  for (let i = 0; i < n; i++) {
    d[i] = d[i]! / scale;
    e[i] = i < n - 1 ? e[i]! / scale : 0;
  }
  divide({ where, d, e, U, V, ld: n }, 0, n, 0);
  for (let i = 0; i < n; i++) d[i] = d[i]! * scale;
}

/** Rows lo .. lo + n - 1 of B, which reach `extra` (0 or 1) columns further; the row of V for that one is last. */
function divide(problem: Problem, lo: number, n: number, extra: number): void {
  if (n <= LEAF) {
    solveLeaf(problem, lo, n, extra);
    return;
  }
  const { d, e } = problem;
  const n1 = n >> 1;
  const middle = lo + n1;
  const alpha = d[middle]!;
  const beta = e[middle]!;
  divide(problem, lo, n1, 1);
  divide(problem, middle + 1, n - n1 - 1, extra);
  workspace(n * n, (allocate) => merge(problem, lo, n, n1, extra, alpha, beta, allocate));
}

function merge(
  problem: Problem,
  lo: number,
  n: number,
  n1: number,
  extra: number,
  alpha: number,
  beta: number,
  allocate: Allocate,
): void {
  const { d, U, V, ld } = problem;
  const base = lo * ld + lo;
  const cols = n + extra;
  // In the bases of the halves the matrix is diagonal but for one row, z: the middle row. Its own place (d = 0)
  // pairs with the direction that the left half maps to zero.
  U[base + n1 * ld + n1] = 1;
  const z = new Float64Array(cols);
  for (let i = 0; i <= n1; i++) z[i] = alpha * V[base + i * ld + n1]!;
  for (let i = n1 + 1; i < cols; i++) z[i] = beta * V[base + i * ld + n1 + 1]!;
  const rotation = new Float64Array(3);
  if (extra === 1) {
    makeRotation(z[n1]!, z[n]!, rotation);
    rotateRows(cols, V, base + n1 * ld, base + n * ld, rotation[0]!, rotation[1]!);
    z[n1] = rotation[2]!;
  }
  d[lo + n1] = 0;
  let largest = Math.max(Math.abs(alpha), Math.abs(beta));
  for (let i = 0; i < n; i++) largest = Math.max(largest, d[lo + i]!);
  // The floor, far below rounding next to the whole matrix (whose largest entry is near 1), keeps the squares of
  // a block of zeros in range.
  const tolerance = Math.max(16 * EPS * largest, 1e-140);

  const side = new Uint8Array(n);
  for (let i = n1 + 1; i < n; i++) side[i] = RIGHT;
  side[n1] = BOTH;
  const kept = new Int32Array(n);
  const deflated = new Int32Array(n);
  kept[0] = n1;
  let k = 1;
  let done = 0;
  if (Math.abs(z[n1]!) <= tolerance) z[n1] = tolerance;
  let previous = -1;
  const sortable = d.slice(lo, lo + n);
  sortable.copyWithin(n1, n1 + 1, n);
  for (const position of mergeOrder(sortable, 0, n1, n - 1)) {
    const j = position < n1 ? position : position + 1;
    if (Math.abs(z[j]!) <= tolerance) {
      deflated[done++] = j;
      continue;
    }
    if (previous >= 0) {
      if (d[lo + j]! - d[lo + previous]! <= tolerance) {
        const length = Math.hypot(z[j]!, z[previous]!);
        const c = z[j]! / length;
        const s = -z[previous]! / length;
        z[j] = length;
        z[previous] = 0;
        rotateRows(n, U, base + previous * ld, base + j * ld, c, s);
        rotateRows(cols, V, base + previous * ld, base + j * ld, c, s);
        if (side[j] !== side[previous]) side[j] = side[previous] = BOTH;
        deflated[done++] = previous;
      } else kept[k++] = previous;
    }
    previous = j;
  }
  if (previous >= 0) kept[k++] = previous;

  const restU = new Float64Array(done * n);
  const restV = new Float64Array(done * cols);
  const restD = new Float64Array(done);
  for (let g = 0; g < done; g++) {
    const from = base + deflated[g]! * ld;
    restU.set(U.subarray(from, from + n), g * n);
    restV.set(V.subarray(from, from + cols), g * cols);
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
  // A pole on top of the one at zero would leave no room for a root between them.
  if (k > 1 && poles[1]! < tolerance / 2) poles[1] = tolerance / 2;
  const values = new Float64Array(k);
  const delta = new Float64Array(k * k);
  const scratch = new Float64Array(k);
  const found = new Float64Array(2);
  for (let i = 0; i < k; i++) {
    secularRoot(k, poles, weights, 1, i, true, delta, i * k, scratch, found);
    const pole = poles[found[0]!]!;
    const step = found[1]!;
    values[i] = pole + step / (pole + Math.sqrt(pole * pole + step));
  }
  const exact = exactWeights(k, poles, delta, true);
  for (let g = 0; g < k; g++) exact[g] = Math.sqrt(exact[g]!) * (z[kept[g]!]! < 0 ? -1 : 1);
  const groups = groupBySide(k, sides);
  const WU = allocate(k * k);
  const WV = allocate(k * k);
  for (let i = 0; i < k; i++) {
    for (let g = 0; g < k; g++) {
      const j = groups.order[g]!;
      const v = exact[j]! / delta[i * k + j]!;
      WV[i * k + g] = v;
      WU[i * k + g] = j === 0 ? -1 : poles[j]! * v;
    }
  }
  normaliseRows(k, WU);
  normaliseRows(k, WV);
  const newU = combineRows(k, n, n1 + 1, WU, U, base, ld, kept, groups, allocate);
  const newV = combineRows(k, cols, n1 + 1, WV, V, base, ld, kept, groups, allocate);

  const fromRest = Array.from({ length: done }, (_, g) => g).sort((a, b) => restD[a]! - restD[b]!);
  for (let g = 0, a = 0, b = 0; g < n; g++) {
    const at = base + g * ld;
    if (b >= done || (a < k && values[a]! <= restD[fromRest[b]!]!)) {
      d[lo + g] = values[a]!;
      U.set(newU.subarray(a * n, a * n + n), at);
      V.set(newV.subarray(a * cols, a * cols + cols), at);
      a++;
    } else {
      const r = fromRest[b++]!;
      d[lo + g] = restD[r]!;
      U.set(restU.subarray(r * n, r * n + n), at);
      V.set(restV.subarray(r * cols, r * cols + cols), at);
    }
  }
}

function solveLeaf(problem: Problem, lo: number, n: number, extra: number): void {
  const { where, d, e, U, V, ld } = problem;
  const base = lo * ld + lo;
  const cols = n + extra;
  for (let i = 0; i < n; i++) U[base + i * ld + i] = 1;
  for (let i = 0; i < cols; i++) V[base + i * ld + i] = 1;
  const dLeaf = d.subarray(lo, lo + n);
  const eLeaf = e.subarray(lo, lo + n);
  if (extra === 1) {
    // Rotate the extra column away (leaves a lower bidiagonal square), then turn that upper again.
    const rotation = new Float64Array(3);
    for (let i = 0; i < n; i++) {
      makeRotation(dLeaf[i]!, eLeaf[i]!, rotation);
      const [c, s, r] = rotation as unknown as [number, number, number];
      dLeaf[i] = r;
      if (i < n - 1) {
        eLeaf[i] = s * dLeaf[i + 1]!;
        dLeaf[i + 1] = c * dLeaf[i + 1]!;
      }
      rotateRows(cols, V, base + i * ld, base + (i + 1) * ld, c, s);
    }
    for (let i = 0; i < n - 1; i++) {
      makeRotation(dLeaf[i]!, eLeaf[i]!, rotation);
      const [c, s, r] = rotation as unknown as [number, number, number];
      dLeaf[i] = r;
      eLeaf[i] = s * dLeaf[i + 1]!;
      dLeaf[i + 1] = c * dLeaf[i + 1]!;
      rotateRows(n, U, base + i * ld, base + (i + 1) * ld, c, s);
    }
  }
  bidiagonalQr(
    where,
    n,
    dLeaf,
    eLeaf,
    { data: U, at: base, ld, length: n },
    { data: V, at: base, ld, length: cols },
  );
  for (let i = 0; i < n; i++) {
    let best = i;
    for (let j = i + 1; j < n; j++) if (dLeaf[j]! < dLeaf[best]!) best = j;
    if (best === i) continue;
    const value = dLeaf[i]!;
    dLeaf[i] = dLeaf[best]!;
    dLeaf[best] = value;
    swapRows(U, base + i * ld, base + best * ld, n);
    swapRows(V, base + i * ld, base + best * ld, cols);
  }
}

function swapRows(A: Float64Array, a: number, b: number, n: number): void {
  const held = A.slice(a, a + n);
  A.copyWithin(a, b, b + n);
  A.set(held, b);
}
