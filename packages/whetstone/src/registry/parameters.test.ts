/**
 * No parameter is accepted and ignored: for every estimator of the registry and every parameter of its table,
 * two accepted values lead to different predictions, output columns, warnings or errors on some dataset.
 * Saved bytes do not count, since a model may merely store the parameter.
 */
import { describe, expect, test } from "vitest";
import type { Design, DesignSource, Param, ParamTable, Spec } from "../contract/index.ts";
import { Binarizer, NearMiss, RandomUnderSampler, SMOTE, StandardScaler, Table } from "../data/index.ts";
import { rbf } from "../gaussian-process/index.ts";
import { LogisticRegression, Ridge } from "../linear/index.ts";
import { Matrix, randomStream, SparseMatrix } from "../math/index.ts";
import { TfidfTransformer } from "../text/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../tree/index.ts";
import { CONFORMANCE } from "./conformance-subjects.ts";
import { estimators } from "./index.ts";

type Values = Readonly<Record<string, unknown>>;
type DataName = keyof typeof DATA;
interface Setting {
  readonly data?: DataName;
  readonly params?: Values;
}
interface Probe {
  /** Values under every setting, the plain one too: few rounds show as much as many. */
  readonly everywhere?: Values;
  /** Where to look, after the plain setting. */
  readonly settings?: readonly Setting[];
  /** Parameters that by their documentation change speed only: their results are compared elsewhere. */
  readonly speedOnly?: readonly string[];
  /** Values of parameters that only a table can name. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
}

interface Dataset {
  readonly X: unknown;
  readonly y: readonly (number | string)[];
  readonly classes: readonly number[];
  /** Rows to predict beside those of training: other values, unknown categories. */
  readonly more: unknown;
}

const n = 160;
const random = randomStream(5);
const numbers = (rows: number) => Matrix.zeros(rows, 4).map(() => random.normal());
const target = (X: Matrix) =>
  Array.from({ length: X.rows }, (_, i) => {
    const [a, b, c, d] = X.row(i) as unknown as [number, number, number, number];
    return 2 * a - b + a * b * c + Math.sin(2 * d) + 0.3 * random.normal();
  });
const thirds = (y: readonly number[]) => y.map((v) => (v < -1 ? 0 : v < 1 ? 1 : 2));

function dataset(X: Matrix, more: Matrix, y = target(X)): Dataset {
  return { X, y, classes: thirds(y), more };
}
const plain = numbers(n);
const withCodes = (X: Matrix) => X.map((v, at) => (at % 4 < 2 ? Math.abs(Math.round(2 * v)) % 5 : v));
const coded = withCodes(plain);
const codedTarget = target(plain).map((v, i) => v + [0, 3, -3, 1, 4][coded.at(i, 0)]!);
const sides = codedTarget.map((v) => (v > 0 ? 1 : 0));
const categorised = (matrix: Matrix): DesignSource => ({
  toDesign: (): Design => ({
    matrix,
    names: ["a", "b", "c", "d"],
    categories: [["v", "w", "x", "y", "z"], null, null, null],
  }),
});
const holes = (X: Matrix) => X.map((v, at) => (at % 7 === 3 && at % 4 !== 0 ? Number.NaN : v));
const days = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => new Date(from + i * 1000 * 3600 * 31));
const words = (count: number, unknown: boolean) =>
  Table.fromColumns({
    colour: Array.from({ length: count }, (_, i) =>
      unknown && i === 0 ? "never" : i < 2 ? "rare" : "rgb"[i % 3]!,
    ),
    two: Array.from({ length: count }, (_, i) => (i % 5 < 2 ? "no" : "yes")),
    gaps: Array.from({ length: count }, (_, i) => (i % 4 === 0 ? null : ["p", "q"][i % 2]!)),
  });
const several = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * i) % 29);

