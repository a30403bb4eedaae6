import {
  argumentError,
  ClassifierSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  optional,
  type ParamInput,
  readDesign,
  readLike,
  type Schema,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { COUNT_PARAMS, logPriors, NaiveBayesModel, readClassRows } from "./naive-bayes.ts";

const params = {
  ...COUNT_PARAMS,
  minCategories: optional(
    int({
      min: 1,
      default: 1,
      doc: "Least number of categories per feature, for smoothing; null counts those seen",
    }),
  ),
};

/**
 * Naive Bayes for categories: within a class every feature has its own distribution over its values. Any numbers are
 * values; one that was not seen in training counts as a category with no rows.
 *
 * @example
 * const X = [[0, 2], [0, 1], [1, 1], [1, 0]];
 * const model = new CategoricalNB().fit(X, ["x", "x", "y", "y"]);
 * model.predict([[1, 1]]); // ["y"]
 */
export class CategoricalNB extends ClassifierSpec<typeof params> {
  static readonly typeName = "CategoricalNB";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(CategoricalNB.typeName, params, given);
    const { alpha } = this.params;
    if (alpha === Number.POSITIVE_INFINITY) {
      throw argumentError("CategoricalNB", "alpha", alpha, "a finite number >= 0");
    }
  }

  static fromState(state: unknown): CategoricalNB {
    return new CategoricalNB(state as ParamInput<typeof params>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): CategoricalNBModel<L> {
    const where = "CategoricalNB.fit";
    const rows = readClassRows(X, y, options, where, readDesign);
    const { alpha, classPrior, fitPrior, minCategories } = this.params;
    const prior = logPriors(rows.counts, classPrior, fitPrior, where, "classPrior");
    const K = rows.classes.length;
    const features = Array.from({ length: rows.X.cols }, (_, j) => {
      const column = rows.X.col(j);
      const values = Float64Array.from(new Set(column)).sort();
      const codeOf = new Map(Array.from(values, (v, c) => [v, c]));
      // One column more: a value that training did not hold.
      const counts = Matrix.zeros(K, values.length + 1);
      column.forEach((v, i) => {
        const at = rows.codes[i]! * counts.cols + codeOf.get(v)!;
        counts.data[at] = counts.data[at]! + (rows.weights ? rows.weights[i]! : 1);
      });
      const size = Math.max(minCategories ?? 0, values.length);
      const logProb = counts.map((v, at) => {
        const total = rows.counts[Math.floor(at / counts.cols)]! + alpha * size;
        return total > 0 ? Math.log((v + alpha) / total) : -Math.log(size);
      });
      return { values, logProb };
    });
    return new CategoricalNBModel(rows.schema, rows.classes, prior, features);
  }
}

interface CategoryFeature {
  /** Values seen in training, ascending. */
  readonly values: Float64Array;
  /** log P(value | class), one row per class; the last column is for values not seen. */
  readonly logProb: Matrix;
}

/** What {@link CategoricalNB} learned. */
export class CategoricalNBModel<L extends Label = Label> extends NaiveBayesModel<L> {
  static readonly typeName = "CategoricalNBModel";
  readonly features: readonly CategoryFeature[];

  constructor(
    schema: Schema,
    classes: readonly L[],
    classLogPrior: Float64Array,
    features: readonly CategoryFeature[],
  ) {
    super(schema, classes, classLogPrior);
    this.features = features;
  }

  protected override read(X: MatrixLike, where: string): Matrix {
    return readLike(this.schema, X, where).matrix;
  }

  protected override joint(X: Matrix): Matrix {
    const K = this.classes.length;
    const out = Matrix.zeros(X.rows, K);
    for (let i = 0; i < X.rows; i++) out.row(i).set(this.classLogPrior);
    this.features.forEach(({ values, logProb }, j) => {
      const codeOf = new Map(Array.from(values, (v, c) => [v, c]));
      for (let i = 0; i < X.rows; i++) {
        const c = codeOf.get(X.at(i, j)) ?? values.length;
        for (let k = 0; k < K; k++) out.data[i * K + k] = out.data[i * K + k]! + logProb.at(k, c);
      }
    });
    return out;
  }

  override toState(): unknown {
    const { schema, classes, classLogPrior, features } = this;
    return { schema, classes, classLogPrior, features };
  }

  static fromState(state: unknown): CategoricalNBModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      classLogPrior: Float64Array;
      features: CategoryFeature[];
    };
    return new CategoricalNBModel(s.schema, s.classes, s.classLogPrior, s.features);
  }
}
