export {
  type BootstrapOptions,
  type BootstrapResult,
  bootstrap,
  bootstrapIndices,
  bootstrapRows,
} from "./bootstrap.ts";
export { type ChiSquareResult, chiSquareIndependence, chiSquareTest } from "./chi-square-test.ts";
export { distanceCorrelation, hsicTest } from "./dependence.ts";
export {
  type AxisOption,
  correlation,
  covariance,
  type Ecdf,
  ecdf,
  mean,
  median,
  mode,
  type QuantileType,
  quantile,
  standardDeviation,
  type VarianceOptions,
  variance,
} from "./descriptive.ts";
export * from "./distributions/index.ts";
export {
  type EstimatorOptions,
  type EstimatorProperties,
  estimatorProperties,
} from "./estimator-properties.ts";
export { type KsResult, kolmogorovSf, ksTest } from "./ks-test.ts";
export {
  chooseMeanTest,
  confidenceInterval,
  type MeanInterval,
  type MeanTestChoice,
  type MeanTestOptions,
  tTest,
  tTestOneSample,
  tTestPaired,
  zTest,
} from "./mean-tests.ts";
export {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  familyWiseError,
  holm,
  type MultipleTestingResult,
} from "./multiple-testing.ts";
export { RunningMoments } from "./running-moments.ts";
export { type Alternative, type MeanTestResult, pValue, type TestResult } from "./test-result.ts";
export {
  type MmdOptions,
  type MmdResult,
  mmdTest,
  type Observations,
  type PermutationOptions,
} from "./two-sample-kernel.ts";
export { ensembleVariance, varianceOfSum } from "./variance-of-sums.ts";
export type { NumberList } from "./vector.ts";