/** Twelve columns that matter less and less, neighbours alike: what a selector keeps depends on how it looks. */
const graded = ((): Dataset => {
  const own = randomStream(11);
  const X = Matrix.zeros(n, 12).map(() => own.normal());
  for (let i = 0; i < n; i++) for (let j = 1; j < 12; j += 2) X.set(i, j, 0.7 * X.at(i, j - 1) + X.at(i, j));
  const y = Array.from({ length: n }, (_, i) =>
    X.row(i).reduce((sum, v, j) => sum + (j % 3 === 0 ? -1 : 1) * 0.75 ** j * v, own.normal()),
  );
  const labels = y.map((v) => (v > 0 ? 1 : 0));
  return { X, y: labels, classes: labels, more: X };
})();

const DATA = {
  numbers: dataset(plain, numbers(20).scale(3)),
  positive: dataset(
    plain.map((v) => 1 / (1 + Math.exp(-v))),
    numbers(20).map((v) => 1 / (1 + Math.exp(-v))),
    target(plain).map((v) => Math.exp(v / 3)),
  ),
  wide: dataset(new Matrix(random.fillNormal(new Float64Array(n * 250)), n, 250), Matrix.zeros(1, 250)),
  collinear: dataset(
    plain.map((v, at) => (at % 4 === 3 ? plain.data[at - 1]! * (1 + 1e-9 * v) : v)),
    numbers(20),
  ),
  sparse: dataset(
    plain.map((_, at) =>
      Math.floor(at / 4) % 5 === at % 4 || (at % 4 === 1 && at % 7 === 0) ? 1 + (at % 2) : 0,
    ),
    numbers(20),
  ),
  graded,
  codes: dataset(coded, withCodes(numbers(20)), codedTarget),
  categories: { ...dataset(coded, coded, codedTarget), X: categorised(coded), more: categorised(coded) },
  twoSides: { X: categorised(coded), y: sides, classes: sides, more: categorised(coded) },
  missing: dataset(holes(plain), holes(numbers(20))),
  words: { X: words(n, false), y: several(n), classes: thirds(target(plain)), more: words(12, true) },
  classWords: {
    X: words(n, false),
    y: thirds(target(plain)),
    classes: thirds(target(plain)),
    more: words(12, true),
  },
  dates: {
    X: Table.fromColumns({ when: days(1.7e12, n) }),
    y: several(n),
    classes: several(n),
    more: Table.fromColumns({ when: days(1.6e12, 9) }),
  },
  texts: {
    X: Array.from(
      { length: 24 },
      (_, i) =>
        `the Café кот ${"ab"[i % 2]} sat by ${"xyz"[i % 3]}${i % 5} the sea${i % 7 === 0 ? " sea sea" : ""}`,
    ),
    y: several(24),
    classes: several(24),
    more: ["cafe CAFÉ the mat кот", "a b x sea"],
  },
} satisfies Record<string, Dataset>;

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

