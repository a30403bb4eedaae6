/** Detectors of what is unusual. */
export { DetectorModel, DetectorSpec } from "./detector.ts";
export { averagePathLength, IsolationForest, IsolationForestModel } from "./isolation-forest.ts";
