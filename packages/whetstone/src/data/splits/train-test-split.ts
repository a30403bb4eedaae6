import { bool, custom, int, type Label, optional, parseParams, seed } from "../../contract/index.ts";
import { argumentError, requireList, requireRows, shapeError } from "../../errors.ts";
import { Matrix, randomStream } from "../../math/index.ts";
import { Table } from "../table/index.ts";
import { checkRows, codesOf, type Split, trainTestCounts } from "./common.ts";
import { strata } from "./folds.ts";
import { groupSplit, randomSplit, SIZE_PARAMS, stratifiedSplit } from "./shuffle-split.ts";

/** Sizes of the two sides, and what must be alike in them or must not be cut. */
export interface TrainTestOptions {
  /** Test rows, as a share of the rows (0 to 1, exclusive) or a count; a quarter by default. */
  readonly testSize?: number | null;
  /** Training rows; the rest by default. */
  readonly trainSize?: number | null;
  /** A value per row whose shares are kept on both sides: usually y. */
  readonly stratify?: ArrayLike<Label> | null;
  /** Takes `stratify` as numbers and balances this many quantile bins of them. */
  readonly bins?: number | null;
  /** A group per row; no group is cut. Sizes are then shares or counts of groups. */
  readonly groups?: ArrayLike<Label> | null;
  /** Draw rows at random (default), or take the last rows for the test. */
  readonly shuffle?: boolean;
  /** Seed of the drawing. Default: 0. */
  readonly seed?: number;
}

/** What can be split by rows. */
export type Splittable = Matrix | Matrix<Float32Array> | Table | ArrayLike<unknown>;

const isArray = (v: unknown) =>
  v === null || (typeof v === "object" && typeof (v as ArrayLike<unknown>).length === "number");
const perRow = (doc: string) =>
  custom<ArrayLike<Label> | null>({ default: null, doc, expected: "an array or null", accepts: isArray });

const PARAMS = {
  ...SIZE_PARAMS,
  stratify: perRow("A value per row whose shares are kept on both sides"),
  bins: optional(int({ min: 2, default: 10, doc: "Quantile bins of a numeric stratify" })),
  groups: perRow("A group per row; no group is cut"),
  shuffle: bool({ default: true, doc: "Draw rows at random, or take the last rows for the test" }),
  seed: seed(),
} as const;

/** The parts of each value that was split; `rows` holds their row numbers. */
export interface TrainTest<T> {
  readonly train: T;
  readonly test: T;
  readonly rows: Split;
}

/**
 * Cuts rows into a training and a test set, once.
 *
 * @param data the number of rows, or an object of matrices, tables and arrays with as many rows
 * @returns for a number: row numbers; for an object: the same keys on both sides
 * @example
 * const { train, test } = trainTestSplit({ X: Matrix.zeros(8, 2), y: [0, 0, 0, 0, 1, 1, 1, 1] }, {
 *   testSize: 0.25,
 *   stratify: [0, 0, 0, 0, 1, 1, 1, 1],
 * });
 * train.X.rows; // 6
 * test.y;       // one 0 and one 1
 */
export function trainTestSplit(data: number, options?: TrainTestOptions): Split;
export function trainTestSplit<const T extends Readonly<Record<string, Splittable>>>(
  data: T,
  options?: TrainTestOptions,
): TrainTest<{ [K in keyof T]: Rows<T[K]> }>;
export function trainTestSplit(
  data: number | Readonly<Record<string, Splittable>>,
  options: TrainTestOptions = {},
): Split | TrainTest<Record<string, unknown>> {
  const where = "trainTestSplit";
  if (typeof data === "number") return splitRows(data, options, where);
  if (
    data === null ||
    typeof data !== "object" ||
    Array.isArray(data) ||
    data instanceof Matrix ||
    data instanceof Table
  )
    throw argumentError(where, "data", data, "a number of rows or an object such as { X, y }");
  const entries = Object.entries(data);
  if (entries.length === 0) throw argumentError(where, "data", data, "at least one matrix, table or array");
  const n = rowCount(entries[0]![1], entries[0]![0], where);
  for (const [name, value] of entries) {
    const rows = rowCount(value, name, where);
    if (rows !== n) throw shapeError(where, name, `has ${rows} rows`, `${n} (as ${entries[0]![0]})`);
  }
  const rows = splitRows(n, options, where);
  const side = (indices: Int32Array) =>
    Object.fromEntries(entries.map(([name, value]) => [name, selectRows(value, indices)]));
  return { train: side(rows.train), test: side(rows.test), rows };
}

