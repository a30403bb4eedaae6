import {
  argumentError,
  int,
  type MatrixLike,
  type ParamInput,
  parseParams,
  readDesign,
} from "../contract/index.ts";
import { oneOf, type Param } from "../contract/params.ts";
import { nearestRows } from "../kernels/index.ts";
import type { Matrix } from "../math/matrix.ts";
import {
  fromReduced,
  type MetricName,
  metricParams,
  type Reduced,
  type RowMetric,
  reducedDistance,
  rowMetric,
  toReduced,
} from "./metric.ts";
import { NearestHeap } from "./nearest-heap.ts";
import { buildSpaceTree, type SpaceTree, TreeSearch } from "./space-tree.ts";
import { type SpanningEdges, spanningEdges } from "./spanning-edges.ts";

/**
 * How neighbours are looked for, with the same result: all distances (`"brute"`), a tree of boxes
 * (`"kdTree"`), a tree of balls (`"ballTree"`), or what is likely fastest for the number of rows and columns
 * (`"auto"`).
 */
export type Algorithm = "auto" | "brute" | "kdTree" | "ballTree";

/**
 * The parameters `algorithm` (default `"auto"`) and `leafSize` (default 30) that every method over neighbours
 * has; they change the speed only.
 *
 * @example
 * parseParams("f", algorithmParams, {}); // { algorithm: "auto", leafSize: 30 }
 */
export const algorithmParams: { readonly algorithm: Param<Algorithm>; readonly leafSize: Param<number> } = {
  algorithm: oneOf(["auto", "brute", "kdTree", "ballTree"], {
    default: "auto",
    doc: "How neighbours are found; results are the same. Trees are quick in few columns, brute in many; cosine has no tree",
  }),
  leafSize: int({ min: 1, default: 30, doc: "Rows per leaf of a tree; changes speed only" }),
};

/**
 * {@link algorithmParams} and {@link metricParams} in one table: what {@link NeighborSearch} takes.
 *
 * @example
 * parseParams("f", searchParams, { metric: "cosine" }).leafSize; // 30
 */
export const searchParams = { ...algorithmParams, ...metricParams };

/** How neighbours are to be found. */
export interface SearchOptions {
  readonly algorithm: Algorithm;
  readonly leafSize: number;
  readonly metric: MetricName;
  readonly p: number;
}

/** Neighbours of each query row: row i owns the entries from i * k on, nearest first. */
export interface Nearest {
  readonly k: number;
  /** Row numbers of the searched rows. */
  readonly indices: Int32Array;
  readonly distances: Float64Array;
}

/** Neighbours within a radius: row i owns the entries starts[i] to starts[i + 1] - 1, nearest first, ties by number. */
export interface Within {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly distances: Float64Array;
}

/** Which of brute force and trees serves: a tree where it prunes (few columns, enough rows). */
export function chooseAlgorithm(n: number, d: number, metric: RowMetric): "brute" | "kdTree" {
  return metric.kind !== "cosine" && d <= 15 && n >= 100 ? "kdTree" : "brute";
}

/** A set of rows, ready to be searched: flat arrays in, flat arrays out. Callers check. */
export class RowSearch {
  readonly metric: RowMetric;
  readonly algorithm: "brute" | "kdTree" | "ballTree";
  readonly n: number;
  readonly d: number;
  readonly #X: Float64Array;
  readonly #tree: SpaceTree | null;
  readonly #distance: Reduced;

  constructor(X: Float64Array, n: number, d: number, options: SearchOptions, where: string) {
    this.metric = rowMetric(options.metric, options.p);
    if (this.metric.kind === "cosine" && (options.algorithm === "kdTree" || options.algorithm === "ballTree"))
      throw argumentError(where, "algorithm", options.algorithm, '"brute" or "auto" with metric "cosine"');
    this.algorithm = options.algorithm === "auto" ? chooseAlgorithm(n, d, this.metric) : options.algorithm;
    this.n = n;
    this.d = d;
    this.#X = X;
    this.#distance = reducedDistance(this.metric);
    this.#tree =
      this.algorithm === "brute"
        ? null
        : buildSpaceTree(X, n, d, this.algorithm, this.metric, options.leafSize);
  }

