/** Of histogram gradient boosting. */
export { sortColumns, weighValues, mapBins } from "./boost-bin";
export {
  lossGradients,
  quantizePairs,
  sumPairs,
  softmaxColumns,
  lossSum,
  addLeaves,
} from "./boost-gradient";
export { expandNode, partitionList, splitList, mergeList } from "./boost-histogram";
export { predictTrees, predictBinned } from "./boost-predict";
