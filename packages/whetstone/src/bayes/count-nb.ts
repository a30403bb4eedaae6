import {
  argumentError,
  bool,
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  readDesign,
  readLike,
  readRows,
  readRowsLike,
  real,
  type Schema,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { rowLists } from "../math/row-lists.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import {
  addScores,
  COUNT_PARAMS,
  classSums,
  logPriors,
  NaiveBayesModel,
  readClassRows,
  refuseNegative,
} from "./naive-bayes.ts";

const bernoulliParams = {
  ...COUNT_PARAMS,
  binarize: real({ default: 0, doc: "A feature is present where it is above this" }),
};
const complementParams = {
  alpha: COUNT_PARAMS.alpha,
  norm: bool({ default: false, doc: "Whether the weights of each class are divided by their summed sizes" }),
};

function finiteAlpha(where: string, alpha: number): void {
  if (alpha === Number.POSITIVE_INFINITY) throw argumentError(where, "alpha", alpha, "a finite number >= 0");
}

/**
 * Multinomial naive Bayes for counts: a row is a bag of draws from its class's distribution over features.
 *
 * @example
 * const X = [[3, 0], [2, 1], [0, 4], [1, 3]]; // counts of two words
 * const model = new MultinomialNB().fit(X, ["sport", "sport", "politics", "politics"]);
 * model.predict([[5, 1]]); // ["sport"]
 */
export class MultinomialNB extends ClassifierSpec<typeof COUNT_PARAMS> {
  static readonly typeName = "MultinomialNB";
  static readonly params = COUNT_PARAMS;

  constructor(given: ParamInput<typeof COUNT_PARAMS> = {}) {
    super(MultinomialNB.typeName, COUNT_PARAMS, given);
    finiteAlpha("MultinomialNB", this.params.alpha);
  }

  static fromState(state: unknown): MultinomialNB {
    return new MultinomialNB(state as ParamInput<typeof COUNT_PARAMS>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): MultinomialNBModel<L> {
    const where = "MultinomialNB.fit";
    const rows = readClassRows(X, y, options, where, readRows);
    refuseNegative(rows.X, where);
    const { alpha, classPrior, fitPrior } = this.params;
    const prior = logPriors(rows.counts, classPrior, fitPrior, where, "classPrior");
    const counts = classSums(rows, (v) => v);
    return new MultinomialNBModel(rows.schema, rows.classes, prior, logShares(counts, alpha));
  }
}

/** log((count + alpha) / (sum + alpha d)); a class without counts knows nothing and takes equal shares. */
function logShares(counts: Matrix, alpha: number): Matrix {
  const d = counts.cols;
  const out = counts.clone();
  for (let k = 0; k < counts.rows; k++) {
    const row = out.row(k);
    const sum = row.reduce((a, v) => a + v + alpha, 0);
    for (let j = 0; j < d; j++) row[j] = sum > 0 ? Math.log((row[j]! + alpha) / sum) : -Math.log(d);
  }
  return out;
}

/**
 * Complement naive Bayes: weights from the counts of all other classes, which is steadier where classes are unequal.
 *
 * Rennie, Shih, Teevan, Karger, "Tackling the poor assumptions of naive Bayes text classifiers", 2003.
 *
 * @example
 * const model = new ComplementNB().fit([[3, 0], [2, 1], [0, 4]], ["a", "a", "b"]);
 * model.predict([[0, 2]]); // ["b"]
 */
export class ComplementNB extends ClassifierSpec<typeof complementParams> {
  static readonly typeName = "ComplementNB";
  static readonly params = complementParams;

  constructor(given: ParamInput<typeof complementParams> = {}) {
    super(ComplementNB.typeName, complementParams, given);
    finiteAlpha("ComplementNB", this.params.alpha);
  }

