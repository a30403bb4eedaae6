import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  readLike,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  seed,
  step,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
} from "../contract/index.ts";
import { PCA } from "../decomposition/index.ts";
import { argumentError } from "../errors.ts";
import { withScratch } from "../kernels/index.ts";
import { Matrix, type RandomStream, randomStream } from "../math/index.ts";
import { fuzzyUnion, type LocalScales, localScales, memberships } from "./fuzzy-graph.ts";
import { type Nearest, nearestRows, type SparseRows } from "./nearest-rows.ts";
import { spectralLayout } from "./spectral-layout.ts";
import { layoutCurve } from "./umap-curve.ts";
import { optimizeLayout } from "./umap-layout.ts";

const params = {
  nNeighbors: int({
    min: 2,
    default: 15,
    doc: "Neighbours of every row, itself included: few show detail, many the whole",
    search: { low: 5, high: 50 },
  }),
  nComponents: int({ min: 1, default: 2, doc: "Dimensions of the map" }),
  minDist: real({
    min: 0,
    max: 1e3,
    default: 0.1,
    doc: "How close points of the map may lie: small packs clusters tightly",
  }),
  spread: real({
    min: 0,
    max: 1e3,
    exclusiveMin: true,
    default: 1,
    doc: "Scale of the map; at least minDist",
  }),
  nEpochs: optional(
    int({ min: 1, default: 200, doc: "Rounds over the edges; null is 500 up to 10,000 rows, else 200" }),
  ),
  learningRate: real({
    min: 0,
    max: 1e3,
    exclusiveMin: true,
    default: 1,
    doc: "First step size; it falls to 0",
  }),
  init: oneOf(["spectral", "pca", "random"], {
    default: "spectral",
    doc: "First map: eigenvectors of the graph, principal components, or uniform",
  }),
  setOpMixRatio: real({ min: 0, max: 1, default: 1, doc: "1 joins the rows' fuzzy sets, 0 intersects them" }),
  negativeSampleRate: int({ min: 0, default: 5, doc: "Random points that push for each edge that pulls" }),
  repulsionStrength: real({ min: 0, max: 1e3, default: 1, doc: "Weight of the push" }),
  seed: seed(),
} as const;

/**
 * UMAP: a fuzzy graph of neighbours, laid out so that edges pull and random pairs push. Memberships fall from the
 * nearest neighbour on at a rate per row; the map minimises the cross-entropy to them. Unlike t-SNE it places new rows,
 * and leads back from the map to rows. How much of the global arrangement survives owes much to the first map.
 *
 * Source: McInnes, Healy and Melville, UMAP (arXiv 1802.03426, 2018).
 *
 * @example
 * const X = Array.from({ length: 30 }, (_, i) => [i % 3, Math.sin(i), i / 30]);
 * const model = new UMAP({ nNeighbors: 5, nEpochs: 20 }).fit(X);
 * model.transform(X).cols; // 2
 */
export class UMAP extends TransformerSpec<typeof params> {
  static readonly typeName = "UMAP";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("UMAP", params, given);
    const { minDist, spread } = this.params;
    if (minDist > spread) throw argumentError("UMAP", "minDist", minDist, `at most spread = ${spread}`);
  }

  static fromState(state: unknown): UMAP {
    return new UMAP(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): UMAPModel {
    const where = "UMAP.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where, { minRows: 3 });
    refuseWeights(options, where, "every row is one point of the map");
    const { matrix } = design;
    const n = matrix.rows;
    const { nNeighbors, nComponents: dims, setOpMixRatio, minDist, spread, seed } = this.params;
    if (nNeighbors > n)
      throw argumentError(where, "nNeighbors", nNeighbors, `at most ${n}, the number of rows of X`);
    // The row itself counts as its first neighbour and has no edge.
    const near = nearestRows(matrix, matrix, nNeighbors - 1, true);
    const scales = localScales(near, nNeighbors);
    const graph = fuzzyUnion(n, near, memberships(near, scales), setOpMixRatio);
    const random = randomStream(seed);
    const embedding = this.#start(matrix, graph, random.split("start"));
    const curve = layoutCurve(minDist, spread);
    const nEpochs = this.params.nEpochs ?? (n <= 10_000 ? 500 : 200);
    const layout = { ...curve, ...this.params, nEpochs };
    withScratch((s) => {
      const map = s.f64(embedding.data);
      optimizeLayout(s, map, map, dims, graph, {
        ...layout,
        random: random.split("layout"),
        report: (epoch) => step(where, options, epoch, nEpochs, "epochs"),
      });
      embedding.data.set(map.view);
    });
    return new UMAPModel({ schema: schemaOf(design), X: matrix.clone(), embedding, graph, scales, layout });
  }

  #start(X: Matrix, graph: SparseRows, random: RandomStream): Matrix {
    const { nComponents: k, init } = this.params;
    const n = X.rows;
    if (init === "random") return new Matrix(random.fillUniform(new Float64Array(n * k), -10, 10), n, k);
    let first: Matrix;
    if (init === "pca") {
      const kept = Math.min(k, n, X.cols);
      const Z = new PCA({ nComponents: kept }).fit(X).transform(X);
      first = Matrix.zeros(n, k).map((_, at) => (at % k < kept ? Z.at(Math.floor(at / k), at % k) : 0));
    } else first = spectralLayout(graph, k, random);
    const most = first.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const scaled = first.map((v) => (most > 0 ? (10 * v) / most : 0) + 1e-4 * random.normal());
    // Each coordinate on [0, 10], as in the reference implementation.
    for (let c = 0; c < k; c++) {
      const column = scaled.col(c);
      const low = column.reduce((a, b) => Math.min(a, b));
      const range = column.reduce((a, b) => Math.max(a, b)) - low;
      for (let i = 0; i < n; i++) scaled.set(i, c, (10 * (column[i]! - low)) / range);
    }
    return scaled;
  }
}

