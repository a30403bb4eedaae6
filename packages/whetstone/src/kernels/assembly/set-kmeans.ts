/** Of k-means. */
export { lloydStep, seedTrials, labelInertia } from "./kmeans";
export { elkanStep } from "./elkan";
