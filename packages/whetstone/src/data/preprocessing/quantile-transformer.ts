import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  type Schema,
  seed,
  TransformerSpec,
} from "../../contract/index.ts";
import { normalCdf, normalQuantile, randomStream } from "../../math/index.ts";
import { quantileSorted, sortSample } from "../quantile.ts";
import { InvertibleModel, startFit } from "./base.ts";

const PARAMS = {
  nQuantiles: int({
    min: 1,
    default: 1000,
    doc: "Points at which the distribution is kept; at most the number of rows",
  }),
  outputDistribution: oneOf(["uniform", "normal"], { default: "uniform", doc: "Distribution of the output" }),
  subsample: int({
    min: 1,
    default: 10_000,
    doc: "Most rows used for the quantiles, drawn at random; with sampleWeight every row is used",
  }),
  seed: seed(),
} as const;

/**
 * Every column through its own distribution function: uniform on [0, 1], or normal. Order is kept, distances
 * are not; outliers end at the bounds.
 *
 * @example
 * const X = [[1], [10], [1000]];
 * new QuantileTransformer().fit(X).transform(X).col(0); // Float64Array [0, 0.5, 1]
 */
export class QuantileTransformer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "QuantileTransformer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("QuantileTransformer", PARAMS, params);
  }

  static fromState(state: unknown): QuantileTransformer {
    return new QuantileTransformer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): QuantileTransformerModel {
    const { nQuantiles, outputDistribution, subsample, seed: s } = this.params;
    const { design, schema, weights } = startFit(X, options, "QuantileTransformer.fit");
    const { rows, cols } = design.matrix;
    const total = weights ? weights.reduce((a, b) => a + b, 0) : rows;
    const points = Math.max(1, Math.min(nQuantiles, Math.floor(total)));
    const drawn = weights === null && rows > subsample ? randomStream(s).choice(rows, subsample) : null;
    const quantiles = new Float64Array(cols * points);
    for (let j = 0; j < cols; j++) {
      let column = design.matrix.col(j);
      if (drawn) column = Float64Array.from(drawn, (i) => column[i]!);
      const sample = sortSample(column, weights);
      let last = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < points; k++) {
        const p = points === 1 ? 0 : k / (points - 1);
        // Interpolation may lose the order in the last bit.
        last = Math.max(last, quantileSorted(sample, p));
        quantiles[j * points + k] = last;
      }
    }
    return new QuantileTransformerModel({ schema, quantiles, points, outputDistribution });
  }
}

interface QuantileState {
  readonly schema: Schema;
  /** `points` quantiles per column, column after column. */
  readonly quantiles: Float64Array;
  readonly points: number;
  readonly outputDistribution: "uniform" | "normal";
}

/** Probabilities closer to 0 or 1 than this count as 0 or 1, so that normal output stays finite. */
const EDGE = 1e-7;

/** Quantiles of each training column; `transform` interpolates between them. */
export class QuantileTransformerModel extends InvertibleModel {
  static readonly typeName = "QuantileTransformerModel";
  /** The quantiles of each column, ascending, one column after another. */
  readonly quantiles: Float64Array;
  /** Quantiles per column. */
  readonly points: number;
  readonly outputDistribution: "uniform" | "normal";
  readonly #columns: Float64Array[];
  readonly #bound = normalQuantile(1 - (EDGE - Number.EPSILON));

  constructor(state: QuantileState) {
    super(state.schema);
    this.quantiles = state.quantiles;
    this.points = state.points;
    this.outputDistribution = state.outputDistribution;
    this.#columns = Array.from({ length: state.schema.nFeatures }, (_, j) =>
      this.quantiles.subarray(j * state.points, (j + 1) * state.points),
    );
  }

  protected forward(v: number, j: number): number {
    const q = this.#columns[j]!;
    const last = q.length - 1;
    const slack = this.outputDistribution === "normal" ? EDGE : 0;
    let p: number;
    // A column without any training value has no distribution; its middle says least.
    if (q[0] === Number.NEGATIVE_INFINITY || Number.isNaN(q[0]!)) p = 0.5;
    else if (slack > 0 ? v - slack < q[0]! : v <= q[0]!) p = 0;
    else if (slack > 0 ? v + slack > q[last]! : v >= q[last]!) p = 1;
    else p = rank(q, v);
    if (this.outputDistribution === "uniform") return p;
    if (p <= 0) return -this.#bound;
    if (p >= 1) return this.#bound;
    return Math.max(-this.#bound, Math.min(this.#bound, normalQuantile(p)));
  }

  protected backward(v: number, j: number): number {
    const q = this.#columns[j]!;
    const last = q.length - 1;
    const normal = this.outputDistribution === "normal";
    const p = normal ? normalCdf(v) : v;
    const slack = normal ? EDGE : 0;
    if (p - slack <= 0) return q[0]!;
    if (p + slack >= 1) return q[last]!;
    const h = p * last;
    const k = Math.min(last - 1, Math.floor(h));
    return q[k]! + (h - k) * (q[k + 1]! - q[k]!);
  }

  toState(): unknown {
    const { schema, quantiles, points, outputDistribution } = this;
    return { schema, quantiles, points, outputDistribution };
  }
  static fromState(state: unknown): QuantileTransformerModel {
    return new QuantileTransformerModel(state as QuantileState);
  }
}

/** Share of the distribution below v by interpolation; the middle of its steps where quantiles repeat. */
function rank(q: Float64Array, v: number): number {
  const last = q.length - 1;
  let low = 0; // first index with q >= v
  let high = last;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (q[middle]! < v) low = middle + 1;
    else high = middle;
  }
  const from = low;
  if (q[from] !== v) return (from - 1 + (v - q[from - 1]!) / (q[from]! - q[from - 1]!)) / last;
  let to = from;
  while (to < last && q[to + 1] === v) to++;
  return (from + to) / 2 / last;
}
