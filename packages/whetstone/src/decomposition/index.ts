/** Fewer columns that say the same: principal components and their relatives. */
export { DictionaryLearning, DictionaryLearningModel } from "./dictionary-learning.ts";
export { FactorAnalysis, FactorAnalysisModel } from "./factor-analysis.ts";
export { FastICA, FastICAModel } from "./fast-ica.ts";
export { IncrementalPCA, IncrementalPCAModel } from "./incremental-pca.ts";
export { KernelPCA, KernelPCAModel } from "./kernel-pca.ts";
export { NMF, NMFModel } from "./nmf.ts";
export { PCA, PCAModel } from "./pca.ts";
export {
  GaussianRandomProjection,
  GaussianRandomProjectionModel,
  johnsonLindenstraussMinDim,
  SparseRandomProjection,
  SparseRandomProjectionModel,
} from "./random-projection.ts";
export { type CodeOptions, type SparseCodingAlgorithm, sparseEncode } from "./sparse-coding.ts";
export { TruncatedSVD, TruncatedSVDModel } from "./truncated-svd.ts";
