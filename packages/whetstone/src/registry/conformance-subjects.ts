/** What each estimator promises beyond the common contract, and which checks do not apply to it and why. */
import type { Subject } from "../contract/conformance.ts";
import type { ParamTable, Spec } from "../contract/index.ts";
import { ColumnTransformer, OneHotEncoder, OrdinalEncoder, Pipeline, StandardScaler } from "../data/index.ts";
import { GaussianRandomProjection, KernelPCA, SparseRandomProjection } from "../decomposition/index.ts";
import { LogisticRegression } from "../linear/index.ts";

import { Isomap, TSNE, UMAP } from "../manifold/index.ts";
import { GaussianMixture } from "../mixture/index.ts";

type Promises = Partial<Omit<Subject, "spec" | "load" | "encode" | "decodeSpec">> & {
  /** Where the estimator cannot be made without arguments. */
  readonly spec?: () => Spec<ParamTable>;
};

/** Statistics of the columns skip missing values, and transform leaves them where they are. */
const missingStays = { allowsMissing: true, rowOrder: 1e-9 };

/** A map of its training rows that has no way to place others. */
const mapOnly = {
  except: Object.fromEntries(
    [
      "predictions of a subset equal the subset of predictions",
      "a wrong number of columns at prediction is refused",
      "named columns are remembered and matched",
    ].map((name) => [name, "its model places the training rows only"]),
  ),
};

export const CONFORMANCE: Readonly<Record<string, Promises>> = {
  StandardScaler: { ...missingStays, weights: 1e-9 },
  MinMaxScaler: { ...missingStays, weights: 0 },
  MaxAbsScaler: { ...missingStays, weights: 0 },
  RobustScaler: { ...missingStays, weights: 1e-12 },
  QuantileTransformer: { ...missingStays, weights: 1e-12 },
  PowerTransformer: { allowsMissing: true, rowOrder: 1e-6, weights: 1e-6 },
  SimpleImputer: { allowsMissing: true, rowOrder: 1e-9, weights: 1e-12 },
  KNNImputer: { allowsMissing: true, weights: 1e-12 },
  MissingIndicator: { allowsMissing: true, rowOrder: 0 },
  OneHotEncoder: {
    spec: () => new OneHotEncoder({ handleUnknown: "ignore" }),
    allowsMissing: true,
    rowOrder: 0,
  },
  OrdinalEncoder: {
    spec: () => new OrdinalEncoder({ handleUnknown: "useEncodedValue", unknownValue: -1 }),
    allowsMissing: true,
    rowOrder: 0,
  },
  FrequencyEncoder: { allowsMissing: true, rowOrder: 0, weights: 1e-12 },
  TargetEncoder: { allowsMissing: true, rowOrder: 1e-12, weights: 1e-12 },
  Binarizer: missingStays,
  FunctionTransformer: missingStays,
  DateFeatures: missingStays,
  KBinsDiscretizer: { rowOrder: 1e-12, weights: 1e-12 },
  LinearRegression: { weights: 1e-9, rowOrder: 1e-9 },
  Ridge: { weights: 1e-9, rowOrder: 1e-9 },
  Lasso: { weights: 1e-6, rowOrder: 1e-6 },
  LogisticRegression: { weights: 1e-5, rowOrder: 1e-5 },
  DummyClassifier: { weights: 1e-12, rowOrder: 0, allowsMissing: true },
  DummyRegressor: { weights: 1e-12, rowOrder: 1e-12, allowsMissing: true },
  HistGradientBoostingClassifier: { allowsMissing: true, weights: 1e-9, rowOrder: 1e-9 },
  HistGradientBoostingRegressor: { allowsMissing: true, weights: 1e-9, rowOrder: 1e-9 },
  PCA: { weights: 1e-9, rowOrder: 1e-9 },
  KernelPCA: { rowOrder: 1e-6, spec: () => new KernelPCA({ nComponents: 3 }) },
  TruncatedSVD: { rowOrder: 1e-3 },
  NMF: { positive: true },
  FactorAnalysis: { rowOrder: 1e-6 },
  GaussianRandomProjection: { rowOrder: 0, spec: () => new GaussianRandomProjection({ nComponents: 3 }) },
  SparseRandomProjection: { rowOrder: 0, spec: () => new SparseRandomProjection({ nComponents: 3 }) },
  GaussianMixture: { spec: () => new GaussianMixture({ nComponents: 3 }) },
  TSNE: { ...mapOnly, spec: () => new TSNE({ perplexity: 10, maxIter: 300 }) },
  MDS: mapOnly,
  SpectralEmbedding: mapOnly,
  UMAP: { spec: () => new UMAP({ nEpochs: 30 }) },
  Isomap: { spec: () => new Isomap({ nNeighbors: 10 }) },
  Pipeline: {
    spec: () =>
      new Pipeline({
        steps: [
          ["scale", new StandardScaler()],
          ["model", new LogisticRegression()],
        ],
      }) as never,
    weights: 1e-4,
    rowOrder: 1e-5,
  },
  ColumnTransformer: {
    spec: () =>
      new ColumnTransformer({
        transformers: [
          ["scaled", new StandardScaler(), [0, 2]],
          ["kept", "passthrough", [1]],
        ],
        remainder: "passthrough",
      }),
    allowsMissing: true,
    weights: 1e-9,
    rowOrder: 1e-12,
  },
};
