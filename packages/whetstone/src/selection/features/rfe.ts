import {
  custom,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type Model,
  NamedMatrix,
  optional,
  type ParamInput,
  step as progress,
  readDesign,
  type Schema,
  schemaOf,
  seed,
  TransformerSpec,
  throwIfAborted,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import type { Matrix } from "../../math/index.ts";
import { Evaluation } from "../evaluation.ts";
import { type CrossValidator, foldsOf } from "../folds.ts";
import { takeEntries } from "../rows.ts";
import { scorersOf } from "../scoring.ts";
import { cvParam, scoringParam } from "./cv-params.ts";
import {
  estimatorParam,
  fitPredictor,
  importancesOf,
  type Predictor,
  requireEstimator,
  requireTarget,
} from "./importances.ts";
import { columnsWhere, type Selection, SelectorModel, startSelection } from "./selector.ts";

const stepParam = custom<number>({
  default: 1,
  doc: "Columns dropped per round: a count, or a share of all columns below 1",
  expected: "an integer >= 1 or a number between 0 and 1",
  accepts: (v) => typeof v === "number" && ((Number.isSafeInteger(v) && v >= 1) || (v > 0 && v < 1)),
});

const PARAMS = {
  estimator: estimatorParam("What importances come from: coefficients or featureImportances"),
  nFeaturesToSelect: optional(int({ min: 1, default: 1, doc: "Columns that stay; null keeps half" })),
  step: stepParam,
} as const;

/** One round: which columns were in, and the model fitted to them. */
interface Round {
  readonly columns: Int32Array;
  readonly model: Model;
}

/** Drops the least important columns round by round; `visit` sees every model, the last included. */
function eliminate(
  spec: Predictor,
  X: Matrix,
  names: readonly string[] | null,
  y: ArrayLike<Label>,
  keep: number,
  stepSize: number,
  options: FitOptions,
  where: string,
  visit: (round: Round) => void,
): Int32Array {
  const n = X.cols;
  const ranking = new Int32Array(n).fill(1);
  const most = stepSize < 1 ? Math.max(1, Math.floor(stepSize * n)) : stepSize;
  let columns = columnsWhere(n, () => true);
  for (;;) {
    throwIfAborted(options.signal, where);
    const model = fitPredictor(spec, pick(X, names, columns), y, options);
    visit({ columns, model });
    if (columns.length <= keep) return ranking;
    const importances = importancesOf(model, where, true);
    const order = Array.from(importances.keys()).sort((a, b) => importances[a]! - importances[b]! || a - b);
    const gone = new Set(order.slice(0, Math.min(most, columns.length - keep)));
    for (let j = 0, k = 0; j < n; j++) {
      if (ranking[j] !== 1) ranking[j]!++;
      else if (columns[k] === j) {
        if (gone.has(k)) ranking[j]!++;
        k++;
      }
    }
    columns = columns.filter((_, k) => !gone.has(k));
  }
}

function pick(X: Matrix, names: readonly string[] | null, columns: Int32Array): Matrix {
  const out = X.selectCols(columns);
  return names
    ? new NamedMatrix(
        out.data,
        out.rows,
        Array.from(columns, (j) => names[j]!),
      )
    : out;
}

/**
 * Recursive feature elimination (Guyon et al., Machine Learning 46, 2002): fits, drops the least important columns, and
 * starts again with the rest.
 *
 * @example
 * const X = [[1, 5, 0], [2, 3, 1], [3, 4, 0], [4, 5, 1]];
 * new RFE({ estimator: new LinearRegression(), nFeaturesToSelect: 1 }).fit(X, [2, 4, 6, 8]).ranking[0]; // 1
 */
export class RFE extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "RFE";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("RFE", PARAMS, params);
    requireEstimator("RFE", this.params.estimator);
  }
  static fromState(state: unknown): RFE {
    return new RFE(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options: FitOptions = {}): RFEModel {
    const where = "RFE.fit";
    startSelection(options, 0, where);
    requireTarget(where, y);
    const design = readDesign(X, where);
    const n = design.matrix.cols;
    const keep = this.params.nFeaturesToSelect ?? Math.max(1, n >> 1);
    if (keep > n) throw argumentError(where, "nFeaturesToSelect", keep, `at most ${n}, the columns of X`);
    const { onProgress, ...quiet } = options;
    let last: Round | null = null;
    const ranking = eliminate(
      this.params.estimator as Predictor,
      design.matrix,
      design.names,
      y,
      keep,
      this.params.step,
      quiet,
      where,
      (round) => {
        last = round;
        progress(where, options, n - round.columns.length, n - keep, "columns dropped");
      },
    );
    const { columns, model } = last as unknown as Round;
    return new RFEModel({ schema: schemaOf(design), support: columns, ranking, model });
  }
}

interface RfeState extends Selection {
  readonly ranking: Int32Array;
  readonly model: Model;
}

/** Columns that were left when the weakest had been taken away again and again; `transform` keeps them. */
export class RFEModel extends SelectorModel {
  static readonly typeName = "RFEModel";
  /** 1 for columns that stay; the sooner a column went, the higher. */
  readonly ranking: Int32Array;
  /** The estimator fitted to the columns that stay. */
  readonly model: Model;

  constructor(state: RfeState) {
    super(state);
    this.ranking = state.ranking;
    this.model = state.model;
  }
  toState(): unknown {
    const { schema, support, ranking, model } = this;
    return { schema, support, ranking, model };
  }
  static fromState(state: unknown): RFEModel {
    return new RFEModel(state as RfeState);
  }
}

