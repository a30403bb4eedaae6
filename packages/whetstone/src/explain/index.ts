/** What a model's predictions are made of: contributions of features. */
export { type ShapValues, type TreeShapOptions, treeShap } from "./tree-shap.ts";
