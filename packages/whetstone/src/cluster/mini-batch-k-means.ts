import {
  ClustererSpec,
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  requireRowsFor,
  type Schema,
  schemaOf,
  seed,
  step,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { CentreModel, initParam, nClustersParam, nearestCentre, readCentres } from "./k-means.ts";
import { type BatchState, BatchWatch, batchStep } from "./mini-batch-step.ts";
import { seedCentres } from "./seeding.ts";

const params = {
  nClusters: nClustersParam,
  init: initParam,
  nInit: either(
    oneOf(["auto"], {
      default: "auto",
      doc: 'Starts that are tried, of which the best on initSize rows is kept; "auto" is 1 for k-means++ and given centres, 3 for random',
    }),
    int({ min: 1, default: 1, doc: "" }),
  ),
  maxIter: int({ min: 1, default: 100, doc: "Most passes over the rows" }),
  batchSize: int({ min: 1, default: 1024, doc: "Rows per step" }),
  initSize: optional(
    int({
      min: 1,
      default: 3072,
      doc: "Rows drawn to start from; null for three batches, 3 nClusters at least",
    }),
  ),
  tol: real({
    min: 0,
    default: 0,
    doc: "Stop when the centres' squared movement is below this times the mean variance of a column; 0 for never",
  }),
  maxNoImprovement: optional(
    int({
      min: 1,
      default: 10,
      doc: "Stop after this many steps without a lower smoothed inertia; null for never",
    }),
    { default: 10 },
  ),
  reassignmentRatio: real({
    min: 0,
    default: 0.01,
    doc: "Centres with less than this share of the rows of the largest start afresh",
  }),
  seed: seed(),
};

interface Learned extends BatchState {
  readonly inertia: number;
  readonly nSteps: number;
  readonly nIter: number;
}

/**
 * k-means by small random batches: each step assigns `batchSize` rows and moves their centres to the running mean of all
 * rows they took in. A little worse than {@link KMeans}, at a fraction of its time on many rows, and `partialFit` learns
 * from rows that do not fit in memory. `sampleWeight` counts rows.
 *
 * Source: Sculley (2010), WWW.
 *
 * @example
 * const spec = new MiniBatchKMeans({ nClusters: 2, init: [[0], [10]] });
 * let model = spec.partialFit([[1], [11]]);
 * model = model.partialFit([[2], [14]]);
 * model.clusterCenters.toArray(); // [[1.5], [12.5]]
 */
export class MiniBatchKMeans extends ClustererSpec<typeof params> {
  static readonly typeName = "MiniBatchKMeans";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(MiniBatchKMeans.typeName, params, given);
  }

  static fromState(state: unknown): MiniBatchKMeans {
    return new MiniBatchKMeans(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): MiniBatchKMeansModel {
    const where = "MiniBatchKMeans.fit";
    const design = readDesign(X, where);
    const { data, rows: n, cols: d } = design.matrix;
    const weights = readWeights(options.sampleWeight, n, where);
    const { maxIter, tol, maxNoImprovement, reassignmentRatio } = this.params;
    requireRowsFor(where, "nClusters", this.params.nClusters, n);
    const size = Math.min(n, this.params.batchSize);
    const random = randomStream(this.params.seed);
    let state = this.#start(design.matrix, weights, where);
    const watch = new BatchWatch(n, size, tol * meanVariance(design.matrix), maxNoImprovement);
    const steps = Math.max(1, Math.floor((maxIter * n) / size));
    const batches = random.split("batches");
    const rows = new Int32Array(size);
    let done = 0;
    while (done < steps) {
      step(where, options, done, steps, "batches");
      for (let i = 0; i < size; i++) rows[i] = batches.int(n);
      const batch = takeRows(data, d, weights, rows);
      const found = batchStep(batch, state, reassignmentRatio, batches);
      done++;
      let moved = 0;
      for (let j = 0; j < state.centres.length; j++)
        moved += (found.state.centres[j]! - state.centres[j]!) ** 2;
      state = found.state;
      if (watch.stops(found.inertia / size, moved)) break;
    }
    const nIter = Math.ceil((done * size) / n);
    return modelOf(this, schemaOf(design), design.matrix, weights, state, { nSteps: done, nIter }, where);
  }

  /** A model that has seen one batch, to be taught by its own `partialFit`. The batch must hold `nClusters` rows. */
  partialFit(X: MatrixLike, options: FitOptions = {}): MiniBatchKMeansModel {
    const where = "MiniBatchKMeans.partialFit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const weights = readWeights(options.sampleWeight, design.matrix.rows, where);
    requireRowsFor(where, "nClusters", this.params.nClusters, design.matrix.rows);
    const state = this.#start(design.matrix, weights, where);
    return afterBatch(this, schemaOf(design), design.matrix, weights, state, 0, where);
  }

  #start(matrix: Matrix, weights: Float64Array | null, where: string): BatchState {
    const { nClusters: k, init, nInit, batchSize } = this.params;
    const { data, rows: n, cols: d } = matrix;
    const fresh = (centres: Float64Array): BatchState => ({
      centres,
      counts: new Float64Array(k),
      sinceReassigned: 0,
    });
    const given = readCentres(init, k, d, where);
    if (given !== null) return fresh(Float64Array.from(given));
    const wanted = this.params.initSize ?? Math.max(3 * k, 3 * Math.min(batchSize, n));
    const size = Math.min(n, Math.max(k, wanted));
    const random = randomStream(this.params.seed).split("start");
    const draw = () => takeRows(data, d, weights, size === n ? null : random.choice(n, size));
    const judge = draw();
    const runs = nInit === "auto" ? (init === "random" ? 3 : 1) : nInit;
    let best: Float64Array | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < runs; run++) {
      const problem = { ...draw(), k, maxIter: 1, tol: 0 };
      const centres = seedCentres(problem, init === "random" ? "random" : "k-means++", random.split(run));
      const inertia = inertiaAt(judge.X, judge.n, d, judge.weights, centres, k);
      if (best === null || inertia < least) {
        best = centres;
        least = inertia;
      }
    }
    return fresh(best!);
  }
}

