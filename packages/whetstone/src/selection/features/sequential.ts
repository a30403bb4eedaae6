import {
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  optional,
  type ParamInput,
  step as progress,
  readDesign,
  real,
  schemaOf,
  seed,
  TransformerSpec,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { runFolds } from "../cross-validate.ts";
import { type CrossValidator, foldsOf } from "../folds.ts";
import { scorersOf } from "../scoring.ts";
import { cvParam, scoringParam } from "./cv-params.ts";
import { estimatorParam, type Predictor, requireEstimator, requireTarget } from "./importances.ts";
import { type Selection, SelectorModel, startSelection } from "./selector.ts";

const PARAMS = {
  estimator: estimatorParam("What sets of columns are scored with"),
  nFeaturesToSelect: custom<number | "auto">({
    default: "auto",
    doc: "Columns that stay; auto is half of them, or with tol as many as improve the score",
    expected: 'an integer >= 1 or "auto"',
    accepts: (v) => v === "auto" || (Number.isSafeInteger(v) && (v as number) >= 1),
  }),
  tol: optional(
    real({ default: 0, doc: "Least gain of score per step (loss, if negative, going backward)" }),
  ),
  direction: oneOf(["forward", "backward"], { default: "forward", doc: "Add columns, or take them away" }),
  scoring: scoringParam,
  cv: cvParam,
  seed: seed(),
} as const;

/**
 * Greedy search by cross-validated score: adds the column that helps most (or takes away the one that is missed least)
 * until enough are chosen. Works with any estimator, and costs about columns x chosen x folds fits.
 *
 * @example
 * const X = Array.from({ length: 30 }, (_, i) => [(i * 7) % 11, i, (i * 5) % 13]);
 * const spec = new SequentialFeatureSelector({ estimator: new LinearRegression(), nFeaturesToSelect: 1, cv: 3 });
 * spec.fit(X, X.map(([, b]) => 2 * b + 1)).outputNames(); // ["x1"]
 */
export class SequentialFeatureSelector extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "SequentialFeatureSelector";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("SequentialFeatureSelector", PARAMS, params);
    requireEstimator("SequentialFeatureSelector", this.params.estimator);
  }
  static fromState(state: unknown): SequentialFeatureSelector {
    return new SequentialFeatureSelector(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options: FitOptions = {}): SequentialFeatureSelectorModel {
    const where = "SequentialFeatureSelector.fit";
    startSelection(options, 0, where);
    requireTarget(where, y);
    const design = readDesign(X, where);
    const { matrix, names } = design;
    const n = matrix.cols;
    const { direction, tol, nFeaturesToSelect: asked } = this.params;
    const spec = this.params.estimator as Predictor;
    if (asked !== "auto" && asked >= n)
      throw argumentError(where, "nFeaturesToSelect", asked, `fewer than ${n}, the columns of X`);
    if (tol !== null && tol < 0 && direction === "forward")
      throw argumentError(where, "tol", tol, "a number >= 0 going forward");
    const scorers = scorersOf(this.params.scoring ?? undefined, spec.kind, where);
    const folds = foldsOf(
      { cv: this.params.cv as CrossValidator, seed: this.params.seed },
      spec.kind,
      matrix.rows,
      y,
      where,
    );
    const sign = scorers[0]!.greaterIsBetter ? 1 : -1;
    const quiet = {
      ...(options.signal && { signal: options.signal }),
      ...(options.onWarning && { onWarning: options.onWarning }),
    };
    const scoreOf = (columns: readonly number[]): number => {
      const part = matrix.selectCols(columns);
      const input = names
        ? new NamedMatrix(
            part.data,
            part.rows,
            columns.map((j) => names[j]!),
          )
        : part;
      return sign * runFolds(spec, input, y, folds, scorers, quiet, where).mean[scorers[0]!.name]!;
    };
    const open = asked === "auto" && tol !== null;
    const goal = asked === "auto" ? (tol === null ? n >> 1 : n - 1) : asked;
    const steps = direction === "forward" || open ? goal : n - goal;
    const chosen = new Set<number>(); // added going forward, taken away going backward
    let before = Number.NEGATIVE_INFINITY;
    const stayAfter = (extra: number): number[] =>
      Array.from({ length: n }, (_, j) => j).filter(
        (j) => (chosen.has(j) || j === extra) === (direction === "forward"),
      );
    for (let s = 0; s < steps; s++) {
      progress(where, options, s, steps, "columns");
      let best = -1;
      let bestScore = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < n; j++) {
        if (chosen.has(j)) continue;
        const score = scoreOf(stayAfter(j));
        if (best < 0 || score > bestScore) {
          best = j;
          bestScore = score;
        }
      }
      if (open && bestScore - before < tol!) break;
      before = bestScore;
      chosen.add(best);
    }
    progress(where, options, steps, steps, "columns");
    return new SequentialFeatureSelectorModel({
      schema: schemaOf(design),
      support: Int32Array.from(stayAfter(-1)),
      order: Int32Array.from(chosen),
    });
  }
}

interface State extends Selection {
  readonly order: Int32Array;
}

/** Columns that were chosen one at a time by cross-validation; `transform` keeps them. */
export class SequentialFeatureSelectorModel extends SelectorModel {
  static readonly typeName = "SequentialFeatureSelectorModel";
  /** Columns in the order in which they were added (forward) or taken away (backward). */
  readonly order: Int32Array;

  constructor(state: State) {
    super(state);
    this.order = state.order;
  }
  toState(): unknown {
    return { schema: this.schema, support: this.support, order: this.order };
  }
  static fromState(state: unknown): SequentialFeatureSelectorModel {
    return new SequentialFeatureSelectorModel(state as State);
  }
}
