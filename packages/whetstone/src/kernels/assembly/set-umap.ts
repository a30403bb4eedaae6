/** Of UMAP. */
export { umapEpoch } from "./umap";
