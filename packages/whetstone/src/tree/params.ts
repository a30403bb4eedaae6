import { custom, either, int, oneOf, optional, real, seed } from "../contract/index.ts";

/** Columns looked at per split: a number of them, a share below 1, or a rule. */
export type MaxFeatures = "sqrt" | "log2" | number | null;
/** Weight per class: an object of label to weight, or equal totals. */
export type ClassWeight = "balanced" | Readonly<Record<string, number>> | null;

/** Limits of growth that trees and forests share; scikit-learn's names and defaults. */
export const growthParams = {
  maxDepth: optional(
    int({ min: 1, default: 6, doc: "Most edges from the root to a leaf", search: { low: 2, high: 20 } }),
  ),
  minSamplesSplit: int({ min: 2, default: 2, doc: "Fewest rows of a node that may be split" }),
  minSamplesLeaf: int({
    min: 1,
    default: 1,
    doc: "Fewest rows of a leaf",
    search: { low: 1, high: 50, scale: "log" },
  }),
  minWeightFractionLeaf: real({
    min: 0,
    max: 0.5,
    default: 0,
    doc: "Least share of the rows' summed weight in a leaf",
  }),
  maxLeafNodes: optional(
    int({ min: 2, default: 31, doc: "Most leaves; with a limit the split that gains most is made first" }),
  ),
  minImpurityDecrease: real({
    min: 0,
    default: 0,
    doc: "Least decrease of impurity by a split, times the node's share of the weight",
  }),
  ccpAlpha: real({
    min: 0,
    default: 0,
    doc: "Price of a leaf in minimal cost-complexity pruning",
    search: { low: 1e-4, high: 0.1, scale: "log" },
  }),
};

/** Columns drawn per split. */
export const maxFeatures = (preset: "sqrt" | number | null) =>
  optional<"sqrt" | "log2" | number>(
    either(
      either(
        oneOf(["sqrt", "log2"], {
          default: "sqrt",
          doc: "Columns drawn at random per split: a number >= 1, a share < 1, the root or base-2 logarithm of their number; null takes all",
        }),
        int({ min: 1, default: 1, doc: "" }),
      ),
      real({ min: 0, exclusiveMin: true, max: 1, exclusiveMax: true, default: 0.5, doc: "" }),
    ),
    { default: preset },
  );

/** The parameter `criterion` of trees and forests of labels: `"gini"` (default) or `"entropy"`. */
export const classifierCriterion = oneOf(["gini", "entropy"], {
  default: "gini",
  doc: "Impurity that splits decrease: Gini, or entropy in bits",
});
/**
 * The parameter `criterion` of trees and forests of numbers: `"squaredError"` (default), `"absoluteError"` or
 * `"poisson"`.
 */
export const regressorCriterion = oneOf(["squaredError", "absoluteError", "poisson"], {
  default: "squaredError",
  doc: "What splits decrease: squared deviations from the mean, absolute ones from the median, Poisson deviance",
});

/**
 * The parameter `classWeight` of classifiers made of trees: null (default, every row weighs 1), an object of
 * label to weight >= 0, or `"balanced"`, which weighs a row n / (classes x rows of its class).
 *
 * @example
 * classWeight.accepts({ rare: 10 }); // true
 * classWeight.accepts({ rare: -1 }); // false
 */
export const classWeight = optional<"balanced" | Readonly<Record<string, number>>>(
  either(
    oneOf(["balanced"], {
      default: "balanced",
      doc: 'Weight per class: an object of label to weight (1 where absent), or "balanced" for equal totals',
    }),
    custom<Readonly<Record<string, number>>>({
      default: {},
      doc: "",
      expected: "an object of label to weight >= 0",
      accepts: (v) =>
        typeof v === "object" &&
        v !== null &&
        Object.getPrototypeOf(v) === Object.prototype &&
        Object.values(v).every((w) => typeof w === "number" && w >= 0 && w < Number.POSITIVE_INFINITY),
    }),
  ),
);

const splitter = oneOf(["best", "random"], {
  default: "best",
  doc: "Best threshold of every column looked at, or the best of one random threshold each",
});

/**
 * Parameter table of {@link DecisionTreeClassifier}: criterion, limits of growth, columns per split, weights
 * of classes.
 *
 * @example
 * parseParams("tree", treeClassifierParams, { maxDepth: 3 }).criterion; // "gini"
 */
export const treeClassifierParams = {
  criterion: classifierCriterion,
  splitter,
  ...growthParams,
  maxFeatures: maxFeatures(null),
  classWeight,
  seed: seed(),
};

/**
 * Parameter table of {@link DecisionTreeRegressor}: criterion, limits of growth, columns per split.
 *
 * @example
 * parseParams("tree", treeRegressorParams, {}).criterion; // "squaredError"
 */
export const treeRegressorParams = {
  criterion: regressorCriterion,
  splitter,
  ...growthParams,
  maxFeatures: maxFeatures(null),
  seed: seed(),
};

/**
 * Columns to draw of `d`.
 *
 * @example
 * featuresOf("sqrt", 9); // 3
 * featuresOf(0.5, 9); // 4
 */
export function featuresOf(rule: MaxFeatures, d: number): number {
  if (rule === null) return d;
  if (rule === "sqrt") return Math.max(1, Math.floor(Math.sqrt(d)));
  if (rule === "log2") return Math.max(1, Math.floor(Math.log2(d)));
  return rule < 1 ? Math.max(1, Math.floor(rule * d)) : Math.min(d, rule);
}
