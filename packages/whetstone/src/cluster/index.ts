/** Groups of rows without labels. */
export { AffinityPropagation, AffinityPropagationModel } from "./affinity-propagation.ts";
export { AgglomerativeClustering, AgglomerativeClusteringModel } from "./agglomerative.ts";
export { Birch, BirchModel } from "./birch.ts";
export { BisectingKMeans, BisectingKMeansModel } from "./bisecting-k-means.ts";
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
export { type DendrogramLayout, dendrogramLayout } from "./dendrogram-layout.ts";
export { HDBSCAN, HDBSCANModel } from "./hdbscan.ts";
export { type Centres, KMeans, KMeansModel } from "./k-means.ts";
export type { Linkage } from "./linkage.ts";
export { estimateBandwidth, MeanShift, MeanShiftModel } from "./mean-shift.ts";
export { MiniBatchKMeans, MiniBatchKMeansModel } from "./mini-batch-k-means.ts";
export type { Dendrogram } from "./minimum-spanning-tree.ts";
export { OPTICS, OPTICSModel } from "./optics.ts";
export { SpectralClustering, SpectralClusteringModel } from "./spectral.ts";
export type { Valley } from "./steep-areas.ts";
