/** Learning from near rows: search, votes, densities, local outliers. */
export {
  KNeighborsClassifier,
  KNeighborsClassifierModel,
  KNeighborsRegressor,
  KNeighborsRegressorModel,
} from "./k-neighbors.ts";
export { type DensityKernel, KernelDensity, KernelDensityModel } from "./kernel-density.ts";
export { LocalOutlierFactor, LocalOutlierFactorModel } from "./local-outlier-factor.ts";
export { type MetricName, metricParams } from "./metric.ts";
export { NearestCentroid, NearestCentroidModel } from "./nearest-centroid.ts";
export {
  type Algorithm,
  algorithmParams,
  type Nearest,
  NeighborSearch,
  RowSearch,
  type SearchOptions,
  searchParams,
  type Within,
} from "./neighbor-search.ts";
export {
  RadiusNeighborsClassifier,
  RadiusNeighborsClassifierModel,
  RadiusNeighborsRegressor,
  RadiusNeighborsRegressorModel,
} from "./radius-neighbors.ts";
export type { SpanningEdges } from "./spanning-edges.ts";
