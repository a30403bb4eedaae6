import { featureName, type Model, type Schema } from "whetstone/contract";
import type { PipelineModel } from "whetstone/data";
import { HistGradientBoostingClassifierModel, HistGradientBoostingRegressorModel } from "whetstone/ensemble";
import { LogisticRegressionModel, RidgeModel } from "whetstone/linear";

/** What a feature counts for in a model. */
export interface Weight {
  readonly feature: string;
  /** Share of the gain of all splits, or a coefficient. */
  readonly value: number;
  readonly kind: "share of gain" | "coefficient" | "size of coefficients";
}

/** The features that count most, first; empty for a model without any. */
export function topWeights(model: PipelineModel, most = 12): Weight[] {
  const last = model.last as Model;
  return weightsOf(last)
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, most);
}

function weightsOf(last: Model): Weight[] {
  const named = (values: ArrayLike<number>, kind: Weight["kind"], schema: Schema): Weight[] =>
    Array.from(values, (value, j) => ({ feature: featureName(schema, j), value, kind }));
  if (
    last instanceof HistGradientBoostingClassifierModel ||
    last instanceof HistGradientBoostingRegressorModel
  ) {
    return named(last.featureImportances, "share of gain", last.schema);
  }
  if (last instanceof RidgeModel) return named(last.coef, "coefficient", last.schema);
  if (last instanceof LogisticRegressionModel) {
    const { coef, schema } = last;
    if (coef.rows === 1) return named(coef.row(0), "coefficient", schema);
    // One row per class: the root of the sum of squares, which does not depend on their order.
    const sizes = Array.from({ length: coef.cols }, (_, j) =>
      Math.sqrt(coef.col(j).reduce((sum, v) => sum + v * v, 0)),
    );
    return named(sizes, "size of coefficients", schema);
  }
  return [];
}
