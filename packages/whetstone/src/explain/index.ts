/** What a model's predictions are made of: contributions of features. */
export { type ExactShapOptions, exactShap } from "./exact-shap.ts";
export { shapleyValues, shapleyWeights } from "./shapley.ts";
export { type ShapValues, type TreeShapOptions, treeShap } from "./tree-shap.ts";
