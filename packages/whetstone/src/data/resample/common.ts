import {
  type Design,
  type DesignOptions,
  type Label,
  type MatrixLike,
  NamedMatrix,
  readDesign,
  readLabels,
  real,
} from "../../contract/index.ts";
import { valueError } from "../../errors.ts";
import { type Matrix, randomStream } from "../../math/index.ts";

/** Rows after resampling. */
export interface Resampled<L extends Label> {
  readonly X: NamedMatrix;
  readonly y: L[];
  /** Row of the input that each row is, or -1 for one that was made up. */
  readonly rows: Int32Array;
}

/** Changes how many rows each class has. Use it on training rows only: see {@link ResampledClassifier}. */
export interface Resampler {
  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L>;
}

export const ratio = (doc: string) =>
  real({ min: 0, exclusiveMin: true, max: 1, default: 1, doc, search: { low: 0.1, high: 1 } });

export interface Classes<L extends Label> {
  readonly X: Matrix;
  /** Column names of a table or named matrix. */
  readonly names: readonly string[] | null;
  /** Category names per column, where X has any. */
  readonly categories: Design["categories"];
  readonly classes: readonly L[];
  readonly codes: Int32Array;
  /** Rows of each class, ascending. */
  readonly members: readonly Int32Array[];
  readonly smallest: number;
  readonly largest: number;
}

export function readClasses<L extends Label>(
  X: MatrixLike,
  y: ArrayLike<L>,
  where: string,
  options: DesignOptions = {},
): Classes<L> {
  const { matrix, names, categories } = readDesign(X, where, options);
  const { classes, codes } = readLabels(y, matrix.rows, where);
  if (classes.length < 2) throw valueError(where, "y", "holds one class, expected at least two");
  const members = classes.map((_, k) => {
    const rows: number[] = [];
    codes.forEach((c, i) => {
      if (c === k) rows.push(i);
    });
    return Int32Array.from(rows);
  });
  const sizes = members.map((m) => m.length);
  return {
    X: matrix,
    names,
    categories,
    classes,
    codes,
    members,
    smallest: Math.min(...sizes),
    largest: Math.max(...sizes),
  };
}

/** Refuses a class of fewer rows than a row needs to have so many neighbours in it; `argument` names their number. */
export function requireMembers(
  c: Classes<Label>,
  k: number,
  argument: string,
  neighbours: number,
  where: string,
): void {
  const count = c.members[k]!.length;
  if (count > neighbours) return;
  const name = String(c.classes[k]);
  const limit = `expected more than ${argument} (${neighbours})`;
  throw valueError(where, "y", `holds ${count} rows of class ${name}, ${limit}`);
}

/** Rows of class k of whose m nearest at least half, but not all, are of other classes. */
export function borderRows(c: Classes<Label>, k: number, m: number): number[] {
  const all = Array.from(c.codes.keys());
  return Array.from(c.members[k]!).filter((i) => {
    const near = nearest(c.X, i, all, m);
    const others = near.filter((j) => c.codes[j] !== k).length;
    return others >= near.length / 2 && others < near.length;
  });
}

/**
 * Makes up rows of small classes, each on the way from a row to one of its neighbours (at most half of it where that is of
 * another class), and puts them behind those given.
 *
 * @param startsOf rows of class k to start from; a class without any stays as it is
 * @param among rows that may be neighbours: those of the class, or all
 */
export function moveTowardsNeighbours<L extends Label>(
  c: Classes<L>,
  params: { readonly ratio: number; readonly kNeighbors: number; readonly seed: number },
  startsOf: (k: number) => ArrayLike<number>,
  among: "class" | "all",
  where: string,
): Resampled<L> {
  const random = randomStream(params.seed);
  const wanted = Math.floor(params.ratio * c.largest);
  const all = Array.from(c.codes.keys());
  const data: Float64Array[] = [];
  const codes: number[] = [];
  c.members.forEach((members, k) => {
    if (members.length >= wanted) return;
    requireMembers(c, k, "kNeighbors", params.kNeighbors, where);
    const starts = startsOf(k);
    if (starts.length === 0) return;
    const neighbours = new Map<number, number[]>();
    for (let t = members.length; t < wanted; t++) {
      const i = starts[random.int(starts.length)]!;
      let near = neighbours.get(i);
      if (!near)
        neighbours.set(i, (near = nearest(c.X, i, among === "class" ? members : all, params.kNeighbors)));
      const j = near[random.int(near.length)]!;
      const share = random.uniform() * (c.codes[j] === k ? 1 : 0.5);
      const to = c.X.row(j);
      data.push(c.X.row(i).map((v, a) => v + share * (to[a]! - v)));
      codes.push(k);
    }
  });
  return assemble(c, all, { data, codes });
}

/** The listed rows, then rows made up, with the names of the input. */
export function assemble<L extends Label>(
  c: Classes<L>,
  rows: ArrayLike<number>,
  made: { readonly data: readonly Float64Array[]; readonly codes: readonly number[] } = {
    data: [],
    codes: [],
  },
): Resampled<L> {
  const d = c.X.cols;
  const data = new Float64Array((rows.length + made.data.length) * d);
  const y: L[] = [];
  const from = new Int32Array(rows.length + made.data.length).fill(-1);
  for (let t = 0; t < rows.length; t++) {
    const i = rows[t]!;
    data.set(c.X.data.subarray(i * d, (i + 1) * d), t * d);
    from[t] = i;
    y.push(c.classes[c.codes[i]!]!);
  }
  made.data.forEach((row, t) => {
    data.set(row, (rows.length + t) * d);
    y.push(c.classes[made.codes[t]!]!);
  });
  const names = c.names ?? Array.from({ length: d }, (_, j) => `x${j}`);
  return { X: new NamedMatrix(data, from.length, names, c.categories), y, rows: from };
}

export function squaredDistance(X: Matrix, i: number, j: number): number {
  const d = X.cols;
  let sum = 0;
  for (let a = i * d, b = j * d, end = a + d; a < end; a++, b++) sum += (X.data[a]! - X.data[b]!) ** 2;
  return sum;
}

/** The k rows of `among` nearest to row i, itself left out, nearest first; ties go to the lower row. */
export function nearest(X: Matrix, i: number, among: ArrayLike<number>, k: number): number[] {
  const found: { row: number; distance: number }[] = [];
  for (let t = 0; t < among.length; t++) {
    const row = among[t]!;
    if (row === i) continue;
    const distance = squaredDistance(X, i, row);
    if (found.length === k && !(distance < found[k - 1]!.distance)) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.distance > distance) at--;
    found.splice(at, 0, { row, distance });
    if (found.length > k) found.pop();
  }
  return found.map((f) => f.row);
}
