/** Of t-SNE. */
export { tsneRepulsion, tsneAttraction } from "./tsne";
