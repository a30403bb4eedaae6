/** Decision trees, what scores their splits, and the growth of trees that forests are made of. */
export { DecisionTreeClassifier, DecisionTreeClassifierModel } from "./classifier.ts";
export { type ExportOptions, exportDot, exportText } from "./export.ts";
export { ExclusiveFeatureBundler, ExclusiveFeatureBundlerModel } from "./feature-bundler.ts";
export { checkFits, limitsOf } from "./fit.ts";
export { type CriterionName, type GrowthLimits, type GrowthProblem, growTrees } from "./grow.ts";
export * from "./params.ts";
export { checkCounts } from "./poisson.ts";
export { type PruningPath, prunedTree } from "./prune.ts";
export { DecisionTreeRegressor, DecisionTreeRegressorModel } from "./regressor.ts";
export { type ClassCriterion, entropyImpurity, giniImpurity, splitGain } from "./split-criteria.ts";
export { type TreeArrays, TreeSet } from "./tree-set.ts";
export { rowWeights } from "./weights.ts";
