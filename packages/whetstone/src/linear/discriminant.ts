import {
  argumentError,
  ClassifierModel,
  ClassifierSpec,
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  numericalError,
  optional,
  type ParamInput,
  readDesign,
  readLabels,
  readLike,
  readWeights,
  real,
  type Schema,
  schemaOf,
  show,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { eigh } from "../math/linalg/eigh.ts";
import { Matrix } from "../math/matrix.ts";
import { linearScores, softmaxInPlace } from "./logits.ts";

const priors = optional(
  custom<readonly number[]>({
    default: [],
    doc: "Prior of each class, in the order of the sorted labels; null takes their shares",
    expected: "an array of numbers > 0 that sum to 1",
    accepts: (v) =>
      Array.isArray(v) &&
      v.length > 0 &&
      v.every((p) => Number.isFinite(p) && p > 0) &&
      Math.abs(v.reduce((a, b) => a + b, 0) - 1) < 1e-8,
  }),
);
const ldaParams = {
  priors,
  shrinkage: real({
    min: 0,
    max: 1,
    default: 0,
    doc: "Share by which the common covariance is drawn towards a multiple of the identity",
    search: { low: 0, high: 1 },
  }),
};
const qdaParams = {
  priors,
  regParam: real({
    min: 0,
    max: 1,
    default: 0,
    doc: "Share by which each class's covariance is drawn towards the identity",
    search: { low: 0, high: 1 },
  }),
};

interface Groups<L extends Label> {
  readonly schema: Schema;
  readonly X: Matrix;
  readonly classes: readonly L[];
  /** Summed weights and means of the classes. */
  readonly counts: Float64Array;
  readonly means: Matrix;
  readonly logPrior: Float64Array;
  /** Scatter about the class means, one d x d matrix per class. */
  readonly scatter: readonly Float64Array[];
}

function readGroups<L extends Label>(
  X: MatrixLike,
  y: ArrayLike<L>,
  options: FitOptions,
  given: readonly number[] | null,
  where: string,
): Groups<L> {
  throwIfAborted(options.signal, where);
  const design = readDesign(X, where);
  const { matrix } = design;
  const { rows: n, cols: d, data } = matrix;
  const { classes, codes } = readLabels(y, n, where);
  const weights = readWeights(options.sampleWeight, n, where);
  const K = classes.length;
  if (K < 2) throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
  if (given && given.length !== K)
    throw argumentError(where, "priors", given, `an array of ${K}, one per class of y`);
  const counts = new Float64Array(K);
  const means = Matrix.zeros(K, d);
  for (let i = 0; i < n; i++) {
    const k = codes[i]!;
    const w = weights ? weights[i]! : 1;
    counts[k] = counts[k]! + w;
    // About the first row: exact for constant columns.
    for (let j = 0; j < d; j++)
      means.data[k * d + j] = means.data[k * d + j]! + w * (data[i * d + j]! - data[j]!);
  }
  const empty = counts.findIndex((c) => !(c > 0));
  if (empty >= 0)
    throw valueError(where, "sampleWeight", `leaves class ${show(classes[empty])} without weight`);
  for (let t = 0; t < K * d; t++) means.data[t] = data[t % d]! + means.data[t]! / counts[Math.floor(t / d)]!;
  const scatter = classes.map(() => new Float64Array(d * d));
  const v = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const k = codes[i]!;
    const w = weights ? weights[i]! : 1;
    const S = scatter[k]!;
    for (let j = 0; j < d; j++) v[j] = data[i * d + j]! - means.data[k * d + j]!;
    for (let a = 0; a < d; a++) {
      const wa = w * v[a]!;
      for (let b = 0; b <= a; b++) S[a * d + b] = S[a * d + b]! + wa * v[b]!;
    }
  }
  for (const S of scatter) {
    if (!S.every(Number.isFinite))
      throw valueError(where, "X", "holds numbers whose squares overflow: scale it first");
    for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) S[b * d + a] = S[a * d + b]!;
  }
  const total = counts.reduce((a, b) => a + b, 0);
  const logPrior = Float64Array.from(given ?? counts.map((c) => c / total), Math.log);
  return { schema: schemaOf(design), X: matrix, classes, counts, means, logPrior, scatter };
}

/** Half an inverse: rows r with sum_r (r . v)^2 = v C^-1 v on the directions that C knows, and log of its determinant. */
function whitener(C: Float64Array, d: number): { W: Matrix; logDet: number; rank: number } {
  const scale = Float64Array.from({ length: d }, (_, j) =>
    C[j * d + j]! > 0 ? 1 / Math.sqrt(C[j * d + j]!) : 0,
  );
  const R = new Matrix(
    C.map((v, at) => v * scale[Math.floor(at / d)]! * scale[at % d]!),
    d,
    d,
  );
  const { values, vectors } = eigh(R);
  const most = values.reduce((m, v) => Math.max(m, v), 0);
  const rows: Float64Array[] = [];
  let logDet = 0;
  for (let k = 0; k < d; k++) {
    if (!(values[k]! > 1e-12 * most)) continue;
    const root = 1 / Math.sqrt(values[k]!);
    rows.push(Float64Array.from({ length: d }, (_, j) => root * vectors.at(j, k) * scale[j]!));
    logDet += Math.log(values[k]!);
  }
  for (const s of scale) if (s > 0) logDet -= 2 * Math.log(s);
  return { W: rows.length > 0 ? Matrix.from(rows) : Matrix.zeros(0, d), logDet, rank: rows.length };
}

