/**
 * DBSCAN of rows with two columns through a grid of cells so small that rows of a cell are neighbours (Gunawan 2013;
 * Gan and Tao, SIGMOD 2015): a cell with enough rows is core without any distance, and cells are joined, not rows.
 */

/** Cells around a cell that rows within eps may lie in. */
const REACH = 2;
/** Side of a cell over eps: a diagonal is below 1 by more than rounding can take. */
const SIDE = Math.SQRT1_2 * (1 - 1e-9);
/** Cells along an axis: row numbers of cells are then sure to ten digits. */
const MOST_ALONG = 1 << 20;

/** As growFromCores without weights; null where a grid would be mostly empty. */
export function gridClusters(
  X: Float64Array,
  n: number,
  eps: number,
  minSamples: number,
  onRows: (done: number) => void,
): { labels: Int32Array; core: Int32Array } | null {
  const grid = sortIntoCells(X, n, eps);
  if (grid === null) return null;
  const { x, y, order, cellOf, starts, across } = grid;
  const limit = eps * eps;
  const cells = starts.length - 1;
  const within = (a: number, b: number): boolean => (x[a]! - x[b]!) ** 2 + (y[a]! - y[b]!) ** 2 <= limit;
  // From here on rows are known by their place in the order of cells.
  const isCore = new Uint8Array(n);
  for (let at = 0; at < n; at++) {
    if (at % 4096 === 0) onRows(at);
    const cell = cellOf[at]!;
    let count = starts[cell + 1]! - starts[cell]!;
    for (let dy = -REACH; dy <= REACH && count < minSamples; dy++)
      for (let dx = -REACH; dx <= REACH && count < minSamples; dx++) {
        if (dx === 0 && dy === 0) continue;
        const other = cell + dy * across + dx;
        for (let q = starts[other]!; q < starts[other + 1]!; q++) if (within(at, q)) count++;
      }
    if (count >= minSamples) isCore[at] = 1;
  }
  const parent = Int32Array.from({ length: cells }, (_, c) => c);
  const root = (c: number): number => {
    let r = c;
    while (parent[r] !== r) r = parent[r] = parent[parent[r]!]!;
    return r;
  };
  const touch = (a: number, b: number): boolean => {
    for (let p = starts[a]!; p < starts[a + 1]!; p++) {
      if (!isCore[p]) continue;
      for (let q = starts[b]!; q < starts[b + 1]!; q++) if (isCore[q] && within(p, q)) return true;
    }
    return false;
  };
  for (let at = 0; at < n; at = starts[cellOf[at]! + 1]!) {
    const cell = cellOf[at]!;
    for (let dy = 0; dy <= REACH; dy++)
      for (let dx = dy === 0 ? 1 : -REACH; dx <= REACH; dx++) {
        const other = cell + dy * across + dx;
        if (starts[other] === starts[other + 1]) continue;
        const [a, b] = [root(cell), root(other)];
        if (a !== b && touch(cell, other)) parent[b] = a;
      }
  }
  // Groups are numbered by their earliest core row.
  const placeOf = new Int32Array(n);
  for (let at = 0; at < n; at++) placeOf[order[at]!] = at;
  const names = new Int32Array(cells).fill(-1);
  const labels = new Int32Array(n).fill(-1);
  const core: number[] = [];
  let groups = 0;
  for (let i = 0; i < n; i++) {
    const at = placeOf[i]!;
    if (!isCore[at]) continue;
    const group = root(cellOf[at]!);
    if (names[group] === -1) names[group] = groups++;
    labels[i] = names[group]!;
    core.push(i);
  }
  // Other rows join the first group that has a core row within reach.
  for (let at = 0; at < n; at++) {
    if (isCore[at]) continue;
    let best = groups;
    for (let dy = -REACH; dy <= REACH; dy++)
      for (let dx = -REACH; dx <= REACH; dx++) {
        const other = cellOf[at]! + dy * across + dx;
        for (let q = starts[other]!; q < starts[other + 1]!; q++)
          if (isCore[q] && labels[order[q]!]! < best && within(at, q)) best = labels[order[q]!]!;
      }
    if (best < groups) labels[order[at]!] = best;
  }
  onRows(n);
  return { labels, core: Int32Array.from(core) };
}

interface Cells {
  /** Columns of the rows, cell after cell. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Row numbers in that order, and the cell of each. */
  readonly order: Int32Array;
  readonly cellOf: Int32Array;
  /** Cell c holds the places starts[c] to starts[c + 1] - 1; `across` cells make a line. */
  readonly starts: Int32Array;
  readonly across: number;
}

/** The outer two cells of each side stay empty, so that no cell lacks neighbours. */
function sortIntoCells(X: Float64Array, n: number, eps: number): Cells | null {
  let [lowX, lowY, highX, highY] = [X[0]!, X[1]!, X[0]!, X[1]!];
  for (let i = 1; i < n; i++) {
    lowX = Math.min(lowX, X[2 * i]!);
    highX = Math.max(highX, X[2 * i]!);
    lowY = Math.min(lowY, X[2 * i + 1]!);
    highY = Math.max(highY, X[2 * i + 1]!);
  }
  const side = eps * SIDE;
  const across = Math.floor((highX - lowX) / side) + 1 + 2 * REACH;
  const along = Math.floor((highY - lowY) / side) + 1 + 2 * REACH;
  if (!(across <= MOST_ALONG && along <= MOST_ALONG && across * along <= 8 * n + 4096)) return null;
  // Coordinates far from zero carry an error of their own, which must be small against a cell.
  const largest = Math.max(Math.abs(lowX), Math.abs(highX), Math.abs(lowY), Math.abs(highY));
  if (largest > side * MOST_ALONG) return null;
  const cellOfRow = new Int32Array(n);
  const starts = new Int32Array(across * along + 1);
  for (let i = 0; i < n; i++) {
    const column = REACH + Math.floor((X[2 * i]! - lowX) / side);
    const line = REACH + Math.floor((X[2 * i + 1]! - lowY) / side);
    const cell = line * across + column;
    cellOfRow[i] = cell;
    starts[cell + 1] = starts[cell + 1]! + 1;
  }
  for (let c = 0; c < across * along; c++) starts[c + 1] = starts[c + 1]! + starts[c]!;
  const next = starts.slice();
  const [order, cellOf] = [new Int32Array(n), new Int32Array(n)];
  const [x, y] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const at = next[cellOfRow[i]!]!++;
    order[at] = i;
    cellOf[at] = cellOfRow[i]!;
    x[at] = X[2 * i]!;
    y[at] = X[2 * i + 1]!;
  }
  return { x, y, order, cellOf, starts, across };
}
