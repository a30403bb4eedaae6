/** Ensembles: forests, bagging, boosting, voting and stacking. */
export * from "./adaboost/index.ts";
export * from "./bagging/index.ts";
export * from "./combining/index.ts";
export * from "./forest/index.ts";
export * from "./hist-gradient-boosting/index.ts";
