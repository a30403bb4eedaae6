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

export const bayesKernels: KernelSet<BayesKernel> = /* @__PURE__ */ new KernelSet(bayes);
export const boostKernels: KernelSet<BoostKernel> = /* @__PURE__ */ new KernelSet(boost);
export const kmeansKernels: KernelSet<KmeansKernel> = /* @__PURE__ */ new KernelSet(kmeans);
export const logisticKernels: KernelSet<LogisticKernel> = /* @__PURE__ */ new KernelSet(logistic);
export const mixtureKernels: KernelSet<MixtureKernel> = /* @__PURE__ */ new KernelSet(mixture);
export const nearestKernels: KernelSet<NearestKernel> = /* @__PURE__ */ new KernelSet(nearest);
export const shapKernels: KernelSet<ShapKernel> = /* @__PURE__ */ new KernelSet(shap);
export const svmKernels: KernelSet<SvmKernel> = /* @__PURE__ */ new KernelSet(svm);
export const tensorKernels: KernelSet<TensorKernel> = /* @__PURE__ */ new KernelSet(tensor);
export const treeKernels: KernelSet<TreeKernel> = /* @__PURE__ */ new KernelSet(tree);
export const tsneKernels: KernelSet<TsneKernel> = /* @__PURE__ */ new KernelSet(tsne);
export const umapKernels: KernelSet<UmapKernel> = /* @__PURE__ */ new KernelSet(umap);
