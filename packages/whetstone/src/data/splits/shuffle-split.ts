import {
  bool,
  custom,
  int,
  type Label,
  optional,
  type ParamInput,
  type ParamValues,
  parseParams,
  seed,
} from "../../contract/index.ts";
import { argumentError, show, valueError } from "../../errors.ts";
import { type RandomStream, randomStream } from "../../math/index.ts";
import { checkRows, codesOf, type Split, type Splitter, trainTestCounts } from "./common.ts";
import { countsOf, strata } from "./folds.ts";

const isSize = (v: unknown) =>
  v === null || (typeof v === "number" && ((v > 0 && v < 1) || (Number.isSafeInteger(v) && v >= 1)));

const size = (doc: string) =>
  custom<number | null>({
    default: null,
    doc,
    expected: "a share between 0 and 1, a number of rows or null",
    accepts: isSize,
  });

export const SIZE_PARAMS = {
  testSize: size("Test rows, as a share or a count; null is the rest, or a quarter"),
  trainSize: size("Training rows, as a share or a count; null is the rest"),
} as const;

const SHUFFLE_PARAMS = {
  nSplits: int({ min: 1, default: 10, doc: "Number of splits" }),
  ...SIZE_PARAMS,
  stratify: bool({ default: false, doc: "Give every class of y its share on both sides" }),
  bins: optional(int({ min: 2, default: 10, doc: "With stratify: quantile bins of a numeric y" })),
  byGroup: bool({ default: false, doc: "Draw whole groups; sizes are then shares or counts of groups" }),
  seed: seed(),
} as const;

/**
 * Independent random splits; unlike folds, their test sets may overlap.
 *
 * @example
 * new ShuffleSplit({ nSplits: 3, testSize: 0.25, seed: 1 }).split(8)[0].test.length; // 2
 */
export class ShuffleSplit implements Splitter {
  readonly params: ParamValues<typeof SHUFFLE_PARAMS>;

  constructor(params: ParamInput<typeof SHUFFLE_PARAMS> = {}) {
    this.params = parseParams("ShuffleSplit", SHUFFLE_PARAMS, params);
    if (this.params.stratify && this.params.byGroup)
      throw argumentError(
        "ShuffleSplit",
        "byGroup",
        true,
        "false where stratify is true: use StratifiedGroupKFold for both",
      );
  }

  split(n: number, y?: ArrayLike<Label> | null, groups?: ArrayLike<Label> | null): Split[] {
    const where = "ShuffleSplit.split";
    const { nSplits, testSize, trainSize, stratify, bins, byGroup, seed: s } = this.params;
    checkRows(n, where);
    const rng = randomStream(s);
    if (byGroup) {
      const { codes, values } = codesOf(groups, n, where, "groups", "sorted");
      const counts = trainTestCounts(values.length, testSize, trainSize, where);
      return Array.from({ length: nSplits }, () => groupSplit(codes, values.length, counts, rng));
    }
    const counts = trainTestCounts(n, testSize, trainSize, where);
    if (!stratify) return Array.from({ length: nSplits }, () => randomSplit(n, counts, rng));
    const { codes, names } = strata(y, n, bins, where);
    return Array.from({ length: nSplits }, () => stratifiedSplit(codes, names, counts, rng, where));
  }
}

export interface SideCounts {
  readonly train: number;
  readonly test: number;
}

export function randomSplit(n: number, counts: SideCounts, rng: RandomStream): Split {
  const order = rng.permutation(n);
  return {
    test: order.slice(0, counts.test),
    train: order.slice(counts.test, counts.test + counts.train),
  };
}

export function groupSplit(
  groupOf: Int32Array,
  groups: number,
  counts: SideCounts,
  rng: RandomStream,
): Split {
  const drawn = randomSplit(groups, counts, rng);
  const side = new Int8Array(groups);
  for (const g of drawn.train) side[g] = 1;
  for (const g of drawn.test) side[g] = 2;
  const rows = (wanted: number) =>
    Int32Array.from([...groupOf.keys()].filter((i) => side[groupOf[i]!] === wanted));
  return { train: rows(1), test: rows(2) };
}

/** Each class gives its share to both sides, rounded so that the totals are exact. */
export function stratifiedSplit(
  codes: Int32Array,
  names: readonly Label[],
  counts: SideCounts,
  rng: RandomStream,
  where: string,
): Split {
  const classes = names.length;
  const perClass = countsOf(codes, classes);
  const rare = perClass.findIndex((c) => c < 2);
  if (rare >= 0) {
    throw valueError(
      where,
      "y",
      `has the class ${show(names[rare])} once, expected at least two rows of each class: drop it, merge it or split without stratify`,
    );
  }
  if (counts.train < classes || counts.test < classes) {
    const [name, rows] = counts.test < classes ? ["testSize", counts.test] : ["trainSize", counts.train];
    throw argumentError(where, name as string, rows, `at least ${classes} rows (one per class)`);
  }
  const train = apportion(perClass, counts.train, rng);
  const test = apportion(
    perClass.map((c, k) => c - train[k]!),
    counts.test,
    rng,
  );
  const rowsOf = Array.from({ length: classes }, (): number[] => []);
  codes.forEach((c, i) => {
    rowsOf[c]!.push(i);
  });
  const sides = { train: [] as number[], test: [] as number[] };
  rowsOf.forEach((rows, c) => {
    rng.shuffle(rows);
    const end = train[c]! + test[c]!;
    // One by one: a call with a class's rows as arguments overflows the stack.
    for (let i = 0; i < end; i++) (i < train[c]! ? sides.train : sides.test).push(rows[i]!);
  });
  return {
    train: Int32Array.from(rng.shuffle(sides.train)),
    test: Int32Array.from(rng.shuffle(sides.test)),
  };
}

/** Whole numbers in proportion to `counts` with the given sum (largest remainders, ties at random). */
function apportion(counts: Int32Array, total: number, rng: RandomStream): Int32Array {
  const sum = counts.reduce((a, b) => a + b, 0);
  const exact = Array.from(counts, (c) => (c * total) / sum);
  const out = Int32Array.from(exact, Math.floor);
  let open = total - out.reduce((a, b) => a + b, 0);
  const order = Array.from(rng.permutation(counts.length)).sort(
    (a, b) => exact[b]! - Math.floor(exact[b]!) - (exact[a]! - Math.floor(exact[a]!)),
  );
  for (const k of order) {
    if (open === 0) break;
    if (out[k]! < counts[k]!) {
      out[k]!++;
      open--;
    }
  }
  return out;
}
