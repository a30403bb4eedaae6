import {
  bool,
  custom,
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  type ParamValues,
  readLike,
  type Schema,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import { argumentError, valueError } from "../../errors.ts";
import { quantileSorted, sortSample } from "../quantile.ts";
import { basisAt, intervalOf, type Splines, slopesAt, splinesOn } from "./b-spline.ts";
import { inputNames, startFit } from "./base.ts";

const PARAMS = {
  nKnots: int({
    min: 2,
    max: 100_000,
    default: 5,
    doc: "Knots per column, its ends included; of no effect where knots are given",
    search: { low: 3, high: 10 },
  }),
  degree: int({ min: 0, max: 50, default: 3, doc: "Degree of the polynomials", search: { low: 1, high: 5 } }),
  knots: either(
    oneOf(["uniform", "quantile"], {
      default: "uniform",
      doc: "Knots at equal distances from least to largest value, or at quantiles, or as given: one list of ascending numbers per column",
    }),
    custom<readonly (readonly number[])[]>({
      default: [],
      doc: "",
      expected: "one list of at least two ascending numbers per column",
      accepts: (v) =>
        Array.isArray(v) &&
        v.length > 0 &&
        v.every(
          (list: unknown) =>
            Array.isArray(list) &&
            list.length >= 2 &&
            list.every((t, k) => Number.isFinite(t) && (k === 0 || t > list[k - 1])),
        ),
    }),
  ),
  extrapolation: oneOf(["constant", "linear", "continue", "periodic", "error"], {
    default: "constant",
    doc: "Beyond the outermost knots: values of the end, straight lines, the outermost polynomials, or the column repeats; error refuses",
  }),
  includeBias: bool({
    default: true,
    doc: "Whether all splines are kept; they sum to 1, so without the last one of each column they leave the intercept to the model",
  }),
} as const;

/**
 * Each column as a set of B-splines: smooth local bumps that sum to 1, with which a linear model draws a smooth curve.
 * Gives nKnots + degree - 1 columns for each (nKnots - 1 where periodic).
 *
 * A weight of k counts as k copies of the row, for quantiles; rows of weight 0 count nowhere.
 *
 * Eilers, Marx, "Flexible smoothing with B-splines and penalties", 1996.
 *
 * @example
 * const model = new SplineTransformer({ nKnots: 2, degree: 1 }).fit([[0], [4]]);
 * model.transform([[1], [9]]).toArray(); // [[0.75, 0.25], [0, 1]]
 */
export class SplineTransformer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "SplineTransformer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("SplineTransformer", PARAMS, params);
    const { extrapolation, nKnots, degree, knots } = this.params;
    const least = typeof knots === "string" ? nKnots : Math.min(...knots.map((k) => k.length));
    if (extrapolation === "periodic" && least <= degree)
      throw argumentError("SplineTransformer", "nKnots", least, `more than degree (${degree}) for periodic`);
  }

  static fromState(state: unknown): SplineTransformer {
    return new SplineTransformer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): SplineTransformerModel {
    const where = "SplineTransformer.fit";
    const { design, schema, weights } = startFit(X, options, where, {});
    const { knots, nKnots } = this.params;
    if (typeof knots !== "string" && knots.length !== schema.nFeatures)
      throw argumentError(where, "knots", knots, `one list for each of ${schema.nFeatures} columns`);
    const bases = Array.from({ length: schema.nFeatures }, (_, j) => {
      if (typeof knots !== "string") return Float64Array.from(knots[j]!);
      const sample = sortSample(design.matrix.col(j), weights);
      const [low, high] = [sample.values[0]!, sample.values.at(-1)!];
      return Float64Array.from({ length: nKnots }, (_, k) => {
        const share = k / (nKnots - 1);
        if (knots === "quantile") return quantileSorted(sample, share);
        return k === nKnots - 1 ? high : low + share * (high - low);
      });
    });
    return new SplineTransformerModel({ schema, bases, params: this.params });
  }
}

interface SplineState {
  readonly schema: Schema;
  /** Base knots of each column. */
  readonly bases: readonly Float64Array[];
  readonly params: ParamValues<typeof PARAMS>;
}

/** What {@link SplineTransformer} learned. */
export class SplineTransformerModel extends TransformerModel {
  static readonly typeName = "SplineTransformerModel";
  readonly #state: SplineState;
  readonly #splines: readonly Splines[];
  readonly #widths: readonly number[];

  constructor(state: SplineState) {
    super(state.schema);
    this.#state = state;
    const { degree, extrapolation, includeBias } = state.params;
    const periodic = extrapolation === "periodic";
    this.#splines = state.bases.map((base) => splinesOn(base, degree, periodic));
    this.#widths = this.#splines.map((s) => s.count - (periodic ? degree : 0) - (includeBias ? 0 : 1));
  }

  /** Base knots of each column, ascending. */
  get knots(): readonly Float64Array[] {
    return this.#state.bases;
  }

  outputNames(): readonly string[] {
    const names = inputNames(this.schema);
    return this.#widths.flatMap((width, j) => Array.from({ length: width }, (_, k) => `${names[j]}_sp_${k}`));
  }

  transform(X: MatrixLike): NamedMatrix {
    const where = "SplineTransformer.transform";
    const { matrix } = readLike(this.schema, X, where);
    const { data, rows, cols } = matrix;
    const total = this.#widths.reduce((a, b) => a + b, 0);
    const out = new Float64Array(rows * total);
    let offset = 0;
    for (let j = 0; j < cols; j++) {
      const width = this.#widths[j]!;
      for (let i = 0; i < rows; i++) this.write(data[i * cols + j]!, j, i, out, i * total + offset, where);
      offset += width;
    }
    return new NamedMatrix(out, rows, this.outputNames());
  }

  /** Splines of column j at v, from `at` on. */
  private write(v: number, j: number, row: number, out: Float64Array, at: number, where: string): void {
    const { degree, extrapolation } = this.#state.params;
    const s = this.#splines[j]!;
    const base = this.#state.bases[j]!;
    const [low, high] = [base[0]!, base.at(-1)!];
    const outside = v < low || v > high;
    if (outside && extrapolation === "error") {
      const sentence = `holds ${v} at row ${row}, column ${inputNames(this.schema)[j]}, beyond the knots from ${low} to ${high}`;
      throw valueError(where, "X", sentence);
    }
    const end = Math.min(high, Math.max(low, v));
    const period = high - low;
    const wrapped = period > 0 ? low + ((((v - low) % period) + period) % period) : low;
    const x = extrapolation === "periodic" ? wrapped : extrapolation === "continue" ? v : end;
    const interval = intervalOf(s, x);
    const values = basisAt(s, degree, interval, x);
    if (outside && extrapolation === "linear") {
      const slopes = slopesAt(s, interval, end);
      for (let r = 0; r <= degree; r++) values[r] = values[r]! + (v - end) * slopes[r]!;
    }
    const period0 = extrapolation === "periodic" ? s.count - degree : s.count;
    for (let r = 0; r <= degree; r++) {
      const k = (interval - degree + r) % period0;
      if (k < this.#widths[j]!) out[at + k] = out[at + k]! + values[r]!;
    }
  }

  toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): SplineTransformerModel {
    return new SplineTransformerModel(state as SplineState);
  }
}
