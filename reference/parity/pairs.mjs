/**
 * How estimators of the two libraries are set against each other, by scikit-learn's name. What is not here is paired by
 * its name with its defaults.
 *
 * - `both`: parameters in camelCase, for both sides; `ours` (or a function of the training rows) and `theirs` (in
 *   snake_case; texts that begin with `py:` are expressions): for one side; `as`: our estimator, where its name is
 *   another; `why`: a word on it
 * - `input`: "standard" columns of mean 0 and deviation 1 (the default), "unit" from 0 to 1, "codes" 0 to 4, "holes" the
 *   standard ones with a tenth of the values missing
 * - `rows`: at most as many rows; `y`: "labels" or "numbers" where a transformer learns from them
 * - `measure`, where not the kind's own: "score" accuracy or R², "signs" columns up to their sign, "match" columns up
 *   to sign, order and scale, "inertia" of groups, "trust" trustworthiness of a map, "norm" mean squared length of rows,
 *   "correlation", "likelihood"
 */
import { GaussianNB } from "whetstone/bayes";
import { KFold, StratifiedKFold } from "whetstone/data";
import { rbf } from "whetstone/gaussian-process";
import { LinearRegression, LogisticRegression, Ridge } from "whetstone/linear";
import { KNeighborsRegressor } from "whetstone/neighbors";

const exact = { tol: 1e-8, maxIter: 10_000 };
const path = { nAlphas: 30, ...exact };
const still = { both: { shuffle: false } };
const drawn = { measure: "score" };
const three = { nClusters: 3 };
const ridges = {
  ours: [
    ["a", new Ridge()],
    ["b", new KNeighborsRegressor()],
  ],
};
const judges = {
  ours: [
    ["a", new LogisticRegression()],
    ["b", new GaussianNB()],
  ],
};
const theirRidges = "py:[('a', Ridge()), ('b', KNeighborsRegressor())]";
const theirJudges = "py:[('a', LogisticRegression()), ('b', GaussianNB())]";
const chooser = { y: "labels", rows: 300 };
const labelled = { y: "labels" };
const logistic = {
  ours: { estimator: new LogisticRegression() },
  theirs: { estimator: "py:LogisticRegression(tol=1e-6, max_iter=1000)" },
};

