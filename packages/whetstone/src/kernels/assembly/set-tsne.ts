/** Of t-SNE. */
export { tsneRepulsion, tsneAttraction } from "./tsne";
export { fftColumns, multiplySpectra, transposeF32 } from "./fft";
