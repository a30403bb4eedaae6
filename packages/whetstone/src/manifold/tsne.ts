import {
  EmbeddingModel,
  EmbeddingSpec,
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  seed,
  step,
  throwIfAborted,
} from "../contract/index.ts";
import { PCA } from "../decomposition/index.ts";
import { argumentError } from "../errors.ts";
import { pairwiseSquaredDistances, withScratch } from "../kernels/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { nearestRows, type SparseRows, symmetrise } from "./nearest-rows.ts";
import { conditionalAffinities } from "./perplexity.ts";
import { divergence, tsneForces } from "./tsne-forces.ts";

const params = {
  nComponents: int({ min: 1, default: 2, doc: "Dimensions of the map" }),
  perplexity: real({
    min: 1,
    max: 1e9,
    exclusiveMin: true,
    default: 30,
    doc: "Effective number of neighbours of every point; must be below the number of rows",
  }),
  earlyExaggeration: real({
    min: 1,
    max: 1e6,
    default: 12,
    doc: "Factor on the attraction in the first 250 iterations; halved where it would draw the whole map into a point",
  }),
  learningRate: either(
    oneOf(["auto"], { default: "auto", doc: "Step size; auto is max(n / earlyExaggeration / 4, 50)" }),
    real({ min: 0, max: 1e6, exclusiveMin: true, default: 200, doc: "" }),
  ),
  maxIter: int({ min: 250, default: 1000, doc: "Iterations, the 250 exaggerated ones included" }),
  nIterWithoutProgress: int({
    min: 1,
    default: 300,
    doc: "Stops when the divergence did not fall for so long",
  }),
  minGradNorm: real({ min: 0, default: 1e-7, doc: "Stops when the gradient is shorter" }),
  init: oneOf(["pca", "random"], {
    default: "pca",
    doc: "First map: the leading principal components, or noise",
  }),
  method: oneOf(["auto", "barnesHut", "exact", "fft"], {
    default: "auto",
    doc: "exact: affinities and forces between all pairs; barnesHut: affinities to 3 perplexity neighbours, far points repel in groups; fft: the same affinities, points repel through a grid, two dimensions only; auto: affinities to neighbours, exact repulsion up to 6000 rows, as fft beyond (barnesHut in one or three dimensions)",
  }),
  angle: real({ min: 0, max: 1, default: 0.5, doc: "How coarse groups may be: side over distance" }),
  seed: seed(),
} as const;

const EXAGGERATED = 250;
/** Rows up to which all pairs at four lanes cost less than the grid. */
const ALL_PAIRS = 6000;

/**
 * t-SNE: a map on which neighbours stay neighbours. Affinities are normal with a bandwidth per point that gives each
 * the same perplexity, those of the map are Student's t with one degree of freedom; the map minimises the
 * Kullback-Leibler divergence between them. Sizes of clusters and gaps between them mean little, and there is no way
 * to place new rows. Reduce wide data to about 50 principal components first.
 *
 * Source: van der Maaten and Hinton (JMLR 9, 2008); tree of van der Maaten (JMLR 15, 2014); grid of
 * Linderman et al. (Nature Methods 16, 2019).
 *
 * @example
 * const X = Array.from({ length: 20 }, (_, i) => [i % 2, Math.sin(i), i / 20]);
 * new TSNE({ perplexity: 5, maxIter: 250 }).fit(X).embedding.cols; // 2
 */
