import {
  ClassifierModel,
  type FitOptions,
  type Label,
  type MatrixLike,
  readRowsLike,
  type Schema,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { sigmoid, softplus } from "../math/special/logistic.ts";
import { type LogisticInference, logisticInference } from "./logistic-inference.ts";
import { scoresOf, softmaxInPlace } from "./logits.ts";

/** What {@link LogisticRegression} learned. */
export class LogisticRegressionModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "LogisticRegressionModel";
  /** One row of coefficients for two classes (logit of the second), else one row per class. */
  readonly coef: Matrix;
  /** One entry per row of `coef`. */
  readonly intercept: Float64Array;
  /** Whether the intercepts were fitted; otherwise they are 0. */
  readonly fitIntercept: boolean;
  /** Iterations of the optimiser. */
  readonly nIter: number;
  /** Whether the optimiser reached its tolerance (or the end of floating point). */
  readonly converged: boolean;

  constructor(
    schema: Schema,
    classes: readonly L[],
    coef: Matrix,
    intercept: Float64Array,
    run: { readonly fitIntercept: boolean; readonly nIter: number; readonly converged: boolean },
  ) {
    super(schema, classes);
    this.coef = coef;
    this.intercept = intercept;
    this.fitIntercept = run.fitIntercept;
    this.nIter = run.nIter;
    this.converged = run.converged;
  }

  /** Logits: n x 1 for two classes (of the second class), else n x classes. */
  decisionFunction(X: MatrixLike): Matrix {
    return this.logits(X, "decisionFunction");
  }

  override predictProba(X: MatrixLike): Matrix {
    const z = this.logits(X, "predictProba");
    const n = z.rows;
    if (z.cols > 1) {
      for (let i = 0; i < n; i++) softmaxInPlace(z.data, i * z.cols, z.cols);
      return z;
    }
    const out = Matrix.zeros(n, 2);
    for (let i = 0; i < n; i++) {
      out.data[2 * i] = sigmoid(-z.data[i]!);
      out.data[2 * i + 1] = sigmoid(z.data[i]!);
    }
    return out;
  }

  /** Logarithms of `predictProba`, exact also where a probability rounds to 0 or 1. */
  predictLogProba(X: MatrixLike): Matrix {
    const z = this.logits(X, "predictLogProba");
    const n = z.rows;
    const K = z.cols;
    if (K === 1) {
      const out = Matrix.zeros(n, 2);
      for (let i = 0; i < n; i++) {
        out.data[2 * i] = -softplus(z.data[i]!);
        out.data[2 * i + 1] = -softplus(-z.data[i]!);
      }
      return out;
    }
    const p = z.data.slice();
    for (let i = 0; i < n; i++) {
      const lse = softmaxInPlace(p, i * K, K);
      for (let k = 0; k < K; k++) z.data[i * K + k] = z.data[i * K + k]! - lse;
    }
    return z;
  }

  /**
   * The model as a generalised linear model (Bernoulli with logit link, or multinomial): deviance, information
   * criteria, and standard errors from the Fisher information at these coefficients. Meant for models fitted
   * with `penalty: null`; penalised coefficients are biased, which standard errors do not show.
   *
   * @param X the training features
   * @param y the training labels
   * @param options `sampleWeight` counts rows; `confidence` of the intervals, default 0.95
   */
  inference(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: Pick<FitOptions, "sampleWeight"> & { readonly confidence?: number } = {},
  ): LogisticInference {
    return logisticInference(this, X, y, options);
  }

  private logits(X: MatrixLike, method: string): Matrix {
    const { matrix } = readRowsLike(this.schema, X, `LogisticRegressionModel.${method}`);
    return new Matrix(scoresOf(matrix, this.coef.data, this.intercept), matrix.rows, this.intercept.length);
  }

  override toState(): unknown {
    const { schema, classes, coef, intercept, fitIntercept, nIter, converged } = this;
    return { schema, classes, coef, intercept, fitIntercept, nIter, converged };
  }

  static fromState(state: unknown): LogisticRegressionModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      coef: Matrix;
      intercept: Float64Array;
      fitIntercept: boolean;
      nIter: number;
      converged: boolean;
    };
    return new LogisticRegressionModel(s.schema, s.classes, s.coef, s.intercept, s);
  }
}
