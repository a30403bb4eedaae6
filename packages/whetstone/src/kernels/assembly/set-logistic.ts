/** Of logistic regression. */
export { logisticBinary, logisticSoftmax } from "./logistic";
