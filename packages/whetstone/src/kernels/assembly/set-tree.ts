/** Of decision trees and forests. */
export { rankColumns } from "./tree-rank";
export { growTrees } from "./tree-grow";
export { addTreeValues, applyTrees } from "./tree-predict";
