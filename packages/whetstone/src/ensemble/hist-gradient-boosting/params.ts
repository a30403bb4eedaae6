import {
  argumentError,
  bool,
  custom,
  either,
  int,
  oneOf,
  optional,
  type ParamValues,
  real,
  seed,
} from "../../contract/index.ts";
import { type BoostingObjective, isObjective } from "./objective.ts";

/** Columns by position or by name. */
export type ColumnList = readonly (number | string)[];
/** Direction per column: a list with one entry per column, or an object of column name to direction. */
export type Monotonic = readonly (-1 | 0 | 1)[] | Readonly<Record<string, -1 | 0 | 1>>;
/** Sets of columns that may be used together. */
export type Interactions = "pairwise" | "noInteractions" | readonly ColumnList[];

const isColumn = (v: unknown): boolean =>
  typeof v === "string" || (typeof v === "number" && Number.isSafeInteger(v) && v >= 0);
const isColumnList = (v: unknown): boolean => Array.isArray(v) && v.every(isColumn);
const isDirection = (v: unknown): boolean => v === -1 || v === 0 || v === 1;

/** Parameters of both histogram gradient boosting estimators; scikit-learn's names and defaults where it has them. */
export const sharedParams = {
  learningRate: real({
    min: 0,
    exclusiveMin: true,
    default: 0.1,
    doc: "Factor of every tree's values",
    search: { low: 0.02, high: 0.3, scale: "log" },
  }),
  maxIter: int({
    min: 1,
    default: 100,
    doc: "Most boosting iterations: one tree each, or one per class with three classes or more",
    search: { low: 50, high: 500, scale: "log" },
  }),
  maxLeafNodes: optional(
    int({ min: 2, default: 31, doc: "Most leaves of a tree", search: { low: 8, high: 128, scale: "log" } }),
    { default: 31 },
  ),
  maxDepth: optional(int({ min: 1, default: 6, doc: "Most edges from the root to a leaf" })),
  minSamplesLeaf: int({
    min: 1,
    default: 20,
    doc: "Fewest rows of a leaf (rows count by their weights)",
    search: { low: 5, high: 100, scale: "log" },
  }),
  l1Regularization: real({
    min: 0,
    default: 0,
    doc: "Takes this much off a leaf's sum of gradients, towards 0 (XGBoost's alpha)",
    search: { low: 1e-3, high: 10, scale: "log" },
  }),
  l2Regularization: real({
    min: 0,
    default: 0,
    doc: "Added to a leaf's sum of hessians",
    search: { low: 1e-3, high: 10, scale: "log" },
  }),
  minGainToSplit: real({
    min: 0,
    default: 0,
    doc: "Gain a split must exceed, in units of the reported gains (what XGBoost's program calls gamma)",
  }),
  minHessianToSplit: real({
    min: 0,
    default: 1e-3,
    doc: "Least sum of hessians of a leaf (XGBoost's minChildWeight)",
  }),
  maxBins: int({
    min: 2,
    max: 255,
    default: 255,
    doc: "Most bins of a feature, beside the one for missing values",
  }),
  maxFeatures: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    default: 1,
    doc: "Share of the features drawn at random for each split",
  }),
  subsample: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    default: 1,
    doc: "Share of the rows drawn at random, without replacement, for each iteration",
  }),
  topRate: optional(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1,
      default: 0.2,
      doc: "Gradient-based one-side sampling: share of the rows kept for their large gradients; null takes all rows",
    }),
  ),
  otherRate: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    default: 0.1,
    doc: "With topRate: share of the rows drawn at random from the rest, at most 1 - topRate",
  }),
  dropRate: optional(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1,
      default: 0.1,
      doc: "DART: probability with which each earlier iteration is left out while the next one learns; null is none",
    }),
  ),
  skipDrop: real({
    min: 0,
    max: 1,
    default: 0,
    doc: "With dropRate: probability of an iteration that leaves nothing out",
  }),
  oneDrop: bool({
    default: false,
    doc: "With dropRate: an iteration that is not skipped leaves out at least one",
  }),
  dropNormalization: oneOf(["tree", "forest"], {
    default: "tree",
    doc: "With dropRate: a new tree counts as one of the k left out, 1 / (k + learningRate), or as all together, 1 / (1 + learningRate)",
  }),
  categoricalFeatures: optional(
    custom<ColumnList>({
      default: [],
      doc: "Columns that hold categories, by position or name; null takes a table's category columns, [] none",
      expected: "an array of column positions and names",
      accepts: isColumnList,
    }),
  ),
  categoryEncoding: oneOf(["subsets", "ordered"], {
    default: "subsets",
    doc: "How trees see categories: split by subsets, or as ordered target statistics, the mean target of a category's earlier rows in a random order (CatBoost)",
  }),
  priorWeight: real({
    min: 0,
    exclusiveMin: true,
    default: 1,
    doc: 'With categoryEncoding "ordered": rows of the overall mean target mixed into each category',
    search: { low: 0.3, high: 30, scale: "log" },
  }),
  monotonicCst: optional(
    custom<Monotonic>({
      default: [],
      doc: "Direction of the prediction in each column: 1 rising, -1 falling, 0 free; a list, or an object of names",
      expected: "an array of 1, 0 and -1, or an object of column name to one of them",
      accepts: (v) =>
        Array.isArray(v)
          ? v.every(isDirection)
          : typeof v === "object" &&
            v !== null &&
            Object.getPrototypeOf(v) === Object.prototype &&
            Object.values(v).every(isDirection),
    }),
  ),
  interactionCst: optional(
    either(
      oneOf(["pairwise", "noInteractions"], {
        default: "noInteractions",
        doc: "Which columns may meet in one tree path: sets of columns (the others form one more set), or a word",
      }),
      custom<readonly ColumnList[]>({
        default: [],
        doc: "",
        expected: "an array of arrays of columns",
        accepts: (v) => Array.isArray(v) && v.every(isColumnList),
      }),
    ),
  ),
  earlyStopping: either(
    oneOf(["auto"], {
      default: "auto",
      doc: 'Whether to stop when the loss no longer improves; "auto": with more than 10,000 rows',
    }),
    bool({ default: false, doc: "" }),
  ),
  validationFraction: optional(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1,
      exclusiveMax: true,
      default: 0.1,
      doc: "Share of the rows kept apart to judge early stopping; null judges by the training loss",
    }),
    { default: 0.1 },
  ),
  nIterNoChange: int({ min: 1, default: 10, doc: "Iterations without improvement after which to stop" }),
  tol: real({ min: 0, default: 1e-7, doc: "Least decrease of the loss that is an improvement" }),
  seed: seed(),
};

