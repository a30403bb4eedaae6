import { bool, custom, int, oneOf, optional, seed } from "../../contract/index.ts";
import { LogisticRegression, Ridge } from "../../linear/index.ts";
import { isClassifierSpec, isRegressorSpec, type MemberSpec } from "../members.ts";

/** Members by name. */
export type NamedMembers = readonly (readonly [name: string, spec: MemberSpec])[];

const members = (kind: "classifier" | "regressor") =>
  custom<NamedMembers>({
    default: [],
    doc: `Members as [name, ${kind}], at least one`,
    expected: `a list of [name, ${kind}] with different names, at least one`,
    accepts: (v) => {
      if (!Array.isArray(v) || v.length === 0) return false;
      const names = new Set<unknown>();
      return v.every((entry: unknown) => {
        if (!Array.isArray(entry) || entry.length !== 2) return false;
        const [name, spec] = entry as [unknown, unknown];
        if (typeof name !== "string" || name === "" || names.has(name)) return false;
        names.add(name);
        return kind === "classifier" ? isClassifierSpec(spec) : isRegressorSpec(spec);
      });
    },
  });

const weights = optional(
  custom<readonly number[]>({
    default: [],
    doc: "Weight of each member; null for equal ones",
    expected: "an array of numbers >= 0, one per member, not all 0",
    accepts: (v) =>
      Array.isArray(v) &&
      v.length > 0 &&
      v.every((w) => typeof w === "number" && w >= 0 && w < Number.POSITIVE_INFINITY) &&
      v.some((w) => w > 0),
  }),
);

export const votingClassifierParams = {
  estimators: members("classifier"),
  voting: oneOf(["hard", "soft"], {
    default: "hard",
    doc: "hard counts votes (probabilities are their shares), soft averages probabilities",
  }),
  weights,
};
export const votingRegressorParams = { estimators: members("regressor"), weights };

const stacking = {
  cv: int({ min: 2, default: 5, doc: "Folds of the out-of-fold predictions" }),
  passthrough: bool({ default: false, doc: "Whether the final estimator sees the features too" }),
  seed: seed(),
};
export const stackingClassifierParams = {
  estimators: members("classifier"),
  finalEstimator: custom<MemberSpec>({
    default: new LogisticRegression(),
    doc: "What learns from the members' out-of-fold probabilities",
    expected: "the specification of a classifier",
    accepts: isClassifierSpec,
  }),
  ...stacking,
};
export const stackingRegressorParams = {
  estimators: members("regressor"),
  finalEstimator: custom<MemberSpec>({
    default: new Ridge(),
    doc: "What learns from the members' out-of-fold predictions",
    expected: "the specification of a regressor",
    accepts: isRegressorSpec,
  }),
  ...stacking,
};
