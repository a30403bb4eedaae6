import {
  type FitOptions,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  real,
  type Schema,
  TransformerSpec,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { quantileSorted, sortSample } from "../quantile.ts";
import { ColumnwiseModel, startFit } from "./base.ts";

const PARAMS = {
  method: oneOf(["quantile", "iqr", "mad"], {
    default: "quantile",
    doc: "Limits are quantiles, quartiles less or plus fold interquartile ranges, or the median less or plus fold median absolute deviations (times 1.4826, so that a normal column has its standard deviation)",
  }),
  tail: oneOf(["both", "left", "right"], { default: "both", doc: "Which ends are clipped" }),
  fold: optional(
    real({
      min: 0,
      max: 1e100,
      default: 1.5,
      doc: "Share of rows beyond a quantile, or number of ranges or deviations; null takes 0.05 for quantile, 1.5 for iqr, 3 for mad",
      search: { low: 1, high: 4 },
    }),
  ),
} as const;
const FOLDS = { quantile: 0.05, iqr: 1.5, mad: 3 } as const;
/** 1 / the 0.75 quantile of a standard normal. */
const NORMAL = 1.482602218505602;

/**
 * Clips outliers: what lies beyond the limits of its column becomes the limit. Limits are learned from the training rows;
 * missing values stay missing. Where more than half of a column is one value, iqr and mad find no spread and clip nothing.
 *
 * A weight of k counts as k copies of the row.
 *
 * @example
 * const model = new Winsorizer({ method: "iqr" }).fit([[1], [2], [3], [4], [100]]);
 * model.transform([[100], [-9], [3]]).col(0); // [7, -1, 3]
 */
export class Winsorizer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "Winsorizer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("Winsorizer", PARAMS, params);
    const { method, fold } = this.params;
    if (method === "quantile" && fold !== null && fold >= 0.5)
      throw argumentError("Winsorizer", "fold", fold, "a share below 0.5 for method quantile");
  }

  static fromState(state: unknown): Winsorizer {
    return new Winsorizer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): WinsorizerModel {
    const { design, schema, weights } = startFit(X, options, "Winsorizer.fit");
    const { method, tail } = this.params;
    const fold = this.params.fold ?? FOLDS[method];
    const lower = new Float64Array(schema.nFeatures).fill(Number.NEGATIVE_INFINITY);
    const upper = new Float64Array(schema.nFeatures).fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < schema.nFeatures; j++) {
      const [low, high] = limits(design.matrix.col(j), weights, method, fold);
      // A column without values has no limits.
      if (tail !== "right" && !Number.isNaN(low)) lower[j] = low;
      if (tail !== "left" && !Number.isNaN(high)) upper[j] = high;
    }
    return new WinsorizerModel({ schema, lower, upper });
  }
}

function limits(
  column: Float64Array,
  weights: Float64Array | null,
  method: keyof typeof FOLDS,
  fold: number,
): [low: number, high: number] {
  const sample = sortSample(column, weights);
  const at = (p: number) => quantileSorted(sample, p);
  if (method === "quantile") return [at(fold), at(1 - fold)];
  if (method === "iqr") return around(at(0.25), at(0.75), fold * (at(0.75) - at(0.25)));
  const median = at(0.5);
  const distances = column.map((v) => Math.abs(v - median));
  return around(median, median, fold * NORMAL * quantileSorted(sortSample(distances, weights), 0.5));
}

const around = (low: number, high: number, reach: number): [number, number] =>
  reach > 0 ? [low - reach, high + reach] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

interface WinsorizerState {
  readonly schema: Schema;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** What {@link Winsorizer} learned. */
export class WinsorizerModel extends ColumnwiseModel {
  static readonly typeName = "WinsorizerModel";
  /** Limit of each column; -Infinity where there is none. */
  readonly lower: Float64Array;
  /** Limit of each column; Infinity where there is none. */
  readonly upper: Float64Array;

  constructor(state: WinsorizerState) {
    super(state.schema);
    this.lower = state.lower;
    this.upper = state.upper;
  }

  protected forward(v: number, j: number): number {
    return Math.min(this.upper[j]!, Math.max(this.lower[j]!, v));
  }

  toState(): unknown {
    return { schema: this.schema, lower: this.lower, upper: this.upper };
  }
  static fromState(state: unknown): WinsorizerModel {
    return new WinsorizerModel(state as WinsorizerState);
  }
}
