import type { Label } from "../../contract/index.ts";
import { argumentError, requireList, shapeError, show, valueError } from "../../errors.ts";
import { Matrix } from "../../math/matrix.ts";
import { randomStream } from "../../math/random/index.ts";

/*
 * A target statistic stands for a category: the mean target of its rows, mixed with `priorWeight` rows of the overall
 * mean. Computed over all rows it has seen the row's own target, which leaks (greedy statistics); ordered statistics look
 * at the rows before it in a random order only. Prokhorenkova et al., "CatBoost", NeurIPS 2018, section 3.
 */

/** How far the statistic of a category is drawn to the overall mean. */
export interface TargetStatisticOptions {
  /** Rows' worth of the overall mean mixed in; > 0. Default 1. */
  readonly priorWeight?: number;
}

/** Random orders in which rows see their predecessors, and the pull to the overall mean. */
export interface OrderedTargetStatisticOptions extends TargetStatisticOptions {
  /** Random orders, one column of the result each. Default 1. */
  readonly permutations?: number;
  /** Seed of the orders. Default 0. */
  readonly seed?: number;
}

/** Statistics of all rows: what new rows are encoded with. */
export interface TargetStatistics {
  readonly values: ReadonlyMap<Label, number>;
  /** The overall mean of y: the statistic of a category not seen. */
  readonly prior: number;
}

/**
 * Statistic of each category over all rows: (sum of its targets + priorWeight * mean of y) / (its rows + priorWeight).
 * Meant for new rows; on the rows themselves it leaks their targets, see {@link orderedTargetStatistics}.
 *
 * @param categories one category per row; null and NaN are missing and have no statistic
 * @example
 * const { values } = targetStatistics(["a", "b", "a"], [1, 0, 0]);
 * values.get("a"); // (1 + 0 + 1 / 3) / (2 + 1)
 */
export function targetStatistics(
  categories: ArrayLike<Label | null>,
  y: ArrayLike<number>,
  options: TargetStatisticOptions = {},
): TargetStatistics {
  const where = "targetStatistics";
  const { codes, names, target, prior, priorWeight } = read(categories, y, options, where);
  const values = fullStatistics(codes, names.length, target, null, prior, priorWeight);
  return { values: new Map(names.map((name, k) => [name, values[k]!])), prior };
}

/**
 * Ordered target statistics: each row's category by the targets of the rows before it in a random order, so that no row
 * sees its own target. Rows without a predecessor of their category get the mean of y.
 *
 * @param categories one category per row; null and NaN are missing and give NaN
 * @returns rows x permutations
 * @example
 * const encoded = orderedTargetStatistics(["a", "a", "b"], [1, 1, 0], { permutations: 2 });
 * encoded.at(2, 0); // 2 / 3: the only "b" has no predecessor
 */
export function orderedTargetStatistics(
  categories: ArrayLike<Label | null>,
  y: ArrayLike<number>,
  options: OrderedTargetStatisticOptions = {},
): Matrix {
  const where = "orderedTargetStatistics";
  const { codes, names, target, prior, priorWeight } = read(categories, y, options, where);
  const { permutations = 1, seed = 0 } = options;
  if (!(Number.isSafeInteger(permutations) && permutations >= 1)) {
    throw argumentError(where, "permutations", permutations, "an integer >= 1");
  }
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw argumentError(where, "seed", seed, "an integer >= 0");
  const random = randomStream(seed);
  const out = Matrix.zeros(target.length, permutations);
  for (let r = 0; r < permutations; r++) {
    const order = random.split(r).permutation(target.length);
    const column = orderedStatistics(codes, names.length, target, null, order, prior, priorWeight);
    column.forEach((v, i) => void out.set(i, r, v));
  }
  return out;
}

/** Statistic per category; code -1 is missing. */
export function fullStatistics(
  codes: Int32Array,
  count: number,
  y: Float64Array,
  weights: Float64Array | null,
  prior: number,
  priorWeight: number,
): Float64Array {
  const sums = new Float64Array(count).fill(priorWeight * prior);
  const totals = new Float64Array(count).fill(priorWeight);
  codes.forEach((k, i) => {
    if (k < 0) return;
    const w = weights ? weights[i]! : 1;
    sums[k] = sums[k]! + w * y[i]!;
    totals[k] = totals[k]! + w;
  });
  return sums.map((sum, k) => sum / totals[k]!);
}

/** Statistic per row of the rows before it in the order; NaN where the code is -1. */
export function orderedStatistics(
  codes: Int32Array,
  count: number,
  y: Float64Array,
  weights: Float64Array | null,
  order: ArrayLike<number>,
  prior: number,
  priorWeight: number,
): Float64Array {
  const sums = new Float64Array(count).fill(priorWeight * prior);
  const totals = new Float64Array(count).fill(priorWeight);
  const out = new Float64Array(codes.length).fill(Number.NaN);
  for (let at = 0; at < order.length; at++) {
    const i = order[at]!;
    const k = codes[i]!;
    if (k < 0) continue;
    out[i] = sums[k]! / totals[k]!;
    const w = weights ? weights[i]! : 1;
    sums[k] = sums[k]! + w * y[i]!;
    totals[k] = totals[k]! + w;
  }
  return out;
}

function read(
  categories: ArrayLike<Label | null>,
  y: ArrayLike<number>,
  { priorWeight = 1 }: TargetStatisticOptions,
  where: string,
) {
  requireList(where, "categories", categories, "an array with the category of each row");
  requireList(where, "y", y);
  const n = y.length;
  if (categories.length !== n) {
    throw shapeError(where, "categories", `has ${categories.length} entries`, `${n} (length of y)`);
  }
  if (n === 0) throw shapeError(where, "y", "is empty", "at least one number");
  if (!(typeof priorWeight === "number" && priorWeight > 0 && priorWeight < Number.POSITIVE_INFINITY)) {
    throw argumentError(where, "priorWeight", priorWeight, "a finite number > 0");
  }
  const known = new Map<Label, number>();
  const codes = new Int32Array(n).fill(-1);
  const target = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const v = y[i]!;
    if (!Number.isFinite(v))
      throw valueError(where, "y", `holds ${show(v)} at row ${i}, expected finite numbers`);
    target[i] = v;
    sum += v;
    const name = categories[i] ?? Number.NaN;
    if (typeof name !== "string" && typeof name !== "number" && typeof name !== "boolean") {
      throw valueError(
        where,
        "categories",
        `holds ${show(name)} at row ${i}, expected strings, numbers or booleans`,
      );
    }
    if (Number.isNaN(name)) continue;
    if (!known.has(name)) known.set(name, known.size);
    codes[i] = known.get(name)!;
  }
  return { codes, names: [...known.keys()], target, prior: sum / n, priorWeight };
}
