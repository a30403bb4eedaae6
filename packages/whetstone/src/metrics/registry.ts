import type { Label } from "../contract/input.ts";
import { argumentError } from "../errors.ts";
import type { Matrix } from "../math/matrix.ts";
import { accuracy, balancedAccuracy, cohenKappa, matthews } from "./confusion.ts";
import { averagePrecision, rocAuc } from "./curves.ts";
import { f1, precision, recall } from "./precision-recall.ts";
import { brierScore, logLoss } from "./probability.ts";
import * as regression from "./regression.ts";

/** What a metric of the registry is computed from. */
export interface MetricInput {
  readonly yTrue: ArrayLike<Label>;
  /** Predicted labels or numbers; for metrics that need `"labels"` or `"numbers"`. */
  readonly yPred?: ArrayLike<Label>;
  /** Class probabilities, one column per class of `classes`; for metrics that need `"probabilities"`. */
  readonly proba?: Matrix;
  /** The model's classes, in column order. */
  readonly classes?: readonly Label[];
  readonly sampleWeight?: ArrayLike<number>;
}

/** A metric by name: what it wants to be given, and which way is better. */
export interface Metric {
  /** As searches take it, e.g. `"rocAuc"`. */
  readonly name: string;
  /** Judges predicted labels, predicted numbers, or predicted probabilities. */
  readonly kind: "classification" | "regression" | "probability";
  /** What of a model's output it reads. */
  readonly needs: "labels" | "numbers" | "probabilities";
  readonly greaterIsBetter: boolean;
  /** Defined for two classes only. */
  readonly binaryOnly: boolean;
  /** Value of a perfect prediction. */
  readonly best: number;
  /** For people, e.g. in a table's head. */
  readonly title: string;
  /** The value for truth and prediction; throws where they do not fit, as the metric's own function. */
  evaluate(input: MetricInput): number;
}

type LabelMetric = (
  yTrue: ArrayLike<Label>,
  yPred: ArrayLike<Label>,
  o: { sampleWeight?: ArrayLike<number> },
  classes: readonly Label[] | undefined,
) => number;
type NumberMetric = (
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  o: { sampleWeight?: ArrayLike<number> },
) => number;
type ProbabilityMetric = (
  yTrue: ArrayLike<Label>,
  proba: Matrix,
  o: { sampleWeight?: ArrayLike<number> },
  classes: readonly Label[] | undefined,
) => number;

interface Row {
  title: string;
  greater: boolean;
  binaryOnly?: boolean;
  labels?: LabelMetric;
  numbers?: NumberMetric;
  probabilities?: ProbabilityMetric;
}

/** Two classes: of the second one. More: mean over classes. */
function classAverage(metric: typeof f1, average: "auto" | "macro" | "micro" | "weighted"): LabelMetric {
  return (yTrue, yPred, o, classes) => {
    if (average !== "auto") return metric(yTrue, yPred, { ...o, average });
    const distinct = classes ?? [...new Set([...Array.from(yTrue), ...Array.from(yPred)])].sort();
    if (distinct.length > 2) return metric(yTrue, yPred, { ...o, average: "macro" });
    return metric(yTrue, yPred, classes?.length === 2 ? { ...o, positive: classes[1]! } : o);
  };
}

/** The positive column and class of a two-class probability matrix. */
function positiveColumn(
  metric: (
    y: ArrayLike<Label>,
    score: ArrayLike<number>,
    o: { sampleWeight?: ArrayLike<number>; positive?: Label },
  ) => number,
): ProbabilityMetric {
  return (yTrue, proba, o, classes) =>
    metric(yTrue, proba.col(1), classes === undefined ? o : { ...o, positive: classes[1]! });
}

const withLabels = (o: { sampleWeight?: ArrayLike<number> }, classes: readonly Label[] | undefined) =>
  classes === undefined ? o : { ...o, labels: classes };

