import {
  argumentError,
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
  valueError,
} from "../../contract/index.ts";
import { formatError } from "../../errors.ts";
import type { Matrix } from "../../math/matrix.ts";
import { boost } from "./boost.ts";
import { type BoostedParts, partsOf, rawPredictions } from "./boosted-model.ts";
import { BoostedNumbers } from "./boosted-numbers.ts";
import { type BoostingFitOptions, readValidation } from "./held-rows.ts";
import { customLoss, type Loss, lossOf } from "./losses.ts";
import {
  type BoostingObjective,
  isObjective,
  type LinkName,
  links,
  objectiveBaseline,
  objectiveRows,
} from "./objective.ts";
import { checkOrdered, type RegressionLoss, regressorParams } from "./params.ts";
import { sharedProblem } from "./problem.ts";

const linkOf = (loss: string): LinkName => (loss === "poisson" || loss === "gamma" ? "exp" : "identity");

/** A loss of the user's as boosting takes it. */
const objectiveLoss = (objective: BoostingObjective): Loss =>
  customLoss(
    (y, _, where) => objectiveRows(objective, y, where),
    (y, weights, where) => objectiveBaseline(objective, y, weights, where),
  );

/**
 * Histogram gradient boosting for numbers: trees fitted one after another to the gradients of a loss, on features cut
 * into at most 255 bins. The algorithm and the parameters are those of scikit-learn's
 * `HistGradientBoostingRegressor`, which follows LightGBM (Ke et al., NeurIPS 2017); with `maxLeafNodes: null`
 * and `maxDepth: 6` trees grow as in XGBoost's "hist" method.
 *
 * - Missing values (NaN) are welcome: each split learns on which side they go. Where training had none, they
 *   follow the majority.
 * - Category columns of a table are split by subsets of categories; `categoricalFeatures` names others. Categories
 *   unknown to training are treated as missing.
 * - With `categoryEncoding: "ordered"` categories become numbers instead, each row's by the targets of the rows before it
 *   in a random order, so that no row sees its own (Prokhorenkova et al., "CatBoost", NeurIPS 2018, section 3.2); new
 *   rows get the statistic of all training rows. Any number of categories fits, and splits need not name them.
 * - With `boosting: "ordered"` (the same paper, sections 4 and 5; squared error only) trees are grown on the residuals of
 *   models that have not seen the row, which keeps the fit to a row's own noise out of later trees. Leaf values are the
 *   usual ones. Where noise is large or categories are many and small, errors fell by a twentieth in tests; on a few
 *   hundred rows of numbers with little noise they rose by as much. It takes two to four times as long.
 * - A `sampleWeight` of k equals k copies of the row, in bin edges, leaf sizes and losses (up to rounding), except
 *   where rows have an order, in which copies would stand apart.
 *   Where weights are below 1 on average, `minSamplesLeaf` counts rows by weight over average weight.
 * - Early stopping watches a share of the rows, or those given to `fit` as `validation: { X, y, sampleWeight }`.
 * - Sums are kept in 64-bit integers, so the model does not depend on the number of threads.
 *
 * @example
 * const X = Array.from({ length: 200 }, (_, i) => [i / 100]);
 * const y = X.map(([x]) => Math.sin(x));
 * const model = new HistGradientBoostingRegressor({ maxIter: 50 }).fit(X, y);
 * model.predict([[0.5]]); // close to sin(0.5)
 */
export class HistGradientBoostingRegressor extends RegressorSpec<typeof regressorParams> {
  static readonly typeName = "HistGradientBoostingRegressor";
  static readonly params = regressorParams;

  constructor(given: ParamInput<typeof regressorParams> = {}) {
    super(HistGradientBoostingRegressor.typeName, regressorParams, given);
    const { loss, quantile, topRate, boosting } = this.params;
    checkOrdered(this.params, HistGradientBoostingRegressor.typeName);
    if (boosting === "ordered" && loss !== "squaredError") {
      throw argumentError(
        HistGradientBoostingRegressor.typeName,
        "boosting",
        boosting,
        `"plain" for another loss than "squaredError": models of a few rows step too far`,
      );
    }
    if (topRate !== null && (loss === "quantile" || loss === "absoluteError")) {
      throw argumentError(
        HistGradientBoostingRegressor.typeName,
        "topRate",
        topRate,
        `null for loss "${loss}": all its gradients are alike`,
      );
    }
    if (loss === "quantile" && quantile === null) {
      throw argumentError(
        HistGradientBoostingRegressor.typeName,
        "quantile",
        quantile,
        'a number for loss "quantile"',
      );
    }
  }

  static fromState(state: unknown): HistGradientBoostingRegressor {
    return new HistGradientBoostingRegressor(state as ParamInput<typeof regressorParams>);
  }

