import { type MatrixLike, NamedMatrix, readDesign, type Schema, schemaOf } from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { Matrix, normalCdf, normalQuantile, randomStream, type Seed } from "../../math/index.ts";
import { inputNames } from "../preprocessing/base.ts";

/**
 * Fits a Gaussian copula to a table of numbers: margins as they are, dependence as the correlation of normal scores.
 * Rows drawn from it have the margins of the table and its rank correlations; dependence that is not monotone
 * (a ring, a fork) is not kept.
 *
 * Sklar 1959; Patki, Wedge, Veeramachaneni, "The synthetic data vault", 2016.
 *
 * @param X at least two rows
 * @example
 * const copula = fitGaussianCopula([[1, 10], [2, 20], [3, 30], [4, 40]]);
 * copula.correlation.at(0, 1).toFixed(6); // "1.000000"
 */
export function fitGaussianCopula(X: MatrixLike): GaussianCopula {
  const where = "fitGaussianCopula";
  const design = readDesign(X, where, { minRows: 2 });
  const { matrix } = design;
  const { rows: n, cols: d } = matrix;
  const scores = Array.from({ length: d }, (_, j) => normalScores(matrix.col(j)));
  const sizes = scores.map((s) => Math.sqrt(s.reduce((a, v) => a + v * v, 0)));
  const R = Matrix.identity(d);
  for (let a = 0; a < d; a++) {
    for (let b = 0; b < a; b++) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += scores[a]![i]! * scores[b]![i]!;
      const r = sizes[a]! > 0 && sizes[b]! > 0 ? Math.max(-1, Math.min(1, dot / (sizes[a]! * sizes[b]!))) : 0;
      R.set(a, b, r);
      R.set(b, a, r);
    }
  }
  const margins = Array.from({ length: d }, (_, j) => matrix.col(j).sort());
  return new GaussianCopula(schemaOf(design), margins, R);
}

/** Normal quantiles of mean ranks, centred. */
function normalScores(column: Float64Array): Float64Array {
  const n = column.length;
  const order = Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!);
  const out = new Float64Array(n);
  for (let from = 0; from < n; ) {
    let to = from;
    while (to < n && column[order[to]!] === column[order[from]!]) to++;
    const z = normalQuantile((from + to) / 2 / n);
    for (let t = from; t < to; t++) out[order[t]!] = z;
    from = to;
  }
  const mean = out.reduce((a, v) => a + v, 0) / n;
  return out.map((v) => v - mean);
}

/** Margins and dependence of a table; made by {@link fitGaussianCopula}. */
export class GaussianCopula {
  static readonly typeName = "GaussianCopula";
  readonly schema: Schema;
  /** Sorted values of each column. */
  readonly margins: readonly Float64Array[];
  /** Correlation of the normal scores. */
  readonly correlation: Matrix;

  constructor(schema: Schema, margins: readonly Float64Array[], correlation: Matrix) {
    this.schema = schema;
    this.margins = margins;
    this.correlation = correlation;
  }

  /**
   * New rows. Columns of whole numbers give values that occurred; others are interpolated between them.
   *
   * @param n number of rows
   */
  sample(n: number, options: { readonly seed?: Seed } = {}): NamedMatrix {
    const where = "GaussianCopula.sample";
    if (!(Number.isSafeInteger(n) && n >= 1)) throw argumentError(where, "n", n, "an integer >= 1");
    const random = randomStream(options.seed ?? 0);
    const d = this.margins.length;
    const z = random.multivariateNormal(new Float64Array(d), this.correlation, n);
    const whole = this.margins.map((m) => m.every(Number.isInteger));
    const out = new Float64Array(n * d);
    for (let t = 0; t < n * d; t++) {
      const margin = this.margins[t % d]!;
      const at = normalCdf(z.data[t]!) * margin.length - 0.5;
      const low = Math.max(0, Math.min(margin.length - 1, Math.floor(at)));
      const high = Math.min(margin.length - 1, low + 1);
      const share = Math.max(0, Math.min(1, at - low));
      if (whole[t % d]) out[t] = margin[share < 0.5 ? low : high]!;
      else out[t] = margin[low]! + share * (margin[high]! - margin[low]!);
    }
    return new NamedMatrix(out, n, inputNames(this.schema));
  }

  toState(): unknown {
    return { schema: this.schema, margins: this.margins, correlation: this.correlation };
  }

  static fromState(state: unknown): GaussianCopula {
    const s = state as { schema: Schema; margins: Float64Array[]; correlation: Matrix };
    return new GaussianCopula(s.schema, s.margins, s.correlation);
  }
}
