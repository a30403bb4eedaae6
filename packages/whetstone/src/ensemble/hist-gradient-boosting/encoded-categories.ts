import type { Matrix } from "../../math/matrix.ts";
import { encodeCategories } from "./binning.ts";
import { fullStatistics, orderedStatistics } from "./target-statistics.ts";

/** Per feature: category values, ascending; null for numbers. */
type Categories = readonly (Float64Array | null)[];

/** Per feature: the number that stands for each category value in the trees; null for features without categories. */
export type CategoryStatistics = readonly (Float64Array | null)[];

/** Training rows whose categories are replaced by target statistics. */
export class EncodedRows {
  /** Statistics over all training rows: what other rows are encoded with. */
  readonly statistics: CategoryStatistics;
  readonly #X: Matrix;
  readonly #codes: readonly (Int32Array | null)[];
  readonly #y: Float64Array;
  readonly #weights: Float64Array | null;
  readonly #prior: number;
  readonly #priorWeight: number;

  /**
   * @param X the training rows
   * @param weights how many rows each row counts as, null for one each
   */
  constructor(
    X: Matrix,
    categories: Categories,
    y: Float64Array,
    weights: Float64Array | null,
    priorWeight: number,
  ) {
    this.#X = X;
    this.#y = y;
    this.#weights = weights;
    this.#priorWeight = priorWeight;
    this.#codes = categories.map((values, j) => {
      if (!values) return null;
      const column = X.col(j);
      encodeCategories(column, values);
      return Int32Array.from(column, (code) => (Number.isNaN(code) ? -1 : code));
    });
    let sum = 0;
    let total = 0;
    for (let i = 0; i < y.length; i++) {
      const w = weights ? weights[i]! : 1;
      sum += w * y[i]!;
      total += w;
    }
    const prior = sum / total;
    this.#prior = prior;
    this.statistics = this.#codes.map(
      (codes, j) => codes && fullStatistics(codes, categories[j]!.length, y, weights, prior, priorWeight),
    );
  }

  /** The rows, each with statistics of the rows before it in the order; missing categories stay missing. */
  inOrder(order: ArrayLike<number>): Matrix {
    const out = this.#X.clone();
    this.#codes.forEach((codes, j) => {
      if (!codes) return;
      const column = orderedStatistics(
        codes,
        this.statistics[j]!.length,
        this.#y,
        this.#weights,
        order,
        this.#prior,
        this.#priorWeight,
      );
      for (let i = 0; i < column.length; i++) out.data[i * out.cols + j] = column[i]!;
    });
    return out;
  }
}

/** Rows with statistics in place of categories; categories without one become missing. The same matrix where nothing changes. */
export function encodeRows(X: Matrix, categories: Categories, statistics: CategoryStatistics | null): Matrix {
  if (!statistics?.some((numbers) => numbers !== null)) return X;
  const out = X.clone();
  const { data, cols } = out;
  statistics.forEach((numbers, j) => {
    if (!numbers) return;
    const known = new Map<number, number>();
    categories[j]!.forEach((value, k) => void known.set(value, numbers[k]!));
    for (let i = j; i < data.length; i += cols) data[i] = known.get(data[i]!) ?? Number.NaN;
  });
  return out;
}
