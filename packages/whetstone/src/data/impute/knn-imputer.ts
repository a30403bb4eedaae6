import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  readLike,
  type Schema,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import type { Matrix } from "../../math/index.ts";
import { columnMoments, inputNames, startFit } from "../preprocessing/base.ts";

const PARAMS = {
  nNeighbors: int({ min: 1, default: 5, doc: "Rows to average", search: { low: 1, high: 20 } }),
  weights: oneOf(["uniform", "distance"], {
    default: "uniform",
    doc: "Equal weights, or weights of 1 / distance",
  }),
} as const;

/**
 * Fills a missing value with the mean of the nearest training rows that have it. The distance is Euclidean over
 * the columns both rows have, scaled up for those they lack. Scale the columns first: distance knows no units.
 * Time grows with the rows to fill times the training rows.
 *
 * Source: Troyanskaya et al. (2001), Bioinformatics 17.
 *
 * @example
 * const X = [[1, 10], [2, 20], [1, Number.NaN]];
 * new KNNImputer({ nNeighbors: 1 }).fit(X).transform(X).at(2, 1); // 10: the nearest row is the first
 */
export class KNNImputer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "KNNImputer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("KNNImputer", PARAMS, params);
  }

  static fromState(state: unknown): KNNImputer {
    return new KNNImputer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): KNNImputerModel {
    const where = "KNNImputer.fit";
    const { design, schema, weights: rowWeights } = startFit(X, options, where);
    return new KNNImputerModel({ schema, donors: design.matrix, rowWeights, ...this.params });
  }
}

interface KNNState {
  readonly schema: Schema;
  readonly donors: Matrix;
  /** Null where every donor counts once. */
  readonly rowWeights: Float64Array | null;
  readonly nNeighbors: number;
  readonly weights: "uniform" | "distance";
}

/**
 * The training rows, which give the missing values of new ones. Where no training row shares a column with
 * the row to fill, it gets the mean of the column.
 */
export class KNNImputerModel extends TransformerModel {
  static readonly typeName = "KNNImputerModel";
  readonly #state: KNNState;
  readonly #means: Float64Array;

  constructor(state: KNNState) {
    super(state.schema);
    this.#state = state;
    // Where no donor shares a column with the row, the mean of the column is all that is known.
    this.#means = Float64Array.from({ length: state.schema.nFeatures }, (_, j) => {
      const { mean } = columnMoments(state.donors.col(j), state.rowWeights);
      return Number.isNaN(mean) ? 0 : mean;
    });
  }

  outputNames(): readonly string[] {
    return inputNames(this.schema);
  }

  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "KNNImputer.transform", { allowMissing: true });
    const { donors, rowWeights, nNeighbors, weights } = this.#state;
    const { rows, cols } = matrix;
    const out = matrix.data.slice();
    const distances = new Float64Array(donors.rows);
    for (let i = 0; i < rows; i++) {
      const row = matrix.data.subarray(i * cols, (i + 1) * cols);
      if (!row.some((v) => Number.isNaN(v))) continue;
      for (let r = 0; r < donors.rows; r++)
        distances[r] = rowWeights?.[r] === 0 ? Number.NaN : sharedDistance(row, donors.data, r * cols);
      // Without weights a column takes as many donors as are wanted, so that no more need to be put in order.
      const order = rowWeights ? nearest(distances, null, distances.length) : null;
      for (let j = 0; j < cols; j++) {
        if (!Number.isNaN(row[j]!)) continue;
        // A donor of weight w stands for w donors; the last one counts only as far as neighbours are wanted.
        const near: Donor[] = [];
        let open = nNeighbors;
        for (const r of order ?? nearest(distances, donors.col(j), nNeighbors)) {
          if (open <= 0) break;
          const value = donors.at(r, j);
          if (Number.isNaN(value)) continue;
          const count = Math.min(open, rowWeights ? rowWeights[r]! : 1);
          near.push({ value, distance: distances[r]!, count });
          open -= count;
        }
        out[i * cols + j] = near.length === 0 ? this.#means[j]! : average(near, weights);
      }
    }
    return new NamedMatrix(out, rows, this.outputNames());
  }

  toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): KNNImputerModel {
    return new KNNImputerModel(state as KNNState);
  }
}

interface Donor {
  readonly value: number;
  readonly distance: number;
  readonly count: number;
}

function average(near: readonly Donor[], weights: "uniform" | "distance"): number {
  // At distance 0 the weight 1 / distance has no bound: only such rows count.
  const exact = weights === "distance" && near.some((d) => d.distance === 0);
  let sum = 0;
  let total = 0;
  for (const { value, distance, count } of near) {
    const w = weights === "uniform" ? 1 : exact ? (distance === 0 ? 1 : 0) : 1 / distance;
    sum += count * w * value;
    total += count * w;
  }
  return sum / total;
}

/** The `most` nearest donors that have a value, nearest first, of equally near ones the first. */
function nearest(distances: Float64Array, values: Float64Array | null, most: number): number[] {
  if (most >= distances.length / 8) {
    const all: number[] = [];
    for (let r = 0; r < distances.length; r++) if (!Number.isNaN(distances[r]!)) all.push(r);
    return all.sort((a, b) => distances[a]! - distances[b]! || a - b);
  }
  const found: number[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (let r = 0; r < distances.length; r++) {
    const d = distances[r]!;
    if (Number.isNaN(d) || (values !== null && Number.isNaN(values[r]!))) continue;
    if (found.length === most && d >= limit) continue;
    if (found.length === most) found.pop();
    let at = found.length;
    while (at > 0 && distances[found[at - 1]!]! > d) at--;
    found.splice(at, 0, r);
    limit = distances[found.at(-1)!]!;
  }
  return found;
}

/** Euclidean distance over the columns that both rows have, scaled to all columns; NaN where they share none. */
function sharedDistance(a: Float64Array, b: Float64Array, start: number): number {
  let sum = 0;
  let shared = 0;
  for (let j = 0; j < a.length; j++) {
    const gap = a[j]! - b[start + j]!;
    if (Number.isNaN(gap)) continue;
    sum += gap * gap;
    shared++;
  }
  return shared === 0 ? Number.NaN : Math.sqrt((sum * a.length) / shared);
}
