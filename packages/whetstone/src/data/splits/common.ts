import type { Label } from "../../contract/index.ts";
import { argumentError, shapeError, show, valueError } from "../../errors.ts";

/** Row numbers of one split, each ascending unless the split shuffles. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Cuts rows into training and test sets; `KFold` and its relatives implement it. */
export interface Splitter {
  /**
   * @param n number of rows
   * @param y targets, for the splitters that balance them
   * @param groups group of each row, for the splitters that keep groups together
   */
  split(n: number, y?: ArrayLike<Label> | null, groups?: ArrayLike<Label> | null): Split[];
}

export function checkRows(n: unknown, where: string): number {
  if (!(typeof n === "number" && Number.isSafeInteger(n) && n >= 1))
    throw argumentError(where, "n", n, "an integer >= 1 (number of rows)");
  return n;
}

export function checkFolds(nSplits: number, n: number, what: string, where: string): void {
  if (nSplits > n) throw argumentError(where, "nSplits", nSplits, `at most ${n} (${what})`);
}

/** Labels as codes; `order` says whether codes follow first appearance or ascending values. */
export function codesOf(
  values: ArrayLike<Label> | null | undefined,
  n: number,
  where: string,
  argument: string,
  order: "appearance" | "sorted" = "appearance",
): { codes: Int32Array; values: Label[] } {
  if (values === null || values === undefined || typeof values.length !== "number")
    throw argumentError(where, argument, values, `an array of ${n} values`);
  if (values.length !== n) throw shapeError(where, argument, `has ${values.length} entries`, `${n} (rows)`);
  const codeOf = new Map<Label, number>();
  const codes = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const v = values[i]!;
    const kind = typeof v;
    if (kind !== "string" && kind !== "boolean" && !(kind === "number" && Number.isFinite(v)))
      throw valueError(where, argument, `holds ${show(v)} at row ${i}, expected a string, number or boolean`);
    let code = codeOf.get(v);
    if (code === undefined) codeOf.set(v, (code = codeOf.size));
    codes[i] = code;
  }
  const found = [...codeOf.keys()];
  if (order === "appearance") return { codes, values: found };
  const sorted = found.slice().sort((a, b) => (a < b ? -1 : 1));
  const rank = new Map(sorted.map((v, r) => [v, r]));
  const map = found.map((v) => rank.get(v)!);
  return { codes: codes.map((c) => map[c]!), values: sorted };
}

/**
 * Rows by quantile of a numeric target, so that folds can be balanced over it: codes 0 to at most `bins` - 1.
 */
export function binTarget(
  y: ArrayLike<Label> | null | undefined,
  n: number,
  bins: number,
  where: string,
): Int32Array {
  if (y === null || y === undefined || typeof y.length !== "number")
    throw argumentError(where, "y", y, `an array of ${n} numbers`);
  if (y.length !== n) throw shapeError(where, "y", `has ${y.length} entries`, `${n} (rows)`);
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const v = y[i];
    if (typeof v !== "number" || !Number.isFinite(v))
      throw valueError(where, "y", `holds ${show(v)} at row ${i}, expected finite numbers for bins`);
    values[i] = v;
  }
  const sorted = values.slice().sort();
  const edges = new Set<number>();
  for (let k = 1; k < bins; k++) edges.add(sorted[Math.floor((k * n) / bins)]!);
  const cuts = [...edges].sort((a, b) => a - b);
  const bin = (v: number) => {
    let k = 0;
    while (k < cuts.length && v >= cuts[k]!) k++;
    return k;
  };
  const raw = Int32Array.from(values, bin);
  // Equal values may leave a bin empty.
  const used = [...new Set(raw)].sort((a, b) => a - b);
  const rank = new Map(used.map((k, r) => [k, r]));
  return raw.map((k) => rank.get(k)!);
}

/** Splits from the test fold of each row (-1: never in a test set). */
export function fromFolds(foldOf: ArrayLike<number>, folds: number): Split[] {
  const n = foldOf.length;
  return Array.from({ length: folds }, (_, fold) => {
    const test: number[] = [];
    const train: number[] = [];
    for (let i = 0; i < n; i++) (foldOf[i] === fold ? test : train).push(i);
    return { train: Int32Array.from(train), test: Int32Array.from(test) };
  });
}

/** Number of rows for a size given as a share of n (0 to 1, exclusive) or as a count. */
export function sizeOf(size: number, n: number, round: (v: number) => number): number {
  return size < 1 ? round(size * n) : size;
}

/**
 * Train and test counts. A share of test rows is rounded up, one of training rows down; a size that is not
 * given is the rest.
 */
export function trainTestCounts(
  n: number,
  testSize: number | null,
  trainSize: number | null,
  where: string,
): { train: number; test: number } {
  const wanted = testSize ?? (trainSize === null ? 0.25 : null);
  const train = trainSize === null ? null : sizeOf(trainSize, n, Math.floor);
  const test = wanted === null ? n - train! : sizeOf(wanted, n, Math.ceil);
  const rest = train ?? n - test;
  if (test < 1 || rest < 1 || test + rest > n) {
    const [name, value] =
      testSize !== null || trainSize === null ? ["testSize", testSize ?? 0.25] : ["trainSize", trainSize];
    throw argumentError(
      where,
      name as string,
      value,
      `sizes that leave at least one of ${n} rows on each side`,
    );
  }
  return { train: rest, test };
}
