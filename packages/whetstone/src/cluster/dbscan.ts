import {
  ClustererSpec,
  type FitOptions,
  InductiveClustererModel,
  int,
  type Label,
  type MatrixLike,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
} from "../contract/index.ts";
import type { Matrix } from "../math/index.ts";
import { RowSearch, type SearchOptions, searchParams } from "../neighbors/index.ts";
import { gridClusters } from "./dbscan-grid.ts";

const params = {
  eps: real({
    min: 0,
    exclusiveMin: true,
    default: 0.5,
    doc: "Rows up to this far are neighbours, the bound included",
    search: { low: 0.01, high: 10, scale: "log" },
  }),
  minSamples: int({
    min: 1,
    default: 5,
    doc: "Neighbours (or their summed weight) that make a row a core row; it counts itself",
    search: { low: 2, high: 20 },
  }),
  ...searchParams,
};

/**
 * DBSCAN: groups are rows connected through dense surroundings. A row with `minSamples` neighbours within `eps` is a core
 * row; core rows within `eps` of each other share a group, other rows within `eps` of a core row join as border, the
 * rest is noise (label -1).
 *
 * Core rows and noise do not depend on the order of rows. A border row near two groups goes to the group that was found
 * first, the one that holds the earliest core row. One neighbour search per row: O(n log n) with a tree where
 * neighbourhoods are small, O(n^2) where they hold a share of all rows. Two columns of unweighted
 * rows go through a grid instead (algorithm "auto"), where dense places cost no distances. `sampleWeight` counts rows.
 *
 * Source: Ester et al. (1996), KDD.
 *
 * @example
 * const X = [[0], [0.1], [0.2], [5], [5.1], [5.2], [9]];
 * new DBSCAN({ eps: 0.3, minSamples: 2 }).fit(X).labels; // [0, 0, 0, 1, 1, 1, -1]
 */
export class DBSCAN extends ClustererSpec<typeof params> {
  static readonly typeName = "DBSCAN";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(DBSCAN.typeName, params, given);
  }

  static fromState(state: unknown): DBSCAN {
    return new DBSCAN(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): DBSCANModel {
    const where = "DBSCAN.fit";
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { eps, minSamples, algorithm, metric, p } = this.params;
    const onRows = (done: number) => step(where, options, done, matrix.rows, "rows");
    const euclidean = metric === "euclidean" || (metric === "minkowski" && p === 2);
    const celled = algorithm === "auto" && matrix.cols === 2 && euclidean && weights === null;
    const { labels, core } =
      (celled && gridClusters(matrix.data, matrix.rows, eps, minSamples, onRows)) ||
      growFromCores(
        matrix.data,
        new RowSearch(matrix.data, matrix.rows, matrix.cols, this.params, where),
        eps,
        minSamples,
        weights,
        onRows,
      );
    const kept = { ...this.params };
    return new DBSCANModel(schemaOf(design), labels, core, matrix.selectRows(core), kept);
  }
}

/** Labels and numbers of the core rows, with one neighbour search per row and no list of all neighbours. */
export function growFromCores(
  X: Float64Array,
  search: RowSearch,
  eps: number,
  minSamples: number,
  weights: Float64Array | null,
  onRows: (done: number) => void,
): { labels: Int32Array; core: Int32Array } {
  const { n } = search;
  const labels = new Int32Array(n).fill(-1);
  const asked = new Uint8Array(n);
  const isCore = new Uint8Array(n);
  const queue = new Int32Array(n);
  const around = search.collector(X);
  const reach = search.reduced(eps);
  let done = 0;
  /** Number of neighbours of row i, in `around.list`; 0 where it is no core row. */
  const ask = (i: number): number => {
    asked[i] = 1;
    if (done++ % 4096 === 0) onRows(done);
    const count = around.collect(i, reach);
    let weight = count;
    if (weights !== null) {
      weight = 0;
      for (let q = 0; q < count; q++) weight += weights[around.list[q]!]!;
    }
    if (weight < minSamples) return 0;
    isCore[i] = 1;
    return count;
  };
  let group = 0;
  for (let i = 0; i < n; i++) {
    if (asked[i]) continue;
    let count = ask(i);
    if (count === 0) continue;
    let head = 0;
    let tail = 0;
    labels[i] = group;
    for (;;) {
      const { list } = around;
      for (let q = 0; q < count; q++) {
        const row = list[q]!;
        if (labels[row] !== -1) continue;
        labels[row] = group;
        if (!asked[row]) queue[tail++] = row;
      }
      if (head === tail) break;
      count = ask(queue[head++]!);
    }
    group++;
  }
  onRows(n);
  return { labels, core: Int32Array.from(isCore.keys()).filter((i) => isCore[i] === 1) };
}

interface Kept extends SearchOptions {
  readonly eps: number;
  readonly minSamples: number;
}

/** What {@link DBSCAN} learned. */
export class DBSCANModel extends InductiveClustererModel {
  static readonly typeName = "DBSCANModel";
  /** Numbers of the core rows, ascending. */
  readonly coreSampleIndices: Int32Array;
  /** The core rows themselves. */
  readonly components: Matrix;
  readonly #kept: Kept;

  constructor(
    schema: Schema,
    labels: Int32Array,
    coreSampleIndices: Int32Array,
    components: Matrix,
    kept: Kept,
  ) {
    super(schema, labels);
    this.coreSampleIndices = coreSampleIndices;
    this.components = components;
    this.#kept = kept;
  }

  /**
   * The group of the nearest core row within `eps` for each row of X, else -1. Training rows get their labels back, but
   * for a border row between two groups, which may go to the nearer one.
   */
  override predict(X: MatrixLike): Int32Array {
    const where = "DBSCANModel.predict";
    const { matrix } = readLike(this.schema, X, where);
    const out = new Int32Array(matrix.rows).fill(-1);
    const { rows, cols, data } = this.components;
    if (rows === 0) return out;
    const search = new RowSearch(data, rows, cols, this.#kept, where);
    const { indices, distances } = search.nearest(matrix.data, matrix.rows, 1);
    for (let i = 0; i < out.length; i++) {
      // As in training: a bound of the distance before its root.
      if (search.reduced(distances[i]!) <= search.reduced(this.#kept.eps) * (1 + 1e-15))
        out[i] = this.labels[this.coreSampleIndices[indices[i]!]!]!;
    }
    return out;
  }

  override toState(): unknown {
    const { schema, labels, coreSampleIndices, components } = this;
    return { schema, labels, coreSampleIndices, components, kept: this.#kept };
  }

  static fromState(state: unknown): DBSCANModel {
    const s = state as {
      schema: Schema;
      labels: Int32Array;
      coreSampleIndices: Int32Array;
      components: Matrix;
      kept: Kept;
    };
    return new DBSCANModel(s.schema, s.labels, s.coreSampleIndices, s.components, s.kept);
  }
}
