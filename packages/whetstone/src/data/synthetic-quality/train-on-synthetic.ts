import type { Label, MatrixLike } from "../../contract/index.ts";
import { argumentError, show, valueError } from "../../errors.ts";
import type { Matrix } from "../../math/index.ts";
import { getMetric } from "../../metrics/index.ts";
import { unknownColumn } from "../names.ts";
import { checkTable, type Table } from "../table/table.ts";
import { checkPair } from "./margins.ts";

/** A classifier or regressor, or a pipeline that ends in one: anything whose `fit` gives a model that predicts. */
export interface TaskSpec {
  readonly kind: string;
  fit(X: MatrixLike, y: ArrayLike<never>): { predict(X: MatrixLike): ArrayLike<Label> };
}

/** What the score of a model fitted to synthetic rows is compared with, and which score. */
export interface TrainOnSyntheticOptions {
  /** Real training rows, for the score to compare with. */
  readonly realTrain?: Table;
  /** Name of a metric; accuracy for classifiers and R2 for regressors by default. */
  readonly scoring?: string;
}

/** What a model learns from synthetic rows, measured on real ones. */
export interface TrainOnSynthetic {
  /** Name of the metric behind the scores. */
  readonly scoring: string;
  /** Score on real test rows of a model fitted to synthetic rows. */
  readonly synthetic: number;
  /** Score on them of the same model fitted to real rows; null without `realTrain`. */
  readonly real: number | null;
  /** What synthetic rows cost: positive is worse than real ones; null without `realTrain`. */
  readonly gap: number | null;
}

/**
 * Train on synthetic, test on real: the score that matters, as synthetic rows are made to be learned from. Never
 * the other way round: a score on synthetic rows says how well the model knows the generator. Esteban, Hyland,
 * Rätsch, "Real-valued (medical) time series generation", 2017.
 *
 * @param spec what is fitted twice
 * @param synthetic rows to learn from
 * @param realTest rows to be judged on, which the sampler must not have seen
 * @param target column to predict
 * @example
 * const fake = Table.fromColumns({ x: [0, 1, 2, 3], y: [0.1, 1, 2, 2.9] });
 * const test = Table.fromColumns({ x: [4, 5], y: [4, 5] });
 * trainOnSynthetic(new LinearRegression(), fake, test, "y").synthetic > 0.8; // true
 */
export function trainOnSynthetic(
  spec: TaskSpec,
  synthetic: Table,
  realTest: Table,
  target: string,
  options: TrainOnSyntheticOptions = {},
): TrainOnSynthetic {
  const where = "trainOnSynthetic";
  if (spec === null || typeof spec !== "object" || typeof spec.fit !== "function")
    throw argumentError(where, "spec", spec, "an estimator with fit");
  checkTable(realTest, where, "realTest");
  if (!realTest.has(target)) throw unknownColumn(where, "target", target, realTest.names);
  checkPair(realTest, synthetic, where);
  const { realTrain, scoring = spec.kind === "regressor" ? "r2" : "accuracy" } = options;
  const metric = getMetric(scoring);
  const y = realTest.labels(target);
  const X = realTest.drop(target);
  const scoreOf = (train: Table, argument: string): number => {
    checkPair(realTest, train, where);
    const model = spec.fit(train.select(X.names), train.labels(target) as never[]);
    if (metric.needs !== "probabilities") return metric.evaluate({ yTrue: y, yPred: model.predict(X) });
    const { predictProba, classes } = model as {
      predictProba?: (X: MatrixLike) => Matrix;
      classes?: readonly Label[];
    };
    if (typeof predictProba !== "function" || classes === undefined)
      throw argumentError(
        where,
        "scoring",
        scoring,
        `a metric without probabilities, which ${show(spec.kind)} lacks`,
      );
    const strange = y.find((label) => !classes.includes(label));
    if (strange !== undefined)
      throw valueError(
        where,
        argument,
        `has no row with ${show(target)} ${show(strange)}, which real rows have`,
      );
    return metric.evaluate({ yTrue: y, proba: predictProba.call(model, X), classes });
  };
  const fake = scoreOf(synthetic, "synthetic");
  const real = realTrain === undefined ? null : scoreOf(realTrain, "realTrain");
  const sign = metric.greaterIsBetter ? 1 : -1;
  return { scoring: metric.name, synthetic: fake, real, gap: real === null ? null : sign * (real - fake) };
}
