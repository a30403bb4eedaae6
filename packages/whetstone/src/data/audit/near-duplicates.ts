import { argumentError, requireRows, valueError } from "../../errors.ts";
import { duplicateGroups } from "../duplicates.ts";
import { unknownColumn } from "../names.ts";
import type { Split } from "../splits/index.ts";
import { booleanColumn, type Column, isMissing } from "../table/column.ts";
import { checkTable, Table } from "../table/table.ts";
import { closePairs } from "./close-points.ts";
import { checkShingle, checkSimilarity, jaccard, shingles, similarTexts } from "./similar-texts.ts";

/**
 * When two rows count as near duplicates: every kind of column has its own limit, and a pair keeps to all of
 * them.
 */
export interface NearDuplicateOptions {
  /**
   * Largest root mean square difference of the numbers and dates, each column in units of its own standard
   * deviation; 0.01 by default.
   */
  readonly tolerance?: number;
  /** Smallest Jaccard similarity of the shingles in every text column; 0.8 by default. */
  readonly similarity?: number;
  /** Characters in a shingle; 5 by default. */
  readonly size?: number;
  /** Columns to compare; all by default. Leave out identifiers, which differ where everything else repeats. */
  readonly columns?: readonly string[];
}

/** Two rows that say nearly the same; `row` is above `twin` unless a split says which is which. */
export interface NearDuplicate {
  readonly row: number;
  readonly twin: number;
  /** Root mean square difference of the numbers, in standard deviations; 0 without numbers. */
  readonly distance: number;
  /** Smallest Jaccard similarity over the text columns; 1 without text. */
  readonly similarity: number;
}

/** Rows of equal content count once here: `first` gives a row of each group. */
interface Contents {
  readonly groupOf: Int32Array;
  readonly first: Int32Array;
  readonly pairs: NearDuplicate[];
}

/**
 * Pairs of rows that say nearly the same without being equal: categories, booleans and gaps agree, numbers and
 * dates differ by little, and texts share most of their shingles. Of rows that repeat exactly
 * ({@link duplicateGroups} finds those), the first stands for all. Every such pair is found.
 *
 * @returns pairs in the order of their rows
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 1.001, 9], b: ["x", "y", "x", "x"] });
 * nearDuplicates(t).map((p) => [p.row, p.twin]); // [[2, 0]]
 */
export function nearDuplicates(table: Table, options: NearDuplicateOptions = {}): NearDuplicate[] {
  return contentsOf("nearDuplicates", table, options).pairs;
}

/**
 * A group for each row that holds its exact and near duplicates, and theirs: hand it to `GroupKFold`,
 * and no row is on both sides of a split.
 *
 * @returns numbers from 0 in the order of first rows
 * @example
 * nearDuplicateGroups(Table.fromColumns({ a: [1, 2, 1.001, 2, 9] })); // Int32Array [0, 1, 0, 1, 2]
 */