  /** The k nearest rows of each of `rows` query rows, ties by number; k at most n. */
  nearest(Q: Float64Array, rows: number, k: number): Nearest {
    const indices = new Int32Array(rows * k);
    const distances = new Float64Array(rows * k);
    if (this.#tree === null && this.metric.kind === "euclidean") {
      nearestRows(Q, rows, this.#X, this.n, this.d, k, indices, distances);
    } else {
      const heap = new NearestHeap(k);
      const search = this.#tree && new TreeSearch(this.#tree);
      const reduced = reducedDistance(this.metric);
      for (let i = 0; i < rows; i++) {
        if (search) search.nearest(Q, i, heap);
        else for (let j = 0; j < this.n; j++) heap.offer(reduced(Q, i, this.#X, j, this.d), j);
        heap.drain(distances, indices, i * k);
      }
    }
    for (let at = 0; at < distances.length; at++) distances[at] = fromReduced(this.metric, distances[at]!);
    return { k, indices, distances };
  }

  /** Nearest rows of each of the searched rows themselves, each without itself. */
  nearestOthers(k: number): Nearest {
    const found = this.nearest(this.#X, this.n, k + 1);
    const indices = new Int32Array(this.n * k);
    const distances = new Float64Array(this.n * k);
    for (let i = 0; i < this.n; i++) {
      // Among many equal rows a row may be missing from its own list: then the last one goes.
      let at = i * k;
      let skipped = false;
      for (let q = 0; q <= k && at < (i + 1) * k; q++) {
        const from = i * (k + 1) + q;
        if (!skipped && found.indices[from] === i) {
          skipped = true;
          continue;
        }
        indices[at] = found.indices[from]!;
        distances[at++] = found.distances[from]!;
      }
    }
    return { k, indices, distances };
  }

  /** All rows within `radius` (that distance included) of each query row. */
  within(Q: Float64Array, rows: number, radius: number): Within {
    const starts = new Int32Array(rows + 1);
    const limit = toReduced(this.metric, radius);
    let indices = new Int32Array(16 * rows + 16);
    let distances = new Float64Array(indices.length);
    let at = 0;
    const add = (row: number, value: number) => {
      if (at === indices.length) {
        const longer = new Int32Array(2 * at);
        longer.set(indices);
        indices = longer;
        const more = new Float64Array(2 * at);
        more.set(distances);
        distances = more;
      }
      indices[at] = row;
      distances[at++] = value;
    };
    const search = this.#tree && new TreeSearch(this.#tree);
    const reduced = reducedDistance(this.metric);
    for (let i = 0; i < rows; i++) {
      const from = at;
      if (search) search.within(Q, i, limit, add);
      else {
        for (let j = 0; j < this.n; j++) {
          const value = reduced(Q, i, this.#X, j, this.d);
          if (value <= limit) add(j, value);
        }
      }
      sortPairs(distances, indices, from, at);
      starts[i + 1] = at;
    }
    const found = distances.slice(0, at);
    for (let q = 0; q < at; q++) found[q] = fromReduced(this.metric, found[q]!);
    return { starts, indices: indices.slice(0, at), distances: found };
  }

  /** A distance before its last step, as {@link collector} compares it. */
  reduced(distance: number): number {
    return toReduced(this.metric, distance);
  }

  /** Distance of two of the searched rows. */
  distanceBetween(i: number, j: number): number {
    return fromReduced(this.metric, this.#distance(this.#X, i, this.#X, j, this.d));
  }

  /** Distances of searched row i to all of them. */
  distancesFrom(i: number, out: Float64Array): void {
    const reduced = this.#distance;
    const [X, n, d] = [this.#X, this.n, this.d];
    for (let j = 0; j < n; j++) out[j] = reduced(X, i, X, j, d);
    if (this.metric.kind === "euclidean") for (let j = 0; j < n; j++) out[j] = Math.sqrt(out[j]!);
    else if (this.metric.kind === "minkowski")
      for (let j = 0; j < n; j++) out[j] = fromReduced(this.metric, out[j]!);
  }

  /**
   * A minimum spanning tree of the searched rows under mutual reachability with these cores (zeros: plain distances),
   * or null without a tree of space.
   */
  spanningEdges(core: Float64Array, onRound: (edges: number) => void): SpanningEdges | null {
    return this.#tree && spanningEdges(this.#tree, core, onRound);
  }

  /** Searches from rows of Q one at a time, without allocating: see {@link Collector}. */
  collector(Q: Float64Array): Collector {
    const search = this.#tree && new TreeSearch(this.#tree);
    const reduced = reducedDistance(this.metric);
    const [X, n, d] = [this.#X, this.n, this.d];
    const out = {
      list: new Int32Array(256),
      collect(i: number, limit: number): number {
        if (search) return search.collect(Q, i, limit, out, 0);
        if (out.list.length < n) out.list = new Int32Array(n);
        let at = 0;
        for (let j = 0; j < n; j++) if (reduced(Q, i, X, j, d) <= limit) out.list[at++] = j;
        return at;
      },
    };
    return out;
  }
}

/** Rows near one row at a time. */
export interface Collector {
  /** Where {@link collect} puts row numbers; replaced by a longer list when needed. */
  list: Int32Array;
  /** How many rows lie within `limit` (a reduced distance) of query row i; their numbers begin `list`, in no order. */
  collect(i: number, limit: number): number;
}

/** Sorts the entries from..to by value, ties by name. */
function sortPairs(values: Float64Array, names: Int32Array, from: number, to: number): void {
  const order = Array.from({ length: to - from }, (_, i) => from + i);
  order.sort((a, b) => values[a]! - values[b]! || names[a]! - names[b]!);
  const v = order.map((i) => values[i]!);
  const w = order.map((i) => names[i]!);
  values.set(v, from);
  names.set(w, from);
}

/**
 * Rows to search for neighbours: brute force over all pairs, a k-d tree or a ball tree. All give the same neighbours,
 * ties by row number.
 *
 * @example
 * const search = new NeighborSearch([[0], [1], [5]]);
 * search.kNeighbors([[0.9]], 2).indices; // [1, 0]
 */
export class NeighborSearch {
  readonly #search: RowSearch;

  /**
   * @param X the rows to be found
   * @param options `algorithm`, `leafSize`, `metric`, `p` as in {@link KNeighborsClassifier}
   */
  constructor(X: MatrixLike, options: ParamInput<typeof searchParams> = {}) {
    const where = "NeighborSearch";
    const { matrix } = readDesign(X, where);
    const values = parseParams(where, searchParams, options);
    this.#search = new RowSearch(matrix.data, matrix.rows, matrix.cols, values, where);
  }

  /** The algorithm in use. */
  get algorithm(): "brute" | "kdTree" | "ballTree" {
    return this.#search.algorithm;
  }

  /**
   * The k nearest rows of each row of Q, nearest first.
   *
   * @param Q query rows, as wide as X
   * @param k 1 to the number of rows searched
   */
  kNeighbors(Q: MatrixLike, k = 5): Nearest {
    const where = "NeighborSearch.kNeighbors";
    const matrix = this.#read(Q, where);
    if (!(Number.isSafeInteger(k) && k >= 1 && k <= this.#search.n))
      throw argumentError(where, "k", k, `an integer from 1 to ${this.#search.n}, the rows searched`);
    return this.#search.nearest(matrix.data, matrix.rows, k);
  }

  /** All rows within `radius` of each row of Q, nearest first; that distance itself counts as within. */
  radiusNeighbors(Q: MatrixLike, radius: number): Within {
    const where = "NeighborSearch.radiusNeighbors";
    const matrix = this.#read(Q, where);
    if (!(typeof radius === "number" && radius >= 0))
      throw argumentError(where, "radius", radius, "a number >= 0");
    return this.#search.within(matrix.data, matrix.rows, radius);
  }

  #read(Q: MatrixLike, where: string): Matrix {
    const { matrix } = readDesign(Q, where, { argument: "Q" });
    if (matrix.cols !== this.#search.d)
      throw argumentError(where, "Q", Q, `rows of ${this.#search.d} columns, as those searched`);
    return matrix;
  }
}
