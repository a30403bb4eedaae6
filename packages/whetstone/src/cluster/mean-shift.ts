import {
  argumentError,
  bool,
  ClustererSpec,
  custom,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  optional,
  type ParamInput,
  readDesign,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  shapeError,
  step,
  valueError,
  warn,
} from "../contract/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { RowSearch, type SearchOptions } from "../neighbors/index.ts";
import { CentreModel, type Centres } from "./k-means.ts";

const euclidean: SearchOptions = { algorithm: "auto", leafSize: 30, metric: "euclidean", p: 2 };

const params = {
  bandwidth: optional(
    real({
      min: 0,
      exclusiveMin: true,
      default: 1,
      doc: "Radius of the window; null for what estimateBandwidth gives",
      search: { low: 0.1, high: 10, scale: "log" },
    }),
  ),
  seeds: optional(
    custom<Centres>({
      default: [],
      doc: "Rows at which windows start; null for the rows of X, or its bins",
      expected: "a matrix with one row per start",
      accepts: (v) => v instanceof Matrix || (Array.isArray(v) && v.length > 0),
    }),
  ),
  binSeeding: bool({
    default: false,
    doc: "Start at the occupied cells of a grid as wide as the bandwidth instead of at every row: much quicker",
  }),
  minBinFreq: int({ min: 1, default: 1, doc: "Fewest rows in a cell from which a window starts" }),
  clusterAll: bool({
    default: true,
    doc: "Whether rows further than the bandwidth from every centre join the nearest; else their label is -1",
  }),
  maxIter: int({ min: 1, default: 300, doc: "Most moves of one window" }),
};

/**
 * Mean shift: a window of radius `bandwidth` around each start moves to the mean of the rows within, until it rests at a
 * peak of their density. Peaks closer than the bandwidth are one; rows join the nearest. The number of groups follows
 * from the bandwidth. O(n^2) time for starts at every row, less with a tree and with `binSeeding`.
 *
 * Source: Comaniciu and Meer (2002), IEEE TPAMI 24.
 *
 * @example
 * const model = new MeanShift({ bandwidth: 2 }).fit([[1, 1], [2, 1], [1, 0], [4, 7], [3, 5], [3, 6]]);
 * model.labels; // [1, 1, 1, 0, 0, 0]
 */
export class MeanShift extends ClustererSpec<typeof params> {
  static readonly typeName = "MeanShift";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(MeanShift.typeName, params, given);
  }

  static fromState(state: unknown): MeanShift {
    return new MeanShift(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): MeanShiftModel {
    const where = "MeanShift.fit";
    refuseWeights(options, where, "windows weigh rows alike: repeat rows instead");
    const design = readDesign(X, where);
    const { matrix } = design;
    const { data, rows: n, cols: d } = matrix;
    const { clusterAll, maxIter } = this.params;
    const bandwidth = this.params.bandwidth ?? meanReach(matrix, 0.3, where);
    if (!Number.isFinite(bandwidth))
      throw valueError(
        where,
        "X",
        "holds numbers whose squares overflow, expected smaller ones: scale the columns",
      );
    const seeds = this.#seeds(matrix, bandwidth, options, where);
    const search = new RowSearch(data, n, d, euclidean, where);
    const peaks: Peak[] = [];
    let nIter = 0;
    const climb = climber(matrix, search, bandwidth, maxIter);
    for (let i = 0; i < seeds.rows; i++) {
      if (i % 64 === 0) step(where, options, i, seeds.rows, "starts");
      const peak = climb(seeds.row(i));
      if (peak.rows > 0) peaks.push(peak);
      nIter = Math.max(nIter, peak.moves);
    }
    step(where, options, seeds.rows, seeds.rows, "starts");
    if (peaks.length === 0)
      throw argumentError(where, "seeds", this.params.seeds, `starts within ${bandwidth} of some row of X`);
    const centres = apart(peaks, d, bandwidth, where);
    const nearest = new RowSearch(centres.data, centres.rows, d, euclidean, where).nearest(data, n, 1);
    const labels = nearest.indices.map((c, i) => (clusterAll || nearest.distances[i]! <= bandwidth ? c : -1));
    return new MeanShiftModel(schemaOf(design), labels, centres, bandwidth, nIter);
  }

  #seeds(matrix: Matrix, bandwidth: number, options: FitOptions, where: string): Matrix {
    const { seeds, binSeeding, minBinFreq } = this.params;
    if (seeds !== null) {
      const given = readDesign(seeds as MatrixLike, where, { argument: "seeds" }).matrix;
      if (given.cols !== matrix.cols)
        throw shapeError(where, "seeds", `has ${given.cols} columns`, `${matrix.cols}, as X`);
      return given;
    }
    if (!binSeeding || bandwidth === 0) return matrix;
    const bins = binCentres(matrix, bandwidth, minBinFreq);
    if (bins.length === 0)
      throw argumentError(where, "minBinFreq", minBinFreq, "a number that some cell of the grid reaches");
    if (bins.length === matrix.rows) {
      warn(
        where,
        options,
        `every row has a cell of its own at a bandwidth of ${bandwidth}: starting at the rows`,
      );
      return matrix;
    }
    return Matrix.from(bins);
  }
}

/** Corners of the grid cells that hold `least` rows or more, in the order in which they were met. */
function binCentres(matrix: Matrix, width: number, least: number): number[][] {
  const counts = new Map<string, number>();
  for (let i = 0; i < matrix.rows; i++) {
    const key = Array.from(matrix.row(i), (v) => roundEven(v / width)).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= least)
    .map(([key]) => key.split(",").map((v) => Number(v) * width));
}

