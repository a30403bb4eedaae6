import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  readLike,
  real,
  type Schema,
  step,
  TransformerModel,
  TransformerSpec,
  warn,
} from "../../contract/index.ts";
import { argumentError, valueError } from "../../errors.ts";
import { lstsq, Matrix } from "../../math/index.ts";
import { columnMoments, inputNames, startFit } from "../preprocessing/base.ts";

const PARAMS = {
  alpha: real({
    min: 0,
    default: 1e-3,
    doc: "L2 strength of the regressions",
    search: { low: 1e-6, high: 10, scale: "log" },
  }),
  maxIter: int({ min: 1, default: 10, doc: "Most rounds over the columns; stopping there gives a warning" }),
  tol: real({
    min: 0,
    default: 1e-3,
    doc: "Largest change of a filled value at which to stop, as a share of the largest value",
  }),
} as const;

/**
 * Fills gaps by regressions: each column is regressed on all others in turn, its gaps are filled with what the
 * regression says, and so on round after round, from the means. Fits gaps that depend on other columns (MAR).
 *
 * van Buuren, Groothuis-Oudshoorn, "mice: multivariate imputation by chained equations in R", 2011.
 *
 * @example
 * const X = [[1, 2], [2, 4], [3, 6], [4, Number.NaN]];
 * new IterativeImputer({ alpha: 1e-9 }).fit(X).transform(X).at(3, 1).toFixed(3); // "8.000"
 */
export class IterativeImputer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "IterativeImputer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("IterativeImputer", PARAMS, params);
    if (this.params.alpha === Number.POSITIVE_INFINITY) {
      throw argumentError("IterativeImputer", "alpha", this.params.alpha, "a finite number >= 0");
    }
  }

  static fromState(state: unknown): IterativeImputer {
    return new IterativeImputer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): IterativeImputerModel {
    const where = "IterativeImputer.fit";
    const { design, schema, weights } = startFit(X, options, where);
    const { rows: n, cols: d, data } = design.matrix;
    const { alpha, maxIter, tol } = this.params;
    const means = Float64Array.from({ length: d }, (_, j) => {
      const { mean } = columnMoments(design.matrix.col(j), weights);
      return Number.isNaN(mean) ? 0 : mean;
    });
    const gaps = Float64Array.from({ length: d }, (_, j) =>
      design.matrix.col(j).reduce((s, v) => s + Number(Number.isNaN(v)), 0),
    );
    const order = Array.from(gaps.keys()).sort((a, b) => gaps[a]! - gaps[b]!);
    const filled = data.slice();
    for (let t = 0; t < filled.length; t++) if (Number.isNaN(filled[t]!)) filled[t] = means[t % d]!;
    let most = 0;
    for (const v of data) if (!Number.isNaN(v)) most = Math.max(most, Math.abs(v));
    const rounds: Matrix[] = [];
    let change = Number.POSITIVE_INFINITY;
    const any = gaps.some((g) => g > 0);
    while (rounds.length < (any && d > 1 ? maxIter : 1) && change > tol * most) {
      const round = Matrix.zeros(d, d + 1);
      change = 0;
      for (const j of order) {
        const row = regression(data, filled, weights, n, d, j, alpha, where);
        round.row(j).set(row);
        for (let i = 0; i < n; i++) {
          if (!Number.isNaN(data[i * d + j]!)) continue;
          const v = predict(filled, i * d, row, d);
          change = Math.max(change, Math.abs(v - filled[i * d + j]!));
          filled[i * d + j] = v;
        }
      }
      rounds.push(round);
      step(where, options, rounds.length, maxIter, "rounds");
    }
    if (rounds.length === maxIter && change > tol * most) {
      warn(where, options, `did not converge in ${maxIter} rounds (last change ${change.toPrecision(2)})`);
    }
    return new IterativeImputerModel(schema, means, order, rounds);
  }
}

