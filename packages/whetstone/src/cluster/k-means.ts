import {
  ClustererSpec,
  custom,
  either,
  type FitOptions,
  InductiveClustererModel,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type Param,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  requireRowsFor,
  type Schema,
  schemaOf,
  seed,
  shapeError,
  step,
  valueError,
  warn,
} from "../contract/index.ts";
import { nearestRows, pairwiseSquaredDistances } from "../kernels/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { kMeans } from "./lloyd.ts";
import type { Seeding } from "./seeding.ts";

/** Starting centres of the groups: one row per group, one column per column of X. */
export type Centres = Matrix | readonly ArrayLike<number>[];

export const nClustersParam = int({
  min: 1,
  default: 8,
  doc: "Groups to form",
  search: { low: 2, high: 20 },
});
export const initParam: Param<Seeding | Centres> = either(
  oneOf(["k-means++", "random"], {
    default: "k-means++",
    doc: "Where centres start: k-means++ spreads them, random takes rows, or one row per centre",
  }),
  custom<Centres>({
    default: [],
    doc: "",
    expected: "a matrix with one row per centre",
    accepts: (v) => v instanceof Matrix || (Array.isArray(v) && v.length > 0),
  }),
);
export const nInitParam = either(
  oneOf(["auto"], {
    default: "auto",
    doc: 'Runs from different starts, of which the best is kept; "auto" is 1 for k-means++ and given centres, 10 for random',
  }),
  int({ min: 1, default: 1, doc: "" }),
);
export const algorithmParam = oneOf(["lloyd", "elkan"], {
  default: "lloyd",
  doc: "How rows find their centre, with the same labels: lloyd measures every centre, elkan spares distances by the triangle inequality and keeps rows x nClusters bounds; quicker where groups lie apart in many columns",
});
export const maxIterParam = int({ min: 1, default: 300, doc: "Most iterations of one run" });

const params = {
  nClusters: nClustersParam,
  init: initParam,
  nInit: nInitParam,
  maxIter: maxIterParam,
  tol: real({
    min: 0,
    default: 1e-4,
    doc: "Stop when the centres' squared movement is below this times the mean variance of a column",
  }),
  algorithm: algorithmParam,
  seed: seed(),
};

/** Reads centres to start from. */
export function readCentres(
  init: Seeding | Centres,
  k: number,
  d: number,
  where: string,
): Float64Array | null {
  if (typeof init === "string") return null;
  const { matrix } = readDesign(init as MatrixLike, where, { argument: "init" });
  if (matrix.rows !== k || matrix.cols !== d)
    throw shapeError(
      where,
      "init",
      `is ${matrix.rows} x ${matrix.cols}`,
      `${k} x ${d} (nClusters x columns)`,
    );
  return matrix.data;
}

/**
 * k-means: `nClusters` centres, each the mean of the rows nearest to it.
 *
 * Lloyd's loop assigns every row to the nearest centre and moves the centres to the means, until nothing moves. The
 * inertia (summed squared distance) never rises, but the end is a local optimum: it depends on the start. One iteration
 * costs O(n nClusters d). `sampleWeight` counts rows. Scale the columns first.
 *
 * Sources: Lloyd (1982), IEEE Trans. Inf. Theory 28; Arthur and Vassilvitskii (2007), SODA; Elkan (2003), ICML.
 *
 * @example
 * const model = new KMeans({ nClusters: 2 }).fit([[1], [2], [10], [11]]);
 * model.inertia; // 1
 * model.predict([[0], [12]]).length; // 2
 */