/** Rows of the registry; the key is the metric's name. */
function table(): Record<string, Row> {
  return {
    accuracy: { title: "Accuracy", greater: true, labels: accuracy },
    balancedAccuracy: { title: "Balanced accuracy", greater: true, labels: balancedAccuracy },
    precision: { title: "Precision", greater: true, labels: classAverage(precision, "auto") },
    recall: { title: "Recall", greater: true, labels: classAverage(recall, "auto") },
    f1: { title: "F1", greater: true, labels: classAverage(f1, "auto") },
    f1Macro: { title: "F1, macro", greater: true, labels: classAverage(f1, "macro") },
    f1Micro: { title: "F1, micro", greater: true, labels: classAverage(f1, "micro") },
    f1Weighted: { title: "F1, weighted", greater: true, labels: classAverage(f1, "weighted") },
    matthews: { title: "Matthews correlation", greater: true, labels: matthews },
    cohenKappa: { title: "Cohen's kappa", greater: true, labels: cohenKappa },
    rocAuc: {
      title: "ROC AUC",
      greater: true,
      probabilities: (y, p, o, classes) =>
        p.cols === 2
          ? rocAuc(y, p.col(1), classes === undefined ? o : { ...o, positive: classes[1]! })
          : rocAuc(y, p, withLabels(o, classes)),
    },
    averagePrecision: {
      title: "Average precision",
      greater: true,
      binaryOnly: true,
      probabilities: positiveColumn(averagePrecision),
    },
    logLoss: {
      title: "Log loss",
      greater: false,
      probabilities: (y, p, o, classes) => logLoss(y, p, withLabels(o, classes)),
    },
    brierScore: {
      title: "Brier score",
      greater: false,
      probabilities: (y, p, o, classes) => brierScore(y, p, withLabels(o, classes)),
    },
    r2: { title: "R²", greater: true, numbers: regression.r2 },
    explainedVariance: { title: "Explained variance", greater: true, numbers: regression.explainedVariance },
    mse: { title: "Mean squared error", greater: false, numbers: regression.mse },
    rmse: { title: "Root mean squared error", greater: false, numbers: regression.rmse },
    mae: { title: "Mean absolute error", greater: false, numbers: regression.mae },
    medianAe: { title: "Median absolute error", greater: false, numbers: regression.medianAe },
    mape: { title: "Mean absolute percentage error", greater: false, numbers: regression.mape },
    smape: { title: "Symmetric mean absolute percentage error", greater: false, numbers: regression.smape },
    msle: { title: "Mean squared log error", greater: false, numbers: regression.msle },
    poissonDeviance: { title: "Poisson deviance", greater: false, numbers: regression.poissonDeviance },
    gammaDeviance: { title: "Gamma deviance", greater: false, numbers: regression.gammaDeviance },
    withinTolerance: {
      title: "Within 10 %",
      greater: true,
      numbers: (y, p, o) => regression.withinTolerance(y, p, o),
    },
  };
}

/** Names by which scikit-learn knows the metrics. */
const ALIASES: Readonly<Record<string, string>> = {
  balanced_accuracy: "balancedAccuracy",
  f1_macro: "f1Macro",
  f1_micro: "f1Micro",
  f1_weighted: "f1Weighted",
  matthews_corrcoef: "matthews",
  mcc: "matthews",
  cohen_kappa: "cohenKappa",
  kappa: "cohenKappa",
  roc_auc: "rocAuc",
  auc: "rocAuc",
  average_precision: "averagePrecision",
  log_loss: "logLoss",
  logloss: "logLoss",
  neg_log_loss: "logLoss",
  brier: "brierScore",
  brier_score: "brierScore",
  explained_variance: "explainedVariance",
  mean_squared_error: "mse",
  root_mean_squared_error: "rmse",
  mean_absolute_error: "mae",
  median_absolute_error: "medianAe",
  mean_absolute_percentage_error: "mape",
};

/**
 * Names of all metrics of the registry.
 *
 * @example
 * metricNames("probability").includes("rocAuc"); // true
 */
export function metricNames(kind?: Metric["kind"]): string[] {
  return Object.keys(table()).filter((name) => kind === undefined || getMetric(name).kind === kind);
}

/**
 * A metric by name (camelCase, or scikit-learn's snake_case), for cross-validation, search and the command line.
 *
 * @throws WhetstoneError that lists the names, for an unknown one.
 * @example
 * getMetric("rmse").evaluate({ yTrue: [1, 2], yPred: [1, 4] }); // 1.414...
 */
export function getMetric(name: string): Metric {
  const rows = table();
  const key = Object.hasOwn(rows, name) ? name : Object.hasOwn(ALIASES, name) ? ALIASES[name]! : undefined;
  if (key === undefined) {
    throw argumentError("getMetric", "name", name, `one of ${Object.keys(rows).join(", ")}`);
  }
  const row = rows[key]!;
  const needs = row.labels !== undefined ? "labels" : row.numbers !== undefined ? "numbers" : "probabilities";
  const kind = needs === "labels" ? "classification" : needs === "numbers" ? "regression" : "probability";
  return {
    name: key,
    kind,
    needs,
    greaterIsBetter: row.greater,
    binaryOnly: row.binaryOnly ?? false,
    best: row.greater ? 1 : 0,
    title: row.title,
    evaluate: (input) => evaluate(key, row, input),
  };
}

function evaluate(name: string, row: Row, input: MetricInput): number {
  const { yTrue, yPred, proba, classes, sampleWeight } = input;
  const options = sampleWeight === undefined ? {} : { sampleWeight };
  if (row.probabilities !== undefined) {
    if (proba === undefined) throw argumentError(name, "proba", proba, "a matrix of class probabilities");
    if (row.binaryOnly === true && proba.cols !== 2) {
      throw argumentError(
        name,
        "proba",
        proba,
        `a matrix with 2 columns, as ${name} is for two classes; it has ${proba.cols}`,
      );
    }
    return row.probabilities(yTrue, proba, options, classes);
  }
  if (yPred === undefined) throw argumentError(name, "yPred", yPred, "an array of predictions");
  if (row.numbers !== undefined) {
    return row.numbers(yTrue as ArrayLike<number>, yPred as ArrayLike<number>, options);
  }
  return row.labels!(yTrue, yPred, options, classes);
}
