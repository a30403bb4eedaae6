/** Of Gaussian naive Bayes. */
export { gaussianJoint, gaussianMoments } from "./gaussian-bayes";