const PROBES: Readonly<Record<string, Probe>> = {
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

/** Candidates for every kind of number, switch and word; each parameter takes those it accepts. */
const POOL = [null, true, false, 0, 0.01, 0.1, 0.25, 0.5, 0.9, 1, 2, 3, 5, 30, 1000];

const METHODS = ["predict", "predictProba", "transform", "decisionFunction", "scoreSamples"] as const;

/** Everything a user sees of one fit, as text; errors are marked. */
function observe(
  make: (params: Values) => Spec<ParamTable>,
  params: Values,
  { X, y, classes, more }: Dataset,
): string {
  const seen: string[] = [];
  const onWarning = (sentence: string) => seen.push(sentence);
  const attempt = (what: () => unknown) => {
    try {
      seen.push(digits(what()));
    } catch (error) {
      seen.push(`error ${(error as Error).message}`);
    }
  };
  attempt(() => {
    const spec = make(params);
    type Fitted = { readonly embedding: unknown } & Record<
      (typeof METHODS)[number] | "outputNames" | "inverseTransform",
      (X: unknown) => unknown
    >;
    const { fit, fitTransform } = spec as unknown as {
      fit(X: unknown, y: unknown, options: unknown): Fitted;
      fitTransform?(X: unknown, y: unknown, options: unknown): { transformed: unknown };
    };
    const labels = spec.kind === "classifier" ? classes : y;
    const model = fit.call(spec, X, labels, { onWarning });
    if (spec.kind === "embedding") attempt(() => model.embedding);
    for (const rows of [X, more]) {
      for (const method of METHODS) {
        if (typeof model[method] === "function") attempt(() => model[method](rows));
      }
    }
    attempt(() => (model as unknown as { labels?: Int32Array }).labels);
    if (spec.kind === "transformer") {
      if (typeof model.inverseTransform === "function")
        attempt(() => model.inverseTransform(model.transform(X)));
      attempt(() => model.outputNames(X));
      attempt(() => fitTransform!.call(spec, X, labels, { onWarning }).transformed);
    }
    return "";
  });
  return seen.join("\n");
}

function digits(value: unknown): string {
  if (value instanceof Matrix) return `${value.rows} x ${value.cols}: ${value.data.join()}`;
  if (value instanceof SparseMatrix) return `sparse ${digits(value.toDense())}`;
  if (value instanceof Table) return digits(value.toDesign("parameters").matrix);
  return String(value);
}

describe.each(estimators().map((e) => [e.spec.typeName, e.spec] as const))("%s", (name, Estimator) => {
  const { everywhere = {}, settings = [], values = {}, speedOnly = [] } = PROBES[name] ?? {};
  const base = CONFORMANCE[name]?.spec?.().params ?? {};
  const make = (params: Values) => new Estimator({ ...params });
  test("takes only what its table lists", () => {
    expect(() => make({ noSuchParameter: 1 })).toThrow("noSuchParameter");
    expect(Object.keys(new Estimator({ ...base }).params)).toEqual(Object.keys(Estimator.params));
  });
  test.each(Object.entries(Estimator.params))("%s matters", (key, param: Param<unknown>) => {
    if (speedOnly.includes(key)) {
      expect(param.doc, `${key} is documented to change speed only`).toMatch(/speed only|the same/);
      return;
    }
    const words = param.search && "values" in param.search ? param.search.values : [];
    const candidates =
      values[key] ?? [...new Set([param.default, ...words, ...POOL])].filter((v) => param.accepts(v));
    if (param.kind === "oneOf" && candidates.length === 1) {
      // A word with one possible value can say nothing else; a second one would be tested here.
      expect(words).toEqual(candidates);
      return;
    }
    for (const v of candidates) expect(param.accepts(v), `${key} accepts ${String(v)}`).toBe(true);
    const all: Setting[] = [{}, { params: base }, ...settings];
    const everyPair = param.kind === "oneOf" || param.kind === "bool";
    const alike = new Set<string>();
    for (let i = 0; i < candidates.length; i++) for (let j = 0; j < i; j++) alike.add(`${j} ${i}`);
    for (const { data = "numbers", params = {} } of all) {
      const seen: string[] = [];
      for (const [i, v] of candidates.entries()) {
        seen.push(observe(make, { ...everywhere, ...params, [key]: v }, DATA[data]));
        for (let j = 0; j < i; j++) {
          const [a, b] = [seen[j]!, seen[i]!];
          // An error is an effect of a switch or word; a number must change what a working fit gives.
          const counts = everyPair || !(a.startsWith("error") || b.startsWith("error"));
          if (!counts || a === b) continue;
          // Two numbers that differ are enough: further ones need no fit.
          if (!everyPair) return;
          alike.delete(`${j} ${i}`);
        }
      }
      if (alike.size === 0) return;
    }
    const same = [...alike].map((pair) =>
      pair
        .split(" ")
        .map((k) => String(candidates[Number(k)]))
        .join(" = "),
    );
    expect.fail(`${name}.${key} has no effect in any setting: ${same.join("; ")}`);
  });
});
