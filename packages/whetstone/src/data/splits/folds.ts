import {
  bool,
  int,
  type Label,
  optional,
  type ParamInput,
  type ParamValues,
  parseParams,
  seed,
} from "../../contract/index.ts";
import { argumentError, show, valueError } from "../../errors.ts";
import { randomStream } from "../../math/index.ts";
import { binTarget, checkFolds, checkRows, codesOf, fromFolds, type Split, type Splitter } from "./common.ts";

const nSplits = (default_ = 5) => int({ min: 2, default: default_, doc: "Number of folds" });

const FOLD_PARAMS = {
  nSplits: nSplits(),
  shuffle: bool({ default: false, doc: "Shuffle the rows before they are cut into folds" }),
  seed: seed(),
} as const;

/**
 * k folds of consecutive rows (or of random ones with `shuffle`); each row is tested once. The first
 * n mod k folds have one row more.
 *
 * @example
 * new KFold({ nSplits: 2 }).split(4)[0]; // { train: Int32Array [2, 3], test: Int32Array [0, 1] }
 */
export class KFold implements Splitter {
  readonly params: ParamValues<typeof FOLD_PARAMS>;

  constructor(params: ParamInput<typeof FOLD_PARAMS> = {}) {
    this.params = parseParams("KFold", FOLD_PARAMS, params);
  }

  split(n: number): Split[] {
    const where = "KFold.split";
    const { nSplits: k, shuffle, seed: s } = this.params;
    checkFolds(k, checkRows(n, where), "rows", where);
    const order = shuffle ? randomStream(s).permutation(n) : Int32Array.from({ length: n }, (_, i) => i);
    const foldOf = new Int32Array(n);
    let at = 0;
    for (let fold = 0; fold < k; fold++) {
      const size = Math.floor(n / k) + (fold < n % k ? 1 : 0);
      for (let i = 0; i < size; i++) foldOf[order[at++]!] = fold;
    }
    return fromFolds(foldOf, k);
  }
}

const STRATIFIED_PARAMS = {
  ...FOLD_PARAMS,
  bins: optional(
    int({
      min: 2,
      default: 10,
      doc: "Quantile bins of a numeric target, for regression; null takes y as classes",
    }),
  ),
} as const;

/**
 * k folds in which every class (or, with `bins`, every quantile bin of a numeric target) has its share. Each
 * fold's count of a class differs by at most one.
 *
 * @example
 * const [first] = new StratifiedKFold({ nSplits: 2 }).split(4, ["a", "a", "b", "b"]);
 * first.test; // Int32Array [0, 2]: one of each class
 */
export class StratifiedKFold implements Splitter {
  readonly params: ParamValues<typeof STRATIFIED_PARAMS>;

  constructor(params: ParamInput<typeof STRATIFIED_PARAMS> = {}) {
    this.params = parseParams("StratifiedKFold", STRATIFIED_PARAMS, params);
  }

  split(n: number, y?: ArrayLike<Label> | null): Split[] {
    const where = "StratifiedKFold.split";
    const { nSplits: k, shuffle, seed: s, bins } = this.params;
    checkFolds(k, checkRows(n, where), "rows", where);
    const { codes, names } = strata(y, n, bins, where);
    const counts = countsOf(codes, names.length);
    const largest = largestOf(counts);
    if (k > largest)
      throw argumentError(where, "nSplits", k, `at most ${largest} (rows of the most frequent class)`);
    // Dealing the sorted rows out like cards gives each fold its share of every class.
    const allocation = Array.from({ length: k }, () => new Int32Array(names.length));
    let dealt = 0;
    for (let c = 0; c < names.length; c++)
      for (let i = 0; i < counts[c]!; i++) allocation[dealt++ % k]![c]!++;
    const rng = randomStream(s);
    const foldsOfClass = names.map((_, c) => {
      const folds: number[] = [];
      for (let fold = 0; fold < k; fold++) for (let i = 0; i < allocation[fold]![c]!; i++) folds.push(fold);
      return shuffle ? rng.shuffle(folds) : folds;
    });
    const next = new Int32Array(names.length);
    const foldOf = codes.map((c) => foldsOfClass[c]![next[c]!++]!);
    return fromFolds(foldOf, k);
  }
}

/** As Math.max, which takes no more than about a hundred thousand arguments. */
const largestOf = (values: Int32Array): number => values.reduce((most, v) => Math.max(most, v), 0);

