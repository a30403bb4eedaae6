import {
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
  shapeError,
  show,
  valueError,
} from "../../contract/index.ts";
import { requireList } from "../../errors.ts";
import { boost } from "./boost.ts";
import { partsOf } from "./boosted-model.ts";
import { BoostedNumbers } from "./boosted-numbers.ts";
import { type BoostingFitOptions, readValidation, type ValidationRows } from "./held-rows.ts";
import { type RankingLoss, rankingRows, rowsByQuery } from "./lambdas.ts";
import { customLoss } from "./losses.ts";
import { rankerParams } from "./params.ts";
import { sharedProblem } from "./problem.ts";

/** Options of a ranker's `fit`. */
export interface RankingFitOptions extends BoostingFitOptions {
  /** The query of each row, a number or a name; rows of a query need not be neighbours. Absent: all rows are one query. */
  readonly queries?: ArrayLike<number | string>;
  /** Rows whose loss decides when to stop, with their own queries. */
  readonly validation?: RankedRows;
}

/** Rows that judge early stopping, and the query of each. */
export interface RankedRows extends ValidationRows {
  readonly queries?: ArrayLike<number | string>;
}

/**
 * Learning to rank by boosted trees: LambdaMART (Burges, MSR-TR-2010-82; XGBoost's `rank:ndcg`), or RankNet's pairs
 * (`rank:pairwise`). `y` holds relevances >= 0, and `fit` takes the query of each row; `predict` gives scores by which the
 * rows of a query are sorted, the highest first. Scores of different queries are not on one scale.
 *
 * Trees, missing values, categories and early stopping are those of {@link HistGradientBoostingRegressor}; early stopping
 * holds out whole queries (rows where there is but one), or takes those given as `validation`, and watches 1 - NDCG, or the log loss of a pair. A `sampleWeight` multiplies the row's gradient
 * and hessian; it is not the same as copies of the row, which would be more documents of the query.
 *
 * @example
 * const X = [[3], [1], [2], [9], [8], [7]];
 * const model = new HistGradientBoostingRanker({ minSamplesLeaf: 1 })
 *   .fit(X, [2, 0, 1, 2, 1, 0], { queries: ["a", "a", "a", "b", "b", "b"] });
 * const [low, high] = model.predict([[1], [3]]);
 * low < high; // true
 */
export class HistGradientBoostingRanker extends RegressorSpec<typeof rankerParams> {
  static readonly typeName = "HistGradientBoostingRanker";
  static readonly params = rankerParams;

  constructor(given: ParamInput<typeof rankerParams> = {}) {
    super(HistGradientBoostingRanker.typeName, rankerParams, given);
  }

  static fromState(state: unknown): HistGradientBoostingRanker {
    return new HistGradientBoostingRanker(state as ParamInput<typeof rankerParams>);
  }

  override fit(
    X: MatrixLike,
    y: ArrayLike<number>,
    options: RankingFitOptions = {},
  ): HistGradientBoostingRankerModel {
    const where = "HistGradientBoostingRanker.fit";
    const design = readDesign(X, where, { allowMissing: true, allowCategories: true });
    const target = readTarget(y, design.matrix.rows, where);
    const sampleWeight = readWeights(options.sampleWeight, target.length, where);
    const queries = readQueries(options.queries, target.length, where, "queries");
    const { objective, truncation, gain } = this.params;
    const how: RankingLoss = { objective, gain, truncation: truncation ?? Number.POSITIVE_INFINITY };
    this.checkRelevances(target, where, "y");
    const validation = readValidation<RankedRows>(
      options.validation,
      schemaOf(design),
      this.params,
      where,
      ["X", "y", "sampleWeight", "queries"],
      (given, rows) => {
        const held = readTarget(given.y as ArrayLike<number>, rows, where, "validation.y");
        this.checkRelevances(held, where, "validation.y");
        return { y: held, queries: readQueries(given.queries, rows, where, "validation.queries") };
      },
    );
    const problem = sharedProblem(this.params, design, where, options, validation);
    const found = boost(
      {
        ...problem,
        y: target,
        sampleWeight,
        classWeight: null,
        loss: customLoss(
          (own, of) => rankingRows(own, rowsByQuery(of!), how),
          () => 0,
        ),
        outputs: 1,
        stratify: false,
        queries,
      },
      options,
    );
    return new HistGradientBoostingRankerModel(schemaOf(design), {
      ...found,
      categories: problem.categories,
    });
  }

  override fitAsync(
    X: MatrixLike,
    y: ArrayLike<number>,
    options?: RankingFitOptions,
  ): Promise<ReturnType<this["fit"]>> {
    return super.fitAsync(X, y, options);
  }

  /** Refuses relevances whose gains are not numbers. */
  private checkRelevances(y: Float64Array, where: string, argument: string): void {
    const { gain } = this.params;
    const largest = gain === "exponential" ? 100 : Number.MAX_VALUE;
    const bad = y.findIndex((v) => !(v >= 0 && v <= largest));
    if (bad >= 0) {
      const top = gain === "exponential" ? ` and <= ${largest}` : "";
      throw valueError(where, argument, `holds ${y[bad]} at row ${bad}, expected relevances >= 0${top}`);
    }
  }
}

/** Numbers of the rows' queries, in the order of appearance. */
function readQueries(
  given: RankingFitOptions["queries"],
  rows: number,
  where: string,
  argument: string,
): Int32Array {
  const out = new Int32Array(rows);
  if (given === undefined) return out;
  requireList(where, argument, given, "an array with the query of each row");
  if (given.length !== rows) {
    throw shapeError(where, argument, `has ${given.length} entries`, `${rows} (rows of X)`);
  }
  const seen = new Map<number | string, number>();
  for (let i = 0; i < rows; i++) {
    const name = given[i]!;
    if (!(typeof name === "string" || (typeof name === "number" && !Number.isNaN(name)))) {
      throw valueError(where, argument, `holds ${show(name)} at row ${i}, expected numbers or names`);
    }
    if (!seen.has(name)) seen.set(name, seen.size);
    out[i] = seen.get(name)!;
  }
  return out;
}

/** What {@link HistGradientBoostingRanker} learned: scores; within a query, the higher the earlier. */
export class HistGradientBoostingRankerModel extends BoostedNumbers {
  static readonly typeName = "HistGradientBoostingRankerModel";

  override toState(): unknown {
    return { schema: this.schema, ...this.parts };
  }

  static fromState(state: unknown): HistGradientBoostingRankerModel {
    const { schema } = state as { schema: Schema };
    return new HistGradientBoostingRankerModel(schema, partsOf(state, schema, 1));
  }
}