  static fromState(state: unknown): ComplementNB {
    return new ComplementNB(state as ParamInput<typeof complementParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): ComplementNBModel<L> {
    const where = "ComplementNB.fit";
    const rows = readClassRows(X, y, options, where, readRows);
    refuseNegative(rows.X, where);
    const { alpha, norm } = this.params;
    const counts = classSums(rows, (v) => v);
    const d = counts.cols;
    const all = new Float64Array(d);
    counts.data.forEach((v, at) => {
      all[at % d] = all[at % d]! + v;
    });
    const rest = counts.map((v, at) => Math.max(0, all[at % d]! - v));
    const logs = logShares(rest, alpha);
    const weights = logs.map((v) => -v);
    for (let k = 0; k < logs.rows && norm; k++) {
      const sum = logs.row(k).reduce((a, b) => a + b, 0);
      weights.row(k).set(logs.row(k).map((v) => (sum === 0 ? 0 : v / sum)));
    }
    const prior = logPriors(rows.counts, null, true, where, "");
    return new ComplementNBModel(rows.schema, rows.classes, prior, weights);
  }
}

/**
 * Bernoulli naive Bayes: features are present or absent, and absence counts too.
 *
 * @example
 * const model = new BernoulliNB().fit([[1, 0], [1, 1], [0, 1], [0, 1]], ["spam", "spam", "ham", "ham"]);
 * model.predict([[0, 0]]); // ["ham"]: what speaks is that the first word is missing
 */
export class BernoulliNB extends ClassifierSpec<typeof bernoulliParams> {
  static readonly typeName = "BernoulliNB";
  static readonly params = bernoulliParams;

  constructor(given: ParamInput<typeof bernoulliParams> = {}) {
    super(BernoulliNB.typeName, bernoulliParams, given);
    finiteAlpha("BernoulliNB", this.params.alpha);
  }

  static fromState(state: unknown): BernoulliNB {
    return new BernoulliNB(state as ParamInput<typeof bernoulliParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): BernoulliNBModel<L> {
    const where = "BernoulliNB.fit";
    const { alpha, classPrior, fitPrior, binarize } = this.params;
    // Below 0 what is not stored counts as present.
    const rows = readClassRows(X, y, options, where, binarize >= 0 ? readRows : readDesign);
    const prior = logPriors(rows.counts, classPrior, fitPrior, where, "classPrior");
    const counts = classSums(rows, (v) => (v > binarize ? 1 : 0));
    const d = counts.cols;
    const share = (v: number, k: number) => {
      const total = rows.counts[k]! + 2 * alpha;
      return total > 0 ? (v + alpha) / total : 0.5;
    };
    const logP = counts.map((v, at) => Math.log(share(v, Math.floor(at / d))));
    const logQ = counts.map((v, at) => {
      const k = Math.floor(at / d);
      return Math.log(share(Math.max(0, rows.counts[k]! - v), k));
    });
    return new BernoulliNBModel(rows.schema, rows.classes, prior, logP, logQ, binarize);
  }
}

interface ScoreState {
  readonly schema: Schema;
  readonly classes: Label[];
  readonly classLogPrior: Float64Array;
  readonly weights: Matrix;
}

/** What {@link MultinomialNB} learned. */
export class MultinomialNBModel<L extends Label = Label> extends NaiveBayesModel<L, Matrix | SparseMatrix> {
  static readonly typeName = "MultinomialNBModel";
  /** log P(feature | class), one row per class. */
  readonly featureLogProb: Matrix;

  constructor(schema: Schema, classes: readonly L[], classLogPrior: Float64Array, featureLogProb: Matrix) {
    super(schema, classes, classLogPrior);
    this.featureLogProb = featureLogProb;
  }

  protected override read(X: MatrixLike, where: string): Matrix | SparseMatrix {
    return readRowsLike(this.schema, X, where).matrix;
  }

  protected override joint(X: Matrix | SparseMatrix): Matrix {
    refuseNegative(X, "MultinomialNBModel.predict");
    return addScores(X, this.featureLogProb, this.classLogPrior);
  }

  override toState(): unknown {
    const { schema, classes, classLogPrior, featureLogProb } = this;
    return { schema, classes, classLogPrior, weights: featureLogProb };
  }

