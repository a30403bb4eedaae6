import { custom, int, oneOf, real, seed } from "../../contract/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../../tree/index.ts";
import { isClassifierSpec, isRegressorSpec, type MemberSpec } from "../members.ts";

const shared = {
  nEstimators: int({ min: 1, default: 50, doc: "Most rounds", search: { low: 10, high: 500, scale: "log" } }),
  learningRate: real({
    min: 0,
    exclusiveMin: true,
    default: 1,
    doc: "Factor of every stage weight",
    search: { low: 0.05, high: 2, scale: "log" },
  }),
  seed: seed(),
};

export const adaBoostClassifierParams = {
  estimator: custom<MemberSpec>({
    default: new DecisionTreeClassifier({ maxDepth: 1 }),
    doc: "The weak classifier; it must take sampleWeight",
    expected: "the specification of a classifier",
    accepts: isClassifierSpec,
  }),
  ...shared,
  algorithm: oneOf(["SAMME", "SAMME.R"], {
    default: "SAMME",
    doc: "SAMME weighs votes by their error, SAMME.R adds the members' log probabilities",
  }),
};

export const adaBoostRegressorParams = {
  estimator: custom<MemberSpec>({
    default: new DecisionTreeRegressor({ maxDepth: 3 }),
    doc: "The weak regressor",
    expected: "the specification of a regressor",
    accepts: isRegressorSpec,
  }),
  ...shared,
  loss: oneOf(["linear", "square", "exponential"], {
    default: "linear",
    doc: "How a row's error, as a share of the largest, becomes its loss",
  }),
};