/** Ridge regression of column j on the others over the rows that have it: coefficients (0 at j), then the constant. */
function regression(
  data: Float64Array,
  filled: Float64Array,
  weights: Float64Array | null,
  n: number,
  d: number,
  j: number,
  alpha: number,
  where: string,
): Float64Array {
  const others = Array.from({ length: d }, (_, k) => k).filter((k) => k !== j);
  const m = others.length;
  const rows: number[] = [];
  for (let i = 0; i < n; i++)
    if (!Number.isNaN(data[i * d + j]!) && (!weights || weights[i]! > 0)) rows.push(i);
  const out = new Float64Array(d + 1);
  if (rows.length === 0) return out;
  let total = 0;
  const centre = new Float64Array(d);
  for (const i of rows) {
    const w = weights ? weights[i]! : 1;
    total += w;
    for (let k = 0; k < d; k++) centre[k] = centre[k]! + w * filled[i * d + k]!;
  }
  for (let k = 0; k < d; k++) centre[k] = centre[k]! / total;
  const G = Matrix.zeros(m, m);
  const b = new Float64Array(m);
  for (const i of rows) {
    const w = weights ? weights[i]! : 1;
    const y = filled[i * d + j]! - centre[j]!;
    for (let a = 0; a < m; a++) {
      const v = w * (filled[i * d + others[a]!]! - centre[others[a]!]!);
      b[a] = b[a]! + v * y;
      for (let c = 0; c <= a; c++) {
        G.data[a * m + c] = G.data[a * m + c]! + v * (filled[i * d + others[c]!]! - centre[others[c]!]!);
      }
    }
  }
  if (!G.data.every(Number.isFinite)) {
    throw valueError(where, "X", "holds numbers whose squares overflow: scale it first");
  }
  for (let a = 0; a < m; a++) {
    for (let c = 0; c < a; c++) G.data[c * m + a] = G.data[a * m + c]!;
    G.data[a * m + a] = G.data[a * m + a]! + alpha;
  }
  const coef = m === 0 ? new Float64Array(0) : lstsq(G, b).x;
  out[d] = centre[j]!;
  others.forEach((k, a) => {
    out[k] = coef[a]!;
    out[d] = out[d]! - coef[a]! * centre[k]!;
  });
  return out;
}

function predict(filled: Float64Array, at: number, row: Float64Array, d: number): number {
  let v = row[d]!;
  for (let k = 0; k < d; k++) v += row[k]! * filled[at + k]!;
  return v;
}

/** What {@link IterativeImputer} learned. */
export class IterativeImputerModel extends TransformerModel {
  static readonly typeName = "IterativeImputerModel";
  readonly means: Float64Array;
  private readonly order: readonly number[];
  /** Per round one row per column: coefficients of all columns, then the constant. */
  readonly rounds: readonly Matrix[];

  constructor(schema: Schema, means: Float64Array, order: readonly number[], rounds: readonly Matrix[]) {
    super(schema);
    this.means = means;
    this.order = order;
    this.rounds = rounds;
  }

  outputNames(): readonly string[] {
    return inputNames(this.schema);
  }

  /** The features with every gap filled by the regressions of training, round by round. */
  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "IterativeImputer.transform", { allowMissing: true });
    const { rows, cols: d, data } = matrix;
    const out = data.slice();
    for (let i = 0; i < rows; i++) {
      const at = i * d;
      let any = false;
      for (let j = 0; j < d; j++) {
        if (!Number.isNaN(data[at + j]!)) continue;
        out[at + j] = this.means[j]!;
        any = true;
      }
      if (!any) continue;
      for (const round of this.rounds) {
        for (const j of this.order) {
          if (Number.isNaN(data[at + j]!)) out[at + j] = predict(out, at, round.row(j), d);
        }
      }
    }
    return new NamedMatrix(out, rows, this.outputNames());
  }

  override toState(): unknown {
    return { schema: this.schema, means: this.means, order: this.order, rounds: this.rounds };
  }

  static fromState(state: unknown): IterativeImputerModel {
    const s = state as { schema: Schema; means: Float64Array; order: number[]; rounds: Matrix[] };
    return new IterativeImputerModel(s.schema, s.means, s.order, s.rounds);
  }
}