/** Classes of rows, or bins of a numeric target. */
export function strata(
  y: ArrayLike<Label> | null | undefined,
  n: number,
  bins: number | null,
  where: string,
): { codes: Int32Array; names: Label[] } {
  if (bins === null) {
    const { codes, values } = codesOf(y, n, where, "y");
    return { codes, names: values };
  }
  const codes = binTarget(y, n, bins, where);
  return { codes, names: Array.from({ length: largestOf(codes) + 1 }, (_, k) => k) };
}

export function countsOf(codes: ArrayLike<number>, classes: number): Int32Array {
  const counts = new Int32Array(classes);
  for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++;
  return counts;
}

const GROUP_PARAMS = { nSplits: nSplits() } as const;

/**
 * k folds that never cut a group: all its rows are tested together. The largest groups are placed first, each in the smallest fold.
 *
 * @example
 * const folds = new GroupKFold({ nSplits: 2 }).split(4, null, ["u", "u", "v", "v"]);
 * folds.map((fold) => fold.test.length); // [2, 2]
 */
export class GroupKFold implements Splitter {
  readonly params: ParamValues<typeof GROUP_PARAMS>;

  constructor(params: ParamInput<typeof GROUP_PARAMS> = {}) {
    this.params = parseParams("GroupKFold", GROUP_PARAMS, params);
  }

  split(n: number, _y?: ArrayLike<Label> | null, groups?: ArrayLike<Label> | null): Split[] {
    const where = "GroupKFold.split";
    const k = this.params.nSplits;
    const { codes, values } = codesOf(groups, checkRows(n, where), where, "groups", "sorted");
    checkFolds(k, values.length, "groups", where);
    const counts = countsOf(codes, values.length);
    const order = Array.from(values.keys()).sort((a, b) => counts[b]! - counts[a]! || b - a);
    const sizes = new Int32Array(k);
    const foldOfGroup = new Int32Array(values.length);
    for (const g of order) {
      let smallest = 0;
      for (let fold = 1; fold < k; fold++) if (sizes[fold]! < sizes[smallest]!) smallest = fold;
      sizes[smallest]! += counts[g]!;
      foldOfGroup[g] = smallest;
    }
    return fromFolds(
      codes.map((g) => foldOfGroup[g]!),
      k,
    );
  }
}

/**
 * k folds that never cut a group and keep the share of the classes as equal as whole groups allow: groups with
 * the most uneven classes are placed first, each where the shares of the folds then differ least.
 */
export class StratifiedGroupKFold implements Splitter {
  readonly params: ParamValues<typeof STRATIFIED_PARAMS>;

  constructor(params: ParamInput<typeof STRATIFIED_PARAMS> = {}) {
    this.params = parseParams("StratifiedGroupKFold", STRATIFIED_PARAMS, params);
  }

  split(n: number, y?: ArrayLike<Label> | null, groups?: ArrayLike<Label> | null): Split[] {
    const where = "StratifiedGroupKFold.split";
    const { nSplits: k, shuffle, seed: s, bins } = this.params;
    checkRows(n, where);
    const { codes, names } = strata(y, n, bins, where);
    const { codes: groupOf, values } = codesOf(groups, n, where, "groups", "sorted");
    checkFolds(k, values.length, "groups", where);
    const classes = names.length;
    const total = countsOf(codes, classes);
    if (total.every((c) => c < k))
      throw argumentError(
        where,
        "nSplits",
        k,
        `at most ${largestOf(total)} (rows of the most frequent class)`,
      );
    const counts = values.map(() => new Int32Array(classes));
    for (let i = 0; i < n; i++) counts[groupOf[i]!]![codes[i]!]!++;
    let order = Array.from(values.keys());
    if (shuffle) order = randomStream(s).shuffle(order);
    const spread = counts.map((c) => deviation(c));
    order.sort((a, b) => spread[b]! - spread[a]!);
    const inFold = Array.from({ length: k }, () => new Int32Array(classes));
    const foldOfGroup = new Int32Array(values.length);
    for (const g of order) {
      let best = 0;
      let bestScore = Number.POSITIVE_INFINITY;
      let bestRows = Number.POSITIVE_INFINITY;
      for (let fold = 0; fold < k; fold++) {
        add(inFold[fold]!, counts[g]!, 1);
        let score = 0;
        for (let c = 0; c < classes; c++) score += deviation(inFold.map((f) => f[c]! / total[c]!));
        score /= classes;
        const rows = inFold[fold]!.reduce((a, b) => a + b, 0);
        add(inFold[fold]!, counts[g]!, -1);
        const tied = Math.abs(score - bestScore) < 1e-12;
        if ((!tied && score < bestScore) || (tied && rows < bestRows)) {
          best = fold;
          bestScore = score;
          bestRows = rows;
        }
      }
      add(inFold[best]!, counts[g]!, 1);
      foldOfGroup[g] = best;
    }
    return fromFolds(
      groupOf.map((g) => foldOfGroup[g]!),
      k,
    );
  }
}

