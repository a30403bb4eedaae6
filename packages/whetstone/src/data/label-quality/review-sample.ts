import { argumentError, requireList, shapeError, show, valueError } from "../../errors.ts";
import { randomStream, type Seed } from "../../math/index.ts";
import { wilsonInterval } from "../../metrics/index.ts";
import { unknownColumn } from "../names.ts";
import { levelsOf } from "../table/column.ts";
import { checkTable, type Table } from "../table/table.ts";

/** How many rows to look at, and from where. */
export interface ReviewSampleOptions {
  /** Rows to look at; 20 by default. */
  readonly size?: number;
  /** Column whose values are the strata; without it all rows are one. A missing value is a stratum of its own. */
  readonly by?: string;
  /** Rows per stratum in proportion to its size (default), or equally many, which shows rare ones. */
  readonly allocation?: "proportional" | "equal";
  /** Default 0. */
  readonly seed?: Seed;
}

/** Rows drawn for people to look at. */
export interface ReviewSample {
  /** Row numbers in the table, in random order, so that a reviewer cannot guess the stratum. */
  readonly rows: Int32Array;
  /** The drawn rows. */
  readonly table: Table;
  /** Stratum of each drawn row. */
  readonly stratum: Int32Array;
  /** Value of each stratum; null is missing, or all rows where there are no strata. */
  readonly strata: readonly (string | number | boolean | null)[];
  /** Rows of each stratum in the table. */
  readonly population: Int32Array;
}

/**
 * Draws rows at random for a review of their labels, from every stratum at least one while `size` allows; the
 * same seed draws the same rows. `sample.table.print()` shows them, {@link reviewedRate} turns the verdicts into
 * an error rate of the whole table.
 *
 * @param table at least one row
 * @example
 * const t = Table.fromColumns({ text: ["a", "b", "c", "d"], label: ["x", "x", "x", "y"] });
 * [...reviewSample(t, { size: 2, by: "label" }).stratum].sort(); // [0, 1]
 */
export function reviewSample(table: Table, options: ReviewSampleOptions = {}): ReviewSample {
  const where = "reviewSample";
  checkTable(table, where, "table");
  const { size = 20, by, allocation = "proportional", seed = 0 } = options;
  if (table.rows === 0) throw shapeError(where, "table", "has 0 rows", "at least 1");
  if (!(Number.isSafeInteger(size) && size >= 1)) throw argumentError(where, "size", size, "an integer >= 1");
  if (allocation !== "proportional" && allocation !== "equal")
    throw argumentError(where, "allocation", allocation, '"proportional" or "equal"');
  if (by !== undefined && !table.has(by)) throw unknownColumn(where, "by", by, table.names);
  const { strata, codes } = strataOf(table, by);
  const members = strata.map((): number[] => []);
  codes.forEach((c, i) => {
    members[c]!.push(i);
  });
  const population = Int32Array.from(members, (m) => m.length);
  const shares = Array.from(population, (p) => (allocation === "equal" ? 1 : p));
  const counts = allocate(Math.min(size, table.rows), shares, population);
  const random = randomStream(seed);
  const drawn: number[] = [];
  members.forEach((m, s) => {
    for (const at of random.choice(m.length, counts[s]!)) drawn.push(m[at]!);
  });
  const rows = random.shuffle(Int32Array.from(drawn));
  return {
    rows,
    table: table.selectRows(rows),
    stratum: rows.map((i) => codes[i]!),
    strata,
    population,
  };
}

function strataOf(
  table: Table,
  by: string | undefined,
): { strata: ReviewSample["strata"]; codes: Int32Array } {
  if (by === undefined) return { strata: [null], codes: new Int32Array(table.rows) };
  const { values, codes } = levelsOf(table.column(by));
  if (!codes.includes(-1)) return { strata: values, codes };
  return { strata: [...values, null], codes: codes.map((c) => (c < 0 ? values.length : c)) };
}

/**
 * Whole numbers in proportion to the shares, none above its stratum and none 0 while the size allows: each next row
 * goes to the stratum that lacks most of its due (Sainte-Laguë's divisors, after one for each).
 */
