import type { Label } from "../contract/input.ts";
import { argumentError, shapeError, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { readLabelPair, readSampleWeight, type WeightOption } from "./input.ts";

/**
 * Threshold on a calibrated probability that minimises expected cost: call positive when
 * p >= c_FP / (c_FP + c_FN), more generally (c_FP - c_TN) / (c_FP - c_TN + c_FN - c_TP).
 *
 * @example
 * costThreshold({ falsePositive: 1, falseNegative: 9 }); // 0.1
 */
export function costThreshold(costs: {
  falsePositive: number;
  falseNegative: number;
  truePositive?: number;
  trueNegative?: number;
}): number {
  const where = "costThreshold";
  const { falsePositive, falseNegative, truePositive = 0, trueNegative = 0 } = costs;
  const alarm = falsePositive - trueNegative;
  const miss = falseNegative - truePositive;
  if (!(alarm >= 0 && Number.isFinite(alarm))) {
    throw argumentError(where, "falsePositive", falsePositive, `a number >= trueNegative (${trueNegative})`);
  }
  if (!(miss >= 0 && Number.isFinite(miss))) {
    throw argumentError(where, "falseNegative", falseNegative, `a number >= truePositive (${truePositive})`);
  }
  if (alarm + miss === 0)
    throw argumentError(where, "falseNegative", falseNegative, "a cost, as no mistake costs anything");
  return alarm / (alarm + miss);
}

/** Which labels the rows and columns of a cost matrix mean, and what each row weighs. */
export interface CostOptions<L extends Label> extends WeightOption {
  /** Labels of the rows and columns of the cost matrix. Default: all that occur, sorted. */
  labels?: readonly L[];
}

/**
 * Mean cost per row: the confusion matrix weighted by a cost matrix (entries may be negative: gains).
 *
 * @param cost k x k, entry (i, j) the cost of predicting label j where label i is true.
 * @example
 * // A miss costs 10, a false alarm 1.
 * expectedCost([1, 1, 0, 0], [1, 0, 1, 0], Matrix.from([[0, 1], [10, 0]])); // 2.75
 */
export function expectedCost<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  cost: Matrix,
  options: CostOptions<L> = {},
): number {
  const where = "expectedCost";
  const { labels, truth, predicted } = readLabelPair(where, yTrue, yPred, options.labels);
  const weight = readSampleWeight(where, options.sampleWeight, truth.length);
  checkCost(where, cost, labels.length);
  const k = labels.length;
  const costs = cost.data;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const t = truth[i]!;
    const p = predicted[i]!;
    if (t < 0 || p < 0)
      throw valueError(where, t < 0 ? "yTrue" : "yPred", `holds a label at row ${i} that is not in labels`);
    const w = weight === null ? 1 : weight[i]!;
    sum += w * costs[t * k + p]!;
    total += w;
  }
  return sum / total;
}

/**
 * Decision of least expected cost per row (Bayes decision): argmin over j of sum_i p_i cost(i, j).
 *
 * @param proba Rows of class probabilities.
 * @param cost k x k, as in {@link expectedCost}.
 * @returns Column index per row; ties go to the first.
 * @example
 * minimumCostDecision(Matrix.from([[0.8, 0.2]]), Matrix.from([[0, 1], [10, 0]])); // [1]: 0.2 * 10 > 0.8 * 1
 */
export function minimumCostDecision(proba: Matrix, cost: Matrix): Int32Array {
  const where = "minimumCostDecision";
  if (!(proba instanceof Matrix)) throw argumentError(where, "proba", proba, "a Matrix of probabilities");
  checkCost(where, cost, proba.cols);
  const risk = proba.matmul(cost);
  const out = new Int32Array(proba.rows);
  for (let i = 0; i < proba.rows; i++) {
    for (let j = 1; j < proba.cols; j++) if (risk.at(i, j) < risk.at(i, out[i]!)) out[i] = j;
  }
  return out;
}

function checkCost(where: string, cost: Matrix, k: number): void {
  if (!(cost instanceof Matrix)) throw argumentError(where, "cost", cost, "a Matrix");
  if (cost.rows !== k || cost.cols !== k) {
    throw shapeError(where, "cost", `is ${cost.rows} x ${cost.cols}`, `${k} x ${k} (number of labels)`);
  }
}