/** Rounds halves to even, so that cells on both sides of 0 are as wide. */
function roundEven(v: number): number {
  const down = Math.floor(v);
  const rest = v - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}

interface Peak {
  readonly at: Float64Array;
  /** Rows within the window at the last move. */
  readonly rows: number;
  readonly moves: number;
}

/** Moves one window to its peak; it rests where a move is shorter than a thousandth of the bandwidth. */
function climber(
  { data, cols: d }: Matrix,
  search: RowSearch,
  bandwidth: number,
  maxIter: number,
): (start: ArrayLike<number>) => Peak {
  const window = new Float64Array(d);
  const around = search.collector(window);
  const reach = search.reduced(bandwidth);
  return (start) => {
    window.set(start);
    for (let moves = 0; ; moves++) {
      const count = around.collect(0, reach);
      if (count === 0) return { at: window.slice(), rows: 0, moves };
      const rows = around.list.subarray(0, count).sort();
      const mean = new Float64Array(d);
      for (const i of rows) for (let j = 0; j < d; j++) mean[j] = mean[j]! + data[i * d + j]!;
      let moved = 0;
      for (let j = 0; j < d; j++) {
        mean[j] = mean[j]! / count;
        moved += (mean[j]! - window[j]!) ** 2;
      }
      window.set(mean);
      if (Math.sqrt(moved) < 1e-3 * bandwidth || moved === 0 || moves === maxIter)
        return { at: mean, rows: count, moves };
    }
  };
}

/** Of peaks within a bandwidth of each other, the one with the most rows. */
function apart(peaks: readonly Peak[], d: number, bandwidth: number, where: string): Matrix {
  // Equal peaks count once; ties go to the larger coordinates.
  const byPlace = new Map(peaks.map((peak) => [peak.at.join(), peak]));
  const order = [...byPlace.values()].sort((a, b) => {
    if (a.rows !== b.rows) return b.rows - a.rows;
    const j = a.at.findIndex((v, q) => v !== b.at[q]);
    return j < 0 ? 0 : b.at[j]! - a.at[j]!;
  });
  const all = Matrix.from(order.map((peak) => peak.at));
  const search = new RowSearch(all.data, all.rows, d, euclidean, where);
  const around = search.collector(all.data);
  const kept: number[] = [];
  const covered = new Uint8Array(all.rows);
  for (let i = 0; i < all.rows; i++) {
    if (covered[i]) continue;
    kept.push(i);
    const count = around.collect(i, search.reduced(bandwidth));
    for (let q = 0; q < count; q++) covered[around.list[q]!] = 1;
  }
  return all.selectRows(kept);
}

/** Mean distance of rows to their k-th nearest (themselves counted), k the given share of all rows. */
function meanReach(matrix: Matrix, quantile: number, where: string): number {
  const { data, rows: n, cols: d } = matrix;
  const k = Math.max(1, Math.floor(n * quantile));
  const { distances } = new RowSearch(data, n, d, euclidean, where).nearest(data, n, k);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += distances[(i + 1) * k - 1]!;
  return sum / n;
}

/**
 * A bandwidth for {@link MeanShift}: how far, in the mean, the nearest `quantile` of all rows reaches. O(n^2) time.
 *
 * @param options `quantile` 0.3 by default; `nSamples`: judge by so many rows, drawn at random by `seed`
 * @example
 * estimateBandwidth([[0], [1], [2], [3]], { quantile: 0.5 }); // 1
 */
export function estimateBandwidth(
  X: MatrixLike,
  options: { readonly quantile?: number; readonly nSamples?: number; readonly seed?: number } = {},
): number {
  const where = "estimateBandwidth";
  const { quantile = 0.3, nSamples, seed = 0 } = options;
  let { matrix } = readDesign(X, where);
  if (!(typeof quantile === "number" && quantile >= 0 && quantile <= 1))
    throw argumentError(where, "quantile", quantile, "a number >= 0 and <= 1");
  if (nSamples !== undefined) {
    if (!(Number.isSafeInteger(nSamples) && nSamples >= 1))
      throw argumentError(where, "nSamples", nSamples, "an integer >= 1");
    if (!(Number.isSafeInteger(seed) && seed >= 0))
      throw argumentError(where, "seed", seed, "an integer >= 0");
    if (nSamples < matrix.rows) matrix = matrix.selectRows(randomStream(seed).choice(matrix.rows, nSamples));
  }
  return meanReach(matrix, quantile, where);
}

/** What {@link MeanShift} learned. */
export class MeanShiftModel extends CentreModel {
  static readonly typeName = "MeanShiftModel";
  /** The radius that was used. */
  readonly bandwidth: number;
  /** Moves of the window that moved most often. */
  readonly nIter: number;

  constructor(schema: Schema, labels: Int32Array, clusterCenters: Matrix, bandwidth: number, nIter: number) {
    super(schema, labels, clusterCenters);
    this.bandwidth = bandwidth;
    this.nIter = nIter;
  }

  override toState(): unknown {
    const { schema, labels, clusterCenters, bandwidth, nIter } = this;
    return { schema, labels, clusterCenters, bandwidth, nIter };
  }

  static fromState(state: unknown): MeanShiftModel {
    const s = state as MeanShiftModel;
    return new MeanShiftModel(s.schema, s.labels, s.clusterCenters, s.bandwidth, s.nIter);
  }
}
