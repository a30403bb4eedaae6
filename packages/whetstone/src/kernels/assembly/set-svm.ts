/** Of support vector machines, and kernel matrices. */
export { packRows8, kernelRow, kernelBlock, smoSteps, gatherColumns } from "./smo";
