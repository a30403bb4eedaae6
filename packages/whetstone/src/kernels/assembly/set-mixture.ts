/** Of Gaussian mixtures. */
export { mixtureShares } from "./gaussian-mixture";