  override fit(
    X: MatrixLike,
    y: ArrayLike<number>,
    options: BoostingFitOptions = {},
  ): HistGradientBoostingRegressorModel {
    const where = "HistGradientBoostingRegressor.fit";
    const design = readDesign(X, where, { allowMissing: true, allowCategories: true });
    const target = readTarget(y, design.matrix.rows, where);
    const sampleWeight = readWeights(options.sampleWeight, target.length, where);
    const { loss, quantile } = this.params;
    this.checkTarget(target, where, "y");
    if (
      loss === "poisson" &&
      !target.some((v, i) => v > 0 && (sampleWeight === null || sampleWeight[i]! > 0))
    )
      throw valueError(where, "y", 'holds only zeros, expected at least one number > 0 for loss "poisson"');
    const validation = readValidation(
      options.validation,
      schemaOf(design),
      this.params,
      where,
      ["X", "y", "sampleWeight"],
      (given, rows) => {
        const held = readTarget(given.y as ArrayLike<number>, rows, where, "validation.y");
        this.checkTarget(held, where, "validation.y");
        return { y: held };
      },
    );
    const problem = sharedProblem(this.params, design, where, options, validation);
    const own = isObjective(loss) ? loss : null;
    if (own && !own.meanLoss && problem.stopping) {
      throw argumentError(
        where,
        "earlyStopping",
        this.params.earlyStopping,
        "false where the loss has no meanLoss to watch",
      );
    }
    const found = boost(
      {
        ...problem,
        y: target,
        sampleWeight,
        classWeight: null,
        loss: own ? objectiveLoss(own) : lossOf(loss as RegressionLoss, quantile ?? 0),
        outputs: 1,
        stratify: false,
        permutations: this.params.boosting === "ordered" ? this.params.permutations : null,
      },
      options,
    );
    const name = own ? own.name : (loss as RegressionLoss);
    const link = own ? (own.link ?? "identity") : linkOf(name);
    return new HistGradientBoostingRegressorModel(schemaOf(design), name, link, {
      ...found,
      categories: problem.categories,
    });
  }

  override fitAsync(
    X: MatrixLike,
    y: ArrayLike<number>,
    options?: BoostingFitOptions,
  ): Promise<ReturnType<this["fit"]>> {
    return super.fitAsync(X, y, options);
  }

  /** Refuses targets that the loss has no value for. */
  private checkTarget(y: Float64Array, where: string, argument: string): void {
    const { loss } = this.params;
    const allowed =
      loss === "poisson" ? (v: number) => v >= 0 : loss === "gamma" ? (v: number) => v > 0 : () => true;
    const i = y.findIndex((v) => !allowed(v));
    const sign = loss === "poisson" ? ">= 0" : "> 0";
    if (i >= 0)
      throw valueError(
        where,
        argument,
        `holds ${y[i]} at row ${i}, expected numbers ${sign} for loss "${loss}"`,
      );
  }
}

/** What {@link HistGradientBoostingRegressor} learned. */
export class HistGradientBoostingRegressorModel extends BoostedNumbers {
  static readonly typeName = "HistGradientBoostingRegressorModel";
  /** Name of the loss. */
  readonly loss: string;
  /** How raw predictions become predictions. */
  readonly link: LinkName;
  /** The raw prediction before the first tree; e.g. the mean of y for squared error. */
  readonly baseline: number;

  /**
   * With boosting "ordered": raw predictions of the training rows by models that had not seen them (rows x outputs), the
   * average over the orders; NaN for rows not learned from. Null with plain boosting.
   */
  readonly orderedPredictions: Matrix | null;

  constructor(schema: Schema, loss: string, link: LinkName, parts: BoostedParts) {
    super(schema, parts);
    this.loss = loss;
    this.link = link;
    this.baseline = parts.baseline[0]!;
    this.orderedPredictions = parts.orderedPredictions;
  }

  /** Sums of the trees, before the link: e.g. the logarithm of the prediction for poisson and gamma. */
  rawPredict(X: MatrixLike): Float64Array {
    return rawPredictions(this.schema, this.parts, X, "HistGradientBoostingRegressorModel.rawPredict").data;
  }

  protected override respond(raw: Float64Array): Float64Array {
    return this.link === "identity" ? raw : raw.map((v) => links[this.link](v));
  }

  override toState(): unknown {
    return { schema: this.schema, loss: this.loss, link: this.link, ...this.parts };
  }

  static fromState(state: unknown): HistGradientBoostingRegressorModel {
    const { schema, loss, link } = state as { schema: Schema; loss: string; link: LinkName };
    if (!Object.hasOwn(links, link)) throw formatError("load", "the link in the file is unknown");
    return new HistGradientBoostingRegressorModel(schema, loss, link, partsOf(state, schema, 1));
  }
}
