/** Groups of rows without labels. */
export { AgglomerativeClustering, AgglomerativeClusteringModel } from "./agglomerative.ts";
export {
  type Elbow,
  elbow,
  type GapStatistic,
  gapStatistic,
  type SilhouetteSweep,
  silhouetteSweep,
} from "./choosing-k.ts";
export type { CondensedTree } from "./condensed-tree.ts";
export { DBSCAN, DBSCANModel } from "./dbscan.ts";
export { HDBSCAN, HDBSCANModel } from "./hdbscan.ts";
export { type Centres, KMeans, KMeansModel } from "./k-means.ts";
export type { Linkage } from "./linkage.ts";
export type { Dendrogram } from "./minimum-spanning-tree.ts";
export { SpectralClustering, SpectralClusteringModel } from "./spectral.ts";