interface UmapLayout {
  readonly a: number;
  readonly b: number;
  readonly nEpochs: number;
  readonly nNeighbors: number;
  readonly learningRate: number;
  readonly negativeSampleRate: number;
  readonly repulsionStrength: number;
  readonly seed: number;
}

interface UmapState {
  readonly schema: Schema;
  readonly X: Matrix;
  readonly embedding: Matrix;
  readonly graph: SparseRows;
  readonly scales: LocalScales;
  readonly layout: UmapLayout;
}

/** What {@link UMAP} learned; it keeps the training rows. */
export class UMAPModel extends TransformerModel {
  static readonly typeName = "UMAPModel";
  /** Where each training row lies, n x k. */
  readonly embedding: Matrix;
  readonly #state: UmapState;

  constructor(state: UmapState) {
    super(state.schema);
    this.embedding = state.embedding;
    this.#state = state;
  }

  /** The two numbers of the map's membership 1 / (1 + a d^(2b)). */
  get curve(): { readonly a: number; readonly b: number } {
    return { a: this.#state.layout.a, b: this.#state.layout.b };
  }
  /** The fuzzy graph of the training rows in compressed rows: weights in (0, 1]. */
  get graph(): SparseRows {
    return this.#state.graph;
  }
  /** Distance to the nearest neighbour and bandwidth of every training row. */
  get scales(): LocalScales {
    return this.#state.scales;
  }

  override outputNames(): readonly string[] {
    return Array.from({ length: this.embedding.cols }, (_, k) => `umap${k}`);
  }

  /**
   * Places rows on the map: at the weighted mean of their neighbours, then moved by a third of the training epochs with
   * the map fixed. A row's place does not depend on the rows beside it; a training row lands near, not at, its own.
   */
  override transform(X: MatrixLike): NamedMatrix {
    const { layout } = this.#state;
    const dims = this.embedding.cols;
    const { matrix } = readLike(this.schema, X, "UMAP.transform");
    const k = Math.min(layout.nNeighbors, this.#state.X.rows);
    const near = nearestRows(matrix, this.#state.X, k, false);
    const weights = memberships(near, localScales(near, k));
    const out = barycentres(near, weights, this.embedding);
    const nEpochs = Math.max(1, Math.floor(layout.nEpochs / 3));
    const random = randomStream(layout.seed).split("transform");
    const indptr = Int32Array.from([0, k]);
    withScratch((s) => {
      const map = s.f64(this.embedding.data);
      for (let i = 0; i < matrix.rows; i++) {
        const part = (width: number): [number, number] => [i * width, (i + 1) * width];
        const place = out.data.subarray(...part(dims));
        const graph = {
          n: 1,
          indptr,
          indices: near.indices.subarray(...part(k)),
          values: weights.subarray(...part(k)),
        };
        withScratch((own) => {
          const head = own.f64(place);
          optimizeLayout(own, head, map, dims, graph, {
            ...layout,
            nEpochs,
            learningRate: layout.learningRate / 4,
            random: random.clone(),
            report: () => {},
          });
          place.set(head.view);
        });
      }
    });
    return new NamedMatrix(out.data, out.rows, this.outputNames());
  }

  /**
   * Rows that would land near these places of the map: means of the training rows that lie near, weighted by the map's
   * own membership. An approximation, best inside the map; far outside it gives the nearest rows.
   */
  inverseTransform(Z: MatrixLike): Matrix {
    const { X, layout } = this.#state;
    const schema = { nFeatures: this.embedding.cols, names: null, categories: null };
    const { matrix } = readLike(schema, Z, "UMAP.inverseTransform");
    const near = nearestRows(matrix, this.embedding, Math.min(layout.nNeighbors, X.rows), false);
    const weights = near.distances.map((d, at) => {
      // Relative to the nearest, so that weights do not vanish far outside the map.
      const nearest = near.distances[Math.floor(at / near.k) * near.k]!;
      const membership = (v: number): number => 1 / (1 + layout.a * v ** (2 * layout.b));
      return (membership(d) / membership(nearest)) ** 4;
    });
    const out = barycentres(near, weights, X);
    return this.schema.names ? new NamedMatrix(out.data, out.rows, this.schema.names) : out;
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): UMAPModel {
    return new UMAPModel(state as UmapState);
  }
}

/** Weighted means of the listed rows of `points`. */
function barycentres(near: Nearest, weights: Float64Array, points: Matrix): Matrix {
  const { k, indices } = near;
  const d = points.cols;
  const n = indices.length / k;
  const out = Matrix.zeros(n, d);
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let r = 0; r < k; r++) total += weights[i * k + r]!;
    for (let r = 0; r < k; r++) {
      const w = weights[i * k + r]! / total;
      const from = indices[i * k + r]! * d;
      for (let j = 0; j < d; j++) out.data[i * d + j] = out.data[i * d + j]! + w * points.data[from + j]!;
    }
  }
  return out;
}