function add(into: Int32Array, counts: Int32Array, sign: number): void {
  for (let c = 0; c < into.length; c++) into[c]! += sign * counts[c]!;
}

function deviation(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

const TIME_PARAMS = {
  nSplits: nSplits(),
  testSize: optional(int({ min: 1, default: 1, doc: "Rows of a test set; null is n / (nSplits + 1)" })),
  maxTrainSize: optional(int({ min: 1, default: 1, doc: "Most rows of a training set, the latest ones" })),
  gap: int({ min: 0, default: 0, doc: "Rows left out between training and test" }),
} as const;

/**
 * Rows in the order of time: each test set follows its training set, which grows from split to split.
 *
 * @example
 * const last = new TimeSeriesSplit({ nSplits: 2 }).split(6).at(-1);
 * last.test; // Int32Array [4, 5]
 */
export class TimeSeriesSplit implements Splitter {
  readonly params: ParamValues<typeof TIME_PARAMS>;

  constructor(params: ParamInput<typeof TIME_PARAMS> = {}) {
    this.params = parseParams("TimeSeriesSplit", TIME_PARAMS, params);
  }

  split(n: number): Split[] {
    const where = "TimeSeriesSplit.split";
    const { nSplits: k, maxTrainSize, gap } = this.params;
    checkFolds(k + 1, checkRows(n, where), "rows - 1", where);
    const size = this.params.testSize ?? Math.floor(n / (k + 1));
    if (n - gap - size * k <= 0) {
      throw valueError(
        where,
        "n",
        `is ${n}, too few for ${k} test sets of ${show(size)} rows and a gap of ${gap} before the first`,
      );
    }
    const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
    return Array.from({ length: k }, (_, i) => {
      const testFrom = n - (k - i) * size;
      const trainTo = testFrom - gap;
      const trainFrom = maxTrainSize === null ? 0 : Math.max(0, trainTo - maxTrainSize);
      return { train: range(trainFrom, trainTo), test: range(testFrom, testFrom + size) };
    });
  }
}

/** Every row is a test set of its own. */
export class LeaveOneOut implements Splitter {
  split(n: number): Split[] {
    const where = "LeaveOneOut.split";
    if (checkRows(n, where) < 2) throw argumentError(where, "n", n, "an integer >= 2 (number of rows)");
    return fromFolds(
      Int32Array.from({ length: n }, (_, i) => i),
      n,
    );
  }
}

/** Every group is a test set of its own, in ascending order of group. */
export class LeaveOneGroupOut implements Splitter {
  split(n: number, _y?: ArrayLike<Label> | null, groups?: ArrayLike<Label> | null): Split[] {
    const where = "LeaveOneGroupOut.split";
    const { codes, values } = codesOf(groups, checkRows(n, where), where, "groups", "sorted");
    if (values.length < 2) throw valueError(where, "groups", "holds one group, expected at least two");
    return fromFolds(codes, values.length);
  }
}

const REPEATED_PARAMS = {
  nSplits: nSplits(),
  nRepeats: int({ min: 1, default: 10, doc: "How often the rows are cut anew" }),
  stratify: bool({ default: false, doc: "Give every class its share, as StratifiedKFold does" }),
  seed: seed(),
} as const;

/** k folds of shuffled rows, several times. */
export class RepeatedKFold implements Splitter {
  readonly params: ParamValues<typeof REPEATED_PARAMS>;

  constructor(params: ParamInput<typeof REPEATED_PARAMS> = {}) {
    this.params = parseParams("RepeatedKFold", REPEATED_PARAMS, params);
  }

  split(n: number, y?: ArrayLike<Label> | null): Split[] {
    const { nSplits: k, nRepeats, stratify, seed: s } = this.params;
    const seeds = randomStream(s);
    return Array.from({ length: nRepeats }, () => {
      const params = { nSplits: k, shuffle: true, seed: seeds.int(2 ** 31) };
      return stratify ? new StratifiedKFold(params).split(n, y) : new KFold(params).split(n);
    }).flat();
  }
}
