import {
  argumentError,
  bool,
  ClassifierModel,
  custom,
  type Design,
  type FitOptions,
  type Label,
  type MatrixLike,
  optional,
  readLabels,
  readWeights,
  real,
  type Schema,
  schemaOf,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { rowLists } from "../math/row-lists.ts";
import type { SparseMatrix } from "../math/sparse.ts";

export const priorsParam = (name: string) =>
  optional(
    custom<readonly number[]>({
      default: [],
      doc: `Prior of each class, in the order of the sorted labels; null takes ${name}`,
      expected: "an array of numbers >= 0 that sum to 1",
      accepts: (v) =>
        Array.isArray(v) &&
        v.length > 0 &&
        v.every((p) => Number.isFinite(p) && p >= 0) &&
        Math.abs(v.reduce((a, b) => a + b, 0) - 1) < 1e-8,
    }),
  );

/** Parameters of the naive Bayes classifiers for counts. */
export const COUNT_PARAMS = {
  alpha: real({
    min: 0,
    default: 1,
    doc: "Count added to every feature in every class (Laplace smoothing); 0 lets one unseen feature rule a class out",
    search: { low: 1e-3, high: 10, scale: "log" },
  }),
  fitPrior: bool({
    default: true,
    doc: "Whether classes have their shares as priors, rather than equal ones",
  }),
  classPrior: priorsParam("what fitPrior says"),
};

/** What every naive Bayes fit starts from. */
export interface ClassRows<L extends Label, Rows = Matrix> {
  readonly schema: Schema;
  readonly X: Rows;
  readonly classes: readonly L[];
  readonly codes: Int32Array;
  readonly weights: Float64Array | null;
  /** Summed weights of each class. */
  readonly counts: Float64Array;
}

/** @param read `readDesign`, or `readRows` where sparse rows may stay so */
export function readClassRows<L extends Label, Rows extends Matrix | SparseMatrix>(
  X: MatrixLike,
  y: ArrayLike<L>,
  options: FitOptions,
  where: string,
  read: (X: MatrixLike, where: string) => Omit<Design, "matrix"> & { readonly matrix: Rows },
): ClassRows<L, Rows> {
  throwIfAborted(options.signal, where);
  const design = read(X, where);
  const n = design.matrix.rows;
  const { classes, codes } = readLabels(y, n, where);
  const weights = readWeights(options.sampleWeight, n, where);
  const counts = new Float64Array(classes.length);
  for (let i = 0; i < n; i++) counts[codes[i]!] = counts[codes[i]!]! + (weights ? weights[i]! : 1);
  return { schema: schemaOf(design), X: design.matrix, classes, codes, weights, counts };
}

/** Logarithms of the priors; a class without weight has prior 0. */
export function logPriors(
  counts: Float64Array,
  given: readonly number[] | null,
  fitPrior: boolean,
  where: string,
  argument: string,
): Float64Array {
  const K = counts.length;
  if (given) {
    if (given.length !== K)
      throw argumentError(where, argument, given, `an array of ${K}, one per class of y`);
    return Float64Array.from(given, Math.log);
  }
  if (!fitPrior) return new Float64Array(K).fill(-Math.log(K));
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((c) => Math.log(c / total));
}

/** Sums of what the rows store per class, K x d, each row times its weight; `value` leaves 0 as it is for sparse rows. */
export function classSums(r: ClassRows<Label, Matrix | SparseMatrix>, value: (v: number) => number): Matrix {
  const { X, codes, weights, classes } = r;
  const { values, indices, starts, cols: d } = rowLists(X);
  const out = Matrix.zeros(classes.length, d);
  for (let i = 0; i < X.rows; i++) {
    const w = weights ? weights[i]! : 1;
    const to = codes[i]! * d;
    for (let q = starts[i]!; q < starts[i + 1]!; q++) {
      const at = to + (indices === null ? q - starts[i]! : indices[q]!);
      out.data[at] = out.data[at]! + w * value(values[q]!);
    }
  }
  return out;
}

export function refuseNegative(X: Matrix | SparseMatrix, where: string): void {
  const { values, indices, starts } = rowLists(X);
  const at = values.findIndex((v) => v < 0);
  if (at < 0) return;
  let row = 0;
  while (starts[row + 1]! <= at) row++;
  const place = `row ${row}, column ${indices === null ? at - starts[row]! : indices[at]}`;
  throw valueError(where, "X", `holds ${values[at]} at ${place}, expected counts >= 0`);
}

/** A classifier by Bayes' rule under independence of the features within a class. */
export abstract class NaiveBayesModel<
  L extends Label = Label,
  Rows extends Matrix | SparseMatrix = Matrix,
> extends ClassifierModel<L> {
  /** Logarithms of the class priors. */
  readonly classLogPrior: Float64Array;

  constructor(schema: Schema, classes: readonly L[], classLogPrior: Float64Array) {
    super(schema, classes);
    this.classLogPrior = classLogPrior;
  }

  /** log P(class) + log P(x | class), up to a constant per row: n x classes. */
  jointLogLikelihood(X: MatrixLike): Matrix {
    const name = (this.constructor as unknown as { typeName: string }).typeName;
    return this.joint(this.read(X, `${name}.jointLogLikelihood`));
  }

  /** Reads the rows to predict. */
  protected abstract read(X: MatrixLike, where: string): Rows;
  protected abstract joint(X: Rows): Matrix;

  /** Posterior probabilities. Where every class is ruled out the priors stand. */
  override predictProba(X: MatrixLike): Matrix {
    return this.posterior(X, "predictProba").map(Math.exp);
  }

  /** Logarithms of {@link predictProba}, exact also where it rounds to 0 or 1. */
  predictLogProba(X: MatrixLike): Matrix {
    return this.posterior(X, "predictLogProba");
  }

  private posterior(X: MatrixLike, method: string): Matrix {
    const name = (this.constructor as unknown as { typeName: string }).typeName;
    const out = this.joint(this.read(X, `${name}.${method}`));
    const K = this.classes.length;
    const { data } = out;
    for (let at = 0; at < data.length; at += K) {
      this.orPriors(data, at);
      let most = data[at]!;
      for (let k = 1; k < K; k++) if (data[at + k]! > most) most = data[at + k]!;
      let sum = 0;
      for (let k = 0; k < K; k++) sum += Math.exp(data[at + k]! - most);
      const log = most + Math.log(sum);
      for (let k = 0; k < K; k++) data[at + k] = data[at + k]! - log;
    }
    return out;
  }

  /** The most probable label of each row; ties go to the first class. */
  override predict(X: MatrixLike): L[] {
    const name = (this.constructor as unknown as { typeName: string }).typeName;
    const { data, rows } = this.joint(this.read(X, `${name}.predict`));
    const K = this.classes.length;
    const out = new Array<L>(rows);
    for (let i = 0, at = 0; i < rows; i++, at += K) {
      this.orPriors(data, at);
      let best = 0;
      for (let k = 1; k < K; k++) if (data[at + k]! > data[at + best]!) best = k;
      out[i] = this.classes[best]!;
    }
    return out;
  }

  /** Where every class is ruled out, the priors take the place of the likelihoods. */
  private orPriors(data: Float64Array, at: number): void {
    const K = this.classes.length;
    for (let k = 0; k < K; k++) if (data[at + k]! > Number.NEGATIVE_INFINITY) return;
    data.set(this.classLogPrior, at);
  }
}

/** Adds x . w_k to every row: n x classes. An absent feature leaves a weight of -Infinity without a say. */
export function addScores(X: Matrix | SparseMatrix, weights: Matrix, start: Float64Array): Matrix {
  const { values, indices, starts, cols: d } = rowLists(X);
  const K = weights.rows;
  const out = Matrix.zeros(X.rows, K);
  for (let i = 0; i < X.rows; i++) {
    for (let k = 0; k < K; k++) {
      let sum = start[k]!;
      for (let q = starts[i]!; q < starts[i + 1]!; q++) {
        const v = values[q]!;
        if (v !== 0) sum += v * weights.data[k * d + (indices === null ? q - starts[i]! : indices[q]!)]!;
      }
      out.data[i * K + k] = sum;
    }
  }
  return out;
}
