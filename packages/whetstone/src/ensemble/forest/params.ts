import { bool, either, int, optional, type ParamValues, real, seed } from "../../contract/index.ts";
import {
  classifierCriterion,
  classWeight,
  growthParams,
  maxFeatures,
  regressorCriterion,
} from "../../tree/index.ts";

/** Parameters of all forests; scikit-learn's names and defaults. */
const shared = {
  nEstimators: int({
    min: 1,
    default: 100,
    doc: "Trees",
    search: { low: 50, high: 500, scale: "log" },
  }),
  ...growthParams,
  maxSamples: optional(
    either(
      int({
        min: 1,
        default: 100,
        doc: "Rows drawn with replacement per tree: a number, or a share < 1; null: as many as there are",
      }),
      real({ min: 0, exclusiveMin: true, max: 1, exclusiveMax: true, default: 0.5, doc: "" }),
    ),
  ),
  oobScore: bool({ default: false, doc: "Whether to score every row by the trees that did not draw it" }),
  seed: seed(),
};
const bootstrap = (preset: boolean) =>
  bool({
    default: preset,
    doc: "Whether each tree draws rows with replacement; otherwise all take all rows",
  });

const classifier = {
  criterion: classifierCriterion,
  ...shared,
  maxFeatures: maxFeatures("sqrt"),
  classWeight,
};
const regressor = { criterion: regressorCriterion, ...shared, maxFeatures: maxFeatures(null) };

export const forestClassifierParams = { ...classifier, bootstrap: bootstrap(true) };
export const forestRegressorParams = { ...regressor, bootstrap: bootstrap(true) };
export const extraClassifierParams = { ...classifier, bootstrap: bootstrap(false) };
export const extraRegressorParams = { ...regressor, bootstrap: bootstrap(false) };

export type ForestClassifierParams = typeof forestClassifierParams;
export type ForestRegressorParams = typeof forestRegressorParams;
export type ForestValues = Omit<ParamValues<ForestRegressorParams>, "criterion">;
