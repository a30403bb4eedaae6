/** Where the parameters of each estimator are looked at. */
import { Binarizer, NearMiss, RandomUnderSampler, SMOTE, StandardScaler } from "../src/data/index.ts";
import { rbf } from "../src/gaussian-process/index.ts";
import { LogisticRegression, Ridge } from "../src/linear/index.ts";
import { TfidfTransformer } from "../src/text/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../src/tree/index.ts";
import type { DATA } from "./parameter-data.ts";

export type Values = Readonly<Record<string, unknown>>;
type DataName = keyof typeof DATA;
export interface Setting {
  readonly data?: DataName;
  readonly params?: Values;
}
export interface Probe {
  /** Values under every setting, the plain one too: few rounds show as much as many. */
  readonly everywhere?: Values;
  /** Where to look, after the plain setting. */
  readonly settings?: readonly Setting[];
  /** Parameters that by their documentation change speed only: their results are compared elsewhere. */
  readonly speedOnly?: readonly string[];
  /** Values of parameters that only a table can name. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
}

const BOOSTING: Probe = {
  everywhere: { maxIter: 8 },
  settings: [
    { data: "codes", params: { minSamplesLeaf: 5 } },
    { data: "categories", params: { minSamplesLeaf: 5 } },
    { params: { maxIter: 60, earlyStopping: true, nIterNoChange: 4 } },
    { data: "twoSides", params: { minSamplesLeaf: 5 } },
    { data: "twoSides", params: { minSamplesLeaf: 5, categoryEncoding: "ordered" } },
    { params: { boosting: "ordered" } },
    { params: { subsample: 0.5 } },
    { params: { topRate: 0.2 } },
    { params: { maxIter: 12, dropRate: 0.2 } },
    { params: { loss: "quantile", quantile: 0.8 } },
    { data: "positive" },
  ],
  values: {
    categoricalFeatures: [null, [], [0], ["a"], [0, 1]],
    monotonicCst: [null, [1, 0, 0, 0], [-1, 0, 0, 0], { a: -1 }],
    interactionCst: [null, [[0], [1, 2]]],
    earlyStopping: ["auto", true, false],
    classWeight: [null, "balanced", { 0: 5 }],
  },
};

const TREE: Probe = {
  settings: [{ params: { splitter: "random" } }, { data: "positive", params: { maxDepth: 3 } }],
  values: { classWeight: [null, "balanced", { 0: 5 }] },
};

const FOREST: Probe = {
  settings: [
    { params: { nEstimators: 6 } },
    { params: { nEstimators: 6, bootstrap: true } },
    { data: "positive", params: { nEstimators: 6 } },
    { params: { nEstimators: 2, bootstrap: true } },
  ],
  values: { classWeight: [null, "balanced", { 0: 5 }] },
};

const NEIGHBORS: Probe = {
  settings: [{ params: { p: 3 } }, { params: { metric: "cosine" } }],
  speedOnly: ["algorithm", "leafSize"],
};
const WITHIN: Probe = {
  ...NEIGHBORS,
  settings: [{ params: { radius: 2, p: 3 } }, { params: { radius: 30 } }, { params: { radius: 0.1 } }],
};

const KERNELS: Probe = {
  settings: [
    { params: { kernel: "poly" } },
    { params: { kernel: "sigmoid" } },
    { params: { probability: true } },
  ],
  values: {
    kernel: ["rbf", "linear", "poly", "sigmoid", (x: Float64Array, y: Float64Array) => x[0]! * y[0]!],
    classWeight: [null, "balanced", { 0: 5 }],
  },
  speedOnly: ["cacheSize", "shrinking"],
};

export const PROBES: Readonly<Record<string, Probe>> = {
  KNeighborsClassifier: NEIGHBORS,
  KNeighborsRegressor: NEIGHBORS,
  RadiusNeighborsClassifier: WITHIN,
  RadiusNeighborsRegressor: WITHIN,
  LocalOutlierFactor: NEIGHBORS,
  SVC: KERNELS,
  NuSVC: { ...KERNELS, settings: [...KERNELS.settings!, { params: { nu: 0.2, probability: true } }] },
  SVR: {
    ...KERNELS,
    settings: [
      { params: { kernel: "poly", maxIter: 2000 } },
      { params: { kernel: "sigmoid", maxIter: 2000 } },
    ],
  },
  OneClassSVM: KERNELS,
  LinearSVC: { values: { classWeight: [null, "balanced", { 0: 5 }] } },
  Nystroem: { settings: [{ params: { kernel: "poly" } }, { params: { nComponents: 5 } }] },
  KMeans: {
    speedOnly: ["algorithm"],
    settings: [{ params: { maxIter: 3 } }, { params: { init: "random" } }],
    values: {
      init: [
        "k-means++",
        "random",
        [
          [0, 0, 0, 0],
          [1, 0, 0, 0],
          [0, 1, 0, 0],
          [0, 0, 1, 0],
          [0, 0, 0, 1],
          [2, 0, 0, 0],
          [0, 2, 0, 0],
          [0, 0, 2, 0],
        ],
      ],
    },
  },
  DBSCAN: {
    ...NEIGHBORS,
    settings: [{ params: { p: 3, eps: 0.9 } }, { params: { metric: "cosine", eps: 0.03 } }],
  },
  HDBSCAN: {
    ...NEIGHBORS,
    settings: [
      { params: { p: 3 } },
      { params: { clusterSelectionMethod: "leaf" } },
      { params: { clusterSelectionMethod: "leaf", minClusterSize: 3 } },
    ],
  },
  BisectingKMeans: { speedOnly: ["algorithm"] },
  OPTICS: {
    ...NEIGHBORS,
    settings: [
      { params: { p: 3 } },
      { params: { clusterMethod: "dbscan" } },
      { params: { minSamples: 2, xi: 0.01, minClusterSize: 3 } },
      { params: { minSamples: 3, xi: 0.1 } },
    ],
  },
  MeanShift: {
    settings: [{ params: { bandwidth: 1.5, binSeeding: true } }, { params: { bandwidth: 0.7 } }],
    values: {
      seeds: [
        null,
        [
          [0, 0, 0, 0],
          [1, 1, 1, 1],
        ],
      ],
    },
  },
  AffinityPropagation: {
    settings: [{ data: "sparse" }, { data: "sparse", params: { damping: 0.9 } }],
  },
  AgglomerativeClustering: {
    settings: [
      { params: { linkage: "average" } },
      { params: { linkage: "average", nClusters: 12 } },
      { params: { nClusters: null } },
    ],
  },
  SpectralClustering: {
    settings: [{ params: { affinity: "nearestNeighbors" } }, { params: { nClusters: 20 } }],
  },
  DummyClassifier: {
    settings: [
      { params: { constant: 1 } },
      { params: { strategy: "constant" } },
      { params: { strategy: "uniform" } },
    ],
  },
  DummyRegressor: {
    settings: [
      { params: { constant: 1, quantile: 0.2 } },
      { params: { strategy: "quantile" } },
      { params: { strategy: "constant" } },
    ],
  },
  ...Object.fromEntries(
    ["SelectFpr", "SelectFdr", "SelectFwe"].map((name) => [name, { settings: [{ data: "graded" }] }]),
  ),
  SelectKBest: {
    settings: [
      { data: "graded" },
      ...[1, 2, 3, 5, 7].map((k) => ({ data: "graded", params: { k } }) as const),
    ],
  },
  SelectPercentile: {
    settings: [
      { data: "graded" },
      ...[10, 20, 30, 50, 70].map((percentile) => ({ data: "graded", params: { percentile } }) as const),
    ],
  },
  ...Object.fromEntries(
    ["RFE", "RFECV", "SelectFromModel", "SequentialFeatureSelector"].map((name) => [
      name,
      {
        settings: [
          { data: "graded", params: { estimator: new LogisticRegression() } },
          ...(name === "RFE" || name === "SequentialFeatureSelector"
            ? [2, 4, 6].map((nFeaturesToSelect) => ({
                data: "graded" as const,
                params: { estimator: new LogisticRegression(), nFeaturesToSelect },
              }))
            : []),
        ],
        ...(name === "RFECV" && { values: { minFeaturesToSelect: [1, 12] } }),
      } satisfies Probe,
    ]),
  ),
  Lasso: { settings: [{ data: "collinear", params: { alpha: 0.01 } }] },
  LassoCV: { values: { alphas: [null, [1], [0.1]] } },
  ElasticNetCV: { values: { alphas: [null, [1], [0.1]] } },
  RidgeCV: {
    settings: [{ params: { alphas: Array.from({ length: 300 }, (_, i) => 0.001 * 1.04 ** i) } }],
    values: { alphas: [[1], [10]] },
  },
  GeneralizedLinearRegressor: {
    settings: [
      { data: "positive", params: { family: "poisson" } },
      { data: "positive", params: { family: "tweedie" } },
      { data: "positive", params: { family: "negativeBinomial" } },
      { data: "positive" },
      { data: "positive", params: { family: "gamma", maxIter: 2 } },
      { data: "positive", params: { overdispersion: 1 } },
    ],
  },
  TheilSenRegressor: { settings: [{ params: { maxSubpopulation: 30 } }, { params: { maxIter: 3 } }] },
  RANSACRegressor: {
    settings: [{ params: { residualThreshold: 0.5 } }, { params: { maxTrials: 3 } }],
    values: { estimator: [null, new Ridge({ alpha: 100 })] },
  },
  QuantileRegressor: { settings: [{ params: { maxIter: 3 } }, { params: { alpha: 0.01 } }] },
  SGDClassifier: {
    settings: [
      { params: { penalty: "elasticnet", alpha: 0.1 } },
      { params: { learningRate: "invscaling" } },
      { params: { maxIter: 2, tol: null } },
    ],
  },
  SGDRegressor: {
    settings: [
      { params: { penalty: "elasticnet", alpha: 0.1 } },
      { params: { loss: "huber" } },
      { params: { maxIter: 2, tol: null } },
    ],
  },
  Perceptron: {
    settings: [
      { params: { penalty: "elasticnet", alpha: 0.1 } },
      { params: { penalty: "l2", alpha: 0.1 } },
      { params: { maxIter: 2, tol: null } },
    ],
  },
  GaussianNB: { values: { priors: [null, [0.2, 0.3, 0.5], [0.6, 0.2, 0.2]] } },
  MultinomialNB: {
    settings: [{ data: "positive" }],
    values: { classPrior: [null, [0.2, 0.8], [0.6, 0.4]] },
  },
  ComplementNB: { settings: [{ data: "positive" }] },
  BernoulliNB: { values: { classPrior: [null, [0.2, 0.3, 0.5], [0.6, 0.2, 0.2]] } },
  CategoricalNB: {
    settings: [{ data: "codes" }],
    values: { classPrior: [null, [0.2, 0.3, 0.5], [0.6, 0.2, 0.2]], minCategories: [null, 30, 1000] },
  },
  LinearDiscriminantAnalysis: { values: { priors: [null, [0.2, 0.3, 0.5], [0.6, 0.2, 0.2]] } },
  QuadraticDiscriminantAnalysis: { values: { priors: [null, [0.2, 0.3, 0.5], [0.6, 0.2, 0.2]] } },
  IterativeImputer: { settings: [{ data: "missing" }] },
  ResampledClassifier: {
    values: {
      resampler: [new SMOTE(), new RandomUnderSampler({ ratio: 0.9 }), new NearMiss()],
      estimator: [new LogisticRegression(), new LogisticRegression({ C: 0.01 })],
    },
  },
  GroupLasso: { values: { groups: [null, [0, 0, 1, 1], [0, 1, 1, 0]] } },
  LogisticRegression: {
    settings: [{ params: { penalty: "elasticnet" } }],
    values: { classWeight: [null, "balanced", { 0: 5 }] },
  },
  Ridge: { settings: [{ data: "collinear", params: { alpha: 0 } }] },
  RandomForestClassifier: FOREST,
  RandomForestRegressor: FOREST,
  ExtraTreesClassifier: FOREST,
  ExtraTreesRegressor: FOREST,
  BaggingClassifier: {
    settings: [{ params: { nEstimators: 5 } }],
    values: { estimator: [new DecisionTreeClassifier(), new DecisionTreeClassifier({ maxDepth: 1 })] },
  },
  BaggingRegressor: {
    settings: [{ params: { nEstimators: 5 } }],
    values: { estimator: [new DecisionTreeRegressor(), new Ridge()] },
  },
  AdaBoostClassifier: {
    settings: [
      {
        params: {
          nEstimators: 4,
          estimator: new DecisionTreeClassifier({ splitter: "random", maxDepth: 2 }),
        },
      },
    ],
    values: {
      estimator: [new DecisionTreeClassifier({ maxDepth: 1 }), new DecisionTreeClassifier({ maxDepth: 2 })],
    },
  },
  AdaBoostRegressor: {
    settings: [{ params: { nEstimators: 4 } }],
    values: {
      estimator: [new DecisionTreeRegressor({ maxDepth: 1 }), new DecisionTreeRegressor({ maxDepth: 2 })],
    },
  },
  VotingClassifier: {
    values: {
      estimators: [
        [["a", new DecisionTreeClassifier({ maxDepth: 1 })]],
        [["a", new DecisionTreeClassifier({ maxDepth: 2 })]],
      ],
      weights: [null, [1, 9], [2, 1]],
    },
  },
  VotingRegressor: {
    values: {
      estimators: [[["a", new Ridge()]], [["a", new DecisionTreeRegressor()]]],
      weights: [null, [1, 9], [2, 1]],
    },
  },
  StackingClassifier: {
    values: {
      estimators: [
        [["a", new DecisionTreeClassifier({ maxDepth: 1 })]],
        [["a", new DecisionTreeClassifier({ maxDepth: 2 })]],
      ],
      finalEstimator: [new LogisticRegression(), new DecisionTreeClassifier({ maxDepth: 2 })],
    },
  },
  StackingRegressor: {
    values: {
      estimators: [[["a", new Ridge()]], [["a", new DecisionTreeRegressor()]]],
      finalEstimator: [new Ridge(), new DecisionTreeRegressor({ maxDepth: 2 })],
    },
  },
  ExclusiveFeatureBundler: {
    settings: [{ data: "sparse" }],
    values: { maxConflictRate: [0, 0.3], maxBins: [1, 2, 254] },
  },
  IsolationForest: { settings: [{ params: { nEstimators: 5 } }] },
  AutoencoderDetector: { everywhere: { maxIter: 3 } },
  DecisionTreeClassifier: TREE,
  DecisionTreeRegressor: TREE,
  HistGradientBoostingClassifier: BOOSTING,
  HistGradientBoostingRegressor: BOOSTING,
  HistGradientBoostingRanker: {
    ...BOOSTING,
    settings: [
      ...BOOSTING.settings!.flatMap(({ data = "positive" as const, params = {} }) =>
        "loss" in params || "boosting" in params ? [] : [{ data, params }],
      ),
      // Without held-out rows, whose loss rises from the start, the training loss falls for a while.
      {
        data: "positive",
        params: { maxIter: 60, earlyStopping: true, nIterNoChange: 4, validationFraction: null },
      },
    ],
  },
  ColumnTransformer: {
    settings: [
      { params: { transformers: [["scaled", new StandardScaler(), [0]]] } },
      { data: "sparse", params: { transformers: [["weights", new TfidfTransformer(), [0, 1, 2]]] } },
    ],
    values: {
      transformers: [
        [["scaled", new StandardScaler(), [0]]],
        [["cut", new Binarizer(), [0]]],
        [["scaled", new StandardScaler(), [1]]],
      ],
    },
  },
  PCA: {
    settings: [
      { params: { nComponents: 2, svdSolver: "randomized" } },
      { params: { nComponents: 1, svdSolver: "randomized", nOversamples: 0, iteratedPower: 0 } },
      { data: "wide", params: { nComponents: 2 } },
    ],
    values: { nComponents: [null, 1, 2, 0.5, 0.9], iteratedPower: ["auto", 0, 1] },
  },
  KernelPCA: {
    settings: [
      { params: { nComponents: 2, kernel: "polynomial" } },
      { params: { nComponents: 2, kernel: "rbf", eigenSolver: "randomized" } },
      { params: { nComponents: 2, kernel: "rbf", fitInverseTransform: true } },
    ],
  },
  IncrementalPCA: { settings: [{ params: { nComponents: 2, batchSize: 20 } }] },
  TruncatedSVD: { settings: [{ params: { nComponents: 1, nIter: 0, nOversamples: 0 } }] },
  NMF: {
    settings: [
      { data: "positive", params: { nComponents: 2, alphaW: 0.01 } },
      { data: "positive", params: { nComponents: 2, init: "random" } },
    ],
  },
  FastICA: { settings: [{ params: { maxIter: 2 } }] },
  GaussianRandomProjection: { settings: [{ params: { nComponents: 2 } }, { data: "wide" }] },
  SparseRandomProjection: { settings: [{ params: { nComponents: 2 } }, { data: "wide" }] },
  DictionaryLearning: {
    settings: [{ params: { transformAlgorithm: "lassoCd" } }, { params: { nComponents: 9, maxIter: 20 } }],
  },
  BayesianGaussianMixture: {
    settings: [
      { params: { nComponents: 4 } },
      { params: { nComponents: 3, covarianceType: "spherical" } },
      { params: { nComponents: 3, maxIter: 3, initParams: "random" } },
      { data: "collinear", params: { nComponents: 2 } },
    ],
    values: {
      meanPrior: [null, [0, 0, 0, 0], [5, 5, 5, 5]],
    },
  },
  GaussianMixture: {
    settings: [
      { params: { nComponents: 4 } },
      { params: { nComponents: 3, maxIter: 3, initParams: "random" } },
      { data: "collinear", params: { nComponents: 2 } },
    ],
  },
  TSNE: {
    settings: [
      { params: { perplexity: 30, maxIter: 250, init: "random" } },
      { params: { perplexity: 30, maxIter: 250, method: "barnesHut" } },
      // Coarse forces: the divergence rises now and then.
      { params: { perplexity: 5, maxIter: 900, method: "barnesHut", angle: 1 } },
      { params: { perplexity: 30, maxIter: 400, minGradNorm: 1 } },
    ],
    values: {
      maxIter: [250, 260],
      nIterWithoutProgress: [1, 300],
      nComponents: [1, 2, 3],
      angle: [0.2, 0.8],
    },
  },
  UMAP: {
    everywhere: { nEpochs: 10 },
    settings: [{ params: { minDist: 0.5 } }, { params: { init: "random" } }],
    values: {
      nEpochs: [null, 5, 10],
      minDist: [0, 0.5, 0.9],
      nComponents: [1, 2, 3],
      negativeSampleRate: [0, 5],
      spread: [1, 2],
      learningRate: [0.5, 2],
      repulsionStrength: [0.5, 2],
      nNeighbors: [5, 15],
      setOpMixRatio: [0, 1],
      seed: [0, 1],
    },
  },
  Isomap: { settings: [{ params: { nNeighbors: 30 } }] },
  MDS: { everywhere: { maxIter: 30 }, settings: [{ params: { init: "random" } }], values: { nInit: [1, 4] } },
  SpectralEmbedding: { settings: [{ params: { affinity: "rbf" } }] },
  GaussianProcessClassifier: {
    settings: [{ params: { kernel: rbf(2, [0.1, 10]), nRestartsOptimizer: 1 } }],
    values: {
      kernel: [null, rbf(3, "fixed")],
      nRestartsOptimizer: [0, 2],
      seed: [0, 1],
      maxIterPredict: [1, 100],
    },
  },
  GaussianProcessRegressor: {
    settings: [{ params: { kernel: rbf(2, [0.1, 10]), alpha: 0.1, nRestartsOptimizer: 1 } }],
    values: {
      kernel: [null, rbf(3, "fixed")],
      alpha: [0.1, 1],
      nRestartsOptimizer: [0, 2],
      seed: [0, 1],
    },
  },
  Pipeline: {
    values: {
      steps: [
        [["model", new LogisticRegression()]],
        [
          ["cut", new Binarizer()],
          ["model", new LogisticRegression()],
        ],
        [["model", new Ridge()]],
      ],
    },
  },
  FrequencyEncoder: { settings: [{ data: "words" }] },
  OneHotEncoder: {
    settings: [
      { data: "words" },
      { data: "words", params: { minFrequency: 5 } },
      { data: "words", params: { handleUnknown: "ignore" } },
    ],
  },
  OrdinalEncoder: {
    settings: [{ data: "words" }, { data: "words", params: { handleUnknown: "useEncodedValue" } }],
  },
  TargetEncoder: { settings: [{ data: "words" }, { data: "classWords" }] },
  ...Object.fromEntries(
    ["CountVectorizer", "TfidfVectorizer", "HashingVectorizer"].map((name) => [
      name,
      {
        settings:
          name === "HashingVectorizer"
            ? [
                { data: "texts", params: { nFeatures: 64 } },
                { data: "texts", params: { nFeatures: 64, norm: null } },
                { data: "texts", params: { nFeatures: 7, norm: null } },
              ]
            : [{ data: "texts" }],
        values: {
          tokenPattern: ["[\\p{L}\\p{N}_]{2,}", "[a-z]+", "(.)\\s"],
          ngramRange: [
            [1, 1],
            [1, 2],
          ],
          stopWords: [null, ["the"]],
          vocabulary: [null, ["sea", "the"]],
          nFeatures: [5, 64],
        },
      } as Probe,
    ]),
  ),
  PolynomialFeatures: { values: { degree: [1, 2, 3] } },
  SplineTransformer: { settings: [{ params: { extrapolation: "linear" } }] },
  Winsorizer: { settings: [{ params: { method: "iqr" } }] },
  TfidfTransformer: { settings: [{ data: "sparse" }] },
  KNNImputer: { settings: [{ data: "missing" }] },
  MissingIndicator: { settings: [{ data: "missing" }] },
  SimpleImputer: { settings: [{ data: "missing" }, { data: "missing", params: { strategy: "constant" } }] },
  DateFeatures: {
    settings: [{ data: "dates" }],
    values: { features: [null, ["year"], ["month", "hour"]] },
  },
  FunctionTransformer: { settings: [{ data: "positive" }] },
  PowerTransformer: { settings: [{ data: "positive" }] },
  QuantileTransformer: { settings: [{ params: { nQuantiles: 10, subsample: 40 } }] },
  MinMaxScaler: {
    values: {
      featureRange: [
        [0, 1],
        [-1, 1],
      ],
    },
  },
  RobustScaler: {
    values: {
      quantileRange: [
        [25, 75],
        [10, 60],
      ],
    },
  },
};
