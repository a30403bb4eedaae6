import { show, valueError } from "../../errors.ts";
import { ksTest } from "../../stats/index.ts";
import { ranks } from "../leakage-strength.ts";
import {
  asNumbers,
  type Column,
  type ColumnKind,
  countMissing,
  isMissing,
  levelsOf,
} from "../table/column.ts";
import { checkTable, type Table } from "../table/table.ts";

/** How much one column differs between two tables. */
export interface MarginDistance {
  readonly column: string;
  readonly kind: ColumnKind;
  /**
   * From 0 (alike) to 1. Numbers and dates: the Kolmogorov-Smirnov distance of the values. Categories and booleans:
   * total variation, half the sum of the differences of shares, missing being one more value.
   */
  readonly distance: number;
  /** Share of missing values, synthetic less real. */
  readonly missing: number;
}

/**
 * How far each synthetic column is from the real one, on its own. Text is left out; {@link textDiversity} looks at it.
 *
 * @param real at least one row
 * @param synthetic the same columns
 * @example
 * const real = Table.fromColumns({ a: ["x", "x", "y", "y"] });
 * const fake = Table.fromColumns({ a: ["x", "x", "x", "y"] });
 * marginDistances(real, fake)[0].distance; // 0.25
 */
export function marginDistances(real: Table, synthetic: Table): MarginDistance[] {
  const where = "marginDistances";
  checkPair(real, synthetic, where);
  return real.names.flatMap((name) => {
    const [a, b] = [real.column(name), synthetic.column(name)];
    if (a.kind === "text") return [];
    const missing = countMissing(b) / synthetic.rows - countMissing(a) / real.rows;
    const [x, y] = [presentNumbers(a), presentNumbers(b)];
    const byValues = a.kind === "category" || a.kind === "boolean" || x.length === 0 || y.length === 0;
    const distance = byValues ? totalVariation(a, b) : ksTest(x, y, { method: "asymptotic" }).statistic;
    return [{ column: name, kind: a.kind, distance, missing }];
  });
}

const presentNumbers = (c: Column) => (asNumbers(c) ?? new Float64Array(0)).filter((v) => !Number.isNaN(v));

function sharesOf(column: Column): Map<string, number> {
  const { values, codes } = levelsOf(column);
  const shares = new Map<string, number>();
  for (const code of codes) {
    const key = code < 0 ? "missing" : `=${String(values[code])}`;
    shares.set(key, (shares.get(key) ?? 0) + 1 / codes.length);
  }
  return shares;
}

function totalVariation(a: Column, b: Column): number {
  const [p, q] = [sharesOf(a), sharesOf(b)];
  let sum = 0;
  for (const key of new Set([...p.keys(), ...q.keys()]))
    sum += Math.abs((p.get(key) ?? 0) - (q.get(key) ?? 0));
  return Math.min(1, sum / 2);
}

/** Two tables of the same columns, with rows. */
export function checkPair(real: Table, synthetic: Table, where: string): void {
  checkTable(real, where, "real");
  checkTable(synthetic, where, "synthetic");
  for (const [argument, table] of Object.entries({ real, synthetic }))
    if (table.rows === 0) throw valueError(where, argument, "has 0 rows, expected at least 1");
  for (const name of real.names) {
    if (!synthetic.has(name)) throw valueError(where, "synthetic", `lacks the column ${show(name)}`);
    const [want, got] = [real.kind(name), synthetic.kind(name)];
    if (want !== got)
      throw valueError(
        where,
        "synthetic",
        `has ${show(name)} as a ${got} column, expected ${want} (as real)`,
      );
  }
}

/**
 * How much the associations between columns differ between two tables; each lies between 0 and 1, or between
 * -1 and 1 for numbers.
 */
export interface AssociationDistance {
  /** Mean absolute difference over the pairs of columns; 0 for one column. */
  readonly distance: number;
  /** The pair that differs most, and its associations; null for one column. */
  readonly worst: {
    readonly columns: readonly [string, string];
    readonly real: number;
    readonly synthetic: number;
  } | null;
}

