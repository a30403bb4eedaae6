/** Detectors of what is unusual. */
export { averagePathLength, IsolationForest, IsolationForestModel } from "./isolation-forest.ts";
