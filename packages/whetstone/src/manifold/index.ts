/** Maps of curved data: neighbours stay neighbours. */
export { Isomap, IsomapModel } from "./isomap.ts";
export { LocallyLinearEmbedding, LocallyLinearEmbeddingModel } from "./locally-linear.ts";
export { MDS, MDSModel } from "./mds.ts";
export { SpectralEmbedding, SpectralEmbeddingModel } from "./spectral-embedding.ts";
export { trustworthiness } from "./trustworthiness.ts";
export { TSNE, TSNEModel } from "./tsne.ts";
export { UMAP, UMAPModel } from "./umap.ts";
