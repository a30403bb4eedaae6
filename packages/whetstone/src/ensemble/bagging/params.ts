import { bool, custom, either, int, type ParamValues, real, seed } from "../../contract/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../../tree/index.ts";
import { isClassifierSpec, isRegressorSpec, type MemberSpec } from "../members.ts";

const share = (what: string) =>
  either(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1,
      default: 1,
      doc: `${what}: a share up to 1, or a number above 1`,
    }),
    int({ min: 2, default: 2, doc: "" }),
  );

const shared = {
  nEstimators: int({ min: 1, default: 10, doc: "Members", search: { low: 5, high: 100, scale: "log" } }),
  maxSamples: share("Rows drawn per member"),
  maxFeatures: share("Columns drawn per member"),
  bootstrap: bool({ default: true, doc: "Whether rows are drawn with replacement" }),
  bootstrapFeatures: bool({ default: false, doc: "Whether columns are drawn with replacement" }),
  oobScore: bool({ default: false, doc: "Whether to score every row by the members that did not draw it" }),
  seed: seed(),
};
export type BaggingValues = ParamValues<typeof shared>;

export const baggingClassifierParams = {
  estimator: custom<MemberSpec>({
    default: new DecisionTreeClassifier(),
    doc: "The classifier to be fitted again and again",
    expected: "the specification of a classifier",
    accepts: isClassifierSpec,
  }),
  ...shared,
};

export const baggingRegressorParams = {
  estimator: custom<MemberSpec>({
    default: new DecisionTreeRegressor(),
    doc: "The regressor to be fitted again and again",
    expected: "the specification of a regressor",
    accepts: isRegressorSpec,
  }),
  ...shared,
};

/** How many of `n` a share or number asks for. */
export function countOf(ask: number, n: number): number {
  return ask <= 1 ? Math.max(1, Math.round(ask * n)) : Math.min(n, ask);
}
