import { randomStream } from "../../math/index.ts";

/** Directions that a grid cuts: more cost 3^k neighbouring cells, fewer leave fuller cells. */
const MOST_DIRECTIONS = 3;

/**
 * Visits every pair of rows at Euclidean distance `radius` or less, each once, with i > j.
 *
 * The rows are projected onto up to three orthonormal directions and hashed into cells of side `radius`. A
 * projection never lengthens a distance, so close rows lie in the same or in touching cells and none is missed.
 *
 * @param points n rows of d finite numbers
 */
export function closePairs(
  points: Float64Array, // (n, d)
  n: number,
  d: number,
  radius: number,
  visit: (i: number, j: number, distance: number) => void,
): void {
  if (n < 2) return;
  const k = Math.min(d, MOST_DIRECTIONS);
  const projected = project(points, n, d, k); // (n, k)
  let spread = 0;
  for (const v of projected) spread = Math.max(spread, Math.abs(v));
  // Far finer cells would have numbers beyond 2^53, where neighbours are one and the same.
  const side = Math.max(radius, spread * 1e-9) || 1;
  const cells = projected.map((v) => Math.floor(v / side));
  let bits = 4;
  while (1 << bits < n) bits++;
  const mask = (1 << bits) - 1;
  const head = new Int32Array(mask + 1).fill(-1);
  const next = new Int32Array(n);
  const near = new Float64Array(k);
  const limit = radius * radius;
  for (let i = 0; i < n; i++) {
    for (let turn = 0; turn < 3 ** k; turn++) {
      for (let a = 0, rest = turn; a < k; a++, rest = Math.floor(rest / 3))
        near[a] = cells[i * k + a]! + (rest % 3) - 1;
      for (let j = head[hash(near, 0, k) & mask]!; j >= 0; j = next[j]!) {
        let same = true;
        for (let a = 0; a < k && same; a++) same = cells[j * k + a] === near[a];
        if (!same) continue;
        let sum = 0;
        for (let c = 0; c < d && sum <= limit; c++) sum += (points[i * d + c]! - points[j * d + c]!) ** 2;
        if (sum <= limit) visit(i, j, Math.sqrt(sum));
      }
    }
    const bucket = hash(cells, i * k, k) & mask;
    next[i] = head[bucket]!;
    head[bucket] = i;
  }
}

/** Rows of different cells may share a hash: the cells themselves are compared. */
function hash(cells: Float64Array, at: number, k: number): number {
  let h = 0;
  for (let a = 0; a < k; a++) h = Math.imul(h ^ cells[at + a]!, 0x9e3779b1) ^ (h >>> 15);
  return h ^ (h >>> 16);
}

/** Coordinates along k orthonormal directions: the axes themselves where there are no more than k. */
function project(points: Float64Array, n: number, d: number, k: number): Float64Array {
  if (d === k) return points.slice();
  const random = randomStream(0);
  const directions: Float64Array[] = [];
  while (directions.length < k) {
    const v = random.fillNormal(new Float64Array(d));
    for (const u of directions) {
      const dot = v.reduce((s, x, c) => s + x * u[c]!, 0);
      for (let c = 0; c < d; c++) v[c]! -= dot * u[c]!;
    }
    const size = Math.sqrt(v.reduce((s, x) => s + x * x, 0));
    // Rounding may lengthen a projection: by less than this shortens it.
    directions.push(v.map((x) => (x / size) * (1 - 1e-12)));
  }
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < k; a++) {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += points[i * d + c]! * directions[a]![c]!;
      out[i * k + a] = sum;
    }
  return out;
}
