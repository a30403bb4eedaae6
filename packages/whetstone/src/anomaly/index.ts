/** Detectors of what is unusual. */
export { AutoencoderDetector, AutoencoderDetectorModel } from "./autoencoder.ts";
export { averagePathLength, IsolationForest, IsolationForestModel } from "./isolation-forest.ts";
