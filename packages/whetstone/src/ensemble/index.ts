/** Ensembles of trees. */
export * from "./hist-gradient-boosting/index.ts";
