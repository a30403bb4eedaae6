/**
 * Kernels of one family each. A set is compiled when one of its kernels is first used, and a page that never
 * imports its family never loads it.
 */
import { type Name as BayesKernel, code as bayes } from "./generated/bayes.ts";
import { type Name as BoostKernel, code as boost } from "./generated/boost.ts";
import { type Name as KmeansKernel, code as kmeans } from "./generated/kmeans.ts";
import { type Name as LogisticKernel, code as logistic } from "./generated/logistic.ts";
import { type Name as MixtureKernel, code as mixture } from "./generated/mixture.ts";
import { type Name as NearestKernel, code as nearest } from "./generated/nearest.ts";
import { type Name as ShapKernel, code as shap } from "./generated/shap.ts";
import { type Name as SvmKernel, code as svm } from "./generated/svm.ts";
import { type Name as TensorKernel, code as tensor } from "./generated/tensor.ts";
import { type Name as TreeKernel, code as tree } from "./generated/tree.ts";
import { type Name as TsneKernel, code as tsne } from "./generated/tsne.ts";
import { type Name as UmapKernel, code as umap } from "./generated/umap.ts";
import { KernelSet } from "./kernel-set.ts";

/** Joint log-likelihoods and weighted moments per class of Gaussian naive Bayes. */
export const bayesKernels: KernelSet<BayesKernel> = /* @__PURE__ */ new KernelSet(bayes);
/**
 * Gradient boosting: binning columns, gradients of the losses, histograms and splits of leaves, and the
 * trees' predictions.
 */
export const boostKernels: KernelSet<BoostKernel> = /* @__PURE__ */ new KernelSet(boost);
/** Steps of k-means after Lloyd and after Elkan, and the draws of k-means++. */
export const kmeansKernels: KernelSet<KmeansKernel> = /* @__PURE__ */ new KernelSet(kmeans);
/** Value and gradient of the logistic and the softmax loss over all rows. */
export const logisticKernels: KernelSet<LogisticKernel> = /* @__PURE__ */ new KernelSet(logistic);
/** The E step of a Gaussian mixture: log densities, and each component's share of each row. */
export const mixtureKernels: KernelSet<MixtureKernel> = /* @__PURE__ */ new KernelSet(mixture);
/** The nearest row of one matrix for every row of another. */
export const nearestKernels: KernelSet<NearestKernel> = /* @__PURE__ */ new KernelSet(nearest);
/** Shapley values of trees along their paths, and over pairs of an explained and a background row. */
export const shapKernels: KernelSet<ShapKernel> = /* @__PURE__ */ new KernelSet(shap);
/** Steps of sequential minimal optimisation, and rows of kernel matrices. */
export const svmKernels: KernelSet<SvmKernel> = /* @__PURE__ */ new KernelSet(svm);
/**
 * What loops made at run time do not do well: convolutions and their gradients, sorting, running sums,
 * scattered sums.
 */
export const tensorKernels: KernelSet<TensorKernel> = /* @__PURE__ */ new KernelSet(tensor);
/** Growing decision trees from ranked columns, and finding the leaves of rows. */
export const treeKernels: KernelSet<TreeKernel> = /* @__PURE__ */ new KernelSet(tree);
/** Forces of t-SNE: attraction over neighbours, repulsion by a grid and Fourier transforms. */
export const tsneKernels: KernelSet<TsneKernel> = /* @__PURE__ */ new KernelSet(tsne);
/** One epoch of UMAP's layout over all edges. */
export const umapKernels: KernelSet<UmapKernel> = /* @__PURE__ */ new KernelSet(umap);
