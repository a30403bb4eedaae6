/** Of k-means. */
export { lloydStep, seedTrials, labelInertia } from "./kmeans";