export class TSNE extends EmbeddingSpec<typeof params> {
  static readonly typeName = "TSNE";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("TSNE", params, given);
    const { method, nComponents } = this.params;
    if (method === "barnesHut" && nComponents > 3)
      throw argumentError("TSNE", "nComponents", nComponents, 'at most 3 with method "barnesHut"');
    if (method === "fft" && nComponents !== 2)
      throw argumentError("TSNE", "nComponents", nComponents, '2 with method "fft"');
  }

  static fromState(state: unknown): TSNE {
    return new TSNE(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): TSNEModel {
    const where = "TSNE.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where, { minRows: 2 });
    refuseWeights(options, where, "every row is one point of the map");
    const { matrix } = design;
    const n = matrix.rows;
    const { perplexity, method, nComponents: dims, angle } = this.params;
    if (perplexity >= n)
      throw argumentError(where, "perplexity", perplexity, `a number below ${n}, the number of rows of X`);
    const P =
      method === "exact" ? denseAffinities(matrix, perplexity) : neighbourAffinities(matrix, perplexity);
    const all = method === "exact" || dims > 3 || (method === "auto" && n <= ALL_PAIRS);
    const grid = method === "fft" || (method === "auto" && dims === 2);
    return withScratch((s) => {
      const forces = tsneForces(s, P, dims, all ? "pairs" : grid ? "grid" : { angle });
      forces.y.set(this.#start(matrix));
      const found = this.#descend(P, forces, where, options);
      const embedding = new Matrix(found.y, n, dims);
      return new TSNEModel({
        schema: schemaOf(design),
        embedding,
        klDivergence: found.kl,
        nIter: found.nIter,
      });
    });
  }

  #start(X: Matrix): Float64Array {
    const { nComponents: k, init, seed } = this.params;
    const random = randomStream(seed);
    const y = random.fillNormal(new Float64Array(X.rows * k), 0, 1e-4);
    if (init === "random") return y;
    const kept = Math.min(k, X.rows, X.cols);
    const Z = new PCA({ nComponents: kept }).fit(X).transform(X);
    let square = 0;
    for (let i = 0; i < X.rows; i++) square += Z.at(i, 0) ** 2;
    const sd = Math.sqrt(square / X.rows);
    if (!(sd > 0)) return y;
    for (let i = 0; i < X.rows; i++) for (let c = 0; c < kept; c++) y[i * k + c] = (1e-4 * Z.at(i, c)) / sd;
    return y;
  }

  /** Gradient descent with momentum and a gain per coordinate (Jacobs 1988), as in the reference implementation. */
  #descend(
    P: SparseRows,
    forces: ReturnType<typeof tsneForces>,
    where: string,
    options: FitOptions,
  ): { y: Float64Array; kl: number; nIter: number } {
    const { learningRate, earlyExaggeration, maxIter, nIterWithoutProgress, minGradNorm } = this.params;
    const { y } = forces;
    const size = y.length;
    const dims = size / P.n;
    const rate = learningRate === "auto" ? Math.max(P.n / earlyExaggeration / 4, 50) : learningRate;
    const [gradient, update] = [new Float64Array(size), new Float64Array(size)];
    const gains = new Float64Array(size).fill(1);
    let best = Number.POSITIVE_INFINITY;
    let bestAt = 0;
    let nIter = 0;
    let quiet = false;
    const first = y.slice();
    const started = spread(first, dims);
    let [exaggeration, last] = [earlyExaggeration, started];
    while (nIter < maxIter && !(quiet && nIter > EXAGGERATED)) {
      const exaggerated = nIter < EXAGGERATED;
      if (nIter === EXAGGERATED) {
        update.fill(0);
        gains.fill(1);
      }
      const total = forces.gradient(exaggerated ? exaggeration : 1, gradient);
      const checks = nIter % 50 === 49;
      let norm = 0;
      if (checks) for (let at = 0; at < size; at++) norm += gradient[at]! ** 2;
      if (checks && !exaggerated) {
        const kl = divergence(P, y, dims, total);
        if (kl < best) {
          best = kl;
          bestAt = nIter;
        }
        quiet = nIter - bestAt > nIterWithoutProgress || Math.sqrt(norm) <= minGradNorm;
      }
      const momentum = exaggerated ? 0.5 : 0.8;
      for (let at = 0; at < size; at++) {
        const g = gradient[at]!;
        const gain = update[at]! * g < 0 ? gains[at]! + 0.2 : gains[at]! * 0.8;
        gains[at] = gain < 0.01 ? 0.01 : gain;
        update[at] = momentum * update[at]! - rate * gains[at]! * g;
        y[at] = y[at]! + update[at]!;
      }
      if (checks && exaggerated && exaggeration > 1) {
        // Clusters that hang together by more than 1 / exaggeration of their affinities draw each other in until only
        // rounding error is left of the map. A weaker exaggeration then starts it again.
        const now = spread(y, dims);
        if (now < 1e-3 * started || (nIter > 50 && now < last && now < started)) {
          exaggeration = Math.max(1, exaggeration / 2);
          y.set(first);
          update.fill(0);
          gains.fill(1);
        }
        last = spread(y, dims);
      }
      nIter++;
      step(where, options, nIter, maxIter, "iterations");
    }
    const total = forces.gradient(1, gradient);
    return { y: y.slice(), kl: divergence(P, y, dims, total), nIter };
  }
}