export class KMeans extends ClustererSpec<typeof params> {
  static readonly typeName = "KMeans";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(KMeans.typeName, params, given);
  }

  static fromState(state: unknown): KMeans {
    return new KMeans(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): KMeansModel {
    const where = "KMeans.fit";
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { nClusters: k, init, nInit, maxIter, tol, algorithm } = this.params;
    requireRowsFor(where, "nClusters", k, matrix.rows);
    const starts = readCentres(init, k, matrix.cols, where);
    const runs = nInit === "auto" ? (init === "random" ? 10 : 1) : starts === null ? nInit : 1;
    const { data, rows: n, cols: d } = matrix;
    const problem = { X: data, n, d, k, weights, maxIter, tol };
    const found = kMeans(
      problem,
      starts,
      typeof init === "string" ? init : "k-means++",
      runs,
      randomStream(this.params.seed),
      (run, iteration) => step(where, options, run * maxIter + iteration + 1, runs * maxIter, "iterations"),
      algorithm,
    );
    if (!Number.isFinite(found.inertia))
      throw valueError(
        where,
        "X",
        "holds numbers whose squares overflow, expected smaller ones: scale the columns",
      );
    if (!found.converged)
      warn(where, options, `did not converge in ${maxIter} iterations: raise maxIter or tol`);
    return new KMeansModel(schemaOf(design), found.labels, new Matrix(found.centres, k, d), {
      inertia: found.inertia,
      nIter: found.iterations,
      history: found.history,
    });
  }
}

interface KMeansRun {
  readonly inertia: number;
  readonly nIter: number;
  readonly history: Float64Array;
}

/** A model whose groups are the rows nearest to a centre. */
export abstract class CentreModel extends InductiveClustererModel {
  /** One row per group. */
  readonly clusterCenters: Matrix;

  constructor(schema: Schema, labels: Int32Array, clusterCenters: Matrix) {
    super(schema, labels);
    this.clusterCenters = clusterCenters;
  }

  override get nClusters(): number {
    return this.clusterCenters.rows;
  }

  override predict(X: MatrixLike): Int32Array {
    const name = (this.constructor as unknown as { typeName: string }).typeName;
    const { matrix } = readLike(this.schema, X, `${name}.predict`);
    return nearestCentre(matrix, this.clusterCenters);
  }

  /** Distance of each row of X to every centre, a column per centre. */
  transform(X: MatrixLike): Matrix {
    const name = (this.constructor as unknown as { typeName: string }).typeName;
    const { matrix } = readLike(this.schema, X, `${name}.transform`);
    const k = this.clusterCenters.rows;
    const out = Matrix.zeros(matrix.rows, k);
    pairwiseSquaredDistances(matrix.data, matrix.rows, this.clusterCenters.data, k, matrix.cols, out.data);
    return out.map(Math.sqrt);
  }

  /** Minus the summed squared distance of the rows of X to their nearest centre. */
  score(X: MatrixLike): number {
    return -this.transform(X)
      .toArray()
      .reduce((sum, row) => sum + Math.min(...row) ** 2, 0);
  }
}

export function nearestCentre(X: Matrix, centres: Matrix): Int32Array {
  const labels = new Int32Array(X.rows);
  if (X.rows > 0)
    nearestRows(X.data, X.rows, centres.data, centres.rows, X.cols, 1, labels, new Float64Array(X.rows));
  return labels;
}

/** What {@link KMeans} learned. */
export class KMeansModel extends CentreModel {
  static readonly typeName = "KMeansModel";
  /** Summed (weighted) squared distance of the training rows to their centres. */
  readonly inertia: number;
  readonly nIter: number;
  /** Inertia at each iteration of the run that was kept; it never rises. */
  readonly history: Float64Array;

  constructor(schema: Schema, labels: Int32Array, clusterCenters: Matrix, run: KMeansRun) {
    super(schema, labels, clusterCenters);
    this.inertia = run.inertia;
    this.nIter = run.nIter;
    this.history = run.history;
  }

  override toState(): unknown {
    const { schema, labels, clusterCenters, inertia, nIter, history } = this;
    return { schema, labels, clusterCenters, run: { inertia, nIter, history } };
  }

  static fromState(state: unknown): KMeansModel {
    const s = state as { schema: Schema; labels: Int32Array; clusterCenters: Matrix; run: KMeansRun };
    return new KMeansModel(s.schema, s.labels, s.clusterCenters, s.run);
  }
}
