/** What each estimator promises beyond the common contract, and which checks do not apply to it and why. */

import { BisectingKMeans, DBSCAN, MiniBatchKMeans, SpectralClustering } from "../src/cluster/index.ts";
import type { Subject } from "../src/contract/conformance.ts";
import type { ParamTable, Spec } from "../src/contract/index.ts";
import {
  ColumnTransformer,
  OneHotEncoder,
  OrdinalEncoder,
  Pipeline,
  ResampledClassifier,
  SMOTE,
  StandardScaler,
} from "../src/data/index.ts";
import { GaussianRandomProjection, KernelPCA, SparseRandomProjection } from "../src/decomposition/index.ts";
import {
  HistGradientBoostingRegressor,
  StackingClassifier,
  StackingRegressor,
  VotingClassifier,
  VotingRegressor,
} from "../src/ensemble/index.ts";
import { GaussianProcessClassifier, GaussianProcessRegressor, rbf } from "../src/gaussian-process/index.ts";
import { LinearRegression, LogisticRegression } from "../src/linear/index.ts";
import { Isomap, TSNE, UMAP } from "../src/manifold/index.ts";
import type { Matrix } from "../src/math/index.ts";
import { BayesianGaussianMixture, GaussianMixture } from "../src/mixture/index.ts";
import { RadiusNeighborsClassifier, RadiusNeighborsRegressor } from "../src/neighbors/index.ts";
import {
  RFE,
  RFECV,
  SelectFromModel,
  SelectKBest,
  SelectPercentile,
  SequentialFeatureSelector,
} from "../src/selection/index.ts";
import { LinearSVC, LinearSVR, NuSVC, Nystroem, OneClassSVM, SVC, SVR } from "../src/svm/index.ts";
import { HashingVectorizer } from "../src/text/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../src/tree/index.ts";

type Promises = Partial<Omit<Subject, "spec" | "load" | "encode" | "decodeSpec">> & {
  /** Where the estimator cannot be made without arguments. */
  readonly spec?: () => Spec<ParamTable>;
};

/** Statistics of the columns skip missing values, and transform leaves them where they are. */
const missingStays = { allowsMissing: true, rowOrder: 1e-9 };

const regressors = [
  ["tree", new DecisionTreeRegressor({ maxDepth: 3 })],
  ["boosting", new HistGradientBoostingRegressor({ maxIter: 5 })],
] as const;
/** A model that says something of its training rows only: there is nothing to predict. */
const notPlacing = (reason: string) => ({
  except: Object.fromEntries(
    [
      "predictions of a subset equal the subset of predictions",
      "a wrong number of columns at prediction is refused",
      "named columns are remembered and matched",
    ].map((name) => [name, reason]),
  ),
});
const transductive = notPlacing("its model labels the training rows only");
const mapOnly = notPlacing("its model places the training rows only");

/** A classifier of margins: predictProba says in a sentence that it gives none. */
const marginsOnly = { except: { "probabilities are probabilities": "it gives margins, no probabilities" } };

/** Rows of numbers as texts of three or four words. */
const asTexts = (X: Matrix): string[] =>
  Array.from({ length: X.rows }, (_, i) =>
    Array.from(X.row(i), (v, j) => `${"abcd"[j]}${Math.round(v)}z`).join(" "),
  );