function allocate(size: number, shares: readonly number[], population: Int32Array): Int32Array {
  const counts = new Int32Array(shares.length);
  const due = (s: number) => (counts[s] === 0 ? 1e18 + shares[s]! : shares[s]! / (2 * counts[s]! + 1));
  for (let given = 0; given < size; given++) {
    let next = -1;
    for (let s = 0; s < shares.length; s++)
      if (counts[s]! < population[s]! && (next < 0 || due(s) > due(next))) next = s;
    counts[next]!++;
  }
  return counts;
}

/** The error rate of a whole table, as the rows looked at tell it. */
export interface ReviewedRate {
  /** Estimated share of wrong rows in the whole table. */
  readonly rate: number;
  /** Interval that holds the rate with the confidence asked for. */
  readonly interval: readonly [number, number];
  /** Share of wrong rows among those looked at, per stratum; NaN where none was. */
  readonly byStratum: Float64Array;
}

/**
 * The error rate of the whole table from a reviewed sample: each stratum counts with its share of the table,
 * however many of its rows were looked at. The interval is Wilson's at the sample size that simple sampling would
 * need for the same variance. Korn, Graubard, "Confidence intervals for proportions with small expected number of
 * positive counts estimated from survey data", 1998.
 *
 * @param sample what {@link reviewSample} gave
 * @param wrong the verdict on each of its rows
 * @param confidence coverage of the interval, below 1
 * @example
 * const sample = reviewSample(Table.fromColumns({ a: [1, 2, 3, 4] }), { size: 4 });
 * reviewedRate(sample, [true, false, false, false]).rate; // 0.25
 */
export function reviewedRate(
  sample: ReviewSample,
  wrong: ArrayLike<boolean>,
  confidence = 0.95,
): ReviewedRate {
  const where = "reviewedRate";
  if (!isSample(sample)) throw argumentError(where, "sample", sample, "a sample that reviewSample drew");
  requireList(where, "wrong", wrong, "an array of booleans");
  if (wrong.length !== sample.rows.length)
    throw shapeError(where, "wrong", `has ${wrong.length} entries`, `${sample.rows.length} (rows of sample)`);
  if (!(confidence > 0 && confidence < 1))
    throw argumentError(where, "confidence", confidence, "a number above 0 and below 1");
  const k = sample.population.length;
  const seen = new Float64Array(k);
  const bad = new Float64Array(k);
  sample.stratum.forEach((s, i) => {
    const verdict: unknown = wrong[i];
    if (typeof verdict !== "boolean")
      throw valueError(where, "wrong", `holds ${show(verdict)} at row ${i}, expected a boolean`);
    seen[s]!++;
    if (verdict) bad[s]!++;
  });
  let total = 0;
  for (let s = 0; s < k; s++) if (seen[s]! > 0) total += sample.population[s]!;
  let rate = 0;
  let variance = 0;
  let kish = 0;
  for (let s = 0; s < k; s++) {
    const n = seen[s]!;
    if (n === 0) continue;
    const weight = sample.population[s]! / total;
    const share = bad[s]! / n;
    rate += weight * share;
    kish += weight ** 2 / n;
    // Only rows not looked at are uncertain. Few verdicts often show too little spread: half a wrong and half a
    // right one more (Jeffreys) keep it honest.
    const smooth = (bad[s]! + 0.5) / (n + 1);
    variance += (weight ** 2 * (1 - n / sample.population[s]!) * smooth * (1 - smooth)) / n;
  }
  const spread = rate * (1 - rate);
  // Verdicts that all agree have no variance to compare: what unequal weights alone cost is left.
  const effective = spread > 0 && variance > 0 ? spread / variance : 1 / kish;
  const interval = wilsonInterval(Math.min(1, rate), Math.max(1, effective), confidence);
  return {
    rate,
    interval: sample.rows.length === total ? [rate, rate] : interval,
    byStratum: bad.map((b, s) => b / seen[s]!),
  };
}

function isSample(sample: ReviewSample | null): boolean {
  if (sample === null || typeof sample !== "object") return false;
  const { rows, stratum, population } = sample;
  return (
    [rows, stratum, population].every((list) => list instanceof Int32Array) &&
    rows.length > 0 &&
    rows.length === stratum.length &&
    stratum.every((s) => s >= 0 && s < population.length)
  );
}