function splitRows(n: number, options: TrainTestOptions, where: string): Split {
  checkRows(n, where);
  const {
    testSize,
    trainSize,
    stratify,
    bins,
    groups,
    shuffle,
    seed: s,
  } = parseParams(where, PARAMS, options);
  const rng = randomStream(s);
  if (groups !== null) {
    if (stratify !== null)
      throw argumentError(
        where,
        "groups",
        groups,
        "null where stratify is given: use StratifiedGroupKFold for both",
      );
    if (!shuffle) throw argumentError(where, "shuffle", shuffle, "true where groups is given");
    const { codes, values } = codesOf(groups, n, where, "groups", "sorted");
    return groupSplit(codes, values.length, trainTestCounts(values.length, testSize, trainSize, where), rng);
  }
  const counts = trainTestCounts(n, testSize, trainSize, where);
  if (stratify !== null) {
    if (!shuffle) throw argumentError(where, "shuffle", shuffle, "true where stratify is given");
    const { codes, names } = strata(stratify, n, bins, where);
    return stratifiedSplit(codes, names, counts, rng, where);
  }
  if (shuffle) return randomSplit(n, counts, rng);
  const range = (from: number, size: number) => Int32Array.from({ length: size }, (_, i) => from + i);
  return { train: range(0, counts.train), test: range(counts.train, counts.test) };
}

function rowCount(value: Splittable, name: string, where: string): number {
  if (value instanceof Matrix || value instanceof Table) return value.rows;
  if (value !== null && typeof value === "object" && typeof value.length === "number") return value.length;
  throw argumentError(where, name, value, "a Matrix, a Table or an array");
}

/** What `selectRows` gives: arrays lose their fixed length, everything else keeps its type. */
export type Rows<T> = T extends Matrix | Matrix<Float32Array>
  ? Matrix
  : T extends Table
    ? Table
    : T extends Float64Array
      ? Float64Array
      : T extends Float32Array
        ? Float32Array
        : T extends Int32Array
          ? Int32Array
          : T extends Uint8Array
            ? Uint8Array
            : T extends ArrayLike<infer V>
              ? Widened<V>[]
              : never;
type Widened<V> = V extends string
  ? string
  : V extends number
    ? number
    : V extends boolean
      ? boolean
      : V extends readonly (infer W)[]
        ? Widened<W>[]
        : V;

/**
 * Rows of a matrix, table, array or typed array.
 *
 * @example
 * selectRows(["a", "b", "c"], [2, 0]); // ["c", "a"]
 */
export function selectRows<T extends Splittable>(value: T, indices: ArrayLike<number>): Rows<T> {
  if (value instanceof Table) requireRows("selectRows", indices, value.rows);
  if (value instanceof Matrix || value instanceof Table) return value.selectRows(indices) as Rows<T>;
  const list = value as ArrayLike<unknown>;
  requireList("selectRows", "value", list, "a Matrix, Table or array");
  requireRows("selectRows", indices, list.length);
  if (ArrayBuffer.isView(value)) {
    const Typed = value.constructor as new (length: number) => { [i: number]: unknown };
    const out = new Typed(indices.length);
    for (let i = 0; i < indices.length; i++) out[i] = list[indices[i]!];
    return out as Rows<T>;
  }
  return Array.from({ length: indices.length }, (_, i) => list[indices[i]!]) as Rows<T>;
}