/** Root of the mean squared distance of the map's points from their mean. */
function spread(y: Float64Array, dims: number): number {
  const n = y.length / dims;
  const mean = new Float64Array(dims);
  for (let at = 0; at < y.length; at++) mean[at % dims] = mean[at % dims]! + y[at]! / n;
  let sum = 0;
  for (let at = 0; at < y.length; at++) sum += (y[at]! - mean[at % dims]!) ** 2;
  return Math.sqrt(sum / n);
}

/** (p(j | i) + p(i | j)) / 2n over the 3 perplexity nearest neighbours of each row. */
function neighbourAffinities(X: Matrix, perplexity: number): SparseRows {
  const n = X.rows;
  const k = Math.min(n - 1, Math.floor(3 * perplexity) + 1);
  const near = nearestRows(X, X, k, true);
  const { affinities } = conditionalAffinities(
    near.distances.map((v) => v * v),
    n,
    k,
    perplexity,
  );
  return symmetrise(n, k, near.indices, affinities, (a, b) => (a + b) / (2 * n));
}

/** The same over all pairs. */
function denseAffinities(X: Matrix, perplexity: number): SparseRows {
  const n = X.rows;
  const k = n - 1;
  const all = new Float64Array(n * n);
  pairwiseSquaredDistances(X.data, n, X.data, n, X.cols, all);
  const squared = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    squared.set(all.subarray(i * n, i * n + i), i * k);
    squared.set(all.subarray(i * n + i + 1, (i + 1) * n), i * k + i);
  }
  const { affinities } = conditionalAffinities(squared, n, k, perplexity);
  const place = (i: number, j: number): number => i * k + (j < i ? j : j - 1);
  const indices = new Int32Array(n * k);
  const values = new Float64Array(n * k);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      if (i !== j) {
        indices[place(i, j)] = j;
        values[place(i, j)] = (affinities[place(i, j)]! + affinities[place(j, i)]!) / (2 * n);
      }
  return { n, indptr: Int32Array.from({ length: n + 1 }, (_, i) => i * k), indices, values };
}

interface TsneState {
  readonly schema: Schema;
  readonly embedding: Matrix;
  readonly klDivergence: number;
  readonly nIter: number;
}

/** What {@link TSNE} found: a map of the training rows, and no way to place others. */
export class TSNEModel extends EmbeddingModel {
  static readonly typeName = "TSNEModel";
  /** Divergence of the map's affinities from those of the rows. */
  readonly klDivergence: number;
  readonly nIter: number;

  constructor(state: TsneState) {
    super(state.schema, state.embedding);
    this.klDivergence = state.klDivergence;
    this.nIter = state.nIter;
  }

  override toState(): unknown {
    const { schema, embedding, klDivergence, nIter } = this;
    return { schema, embedding, klDivergence, nIter };
  }
  static fromState(state: unknown): TSNEModel {
    return new TSNEModel(state as TsneState);
  }
}