export const pairs = {
  // linear_model, discriminant_analysis
  ElasticNet: { both: { alpha: 0.1, ...exact } },
  ElasticNetCV: { both: path },
  Lasso: { both: { alpha: 0.05, ...exact } },
  LassoCV: { both: path },
  GammaRegressor: {
    as: "GeneralizedLinearRegressor",
    ours: { family: "gamma", link: "log", alpha: 1 },
    theirs: { tol: 1e-10, max_iter: 1000 },
  },
  PoissonRegressor: {
    as: "GeneralizedLinearRegressor",
    ours: { family: "poisson", alpha: 1 },
    theirs: { tol: 1e-10, max_iter: 1000 },
  },
  TweedieRegressor: {
    as: "GeneralizedLinearRegressor",
    ours: { family: "tweedie", power: 1.5, link: "log", alpha: 1 },
    theirs: { power: 1.5, tol: 1e-10, max_iter: 1000 },
  },
  HuberRegressor: { theirs: { tol: 1e-8, max_iter: 10_000 } },
  LinearRegression: {
    why: "columns that do not vary in training take theirs 0.2 away from the least-norm answer (digits)",
  },
  LogisticRegression: { both: { maxIter: 10_000 }, theirs: { tol: 1e-8 } },
  QuantileRegressor: { both: { alpha: 0.01 }, theirs: { solver: "highs" }, rows: 300 },
  RANSACRegressor: drawn,
  TheilSenRegressor: { ...drawn, both: { maxSubpopulation: 2000 } },
  Perceptron: still,
  SGDClassifier: still,
  SGDRegressor: still,
  RidgeCV: { both: { alphas: [0.1, 1, 10] } },
  // svm and its approximations
  LinearSVC: { both: { tol: 1e-8, maxIter: 100_000 }, rows: 600 },
  LinearSVR: { both: { tol: 1e-8, maxIter: 100_000 }, rows: 600 },
  SVC: { both: { tol: 1e-6 } },
  NuSVC: { both: { tol: 1e-6, nu: 0.3 } },
  SVR: { both: { tol: 1e-6 } },
  NuSVR: { both: { tol: 1e-6 } },
  OneClassSVM: { both: { tol: 1e-6 } },
  Nystroem: { both: { nComponents: 30 }, measure: "norm" },
  RBFSampler: { measure: "norm" },
  GaussianRandomProjection: { both: { nComponents: 200 }, measure: "norm" },
  SparseRandomProjection: { both: { nComponents: 200 }, measure: "norm" },
  // trees and ensembles
  DecisionTreeClassifier: { why: "equal gains are drawn there, the first wins here" },
  DecisionTreeRegressor: { ...drawn, why: "equal gains are drawn there" },
  ExtraTreeClassifier: {
    ...drawn,
    as: "DecisionTreeClassifier",
    ours: { splitter: "random", maxFeatures: "sqrt" },
  },
  ExtraTreeRegressor: { ...drawn, as: "DecisionTreeRegressor", ours: { splitter: "random" } },
  AdaBoostClassifier: { theirs: { algorithm: "SAMME" } },
  AdaBoostRegressor: drawn,
  BaggingClassifier: drawn,
  BaggingRegressor: drawn,
  ExtraTreesClassifier: drawn,
  ExtraTreesRegressor: drawn,
  RandomForestClassifier: drawn,
  RandomForestRegressor: drawn,
  IsolationForest: { measure: "correlation" },
  HistGradientBoostingClassifier: {
    why: "splits of equal gain fall by rounding (digits)",
    both: { maxIter: 30 },
  },
  HistGradientBoostingRegressor: { both: { maxIter: 30 } },
  StackingClassifier: {
    why: "folds are drawn here",
    ours: { estimators: judges.ours },
    theirs: { estimators: theirJudges },
    rows: 600,
  },
  StackingRegressor: {
    ...drawn,
    why: "folds are drawn here",
    ours: { estimators: ridges.ours },
    theirs: { estimators: theirRidges, final_estimator: "py:Ridge()" },
  },
  VotingClassifier: { ours: { estimators: judges.ours }, theirs: { estimators: theirJudges } },
  VotingRegressor: { ours: { estimators: ridges.ours }, theirs: { estimators: theirRidges } },
  // neighbors, naive_bayes, gaussian_process
  KernelDensity: { why: "far from all rows theirs is 25 off in log density, ours 1e-13 (digits)" },
  LocalOutlierFactor: { why: "neighbours at equal distances (iris)", theirs: { novelty: true } },
  RadiusNeighborsClassifier: {
    both: { radius: 8 },
    ours: { outlierLabel: "mostFrequent" },
    theirs: { outlier_label: "most_frequent" },
  },
  RadiusNeighborsRegressor: { both: { radius: 8 } },
  CategoricalNB: { input: "codes", both: { minCategories: 5 } },
  ComplementNB: { input: "unit" },
  MultinomialNB: { input: "unit" },
  GaussianProcessClassifier: {
    ...{
      rows: 200,
      ours: { kernel: rbf(5), optimizer: "none" },
      theirs: { kernel: "py:RBF(5)", optimizer: null },
    },
  },
  GaussianProcessRegressor: { rows: 400 },
  // cluster, mixture
  AffinityPropagation: { rows: 200, theirs: { random_state: 0 } },
  AgglomerativeClustering: { both: three },
  Birch: { both: { ...three, threshold: 1.5 } },
  BisectingKMeans: { both: three, measure: "inertia" },
  DBSCAN: { both: { eps: 2.5 } },
  KMeans: { both: { ...three, nInit: 10 }, measure: "inertia" },
  MeanShift: { both: { bandwidth: 4 }, rows: 300 },
  MiniBatchKMeans: { both: { ...three, nInit: 10 }, measure: "inertia" },
  OPTICS: { rows: 300 },
  SpectralClustering: { both: { ...three, gamma: 0.05 }, rows: 300 },
  BayesianGaussianMixture: {
    both: { nComponents: 3, covarianceType: "diag", maxIter: 1000 },
    measure: "likelihood",
  },
  GaussianMixture: { both: { nComponents: 3, covarianceType: "diag", maxIter: 1000 }, measure: "likelihood" },
  // decomposition, manifold
  DictionaryLearning: { both: { nComponents: 4 }, rows: 200, measure: "match" },
  FactorAnalysis: {
    both: { nComponents: 2, tol: 1e-10, maxIter: 10_000 },
    theirs: { svd_method: "lapack" },
    measure: "signs",
  },
  FastICA: {
    why: "starts at random; diabetes has more than one answer",
    both: { nComponents: 3, tol: 1e-8, maxIter: 1000 },
    theirs: { whiten: "unit-variance" },
    measure: "match",
  },
  IncrementalPCA: { both: { nComponents: 2, batchSize: 50 }, measure: "signs" },
  KernelPCA: { both: { nComponents: 2, kernel: "rbf", gamma: 0.02 }, measure: "signs" },
  NMF: { input: "unit", both: { nComponents: 3, init: "nndsvda", tol: 1e-10, maxIter: 2000 } },
  PCA: {
    why: "theirs draws at random where there are many rows (digits)",
    both: { nComponents: 2 },
    measure: "signs",
  },
  TruncatedSVD: { both: { nIter: 20 }, measure: "signs" },
  Isomap: { both: { nNeighbors: 15 }, rows: 300, measure: "signs" },
  LocallyLinearEmbedding: {
    why: "the graph of iris is in pieces",
    both: { nNeighbors: 15 },
    rows: 300,
    measure: "trust",
  },
  MDS: { rows: 300, measure: "trust" },
  SpectralEmbedding: { why: "the graph of iris is in pieces", rows: 300, measure: "trust" },
  TSNE: { rows: 300, measure: "trust" },
  // preprocessing, impute
  FunctionTransformer: {},
  KBinsDiscretizer: { theirs: { subsample: "py:None" } },
  OneHotEncoder: { input: "codes", both: { handleUnknown: "ignore" } },
  OrdinalEncoder: {
    input: "codes",
    both: { unknownValue: -1 },
    ours: { handleUnknown: "useEncodedValue" },
    theirs: { handle_unknown: "use_encoded_value" },
  },
  PolynomialFeatures: { rows: 300 },
  QuantileTransformer: { both: { nQuantiles: 50 } },
  KNNImputer: { why: "neighbours at equal distances (iris)", input: "holes" },
  MissingIndicator: { input: "holes" },
  SimpleImputer: { input: "holes", both: { strategy: "median" } },
  // feature_selection
  RFE: { ...labelled, ...logistic, rows: 400 },
  RFECV: {
    ...chooser,
    ours: ({ labels }) => ({
      ...logistic.ours,
      cv: new StratifiedKFold({ nSplits: 5 }).split(labels.length, labels),
    }),
    theirs: logistic.theirs,
  },
  SelectFdr: labelled,
  SelectFpr: labelled,
  SelectFwe: labelled,
  SelectFromModel: { ...labelled, ...logistic },
  SelectKBest: { ...labelled, both: { k: 3 } },
  SelectPercentile: { ...labelled, both: { percentile: 30 } },
  SequentialFeatureSelector: {
    ...{ y: "numbers", rows: 200, both: { nFeaturesToSelect: 2 } },
    ours: ({ numbers }) => ({
      estimator: new LinearRegression(),
      cv: new KFold({ nSplits: 5 }).split(numbers.length),
    }),
    theirs: { estimator: "py:LinearRegression()" },
  },
};

/** Where scikit-learn's estimator is another thing here. */
export const elsewhere = {
  GradientBoostingClassifier: "HistGradientBoostingClassifier does its work",
  GradientBoostingRegressor: "HistGradientBoostingRegressor does its work",
  IsotonicRegression: "the function `isotonicRegression` of whetstone/calibration",
  LabelBinarizer: "labels of any kind are read by every classifier",
  LabelEncoder: "labels of any kind are read by every classifier",
  NearestNeighbors: "the class `NeighborSearch`, which is no estimator",
};
