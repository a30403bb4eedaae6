/** Of t-SNE. */
export { tsneRepulsion, tsneAttraction } from "./tsne";
export { fftColumns, transposeF32 } from "./fft";
export { applySpectra, gatherForces, spreadCharges } from "./fft-grid";
