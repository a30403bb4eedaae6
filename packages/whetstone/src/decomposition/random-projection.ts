import {
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  oneOf,
  type ParamInput,
  real,
  type Schema,
  seed,
  TransformerSpec,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { Matrix, randomStream, SparseMatrix } from "../math/index.ts";
import { ComponentModel, project } from "./projection.ts";
import { startUnweighted } from "./start.ts";

/**
 * Fewest dimensions in which n points keep every squared distance within a factor 1 +- eps (with positive
 * probability for a random projection), whatever the number of features: 4 ln n / (eps^2 / 2 - eps^3 / 3).
 *
 * Source: Johnson and Lindenstrauss (1984), in the form of Dasgupta and Gupta (2003).
 *
 * @example
 * johnsonLindenstraussMinDim(1_000_000, 0.5); // 663
 */
export function johnsonLindenstraussMinDim(nSamples: number, eps = 0.1): number {
  const where = "johnsonLindenstraussMinDim";
  if (!(Number.isSafeInteger(nSamples) && nSamples >= 1))
    throw argumentError(where, "nSamples", nSamples, "an integer >= 1");
  if (!(eps > 0 && eps < 1)) throw argumentError(where, "eps", eps, "a number > 0 and < 1");
  return Math.floor((4 * Math.log(nSamples)) / (eps ** 2 / 2 - eps ** 3 / 3));
}

const common = {
  nComponents: either(
    oneOf(["auto"], {
      default: "auto",
      doc: "How many directions; auto takes the Johnson-Lindenstrauss bound",
    }),
    int({ min: 1, default: 1, doc: "" }),
  ),
  eps: real({
    min: 0,
    max: 1,
    exclusiveMin: true,
    exclusiveMax: true,
    default: 0.1,
    doc: "Distortion of squared distances that auto allows",
  }),
  seed: seed(),
} as const;

function dimensionOf(where: string, asked: "auto" | number, eps: number, rows: number, cols: number): number {
  if (asked !== "auto") return asked;
  const k = Math.max(1, johnsonLindenstraussMinDim(rows, eps));
  if (k > cols) {
    const why = `a number, since auto asks for ${k} dimensions at eps ${eps} and X has ${cols}`;
    throw argumentError(where, "nComponents", asked, why);
  }
  return k;
}

/**
 * Projection on random normal directions: distances survive whatever the data, and nothing is learned but the shape.
 *
 * @example
 * new GaussianRandomProjection({ nComponents: 2 }).fit([[1, 2, 3]]).transform([[1, 2, 3]]).cols; // 2
 */
export class GaussianRandomProjection extends TransformerSpec<typeof common> {
  static readonly typeName = "GaussianRandomProjection";
  static readonly params = common;

  constructor(given: ParamInput<typeof common> = {}) {
    super("GaussianRandomProjection", common, given);
  }

  static fromState(state: unknown): GaussianRandomProjection {
    return new GaussianRandomProjection(state as ParamInput<typeof common>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): GaussianRandomProjectionModel {
    const where = "GaussianRandomProjection.fit";
    const { matrix, schema } = startUnweighted(X, options, where);
    const { nComponents, eps, seed } = this.params;
    const k = dimensionOf(where, nComponents, eps, matrix.rows, matrix.cols);
    const data = randomStream(seed).fillNormal(new Float64Array(k * matrix.cols), 0, 1 / Math.sqrt(k));
    return new GaussianRandomProjectionModel({ schema, components: new Matrix(data, k, matrix.cols) });
  }
}

/** What {@link GaussianRandomProjection} drew. */
export class GaussianRandomProjectionModel extends ComponentModel {
  static readonly typeName = "GaussianRandomProjectionModel";
  /** k x d, entries normal with variance 1 / k. */
  readonly components: Matrix;

  constructor(state: { readonly schema: Schema; readonly components: Matrix }) {
    super(state.schema);
    this.components = state.components;
  }

  override get nComponents(): number {
    return this.components.rows;
  }
  override transform(X: MatrixLike): NamedMatrix {
    return this.named(project(this.rowsLike(X), this.components, null));
  }
  override toState(): unknown {
    return { schema: this.schema, components: this.components };
  }
  static fromState(state: unknown): GaussianRandomProjectionModel {
    return new GaussianRandomProjectionModel(state as { schema: Schema; components: Matrix });
  }
}

const sparseParams = {
  ...common,
  density: either(
    oneOf(["auto"], {
      default: "auto",
      doc: "Share of entries that are not zero; auto is 1 / sqrt(columns)",
    }),
    real({ min: 0, max: 1, exclusiveMin: true, default: 1, doc: "" }),
  ),
} as const;

/**
 * Projection on random directions of mostly zeros: entries are +-sqrt(1 / (density k)) with probability density / 2
 * each. Less memory and work than normal directions, distances kept as well.
 *
 * Source: Li, Hastie and Church (2006); Achlioptas (2003) for density 1/3.
 *
 * @example
 * new SparseRandomProjection({ nComponents: 2 }).fit([[1, 2, 3]]).transform([[1, 2, 3]]).cols; // 2
 */
export class SparseRandomProjection extends TransformerSpec<typeof sparseParams> {
  static readonly typeName = "SparseRandomProjection";
  static readonly params = sparseParams;

  constructor(given: ParamInput<typeof sparseParams> = {}) {
    super("SparseRandomProjection", sparseParams, given);
  }

  static fromState(state: unknown): SparseRandomProjection {
    return new SparseRandomProjection(state as ParamInput<typeof sparseParams>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): SparseRandomProjectionModel {
    const where = "SparseRandomProjection.fit";
    const { matrix, schema } = startUnweighted(X, options, where);
    const { cols: d } = matrix;
    const { nComponents, eps, seed } = this.params;
    const k = dimensionOf(where, nComponents, eps, matrix.rows, d);
    const density = this.params.density === "auto" ? 1 / Math.sqrt(d) : this.params.density;
    const random = randomStream(seed);
    const values: number[] = [];
    const indices: number[] = [];
    const indptr = new Int32Array(k + 1);
    const size = Math.sqrt(1 / (density * k));
    for (let r = 0; r < k; r++) {
      const columns = random.choice(d, random.binomial(d, density)).sort();
      for (const j of columns) {
        indices.push(j);
        values.push(random.bernoulli() ? size : -size);
      }
      indptr[r + 1] = values.length;
    }
    const components = new SparseMatrix(Float64Array.from(values), Int32Array.from(indices), indptr, k, d);
    return new SparseRandomProjectionModel({ schema, components, density });
  }
}

interface SparseProjectionState {
  readonly schema: Schema;
  readonly components: SparseMatrix;
  readonly density: number;
}

/** What {@link SparseRandomProjection} drew. */
export class SparseRandomProjectionModel extends ComponentModel {
  static readonly typeName = "SparseRandomProjectionModel";
  /** k x d. */
  readonly components: SparseMatrix;
  readonly density: number;

  constructor(state: SparseProjectionState) {
    super(state.schema);
    this.components = state.components;
    this.density = state.density;
  }

  override get nComponents(): number {
    return this.components.rows;
  }
  override transform(X: MatrixLike): NamedMatrix {
    return this.named(this.components.matmul(this.rowsLike(X).transpose()).transpose());
  }
  override toState(): unknown {
    return { schema: this.schema, components: this.components, density: this.density };
  }
  static fromState(state: unknown): SparseRandomProjectionModel {
    return new SparseRandomProjectionModel(state as SparseProjectionState);
  }
}