  static fromState(state: unknown): MultinomialNBModel {
    const s = state as ScoreState;
    return new MultinomialNBModel(s.schema, s.classes, s.classLogPrior, s.weights);
  }
}

/** What {@link ComplementNB} learned. */
export class ComplementNBModel<L extends Label = Label> extends NaiveBayesModel<L, Matrix | SparseMatrix> {
  static readonly typeName = "ComplementNBModel";
  /** Weight of each feature for each class, one row per class. */
  readonly weights: Matrix;

  constructor(schema: Schema, classes: readonly L[], classLogPrior: Float64Array, weights: Matrix) {
    super(schema, classes, classLogPrior);
    this.weights = weights;
  }

  protected override read(X: MatrixLike, where: string): Matrix | SparseMatrix {
    return readRowsLike(this.schema, X, where).matrix;
  }

  protected override joint(X: Matrix | SparseMatrix): Matrix {
    refuseNegative(X, "ComplementNBModel.predict");
    return addScores(X, this.weights, new Float64Array(this.classes.length));
  }

  override toState(): unknown {
    const { schema, classes, classLogPrior, weights } = this;
    return { schema, classes, classLogPrior, weights };
  }

  static fromState(state: unknown): ComplementNBModel {
    const s = state as ScoreState;
    return new ComplementNBModel(s.schema, s.classes, s.classLogPrior, s.weights);
  }
}

/** What {@link BernoulliNB} learned. */
export class BernoulliNBModel<L extends Label = Label> extends NaiveBayesModel<L, Matrix | SparseMatrix> {
  static readonly typeName = "BernoulliNBModel";
  /** log P(feature present | class), one row per class. */
  readonly featureLogProb: Matrix;
  /** log P(feature absent | class). */
  readonly absentLogProb: Matrix;
  readonly binarize: number;

  constructor(
    schema: Schema,
    classes: readonly L[],
    classLogPrior: Float64Array,
    featureLogProb: Matrix,
    absentLogProb: Matrix,
    binarize: number,
  ) {
    super(schema, classes, classLogPrior);
    this.featureLogProb = featureLogProb;
    this.absentLogProb = absentLogProb;
    this.binarize = binarize;
  }

  protected override read(X: MatrixLike, where: string): Matrix | SparseMatrix {
    // What is not stored must be absent, and absence must not rule a class out.
    const sparse = this.binarize >= 0 && this.absentLogProb.data.every(Number.isFinite);
    return (sparse ? readRowsLike : readLike)(this.schema, X, where).matrix;
  }

  protected override joint(X: Matrix | SparseMatrix): Matrix {
    const { values, indices, starts, cols: d } = rowLists(X);
    const K = this.classes.length;
    const [present, absent] = [this.featureLogProb, this.absentLogProb];
    const out = Matrix.zeros(X.rows, K);
    for (let k = 0; k < K; k++) {
      const nothing = absent.row(k).reduce((a, b) => a + b, this.classLogPrior[k]!);
      for (let i = 0; i < X.rows; i++) {
        let sum = indices === null ? this.classLogPrior[k]! : nothing;
        for (let q = starts[i]!; q < starts[i + 1]!; q++) {
          const here = values[q]! > this.binarize;
          const w = k * d + (indices === null ? q - starts[i]! : indices[q]!);
          if (indices === null) sum += here ? present.data[w]! : absent.data[w]!;
          else if (here) sum += present.data[w]! - absent.data[w]!;
        }
        out.data[i * K + k] = sum;
      }
    }
    return out;
  }

  override toState(): unknown {
    const { schema, classes, classLogPrior, featureLogProb, absentLogProb, binarize } = this;
    return { schema, classes, classLogPrior, featureLogProb, absentLogProb, binarize };
  }

  static fromState(state: unknown): BernoulliNBModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      classLogPrior: Float64Array;
      featureLogProb: Matrix;
      absentLogProb: Matrix;
      binarize: number;
    };
    return new BernoulliNBModel(
      s.schema,
      s.classes,
      s.classLogPrior,
      s.featureLogProb,
      s.absentLogProb,
      s.binarize,
    );
  }
}
