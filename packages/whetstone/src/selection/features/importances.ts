import {
  type ClassifierSpec,
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  type Model,
  type ParamTable,
  type RegressorSpec,
  Spec,
  WhetstoneError,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { Matrix } from "../../math/index.ts";

/** What selectors judge columns by. */
export type Predictor = ClassifierSpec<ParamTable> | RegressorSpec<ParamTable>;

/** The parameter of selectors that holds a classifier or regressor. */
export const estimatorParam = (doc: string) =>
  custom<Predictor | null>({
    default: null,
    doc,
    expected: "a classifier or regressor",
    accepts: (v) => v instanceof Spec && (v.kind === "classifier" || v.kind === "regressor"),
  });

/** The estimator of a selector, which has no default. */
export function requireEstimator(where: string, given: Predictor | null): void {
  if (given === null) throw argumentError(where, "estimator", undefined, "a classifier or regressor");
}

/** The target of a selector's fit, which may not be left out. */
export function requireTarget(
  where: string,
  y: ArrayLike<Label> | null | undefined,
): asserts y is ArrayLike<Label> {
  if (y === null || y === undefined) throw argumentError(where, "y", y, "the target of every row");
}

/** Fits whatever the target is. */
export function fitPredictor(
  spec: Predictor,
  X: MatrixLike,
  y: ArrayLike<Label>,
  options: FitOptions,
): Model {
  return (spec as { fit(X: MatrixLike, y: ArrayLike<unknown>, o: FitOptions): Model }).fit(X, y, options);
}

/** `featureImportances`, or the absolute coefficients added up over classes; squared first with `square`. */
export function importancesOf(model: Model, where: string, square: boolean): Float64Array {
  const { featureImportances, coef } = model as { featureImportances?: unknown; coef?: unknown };
  const size = (v: number) => (square ? v * v : Math.abs(v));
  if (featureImportances instanceof Float64Array) return featureImportances.map(size);
  if (coef instanceof Float64Array) return coef.map(size);
  if (coef instanceof Matrix && coef.cols === model.nFeatures) {
    const out = new Float64Array(coef.cols);
    for (let i = 0; i < coef.data.length; i++) out[i % coef.cols]! += size(coef.data[i]!);
    return out;
  }
  const name = (model.constructor as { typeName?: string }).typeName ?? "the model";
  throw new WhetstoneError(
    "unsupported",
    { where, argument: "estimator" },
    `estimator gives a ${name}, which has neither featureImportances nor coef`,
  );
}
