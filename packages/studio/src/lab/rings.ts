/** Outlines of where a grid is at least a level, by marching squares, as closed paths. */
export interface Grid {
  readonly cols: number;
  readonly rows: number;
  /** `values[row * cols + col]`; what is not finite belongs to no region. */
  readonly values: readonly number[];
}

/** Parts of a cell that coordinates are rounded to. */
export const PARTS = 32;

/**
 * Path data in {@link PARTS} of a cell, row 0 at y = 0, to be filled by the even-odd rule. Values stand at the centres
 * of cells, and those on the edge of the grid reach out to it.
 */
export function outline({ cols, rows, values }: Grid, level: number): string {
  // Two more rows and columns on each side: the edge itself with the values beside it, and nothing beyond.
  const across = cols + 4;
  const down = rows + 4;
  const clamp = (i: number, n: number) => Math.max(0, Math.min(n - 1, i));
  const at = (i: number, j: number): number => {
    if (i < 1 || j < 1 || i > down - 2 || j > across - 2) return Number.NEGATIVE_INFINITY;
    const value = values[clamp(i - 2, rows) * cols + clamp(j - 2, cols)]!;
    return Number.isFinite(value) ? value - level : Number.NEGATIVE_INFINITY;
  };
  const place = (i: number, n: number) => Math.max(0, Math.min(n, i - 1.5));
  const point = (i: number, j: number, i2: number, j2: number, a: number, b: number): Point => {
    // A cell without a value ends where its neighbour's cell does.
    const t = Number.isFinite(a - b) ? a / (a - b) : 0.5;
    const mix = (from: number, to: number) => Math.round(PARTS * (from + t * (to - from)));
    return [mix(place(j, cols), place(j2, cols)), mix(place(i, rows), place(i2, rows))];
  };
  // Edges to the right of a corner have even numbers, those below it odd ones; a line leads from one edge to the next.
  const next = new Map<number, number>();
  const points = new Map<number, Point>();
  for (let i = 0; i + 1 < down; i++) {
    for (let j = 0; j + 1 < across; j++) {
      const [a, b, c, d] = [at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)];
      const sides = +(a >= 0) + +(b >= 0) + +(c >= 0) + +(d >= 0);
      if (sides === 0 || sides === 4) continue;
      const [top, left] = [2 * (i * across + j), 2 * (i * across + j) + 1];
      const [right, bottom] = [left + 2, top + 2 * across];
      // Around the cell, each crossing into the region and the one out of it that follows.
      const into: number[] = [];
      const out: number[] = [];
      const cross = (edge: number, from: number, to: number, p: () => Point) => {
        if (from >= 0 === to >= 0) return;
        (to >= 0 ? into : out).push(edge);
        if (!points.has(edge)) points.set(edge, p());
      };
      cross(top, a, b, () => point(i, j, i, j + 1, a, b));
      cross(right, b, c, () => point(i, j + 1, i + 1, j + 1, b, c));
      cross(bottom, c, d, () => point(i + 1, j, i + 1, j + 1, d, c));
      cross(left, d, a, () => point(i, j, i + 1, j, a, d));
      // Of two lines in one cell each cuts off a corner of the region.
      for (const edge of out) next.set(edge, before(into, edge, [top, right, bottom, left]));
    }
  }
  let path = "";
  for (const start of next.keys()) {
    const ring: Point[] = [];
    for (let edge: number | undefined = start; edge !== undefined; ) {
      const following: number | undefined = next.get(edge);
      if (following !== undefined) ring.push(points.get(edge)!);
      next.delete(edge);
      edge = following;
    }
    path += drawn(ring);
  }
  return path;
}

type Point = readonly [number, number];

/** The last crossing into the region on the way round to `edge`. */
function before(into: readonly number[], edge: number, around: readonly number[]): number {
  const place = around.indexOf(edge);
  for (let k = 1; k <= 4; k++) {
    const candidate = around[(place - k + 4) % 4]!;
    if (into.includes(candidate)) return candidate;
  }
  throw new Error("a region that is left was never entered");
}

/** A ring without its points in the middle of straight stretches, in steps from point to point. */
function drawn(ring: readonly Point[]): string {
  const kept: Point[] = [];
  for (const p of ring) {
    const [q, o] = [kept.at(-1), kept.at(-2)];
    if (q && p[0] === q[0] && p[1] === q[1]) continue;
    if (q && o && (q[0] - o[0]) * (p[1] - q[1]) === (q[1] - o[1]) * (p[0] - q[0])) kept.pop();
    kept.push(p);
  }
  if (kept.length < 3) return "";
  let path = `M${kept[0]![0]} ${kept[0]![1]}l`;
  for (let k = 1; k < kept.length; k++) {
    const [x, y] = [kept[k]![0] - kept[k - 1]![0], kept[k]![1] - kept[k - 1]![1]];
    path += `${k > 1 && x >= 0 ? " " : ""}${x}${y >= 0 ? " " : ""}${y}`;
  }
  return `${path}z`;
}
