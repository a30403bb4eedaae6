/** Of the Shapley values of trees. */
export { treeShap } from "./tree-shap";
export { treeShapPairs } from "./tree-shap-pairs";
