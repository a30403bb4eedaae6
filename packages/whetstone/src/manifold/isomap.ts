import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  readDesign,
  readLike,
  refuseWeights,
  type Schema,
  schemaOf,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
} from "../contract/index.ts";
import { argumentError, numericalError } from "../errors.ts";
import { Matrix } from "../math/index.ts";
import { classicalScaling } from "./classical-scaling.ts";
import { nearestRows, type SparseRows, symmetrise } from "./nearest-rows.ts";
import { shortestPaths } from "./shortest-paths.ts";

const params = {
  nNeighbors: int({ min: 1, default: 5, doc: "Neighbours of every row; paths run along these edges" }),
  nComponents: int({ min: 1, default: 2, doc: "Dimensions of the map" }),
} as const;

/**
 * Isomap: distances along the neighbourhood graph, then the map that keeps them best (classical scaling). Unrolls a
 * surface that bends without stretching.
 *
 * Source: Tenenbaum, de Silva and Langford (Science 290, 2000).
 *
 * @throws WhetstoneError "numerical" if the graph falls into pieces: take more neighbours.
 *
 * @example
 * const arc = Array.from({ length: 20 }, (_, i) => [Math.cos(i / 6), Math.sin(i / 6)]);
 * new Isomap({ nComponents: 1, nNeighbors: 2 }).fit(arc).transform(arc).cols; // 1
 */
export class Isomap extends TransformerSpec<typeof params> {
  static readonly typeName = "Isomap";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("Isomap", params, given);
  }

  static fromState(state: unknown): Isomap {
    return new Isomap(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): IsomapModel {
    const where = "Isomap.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where, { minRows: 2 });
    refuseWeights(options, where, "every row is one point of the map");
    const { matrix } = design;
    const n = matrix.rows;
    const { nNeighbors, nComponents } = this.params;
    if (nNeighbors >= n)
      throw argumentError(where, "nNeighbors", nNeighbors, `below ${n}, the number of rows of X`);
    if (nComponents > n)
      throw argumentError(where, "nComponents", nComponents, `at most ${n}, the number of rows`);
    const near = nearestRows(matrix, matrix, nNeighbors, true);
    const graph: SparseRows = symmetrise(n, nNeighbors, near.indices, near.distances, (a, b) =>
      Math.max(a, b),
    );
    const geodesics = shortestPaths(graph);
    if (geodesics.data.some((v) => v === Number.POSITIVE_INFINITY))
      throw numericalError(
        where,
        `the graph of ${nNeighbors} neighbours falls into pieces: raise nNeighbors`,
      );
    const { vectors, values, rowMeans, mean } = classicalScaling(geodesics, nComponents);
    return new IsomapModel({
      schema: schemaOf(design),
      X: matrix.clone(),
      geodesics,
      nNeighbors,
      vectors,
      values,
      rowMeans,
      mean,
    });
  }
}

interface IsomapState {
  readonly schema: Schema;
  readonly X: Matrix;
  readonly geodesics: Matrix;
  readonly nNeighbors: number;
  /** k x n eigenvectors and their eigenvalues. */
  readonly vectors: Matrix;
  readonly values: Float64Array;
  /** Row means of -D^2 / 2, and their mean. */
  readonly rowMeans: Float64Array;
  readonly mean: number;
}

/** What {@link Isomap} learned; it keeps the training rows. */
export class IsomapModel extends TransformerModel {
  static readonly typeName = "IsomapModel";
  readonly #state: IsomapState;

  constructor(state: IsomapState) {
    super(state.schema);
    this.#state = state;
  }

  /** Where each training row lies, n x k. */
  get embedding(): Matrix {
    const { vectors, values } = this.#state;
    const n = vectors.cols;
    return vectors.map((v, at) => v * Math.sqrt(Math.max(0, values[Math.floor(at / n)]!))).transpose();
  }
  /** Distances along the graph, n x n. */
  get geodesics(): Matrix {
    return this.#state.geodesics;
  }
  override outputNames(): readonly string[] {
    return Array.from(this.#state.values, (_, k) => `isomap${k}`);
  }

  /** Places rows by their distances along the graph, entered through their nearest training rows. */
  override transform(X: MatrixLike): NamedMatrix {
    const { geodesics, nNeighbors, vectors, values, rowMeans, mean } = this.#state;
    const { matrix } = readLike(this.schema, X, "Isomap.transform");
    const n = geodesics.rows;
    const k = values.length;
    const near = nearestRows(matrix, this.#state.X, nNeighbors, false);
    const out = Matrix.zeros(matrix.rows, k);
    const row = new Float64Array(n);
    for (let i = 0; i < matrix.rows; i++) {
      row.fill(Number.POSITIVE_INFINITY);
      for (let r = i * nNeighbors; r < (i + 1) * nNeighbors; r++) {
        const through = geodesics.row(near.indices[r]!);
        for (let j = 0; j < n; j++) row[j] = Math.min(row[j]!, near.distances[r]! + through[j]!);
      }
      let own = 0;
      for (let j = 0; j < n; j++) {
        row[j] = -0.5 * row[j]! * row[j]!;
        own += row[j]! / n;
      }
      for (let c = 0; c < k; c++) {
        if (!(values[c]! > 0)) continue;
        let sum = 0;
        for (let j = 0; j < n; j++) sum += (row[j]! - own - rowMeans[j]! + mean) * vectors.at(c, j);
        out.set(i, c, sum / Math.sqrt(values[c]!));
      }
    }
    return new NamedMatrix(out.data, out.rows, this.outputNames());
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): IsomapModel {
    return new IsomapModel(state as IsomapState);
  }
}