/** Parameters of ordered boosting, which losses of single rows know. */
const orderedParams = {
  boosting: oneOf(["plain", "ordered"], {
    default: "plain",
    doc: "Predictions at which trees learn: the model's own, or those of models that have not seen the row (CatBoost)",
  }),
  permutations: int({
    min: 1,
    default: 4,
    doc: 'With boosting "ordered": random orders of the rows, of which each iteration draws one',
    search: { low: 1, high: 8, scale: "log" },
  }),
};

/** Refuses what ordered boosting cannot be combined with. */
export function checkOrdered(
  { boosting, ...params }: ParamValues<typeof sharedParams & typeof orderedParams>,
  where: string,
): void {
  if (boosting === "plain") return;
  for (const name of ["topRate", "dropRate", "monotonicCst"] as const) {
    if (params[name] !== null)
      throw argumentError(
        where,
        name,
        params[name],
        'null with boosting "ordered", which sets leaf values anew',
      );
  }
}

export const regressionLosses = ["squaredError", "absoluteError", "quantile", "poisson", "gamma"] as const;
export type RegressionLoss = (typeof regressionLosses)[number];

export const regressorParams = {
  loss: either(
    oneOf(regressionLosses, {
      default: "squaredError",
      doc: "What is minimised; poisson and gamma predict through a log link. Or a loss of one's own: its derivatives, baseline and link (BoostingObjective)",
    }),
    custom<BoostingObjective>({
      default: { name: "", derivatives: (y) => ({ gradient: y, hessian: y }) },
      doc: "",
      expected: "an object of name and derivatives(y, raw), with or without baseline, link and meanLoss",
      accepts: isObjective,
    }),
  ),
  quantile: optional(
    real({ min: 0, max: 1, default: 0.5, doc: 'The quantile that loss "quantile" predicts' }),
  ),
  ...orderedParams,
  ...sharedParams,
};

export const classifierParams = {
  loss: oneOf(["logLoss"], { default: "logLoss", doc: "What is minimised: binary or multinomial log loss" }),
  classWeight: optional(
    either(
      oneOf(["balanced"], {
        default: "balanced",
        doc: 'Weight per class: an object of label to weight (1 where absent), or "balanced" for equal totals',
      }),
      custom<Readonly<Record<string, number>>>({
        default: {},
        doc: "",
        expected: "an object of label to weight >= 0",
        accepts: (v) =>
          typeof v === "object" &&
          v !== null &&
          Object.getPrototypeOf(v) === Object.prototype &&
          Object.values(v).every((w) => typeof w === "number" && w >= 0 && w < Number.POSITIVE_INFINITY),
      }),
    ),
  ),
  ...orderedParams,
  ...sharedParams,
};

export const rankerParams = {
  objective: oneOf(["ndcg", "pairwise"], {
    default: "ndcg",
    doc: "ndcg weighs a pair by what swapping it changes in NDCG (LambdaMART); pairwise counts every pair alike (RankNet)",
  }),
  truncation: optional(
    int({
      min: 1,
      default: 10,
      doc: 'With objective "ndcg": only the first ranks count, as in NDCG@truncation',
    }),
  ),
  gain: oneOf(["exponential", "linear"], {
    default: "exponential",
    doc: 'With objective "ndcg": worth of a relevance, 2^relevance - 1 or the relevance itself',
  }),
  ...sharedParams,
};
