import {
  bool,
  custom,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  oneOf,
  type ParamInput,
  type Schema,
  seed,
  TransformerSpec,
} from "../contract/index.ts";
import { argumentError, valueError } from "../errors.ts";
import { Matrix } from "../math/index.ts";
import { byCovariance, bySvd, type PcaProblem, type PcaSolution } from "./pca-solvers.ts";
import { ComponentModel, project } from "./projection.ts";
import { start } from "./start.ts";

const params = {
  nComponents: custom<number | null>({
    default: null,
    doc: "How many directions to keep: a count, or a share of the variance between 0 and 1; null keeps all",
    expected: "an integer >= 1, a number between 0 and 1, or null",
    accepts: (v) =>
      v === null || (typeof v === "number" && ((v > 0 && v < 1) || (Number.isSafeInteger(v) && v >= 1))),
  }),
  whiten: bool({ default: false, doc: "Divide each direction by its standard deviation" }),
  svdSolver: oneOf(["auto", "full", "covariance", "randomized"], {
    default: "auto",
    doc: "full decomposes the centred rows; covariance their d x d covariance (one pass, fast for tall data, half the digits of the small directions); randomized finds only the leading directions; auto chooses by shape",
  }),
  nOversamples: int({ min: 0, default: 10, doc: "Extra random directions of the randomized solver" }),
  iteratedPower: custom<"auto" | number>({
    default: "auto",
    doc: "Power iterations of the randomized solver; auto is 7 when few directions are asked for, else 4",
    expected: '"auto" or an integer >= 0',
    accepts: (v) => v === "auto" || (typeof v === "number" && Number.isSafeInteger(v) && v >= 0),
  }),
  seed: seed(),
} as const;

/**
 * Principal component analysis: the orthogonal directions of largest variance of the centred rows. Variances are
 * s^2 / (n - 1) with s the singular values; a sample weight of k counts as k copies of the row. Components have their
 * largest entry positive, so that every solver gives the same signs. Columns are not scaled: standardise first where
 * units differ.
 *
 * Source: Jolliffe, Principal Component Analysis (2002); randomized solver of Halko, Martinsson and Tropp (2011).
 *
 * @example
 * const model = new PCA({ nComponents: 1 }).fit([[0, 0], [1, 1], [2, 2.1]]);
 * model.explainedVarianceRatio[0]; // about 0.999
 */
export class PCA extends TransformerSpec<typeof params> {
  static readonly typeName = "PCA";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("PCA", params, given);
  }

  static fromState(state: unknown): PCA {
    return new PCA(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): PCAModel {
    const where = "PCA.fit";
    const { matrix, schema, weights } = start(X, options, where, 2);
    const most = Math.min(matrix.rows, matrix.cols);
    const { nComponents, whiten } = this.params;
    if (nComponents !== null && nComponents >= 1 && nComponents > most) {
      const why = `the smaller of ${matrix.rows} rows and ${matrix.cols} columns`;
      throw argumentError(where, "nComponents", nComponents, `at most ${most} (${why})`);
    }
    const total = weights ? weights.reduce((s, w) => s + w, 0) : matrix.rows;
    if (!(total > 1)) throw valueError(where, "sampleWeight", `sums to ${total}, expected more than 1`);
    const found = this.solve({ X: matrix, weights, where }, most);
    const k = countFor(nComponents, found);
    const kept = found.explainedVariance.subarray(0, k);
    const rest = found.totalVariance - kept.reduce((s, v) => s + v, 0);
    return new PCAModel({
      schema,
      mean: found.mean,
      components: new Matrix(found.components.data.slice(0, k * matrix.cols), k, matrix.cols),
      explainedVariance: kept.slice(),
      totalVariance: found.totalVariance,
      total: found.total,
      noiseVariance: k < most ? Math.max(0, rest) / (most - k) : 0,
      whiten,
    });
  }

  private solve(problem: PcaProblem, most: number): PcaSolution {
    const { nComponents, nOversamples, iteratedPower, seed } = this.params;
    const { rows, cols } = problem.X;
    const few = nComponents !== null && nComponents >= 1 && nComponents < 0.8 * most;
    let solver = this.params.svdSolver;
    const tall = cols <= 1000 && rows >= 10 * cols;
    if (solver === "auto")
      solver = tall ? "covariance" : Math.max(rows, cols) > 500 && few ? "randomized" : "full";
    if (solver !== "randomized")
      return solver === "full" ? bySvd(problem, null) : byCovariance(problem, null);
    const k = nComponents !== null && nComponents >= 1 ? nComponents : most;
    const iterations = iteratedPower === "auto" ? (k < 0.1 * most ? 7 : 4) : iteratedPower;
    const random = { k, oversampling: nOversamples, iterations, seed };
    // Iterating on the covariance does in one small product what the rows need two large ones for.
    return rows > 1.5 * cols ? byCovariance(problem, random) : bySvd(problem, random);
  }
}