/**
 * Linear discriminant analysis: classes are Gaussian with means of their own and one covariance, so that boundaries
 * are flat. The model also projects onto the directions that part the classes most.
 *
 * Fisher, "The use of multiple measurements in taxonomic problems", 1936; Friedman 1989 for shrinkage.
 *
 * @example
 * const X = [[0, 0], [1, 1], [0, 1], [4, 4], [5, 5], [4, 5]];
 * const model = new LinearDiscriminantAnalysis().fit(X, ["a", "a", "a", "b", "b", "b"]);
 * model.predict([[1, 0], [5, 4]]); // ["a", "b"]
 */
export class LinearDiscriminantAnalysis extends ClassifierSpec<typeof ldaParams> {
  static readonly typeName = "LinearDiscriminantAnalysis";
  static readonly params = ldaParams;

  constructor(given: ParamInput<typeof ldaParams> = {}) {
    super(LinearDiscriminantAnalysis.typeName, ldaParams, given);
  }

  static fromState(state: unknown): LinearDiscriminantAnalysis {
    return new LinearDiscriminantAnalysis(state as ParamInput<typeof ldaParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): LinearDiscriminantAnalysisModel<L> {
    const where = "LinearDiscriminantAnalysis.fit";
    const g = readGroups(X, y, options, this.params.priors, where);
    const d = g.X.cols;
    const K = g.classes.length;
    const total = g.counts.reduce((a, b) => a + b, 0);
    if (!(total > K))
      throw numericalError(
        where,
        `${total} rows leave nothing to estimate a covariance of ${K} classes from`,
      );
    const C = new Float64Array(d * d);
    for (const S of g.scatter) for (let t = 0; t < d * d; t++) C[t] = C[t]! + S[t]! / (total - K);
    const { shrinkage } = this.params;
    if (shrinkage > 0) {
      let trace = 0;
      for (let j = 0; j < d; j++) trace += C[j * d + j]!;
      for (let t = 0; t < d * d; t++) C[t] = (1 - shrinkage) * C[t]!;
      for (let j = 0; j < d; j++) C[j * d + j] = C[j * d + j]! + (shrinkage * trace) / d;
    }
    const { W } = whitener(C, d);
    const coef = Matrix.zeros(K, d);
    const intercept = new Float64Array(K);
    const white = g.means.matmul(W.transpose()); // K x rank
    for (let k = 0; k < K; k++) {
      coef.row(k).set(W.transposedMatVec(white.row(k)));
      intercept[k] = g.logPrior[k]! - 0.5 * white.row(k).reduce((s, v) => s + v * v, 0);
    }
    // Directions that part the whitened means most, weighted by the priors.
    const p = g.logPrior.map(Math.exp);
    const centre = new Float64Array(d);
    for (let k = 0; k < K; k++) for (let j = 0; j < d; j++) centre[j] = centre[j]! + p[k]! * g.means.at(k, j);
    const middle = W.matVec(centre);
    const B = Matrix.zeros(W.rows, W.rows);
    for (let k = 0; k < K; k++) {
      for (let a = 0; a < W.rows; a++) {
        for (let b = 0; b < W.rows; b++) {
          const v = p[k]! * (white.at(k, a) - middle[a]!) * (white.at(k, b) - middle[b]!);
          B.set(a, b, B.at(a, b) + v);
        }
      }
    }
    const { values, vectors } = eigh(B);
    const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
    const kept = order
      .slice(0, Math.min(K - 1, W.rows))
      .filter((a) => values[a]! > 1e-12 * values[order[0]!]!);
    const scalings =
      kept.length === 0
        ? Matrix.zeros(0, d)
        : Matrix.from(kept.map((a) => W.transposedMatVec(vectors.col(a))));
    return new LinearDiscriminantAnalysisModel(g.schema, g.classes, {
      coef,
      intercept,
      means: g.means,
      centre,
      scalings,
    });
  }
}

interface LdaState {
  /** One row of coefficients per class. */
  readonly coef: Matrix;
  readonly intercept: Float64Array;
  readonly means: Matrix;
  /** Mean of the class means, weighted by the priors. */
  readonly centre: Float64Array;
  /** Discriminant directions, one per row, the strongest first. */
  readonly scalings: Matrix;
}

/** What {@link LinearDiscriminantAnalysis} learned. */
export class LinearDiscriminantAnalysisModel<L extends Label = Label>
  extends ClassifierModel<L>
  implements LdaState
{
  static readonly typeName = "LinearDiscriminantAnalysisModel";
  readonly coef: Matrix;
  readonly intercept: Float64Array;
  readonly means: Matrix;
  readonly centre: Float64Array;
  readonly scalings: Matrix;

  constructor(schema: Schema, classes: readonly L[], state: LdaState) {
    super(schema, classes);
    this.coef = state.coef;
    this.intercept = state.intercept;
    this.means = state.means;
    this.centre = state.centre;
    this.scalings = state.scalings;
  }

  override predictProba(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "LinearDiscriminantAnalysisModel.predictProba");
    const K = this.classes.length;
    const scores = linearScores(matrix.data, matrix.rows, matrix.cols, this.coef.data, this.intercept);
    for (let i = 0; i < matrix.rows; i++) softmaxInPlace(scores, i * K, K);
    return new Matrix(scores, matrix.rows, K);
  }