const words = {
  input: asTexts,
  except: Object.fromEntries(
    [
      "one row, one column, a constant column: a result or a sentence",
      "no rows and no columns are refused",
      "NaN in X is refused with its place",
      "infinity in X is refused with its place",
      "a wrong number of columns at prediction is refused",
      "every form of X gives the same",
      "named columns are remembered and matched",
    ].map((name) => [name, "it reads texts, not columns of numbers: see its own tests"]),
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
  IterativeImputer: { allowsMissing: true, weights: 1e-6, rowOrder: 1e-6 },
  Whitening: { weights: 1e-7, rowOrder: 1e-7 },
  ResampledClassifier: {
    spec: () =>
      new ResampledClassifier({ resampler: new SMOTE(), estimator: new LogisticRegression() }) as never,
  },
  VarianceThreshold: missingStays,
  SelectKBest: { rowOrder: 0, spec: () => new SelectKBest({ k: 2 }) },
  SelectPercentile: { rowOrder: 0, spec: () => new SelectPercentile({ percentile: 50 }) },
  SelectFpr: { rowOrder: 0 },
  SelectFdr: { rowOrder: 0 },
  SelectFwe: { rowOrder: 0 },
  SelectFromModel: {
    rowOrder: 0,
    spec: () => new SelectFromModel({ estimator: new DecisionTreeClassifier({ maxDepth: 3 }) }),
  },
  RFE: { rowOrder: 0, spec: () => new RFE({ estimator: new LinearRegression() }) },
  RFECV: { spec: () => new RFECV({ estimator: new LinearRegression(), cv: 3 }) },
  SequentialFeatureSelector: {
    spec: () => new SequentialFeatureSelector({ estimator: new LinearRegression(), cv: 3 }),
  },
  CountVectorizer: { ...words, weights: 0 },
  TfidfVectorizer: { ...words, weights: 1e-12 },
  HashingVectorizer: { ...words, weights: 0, spec: () => new HashingVectorizer({ nFeatures: 64 }) },
  TfidfTransformer: { positive: true, weights: 1e-12, rowOrder: 1e-12 },
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
  SplineTransformer: { weights: 1e-9, rowOrder: 0 },
  Winsorizer: { ...missingStays, weights: 1e-12 },
  KBinsDiscretizer: { rowOrder: 1e-12, weights: 1e-12 },
  LinearRegression: { weights: 1e-9, rowOrder: 1e-9 },
  Ridge: { weights: 1e-9, rowOrder: 1e-9 },
  Lasso: { weights: 1e-6, rowOrder: 1e-6 },
  ElasticNet: { weights: 1e-6, rowOrder: 1e-6 },
  GroupLasso: { weights: 1e-6, rowOrder: 1e-6 },
  GeneralizedLinearRegressor: { weights: 1e-8, rowOrder: 1e-8 },
  QuantileRegressor: { rowOrder: 1e-6 },
  HuberRegressor: { weights: 1e-5, rowOrder: 1e-5 },
  BayesianRidge: { weights: 1e-6, rowOrder: 1e-8 },
  LinearDiscriminantAnalysis: { weights: 1e-8, rowOrder: 1e-8 },
  QuadraticDiscriminantAnalysis: { weights: 1e-8, rowOrder: 1e-8 },
  RidgeCV: { rowOrder: 1e-9 },
  LogisticRegression: { weights: 1e-5, rowOrder: 1e-5 },
  GaussianNB: { weights: 1e-9, rowOrder: 1e-9 },
  MultinomialNB: { positive: true, weights: 1e-9, rowOrder: 1e-9 },
  ComplementNB: { positive: true, weights: 1e-9, rowOrder: 1e-9 },
  BernoulliNB: { weights: 1e-9, rowOrder: 1e-9 },
  CategoricalNB: { rowOrder: 1e-9 },
  DummyClassifier: { weights: 1e-12, rowOrder: 0, allowsMissing: true },
  DummyRegressor: { weights: 1e-12, rowOrder: 1e-12, allowsMissing: true },
  DecisionTreeClassifier: { allowsMissing: true, weights: 1e-12, rowOrder: 1e-12 },
  DecisionTreeRegressor: { allowsMissing: true, weights: 1e-9, rowOrder: 1e-9 },
  RandomForestClassifier: { allowsMissing: true },
  RandomForestRegressor: { allowsMissing: true },
  ExtraTreesClassifier: { allowsMissing: true },
  ExtraTreesRegressor: { allowsMissing: true },
  BaggingClassifier: { allowsMissing: true },
  BaggingRegressor: { allowsMissing: true },
  AdaBoostClassifier: { allowsMissing: true, weights: 1e-9, rowOrder: 1e-9 },
  AdaBoostRegressor: { allowsMissing: true },
  VotingClassifier: {
    spec: () =>
      new VotingClassifier({
        estimators: [
          ["tree", new DecisionTreeClassifier({ maxDepth: 3 })],
          ["deep", new DecisionTreeClassifier()],
        ],
        voting: "soft",
      }),
    allowsMissing: true,
    weights: 1e-9,
    rowOrder: 1e-9,
  },
  VotingRegressor: {
    spec: () => new VotingRegressor({ estimators: regressors }),
    allowsMissing: true,
    weights: 1e-9,
    rowOrder: 1e-9,
  },
  StackingClassifier: {
    spec: () =>
      new StackingClassifier({
        estimators: [
          ["shallow", new DecisionTreeClassifier({ maxDepth: 2 })],
          ["deep", new DecisionTreeClassifier({ minSamplesLeaf: 3 })],
        ],
      }),
    allowsMissing: true,
  },
  StackingRegressor: { spec: () => new StackingRegressor({ estimators: regressors }), allowsMissing: true },
  ExclusiveFeatureBundler: { weights: 1e-12, rowOrder: 0 },
  IsolationForest: { allowsMissing: true },
  HistGradientBoostingClassifier: { allowsMissing: true, weights: 1e-9, rowOrder: 1e-9 },
  HistGradientBoostingRegressor: { allowsMissing: true, weights: 1e-9, rowOrder: 1e-9 },
  HistGradientBoostingRanker: { allowsMissing: true, positiveTarget: true },
  KNeighborsClassifier: { rowOrder: 1e-12 },
  KNeighborsRegressor: { rowOrder: 1e-12 },
  RadiusNeighborsClassifier: { rowOrder: 1e-12, spec: () => new RadiusNeighborsClassifier({ radius: 3 }) },
  RadiusNeighborsRegressor: { rowOrder: 1e-12, spec: () => new RadiusNeighborsRegressor({ radius: 3 }) },
  NearestCentroid: { rowOrder: 0 },
  KernelDensity: { rowOrder: 1e-12, weights: 1e-12 },
  LocalOutlierFactor: { rowOrder: 1e-9 },
  DBSCAN: { spec: () => new DBSCAN({ eps: 1.5, minSamples: 4 }) },
  HDBSCAN: transductive,
  AgglomerativeClustering: transductive,
  OPTICS: transductive,
  BisectingKMeans: { spec: () => new BisectingKMeans({ nClusters: 4 }) },
  MiniBatchKMeans: { spec: () => new MiniBatchKMeans({ nClusters: 3 }) },
  SpectralClustering: { ...transductive, spec: () => new SpectralClustering({ nClusters: 3 }) },
  SVC: { ...marginsOnly, spec: () => new SVC({ tol: 1e-9 }), rowOrder: 1e-5 },
  NuSVC: { spec: () => new NuSVC({ probability: true, nu: 0.3 }) },
  SVR: { spec: () => new SVR({ tol: 1e-9 }), rowOrder: 1e-5 },
  OneClassSVM: { spec: () => new OneClassSVM({ gamma: 0.1, tol: 1e-10 }), rowOrder: 1e-5, weights: 1e-5 },
  LinearSVC: {
    ...marginsOnly,
    spec: () => new LinearSVC({ tol: 1e-12, maxIter: 5000 }),
    rowOrder: 1e-4,
    weights: 1e-4,
  },
  LinearSVR: {
    spec: () => new LinearSVR({ tol: 1e-12, C: 0.1, maxIter: 5000 }),
    rowOrder: 1e-3,
    weights: 1e-3,
  },
  Nystroem: { spec: () => new Nystroem({ nComponents: 1, gamma: 0.1 }) },
  PCA: { weights: 1e-9, rowOrder: 1e-9 },
  KernelPCA: { rowOrder: 1e-6, spec: () => new KernelPCA({ nComponents: 3 }) },
  TruncatedSVD: { rowOrder: 1e-3 },
  NMF: { positive: true },
  FactorAnalysis: { rowOrder: 1e-6 },
  GaussianRandomProjection: { rowOrder: 0, spec: () => new GaussianRandomProjection({ nComponents: 3 }) },
  SparseRandomProjection: { rowOrder: 0, spec: () => new SparseRandomProjection({ nComponents: 3 }) },
  BayesianGaussianMixture: { spec: () => new BayesianGaussianMixture({ nComponents: 3 }) },
  GaussianMixture: { spec: () => new GaussianMixture({ nComponents: 3 }) },
  TSNE: { ...mapOnly, spec: () => new TSNE({ perplexity: 10, maxIter: 300 }) },
  MDS: mapOnly,
  SpectralEmbedding: mapOnly,
  UMAP: { spec: () => new UMAP({ nEpochs: 30 }) },
  Isomap: { spec: () => new Isomap({ nNeighbors: 10 }) },
  GaussianProcessClassifier: {
    rowOrder: 1e-6,
    spec: () => new GaussianProcessClassifier({ kernel: rbf(2, "fixed") }),
  },
  GaussianProcessRegressor: { rowOrder: 1e-6, spec: () => new GaussianProcessRegressor({ alpha: 0.1 }) },
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