/** How many directions a count or a share of the variance means. */
function countFor(asked: number | null, found: PcaSolution): number {
  const all = found.explainedVariance.length;
  if (asked === null) return all;
  if (asked >= 1) return asked;
  let sum = 0;
  for (let k = 0; k < all; k++) {
    sum += found.explainedVariance[k]!;
    // As in scikit-learn: the fewest directions whose share exceeds the one asked for.
    if (sum > asked * found.totalVariance) return k + 1;
  }
  return all;
}

interface PcaState {
  readonly schema: Schema;
  readonly mean: Float64Array;
  readonly components: Matrix;
  readonly explainedVariance: Float64Array;
  readonly totalVariance: number;
  readonly total: number;
  readonly noiseVariance: number;
  readonly whiten: boolean;
}

/** What {@link PCA} learned. */
export class PCAModel extends ComponentModel {
  static readonly typeName = "PCAModel";
  /** Means of the training columns, d. */
  readonly mean: Float64Array;
  /** One direction per row, k x d, orthonormal. */
  readonly components: Matrix;
  /** Variance along each direction (n - 1 in the denominator). */
  readonly explainedVariance: Float64Array;
  /** Mean variance of the directions left out; 0 where none is. */
  readonly noiseVariance: number;
  readonly whiten: boolean;
  readonly #totalVariance: number;
  readonly #total: number;

  constructor(state: PcaState) {
    super(state.schema);
    this.mean = state.mean;
    this.components = state.components;
    this.explainedVariance = state.explainedVariance;
    this.noiseVariance = state.noiseVariance;
    this.whiten = state.whiten;
    this.#totalVariance = state.totalVariance;
    this.#total = state.total;
  }

  override get nComponents(): number {
    return this.components.rows;
  }
  /** Share of the whole variance along each direction; zeros where there is no variance. */
  get explainedVarianceRatio(): Float64Array {
    return this.explainedVariance.map((v) => (this.#totalVariance > 0 ? v / this.#totalVariance : 0));
  }
  /** Singular values of the centred rows. */
  get singularValues(): Float64Array {
    return this.explainedVariance.map((v) => Math.sqrt(v * (this.#total - 1)));
  }

  /** Coordinates of the rows along the directions, n x k. */
  override transform(X: MatrixLike): NamedMatrix {
    return this.named(this.#scale(project(this.rowsLike(X), this.components, this.mean), false));
  }

  /** The rows of the training space nearest to these coordinates: mean + Z components. */
  inverseTransform(Z: MatrixLike): Matrix {
    const z = this.#scale(this.projected(Z).clone(), true);
    return this.backNamed(z.matmul(this.components).addRow(this.mean));
  }

  #scale(Z: Matrix, back: boolean): Matrix {
    if (!this.whiten) return Z;
    const sd = this.explainedVariance.map((v) => Math.sqrt(v));
    // A direction without variance is noise of rounding only; as in scikit-learn it is held to one unit of it.
    const factor = sd.map((s) => (back ? s : 1 / Math.max(s, Number.EPSILON)));
    for (let i = 0, at = 0; i < Z.rows; i++)
      for (let k = 0; k < Z.cols; k++, at++) Z.data[at] = Z.data[at]! * factor[k]!;
    return Z;
  }

  override toState(): unknown {
    const { schema, mean, components, explainedVariance, noiseVariance, whiten } = this;
    const [totalVariance, total] = [this.#totalVariance, this.#total];
    return { schema, mean, components, explainedVariance, totalVariance, total, noiseVariance, whiten };
  }
  static fromState(state: unknown): PCAModel {
    return new PCAModel(state as PcaState);
  }
}