const CV_PARAMS = {
  estimator: PARAMS.estimator,
  step: stepParam,
  minFeaturesToSelect: int({ min: 1, default: 1, doc: "Fewest columns that are tried" }),
  cv: cvParam,
  scoring: scoringParam,
  seed: seed(),
} as const;

/**
 * Recursive feature elimination with the number of columns chosen by cross-validation: in each fold columns are
 * dropped by the training rows alone, and every number of them is scored on the test rows. Ties go to fewer columns.
 *
 * @example
 * const X = Array.from({ length: 30 }, (_, i) => [i, (i * 7) % 11, (i * 5) % 13]);
 * const spec = new RFECV({ estimator: new LinearRegression(), cv: 3 });
 * spec.fit(X, X.map(([a]) => 2 * a + 1)).support.length; // 1
 */
export class RFECV extends TransformerSpec<typeof CV_PARAMS> {
  static readonly typeName = "RFECV";
  static readonly params = CV_PARAMS;

  constructor(params: ParamInput<typeof CV_PARAMS> = {}) {
    super("RFECV", CV_PARAMS, params);
    requireEstimator("RFECV", this.params.estimator);
  }
  static fromState(state: unknown): RFECV {
    return new RFECV(state as ParamInput<typeof CV_PARAMS>);
  }

  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options: FitOptions = {}): RFECVModel {
    const where = "RFECV.fit";
    startSelection(options, 0, where);
    requireTarget(where, y);
    const design = readDesign(X, where);
    const { matrix, names } = design;
    const spec = this.params.estimator as Predictor;
    const least = this.params.minFeaturesToSelect;
    if (least > matrix.cols)
      throw argumentError(where, "minFeaturesToSelect", least, `at most ${matrix.cols}, the columns of X`);
    const scorer = scorersOf(this.params.scoring ?? undefined, spec.kind, where)[0]!;
    const folds = foldsOf(
      { cv: this.params.cv as CrossValidator, seed: this.params.seed },
      spec.kind,
      matrix.rows,
      y,
      where,
    );
    const { onProgress, ...quiet } = options;
    const byCount = new Map<number, number[]>();
    folds.forEach(({ train, test }, f) => {
      progress(where, options, f, folds.length + 1, "folds");
      const testX = matrix.selectRows(test);
      const testY = takeEntries(y, test);
      const fitY = takeEntries(y, train) as ArrayLike<Label>;
      const visit = ({ columns, model }: Round) => {
        const score = scorer.score(new Evaluation(model, pick(testX, names, columns), testY, null));
        const list = byCount.get(columns.length) ?? [];
        byCount.set(columns.length, [...list, score]);
      };
      eliminate(spec, matrix.selectRows(train), names, fitY, least, this.params.step, quiet, where, visit);
    });
    const counts = Int32Array.from(byCount.keys()).sort();
    const means = Float64Array.from(counts, (c) => meanOf(byCount.get(c)!));
    const sign = scorer.greaterIsBetter ? 1 : -1;
    let best = 0;
    means.forEach((v, k) => {
      if (sign * v > sign * means[best]!) best = k;
    });
    let last: Round | null = null;
    const ranking = eliminate(
      spec,
      matrix,
      names,
      y,
      counts[best]!,
      this.params.step,
      quiet,
      where,
      (round) => {
        last = round;
      },
    );
    progress(where, options, folds.length + 1, folds.length + 1, "folds");
    const { columns, model } = last as unknown as Round;
    const sds = Float64Array.from(counts, (c) => spread(byCount.get(c)!));
    const schema: Schema = schemaOf(design);
    return new RFECVModel({
      schema,
      support: columns,
      ranking,
      model,
      nFeaturesTried: counts,
      meanTestScore: means,
      sdTestScore: sds,
    });
  }
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
/** Population standard deviation, as the field reports it for folds. */
const spread = (values: readonly number[]) => {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((v) => (v - mean) ** 2)));
};

interface RfecvState extends RfeState {
  readonly nFeaturesTried: Int32Array;
  readonly meanTestScore: Float64Array;
  readonly sdTestScore: Float64Array;
}

/** As {@link RFEModel}, with the number of columns that cross-validation liked best. */
export class RFECVModel extends SelectorModel {
  static readonly typeName = "RFECVModel";
  /** 1 for columns that stay; the sooner a column went, the higher. */
  readonly ranking: Int32Array;
  /** The estimator fitted to the columns that stay. */
  readonly model: Model;
  /** Numbers of columns that were tried, ascending. */
  readonly nFeaturesTried: Int32Array;
  /** Mean score over the folds for each of them. */
  readonly meanTestScore: Float64Array;
  /** Standard deviation of the scores over the folds. */
  readonly sdTestScore: Float64Array;

  constructor(state: RfecvState) {
    super(state);
    this.ranking = state.ranking;
    this.model = state.model;
    this.nFeaturesTried = state.nFeaturesTried;
    this.meanTestScore = state.meanTestScore;
    this.sdTestScore = state.sdTestScore;
  }
  toState(): unknown {
    const { schema, support, ranking, model, nFeaturesTried, meanTestScore, sdTestScore } = this;
    return { schema, support, ranking, model, nFeaturesTried, meanTestScore, sdTestScore };
  }
  static fromState(state: unknown): RFECVModel {
    return new RFECVModel(state as RfecvState);
  }
}
