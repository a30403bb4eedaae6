/** Of support vector machines, and kernel matrices. */
export { packRows8, kernelRows, kernelSums } from "./kernel-rows";
export { smoSteps, gatherColumns } from "./smo";
