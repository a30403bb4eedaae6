import {
  bool,
  custom,
  type FitOptions,
  type MatrixLike,
  oneOf,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
  throwIfAborted,
} from "../contract/index.ts";
import { svd } from "../math/linalg/svd.ts";
import { centre, interceptOf, weightedRows } from "./least-squares.ts";
import { LinearModel } from "./linear-model.ts";

const params = {
  alphas: custom<readonly number[]>({
    default: [0.1, 1, 10],
    doc: "L2 strengths to choose from",
    expected: "a non-empty array of finite numbers > 0",
    accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((a) => Number.isFinite(a) && a > 0),
  }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  criterion: oneOf(["leaveOneOut", "generalised"], {
    default: "leaveOneOut",
    doc: "Error to minimise: exact leave-one-out, or generalised cross-validation, in which every row has the mean leverage",
  }),
};

/**
 * Ridge regression whose strength is chosen by leave-one-out error, exactly and from one decomposition: the error of
 * a row that the fit has not seen is its residual over 1 minus its leverage.
 *
 * Golub, Heath, Wahba, "Generalized cross-validation as a method for choosing a good ridge parameter", 1979.
 *
 * @example
 * const model = new RidgeCV({ alphas: [0.01, 100] }).fit([[-1], [0], [1], [2]], [-2, 0, 2, 4]);
 * model.alpha; // 0.01
 */
export class RidgeCV extends RegressorSpec<typeof params> {
  static readonly typeName = "RidgeCV";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(RidgeCV.typeName, params, given);
  }

  static fromState(state: unknown): RidgeCV {
    return new RidgeCV(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): RidgeCVModel {
    const where = "RidgeCV.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { alphas, fitIntercept, criterion } = this.params;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const target = readTarget(y, matrix.rows, where);
    const centred = centre({ X: matrix, y: target, weights, fitIntercept, alpha: 0, where });
    const { A, b } = weightedRows(centred);
    const found = svd(A);
    const rank = found.rank();
    const { U, s, Vt } = found;
    const ub = U.transposedMatVec(b);
    const n = A.rows;
    const total = weights ? weights.reduce((sum, w) => sum + w, 0) : n;
    const errors = Float64Array.from(alphas, (alpha) => {
      const shrink = s.map((v, k) => (k < rank ? (v * v) / (v * v + alpha) : 0));
      let trace = 0;
      let generalised = 0;
      let left = 0;
      for (let i = 0; i < n; i++) {
        // Hat matrix of the rows times the root of their weights; the intercept's part is the root's own direction.
        let leverage = fitIntercept ? (weights ? weights[i]! : 1) / total : 0;
        let residual = b[i]!;
        for (let k = 0; k < rank; k++) {
          const u = U.data[i * U.cols + k]!;
          leverage += shrink[k]! * u * u;
          residual -= shrink[k]! * u * ub[k]!;
        }
        trace += leverage;
        generalised += residual * residual;
        if (residual !== 0) left += (residual / (1 - leverage)) ** 2;
      }
      return criterion === "leaveOneOut" ? left / total : generalised / total / (1 - trace / n) ** 2;
    });
    let best = 0;
    for (let a = 1; a < errors.length; a++) if (errors[a]! < errors[best]!) best = a;
    const coef = new Float64Array(A.cols);
    for (let k = 0; k < rank; k++) {
      const share = (s[k]! * ub[k]!) / (s[k]! * s[k]! + alphas[best]!);
      for (let j = 0; j < coef.length; j++) coef[j] = coef[j]! + share * Vt.at(k, j);
    }
    return new RidgeCVModel(schemaOf(design), coef, interceptOf(centred, coef), {
      alpha: alphas[best]!,
      errors,
    });
  }
}

/** What {@link RidgeCV} learned. */
export class RidgeCVModel extends LinearModel {
  static readonly typeName = "RidgeCVModel";
  /** The strength chosen. */
  readonly alpha: number;
  /** Mean squared error by the criterion, one per strength given. */
  readonly errors: Float64Array;

  constructor(
    schema: Schema,
    coef: Float64Array,
    intercept: number,
    choice: { readonly alpha: number; readonly errors: Float64Array },
  ) {
    super(schema, coef, intercept);
    this.alpha = choice.alpha;
    this.errors = choice.errors;
  }

  override toState(): unknown {
    const { schema, coef, intercept, alpha, errors } = this;
    return { schema, coef, intercept, alpha, errors };
  }

  static fromState(state: unknown): RidgeCVModel {
    const s = state as {
      schema: Schema;
      coef: Float64Array;
      intercept: number;
      alpha: number;
      errors: Float64Array;
    };
    return new RidgeCVModel(s.schema, s.coef, s.intercept, s);
  }
}