export function nearDuplicateGroups(table: Table, options: NearDuplicateOptions = {}): Int32Array {
  const { groupOf, first, pairs } = contentsOf("nearDuplicateGroups", table, options);
  const parent = Int32Array.from(first.keys());
  const root = (g: number): number => {
    while (parent[g] !== g) g = parent[g] = parent[parent[g]!]!;
    return g;
  };
  for (const { row, twin } of pairs) {
    const [a, b] = [root(groupOf[row]!), root(groupOf[twin]!)];
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const numbers = new Map<number, number>();
  return groupOf.map((g) => {
    const r = root(g);
    let number = numbers.get(r);
    if (number === undefined) numbers.set(r, (number = numbers.size));
    return number;
  });
}

/**
 * Test rows that repeat a training row exactly or nearly, each with the training row closest to it
 * (`twin`; distance 0 and similarity 1 where the contents are equal).
 *
 * @returns in the order of `split.test`
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 1.001, 2, 9] });
 * const split = { train: Int32Array.of(0, 1), test: Int32Array.of(2, 3, 4) };
 * nearDuplicatesAcross(t, split).map((p) => p.row); // [2, 3]
 */
export function nearDuplicatesAcross(
  table: Table,
  split: Split,
  options: NearDuplicateOptions = {},
): NearDuplicate[] {
  const where = "nearDuplicatesAcross";
  checkTable(table, where, "table");
  if (split === null || typeof split !== "object")
    throw argumentError(where, "split", split, "an object with train and test rows");
  requireRows(where, split.train, table.rows);
  requireRows(where, split.test, table.rows);
  const { groupOf, first, pairs } = contentsOf(where, table, options);
  const trained = new Int32Array(first.length).fill(-1);
  for (const i of split.train) if (trained[groupOf[i]!]! < 0) trained[groupOf[i]!] = i;
  const best = new Map<number, NearDuplicate>();
  const offer = (g: number, other: number, { distance, similarity }: NearDuplicate) => {
    if (trained[other]! < 0) return;
    const old = best.get(g);
    if (old && (old.distance < distance || (old.distance === distance && old.similarity >= similarity)))
      return;
    best.set(g, { row: first[g]!, twin: trained[other]!, distance, similarity });
  };
  for (const pair of pairs) {
    const [a, b] = [groupOf[pair.row]!, groupOf[pair.twin]!];
    offer(a, b, pair);
    offer(b, a, pair);
  }
  const found: NearDuplicate[] = [];
  for (const row of split.test) {
    const g = groupOf[row]!;
    if (trained[g]! >= 0) found.push({ row, twin: trained[g]!, distance: 0, similarity: 1 });
    else if (best.has(g)) found.push({ ...best.get(g)!, row });
  }
  return found;
}

function contentsOf(where: string, table: Table, options: NearDuplicateOptions): Contents {
  checkTable(table, where, "table");
  const { tolerance = 0.01, similarity = 0.8, size = 5, columns } = options;
  if (!(tolerance >= 0 && tolerance < Number.POSITIVE_INFINITY))
    throw argumentError(where, "tolerance", tolerance, "a number >= 0");
  checkSimilarity(where, similarity);
  checkShingle(where, size, "character");
  if (columns !== undefined) {
    if (!Array.isArray(columns)) throw argumentError(where, "columns", columns, "an array of column names");
    const unknown = columns.find((name) => !table.has(name));
    if (unknown !== undefined) throw unknownColumn(where, "columns", unknown, table.names);
  }
  const part = columns === undefined ? table : table.select(columns);
  if (part.cols === 0) throw valueError(where, "table", "has no columns to compare");
  const groupOf = duplicateGroups(part);
  const first: number[] = [];
  groupOf.forEach((g, i) => {
    if (g === first.length) first.push(i);
  });
  const rows = part.selectRows(first);
  const pairs = pairsOf(where, rows, tolerance, similarity, size)
    .map((p) => ({ ...p, row: first[p.row]!, twin: first[p.twin]! }))
    .sort((a, b) => a.row - b.row || a.twin - b.twin);
  return { groupOf, first: Int32Array.from(first), pairs };
}

/** Close pairs of a table without equal rows. */
function pairsOf(
  where: string,
  table: Table,
  tolerance: number,
  similarity: number,
  size: number,
): NearDuplicate[] {
  const texts = table.columns.filter((c) => c.kind === "text");
  const numeric = table.columns.filter((c) => c.kind === "number" || c.kind === "date");
  const block = blocksOf(table);
  const { points, d } = standardised(
    numeric.map((c) => c.values),
    table.rows,
    where,
  );
  const found: NearDuplicate[] = [];
  if (texts.length > 0) {
    const [leading, ...others] = texts as [(typeof texts)[0], ...typeof texts];
    const sets = others.map((c) => c.values.map((t) => shingles(t ?? "", size)));
    for (const pair of similarTexts(
      leading.values.map((t) => t ?? ""),
      { similarity, size },
    )) {
      const { row, twin } = pair;
      if (block[row] !== block[twin]) continue;
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (points[row * d + c]! - points[twin * d + c]!) ** 2;
      const distance = d === 0 ? 0 : Math.sqrt(sum / d);
      const least = sets.reduce((s, list) => Math.min(s, jaccard(list[row]!, list[twin]!)), pair.similarity);
      if (distance <= tolerance && least >= similarity)
        found.push({ row, twin, distance, similarity: least });
    }
    return found;
  }
  // Without numbers, rows that agree in the rest would be equal.
  if (d === 0) return found;
  const members = new Map<number, number[]>();
  block.forEach((b, i) => {
    if (members.has(b)) members.get(b)!.push(i);
    else members.set(b, [i]);
  });
  for (const list of members.values()) {
    const own = new Float64Array(list.length * d);
    list.forEach((i, k) => {
      own.set(points.subarray(i * d, (i + 1) * d), k * d);
    });
    closePairs(own, list.length, d, tolerance * Math.sqrt(d), (a, b, distance) => {
      found.push({ row: list[a]!, twin: list[b]!, distance: distance / Math.sqrt(d), similarity: 1 });
    });
  }
  return found;
}

/** Rows of a block agree in categories, booleans and gaps. */
function blocksOf(table: Table): Int32Array {
  const gaps = (c: Column): Column =>
    booleanColumn(Array.from({ length: table.rows }, (_, i) => isMissing(c, i)));
  const columns = table.columns.map((c) => (c.kind === "category" || c.kind === "boolean" ? c : gaps(c)));
  return duplicateGroups(new Table(table.names, columns, table.rows));
}

/** Columns in units of their standard deviations, gaps as 0; constant columns are left out. */
function standardised(
  columns: readonly Float64Array[],
  rows: number,
  where: string,
): { points: Float64Array; d: number } {
  const kept: Float64Array[] = [];
  for (const values of columns) {
    const present = values.filter((v) => !Number.isNaN(v));
    // Twice scaled, so that huge numbers do not overflow.
    const largest = present.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    if (largest === Number.POSITIVE_INFINITY)
      throw valueError(where, "table", "holds an infinite number, expected finite ones");
    if (present.every((v) => v === present[0])) continue;
    const mean = present.reduce((s, v) => s + v / largest, 0) / present.length;
    const sd = Math.sqrt(present.reduce((s, v) => s + (v / largest - mean) ** 2, 0) / present.length);
    kept.push(values.map((v) => (Number.isNaN(v) ? 0 : (v / largest - mean) / sd)));
  }
  const d = kept.length;
  const points = new Float64Array(rows * d);
  kept.forEach((values, c) => {
    for (let i = 0; i < rows; i++) points[i * d + c] = values[i]!;
  });
  return { points, d };
}