function afterBatch(
  spec: MiniBatchKMeans,
  schema: Schema,
  batch: Matrix,
  weights: Float64Array | null,
  before: BatchState,
  done: number,
  where: string,
): MiniBatchKMeansModel {
  const random = randomStream(spec.params.seed).split("partial").split(done);
  const { data: X, rows: n, cols: d } = batch;
  const { state } = batchStep({ X, n, d, weights }, before, spec.params.reassignmentRatio, random);
  return modelOf(spec, schema, batch, weights, state, { nSteps: done + 1, nIter: done + 1 }, where);
}

function modelOf(
  spec: MiniBatchKMeans,
  schema: Schema,
  matrix: Matrix,
  weights: Float64Array | null,
  state: BatchState,
  counts: { nSteps: number; nIter: number },
  where: string,
): MiniBatchKMeansModel {
  const k = state.counts.length;
  const inertia = inertiaAt(matrix.data, matrix.rows, matrix.cols, weights, state.centres, k);
  if (!Number.isFinite(inertia))
    throw valueError(
      where,
      "X",
      "holds numbers whose squares overflow, expected smaller ones: scale the columns",
    );
  const labels = nearestCentre(matrix, new Matrix(state.centres, k, matrix.cols));
  return new MiniBatchKMeansModel(spec, schema, labels, { ...state, inertia, ...counts });
}

/** Some of the rows, all where `rows` is null. */
function takeRows(
  X: Float64Array,
  d: number,
  weights: Float64Array | null,
  rows: Int32Array | readonly number[] | null,
): { X: Float64Array; n: number; d: number; weights: Float64Array | null } {
  if (rows === null) return { X, n: X.length / d, d, weights };
  const out = new Float64Array(rows.length * d);
  for (let i = 0, at = 0; i < rows.length; i++)
    for (let j = 0, from = rows[i]! * d; j < d; j++) out[at++] = X[from++]!;
  const w = weights === null ? null : Float64Array.from(rows, (r) => weights[r]!);
  return { X: out, n: rows.length, d, weights: w };
}

function inertiaAt(
  X: Float64Array,
  n: number,
  d: number,
  weights: Float64Array | null,
  centres: Float64Array,
  k: number,
): number {
  const labels = nearestCentre(new Matrix(X, n, d), new Matrix(centres, k, d));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let gap = 0;
    for (let j = 0, a = i * d, b = labels[i]! * d; j < d; j++) gap += (X[a++]! - centres[b++]!) ** 2;
    sum += weights === null ? gap : weights[i]! * gap;
  }
  return sum;
}

function meanVariance(matrix: Matrix): number {
  const mean = matrix.columnMeans();
  let sum = 0;
  for (let at = 0; at < matrix.data.length; at++) sum += (matrix.data[at]! - mean[at % matrix.cols]!) ** 2;
  return sum / matrix.data.length;
}

/** What {@link MiniBatchKMeans} learned so far; `labels` are those of the rows it was last given. */
export class MiniBatchKMeansModel extends CentreModel {
  static readonly typeName = "MiniBatchKMeansModel";
  readonly spec: MiniBatchKMeans;
  /** Summed (weighted) squared distance of the rows last given to their centres. */
  readonly inertia: number;
  /** Batches taken in. */
  readonly nSteps: number;
  /** Passes over the rows, begun ones counted; batches after `partialFit`. */
  readonly nIter: number;
  readonly #learned: Learned;

  constructor(spec: MiniBatchKMeans, schema: Schema, labels: Int32Array, learned: Learned) {
    super(schema, labels, new Matrix(learned.centres, learned.counts.length, schema.nFeatures));
    this.spec = spec;
    this.inertia = learned.inertia;
    this.nSteps = learned.nSteps;
    this.nIter = learned.nIter;
    this.#learned = learned;
  }

  /** The model after one more batch of rows; this one stays as it is. */
  partialFit(X: MatrixLike, options: FitOptions = {}): MiniBatchKMeansModel {
    const where = "MiniBatchKMeansModel.partialFit";
    throwIfAborted(options.signal, where);
    const { matrix } = readLike(this.schema, X, where);
    if (matrix.rows === 0) return this;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    return afterBatch(this.spec, this.schema, matrix, weights, this.#learned, this.nSteps, where);
  }

  override toState(): unknown {
    return { spec: this.spec, schema: this.schema, labels: this.labels, learned: this.#learned };
  }

  static fromState(state: unknown): MiniBatchKMeansModel {
    const s = state as { spec: MiniBatchKMeans; schema: Schema; labels: Int32Array; learned: Learned };
    return new MiniBatchKMeansModel(s.spec, s.schema, s.labels, s.learned);
  }
}
