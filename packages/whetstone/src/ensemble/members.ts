import {
  type ClassifierModel,
  type Design,
  type FitOptions,
  type Label,
  type MatrixLike,
  type Model,
  NamedMatrix,
  type ParamTable,
  type RegressorModel,
  Spec,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";

/** A specification of a classifier or regressor: pipelines included. */
export type MemberSpec = Spec<ParamTable>;

export const isClassifierSpec = (v: unknown): boolean => v instanceof Spec && v.kind === "classifier";
export const isRegressorSpec = (v: unknown): boolean => v instanceof Spec && v.kind === "regressor";

/** Fits a member; what its fit is given and gives is known by its kind. */
export function fitMember(spec: MemberSpec, X: MatrixLike, y: ArrayLike<Label>, options: FitOptions): Model {
  return (spec as unknown as { fit(X: MatrixLike, y: ArrayLike<Label>, o: FitOptions): Model }).fit(
    X,
    y,
    options,
  );
}

export const asClassifier = (model: Model): ClassifierModel => model as ClassifierModel;
export const asRegressor = (model: Model): RegressorModel => model as RegressorModel;

/** The same specification with a seed of its own, where it has one. */
export function seeded(spec: MemberSpec, seed: number): MemberSpec {
  return "seed" in spec.params ? spec.with({ seed } as never) : spec;
}

/** The options a member gets: not the progress of the whole. */
export function memberOptions(options: FitOptions, sampleWeight: Float64Array | null): FitOptions {
  const { signal, onWarning } = options;
  return {
    ...(signal && { signal }),
    ...(onWarning && { onWarning }),
    ...(sampleWeight && { sampleWeight }),
  };
}

/** Chosen rows and columns of a design, as something an estimator reads; null stands for all. */
export function part(
  { matrix, names, categories }: Design,
  rows: ArrayLike<number> | null,
  cols: Int32Array | null = null,
): Matrix {
  let chosen = rows ? matrix.selectRows(rows) : matrix;
  if (cols) chosen = chosen.selectCols(cols);
  if (!names && !categories) return chosen;
  const pick = <V>(list: readonly V[]): V[] => (cols ? Array.from(cols, (j) => list[j]!) : [...list]);
  const own = names ?? Array.from({ length: matrix.cols }, (_, j) => `x${j}`);
  return new NamedMatrix(chosen.data, chosen.rows, pick(own), categories && pick(categories));
}

/** Probabilities of a member, with columns in the order of all classes: 0 for those it never saw. */
export function spreadProba(model: ClassifierModel, X: MatrixLike, classes: readonly Label[]): Matrix {
  const P = model.predictProba(X);
  if (model.classes.length === classes.length) return P;
  const out = Matrix.zeros(P.rows, classes.length);
  model.classes.forEach((c, k) => {
    const to = classes.indexOf(c);
    for (let i = 0; i < P.rows; i++) out.set(i, to, P.at(i, k));
  });
  return out;
}

/** Codes of a member's labels in the list of all classes. */
export function codesOf(model: ClassifierModel, X: MatrixLike, classes: readonly Label[]): Int32Array {
  const code = new Map(classes.map((c, k) => [c, k]));
  return Int32Array.from(model.predict(X), (label) => code.get(label)!);
}

/** Everything is read: what a member cannot work with, it refuses itself. */
export const anything = { allowMissing: true, allowCategories: true };