/**
 * How far the dependence between pairs of columns is from the real one. Two columns of numbers: Spearman's rank
 * correlation, from -1 to 1. A number and a category: the correlation ratio, the root of the share of variance
 * between the categories. Two categories: Cramér's V. Booleans and dates are numbers here; rows with a gap in either
 * column and text columns are left out.
 *
 * @example
 * const real = Table.fromColumns({ a: [1, 2, 3], b: [1, 2, 3] });
 * const fake = Table.fromColumns({ a: [1, 2, 3], b: [3, 2, 1] });
 * associationDistance(real, fake).distance; // 2
 */
export function associationDistance(real: Table, synthetic: Table): AssociationDistance {
  checkPair(real, synthetic, "associationDistance");
  const names = real.names.filter((name) => real.kind(name) !== "text");
  let sum = 0;
  let pairs = 0;
  let worst: AssociationDistance["worst"] = null;
  let most = -1;
  names.forEach((a, i) => {
    for (const b of names.slice(0, i)) {
      const [r, s] = [real, synthetic].map((t) => associationOf(t.column(a), t.column(b))) as [
        number,
        number,
      ];
      const gap = Math.abs(r - s);
      sum += gap;
      pairs++;
      if (gap > most) [most, worst] = [gap, { columns: [b, a], real: r, synthetic: s }];
    }
  });
  return { distance: pairs === 0 ? 0 : sum / pairs, worst };
}

function associationOf(a: Column, b: Column): number {
  const n = a.kind === "category" ? a.codes.length : a.values.length;
  const rows = Array.from({ length: n }, (_, i) => i).filter((i) => !isMissing(a, i) && !isMissing(b, i));
  if (rows.length < 2) return 0;
  const [x, y] = [a, b].map((c) => {
    const numbers = asNumbers(c);
    return numbers === null ? null : ranks(Float64Array.from(rows, (i) => numbers[i]!));
  });
  if (x && y) return pearson(x, y);
  if (a.kind === "category" && b.kind === "category") return cramer(rows, a.codes, b.codes);
  const category = a.kind === "category" ? a : (b as typeof a & { kind: "category" });
  const numbers = asNumbers(a.kind === "category" ? b : a)!;
  return correlationRatio(
    Float64Array.from(rows, (i) => numbers[i]!),
    Int32Array.from(rows, (i) => category.codes[i]!),
  );
}

const meanOf = (v: Float64Array) => v.reduce((s, x) => s + x / v.length, 0);

function pearson(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [meanOf(x), meanOf(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((v, i) => {
    xy += (v - mx) * (y[i]! - my);
    xx += (v - mx) ** 2;
    yy += (y[i]! - my) ** 2;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

function correlationRatio(values: Float64Array, codes: Int32Array): number {
  const mean = meanOf(values);
  const groups = new Map<number, { n: number; sum: number }>();
  let total = 0;
  values.forEach((v, i) => {
    const g = groups.get(codes[i]!) ?? { n: 0, sum: 0 };
    groups.set(codes[i]!, { n: g.n + 1, sum: g.sum + (v - mean) });
    total += (v - mean) ** 2;
  });
  let between = 0;
  for (const { n, sum } of groups.values()) between += (sum * sum) / n;
  return total > 0 ? Math.sqrt(Math.min(1, between / total)) : 0;
}

/** Cramér 1946, from Pearson's chi-square of the table of counts. */
function cramer(rows: readonly number[], a: Int32Array, b: Int32Array): number {
  const cells = new Map<string, number>();
  const [left, right] = [new Map<number, number>(), new Map<number, number>()];
  for (const i of rows) {
    const [p, q] = [a[i]!, b[i]!];
    cells.set(`${p} ${q}`, (cells.get(`${p} ${q}`) ?? 0) + 1);
    left.set(p, (left.get(p) ?? 0) + 1);
    right.set(q, (right.get(q) ?? 0) + 1);
  }
  const least = Math.min(left.size, right.size) - 1;
  if (least === 0) return 0;
  // Sum of O^2 / E, less n: cells without rows add nothing.
  let ratio = 0;
  for (const [key, count] of cells) {
    const [p, q] = key.split(" ").map(Number) as [number, number];
    ratio += (count * count) / (left.get(p)! * right.get(q)!);
  }
  return Math.sqrt(Math.max(0, (ratio - 1) / least));
}
