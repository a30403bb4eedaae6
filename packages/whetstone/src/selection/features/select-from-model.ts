import {
  custom,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type Model,
  optional,
  type ParamInput,
  readDesign,
  readWeights,
  schemaOf,
  TransformerSpec,
  throwIfAborted,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import {
  estimatorParam,
  fitPredictor,
  importancesOf,
  type Predictor,
  requireEstimator,
  requireTarget,
} from "./importances.ts";
import { columnsWhere, type Selection, SelectorModel } from "./selector.ts";

const SCALED = /^(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*\*\s*)?(mean|median)$/;

const PARAMS = {
  estimator: estimatorParam("What importances come from: coefficients or featureImportances"),
  threshold: custom<number | string | null>({
    default: null,
    doc: 'Least importance; null is 1e-5 for L1 penalties (what they set to zero goes) and "mean" otherwise',
    expected: 'a number, "mean", "median" or a multiple such as "1.25*mean"',
    accepts: (v) =>
      v === null || (typeof v === "number" && !Number.isNaN(v)) || (typeof v === "string" && SCALED.test(v)),
  }),
  maxFeatures: optional(int({ min: 1, default: 1, doc: "Most columns that stay" })),
} as const;

/**
 * Keeps the columns that a model finds important.
 *
 * @throws a sentence where the estimator has neither coefficients nor importances
 * @example
 * const X = [[1, 5], [2, 3], [3, 4], [4, 5]];
 * new SelectFromModel({ estimator: new Lasso({ alpha: 0.1 }) }).fit(X, [2, 4, 6, 8]).mask; // [true, false]
 */
export class SelectFromModel extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "SelectFromModel";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("SelectFromModel", PARAMS, params);
    requireEstimator("SelectFromModel", this.params.estimator);
  }
  static fromState(state: unknown): SelectFromModel {
    return new SelectFromModel(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options: FitOptions = {}): SelectFromModelModel {
    const where = "SelectFromModel.fit";
    requireTarget(where, y);
    const estimator = this.params.estimator as Predictor;
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    readWeights(options.sampleWeight, design.matrix.rows, where);
    const n = design.matrix.cols;
    const { maxFeatures } = this.params;
    if (maxFeatures !== null && maxFeatures > n)
      throw argumentError(where, "maxFeatures", maxFeatures, `at most ${n}, the columns of X`);
    const model = fitPredictor(estimator, X, y, options);
    const importances = importancesOf(model, where, false);
    const threshold = thresholdOf(this.params.threshold, estimator, importances);
    const order = Array.from(importances.keys()).sort((a, b) => importances[b]! - importances[a]! || a - b);
    const allowed = new Set(order.slice(0, maxFeatures ?? n));
    const support = columnsWhere(n, (j) => allowed.has(j) && importances[j]! >= threshold);
    return new SelectFromModelModel({ schema: schemaOf(design), support, importances, threshold, model });
  }
}

function thresholdOf(given: number | string | null, estimator: Predictor, importances: Float64Array): number {
  if (typeof given === "number") return given;
  if (given === null) {
    const name = (estimator.constructor as unknown as { typeName: string }).typeName;
    const l1 = (estimator.params as { penalty?: unknown }).penalty === "l1" || name.includes("Lasso");
    if (l1) return 1e-5;
  }
  const [, factor, statistic] = SCALED.exec(given ?? "mean")!;
  const sorted = importances.slice().sort();
  const half = sorted.length >> 1;
  const value =
    statistic === "mean"
      ? importances.reduce((a, b) => a + b, 0) / importances.length
      : sorted.length % 2 === 1
        ? sorted[half]!
        : (sorted[half - 1]! + sorted[half]!) / 2;
  return Number(factor ?? 1) * value;
}

interface State extends Selection {
  readonly importances: Float64Array;
  readonly threshold: number;
  readonly model: Model;
}

/** Columns whose importance reaches the threshold; `transform` keeps them. */
export class SelectFromModelModel extends SelectorModel {
  static readonly typeName = "SelectFromModelModel";
  /** Of each training column: the model's own, or the sum of its absolute coefficients over outputs. */
  readonly importances: Float64Array;
  /** In units of the importances. */
  readonly threshold: number;
  /** The model fitted to all columns. */
  readonly model: Model;

  constructor(state: State) {
    super(state);
    this.importances = state.importances;
    this.threshold = state.threshold;
    this.model = state.model;
  }
  toState(): unknown {
    const { schema, support, importances, threshold, model } = this;
    return { schema, support, importances, threshold, model };
  }
  static fromState(state: unknown): SelectFromModelModel {
    return new SelectFromModelModel(state as State);
  }
}