  /** Coordinates along the discriminant directions: n x (classes - 1) at most. */
  transform(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "LinearDiscriminantAnalysisModel.transform");
    return matrix.addRow(this.centre.map((v) => -v)).matmul(this.scalings.transpose());
  }

  override toState(): unknown {
    const { schema, classes, coef, intercept, means, centre, scalings } = this;
    return { schema, classes, coef, intercept, means, centre, scalings };
  }

  static fromState(state: unknown): LinearDiscriminantAnalysisModel {
    const s = state as LdaState & { schema: Schema; classes: Label[] };
    return new LinearDiscriminantAnalysisModel(s.schema, s.classes, s);
  }
}

/**
 * Quadratic discriminant analysis: classes are Gaussian, each with a covariance of its own, so that boundaries are
 * quadrics.
 *
 * @example
 * const X = [[-1], [0], [1], [-5], [5], [6], [-6]];
 * const model = new QuadraticDiscriminantAnalysis().fit(X, ["in", "in", "in", "out", "out", "out", "out"]);
 * model.predict([[0.5], [-7], [7]]); // ["in", "out", "out"]
 */
export class QuadraticDiscriminantAnalysis extends ClassifierSpec<typeof qdaParams> {
  static readonly typeName = "QuadraticDiscriminantAnalysis";
  static readonly params = qdaParams;

  constructor(given: ParamInput<typeof qdaParams> = {}) {
    super(QuadraticDiscriminantAnalysis.typeName, qdaParams, given);
  }

  static fromState(state: unknown): QuadraticDiscriminantAnalysis {
    return new QuadraticDiscriminantAnalysis(state as ParamInput<typeof qdaParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): QuadraticDiscriminantAnalysisModel<L> {
    const where = "QuadraticDiscriminantAnalysis.fit";
    const g = readGroups(X, y, options, this.params.priors, where);
    const d = g.X.cols;
    const { regParam } = this.params;
    const forms = g.scatter.map((S, k) => {
      if (!(g.counts[k]! > 1)) {
        throw valueError(
          where,
          "y",
          `holds ${g.counts[k]} row of class ${show(g.classes[k])}, expected at least 2`,
        );
      }
      const C = S.map(
        (v, t) => ((1 - regParam) * v) / (g.counts[k]! - 1) + (t % (d + 1) === 0 ? regParam : 0),
      );
      const form = whitener(C, d);
      if (form.rank < d) {
        throw numericalError(
          where,
          `the covariance of class ${show(g.classes[k])} is singular: raise regParam or drop columns that depend on others`,
        );
      }
      return { W: form.W, level: g.logPrior[k]! - 0.5 * form.logDet };
    });
    return new QuadraticDiscriminantAnalysisModel(g.schema, g.classes, g.means, forms);
  }
}

interface Quadratic {
  readonly W: Matrix;
  readonly level: number;
}

/** What {@link QuadraticDiscriminantAnalysis} learned. */
export class QuadraticDiscriminantAnalysisModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "QuadraticDiscriminantAnalysisModel";
  readonly means: Matrix;
  private readonly forms: readonly Quadratic[];

  constructor(schema: Schema, classes: readonly L[], means: Matrix, forms: readonly Quadratic[]) {
    super(schema, classes);
    this.means = means;
    this.forms = forms;
  }

  override predictProba(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "QuadraticDiscriminantAnalysisModel.predictProba");
    const { rows: n, cols: d, data } = matrix;
    const K = this.classes.length;
    const out = Matrix.zeros(n, K);
    const v = new Float64Array(d);
    for (let i = 0; i < n; i++) {
      this.forms.forEach(({ W, level }, k) => {
        for (let j = 0; j < d; j++) v[j] = data[i * d + j]! - this.means.data[k * d + j]!;
        let sum = 0;
        for (let r = 0; r < W.rows; r++) {
          let dot = 0;
          for (let j = 0; j < d; j++) dot += W.data[r * d + j]! * v[j]!;
          sum += dot * dot;
        }
        out.data[i * K + k] = level - 0.5 * sum;
      });
      softmaxInPlace(out.data, i * K, K);
    }
    return out;
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, means: this.means, forms: this.forms };
  }

  static fromState(state: unknown): QuadraticDiscriminantAnalysisModel {
    const s = state as { schema: Schema; classes: Label[]; means: Matrix; forms: Quadratic[] };
    return new QuadraticDiscriminantAnalysisModel(s.schema, s.classes, s.means, s.forms);
  }
}
