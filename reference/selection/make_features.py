"""Golden values for feature selection: scores, p-values and what scikit-learn's selectors keep."""
import json
import pathlib
import sys
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import (RFE, RFECV, SelectFdr, SelectFpr, SelectFromModel, SelectFwe, SelectKBest,
                                       SelectPercentile, SequentialFeatureSelector, VarianceThreshold, chi2,
                                       f_classif, f_regression, mutual_info_classif, mutual_info_regression)
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier

warnings.simplefilter("ignore")
wine = load_wine()
cancer = load_breast_cancer()
diabetes = load_diabetes(scaled=False)
diabetes.target = diabetes.target.astype(float)
rng = np.random.default_rng(4)
counts = rng.poisson(1.5, (40, 8)) * (rng.random((40, 8)) < 0.6)
topic = rng.integers(0, 3, 40)
counts[:, 0] += 3 * (topic == 1)
counts[:, 1] += 2 * (topic == 2)
smooth = rng.normal(size=(150, 4))
target = np.sin(2 * smooth[:, 0]) + smooth[:, 1] ** 2 + 0.2 * rng.normal(size=150)
levels = rng.integers(0, 4, (150, 2)).astype(float)


def scores(pair):
    s, p = pair
    return {"scores": s.tolist(), "pValues": p.tolist()}


def splits(n, k):
    return [{"train": [i for i in range(n) if i % k != f], "test": [i for i in range(n) if i % k == f]} for f in range(k)]


def kept(selector, X, y):
    return selector.fit(X, y).get_support(indices=True).tolist()


Z = (wine.data - wine.data.mean(0)) / wine.data.std(0)
D = (diabetes.data - diabetes.data.mean(0)) / diabetes.data.std(0)
folds = splits(len(D), 4)
pairs = [(np.array(f["train"]), np.array(f["test"])) for f in folds]
rfe = RFE(Ridge(alpha=1.0), n_features_to_select=3, step=2).fit(D, diabetes.target)
rfecv = RFECV(LinearRegression(), cv=pairs).fit(D, diabetes.target)
out = {
    "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "sklearn": sklearn.__version__},
    "counts": counts.tolist(), "topic": topic.tolist(),
    "smooth": smooth.tolist(), "target": target.tolist(), "levels": levels.tolist(),
    "fClassif": scores(f_classif(wine.data, wine.target)),
    "fRegression": scores(f_regression(diabetes.data, diabetes.target)),
    "chi2": scores(chi2(counts, topic)),
    "mutualInfoClassif": mutual_info_classif(smooth, (target > 0.7).astype(int), random_state=0).tolist(),
    "mutualInfoRegression": mutual_info_regression(smooth, target, random_state=0).tolist(),
    "mutualInfoRegression7": mutual_info_regression(smooth, target, n_neighbors=7, random_state=0).tolist(),
    "mutualInfoDiscreteClassif": mutual_info_classif(levels, (levels[:, 0] > 1).astype(int), discrete_features=True).tolist(),
    "mutualInfoDiscreteRegression": mutual_info_regression(levels, target + levels[:, 1], discrete_features=True, random_state=0).tolist(),
    "selected": {
        "kBest": kept(SelectKBest(k=4), wine.data, wine.target),
        "kBestTies": kept(SelectKBest(k=2), np.repeat(wine.data[:, :2], 2, axis=1), wine.target),
        "percentile": kept(SelectPercentile(percentile=30), wine.data, wine.target),
        "percentileRegression": kept(SelectPercentile(f_regression, percentile=25), diabetes.data, diabetes.target),
        "fpr": kept(SelectFpr(f_regression, alpha=1e-3), diabetes.data, diabetes.target),
        "fdr": kept(SelectFdr(alpha=1e-4), cancer.data, cancer.target),
        "fwe": kept(SelectFwe(alpha=1e-6), cancer.data, cancer.target),
        "chi2": kept(SelectKBest(chi2, k=3), counts, topic),
        "variance": kept(VarianceThreshold(0.5), wine.data, wine.target),
        "lasso": kept(SelectFromModel(Lasso(alpha=2.0)), D, diabetes.target),
        "ridgeMedian": kept(SelectFromModel(Ridge(), threshold="1.5*median"), D, diabetes.target),
        "logistic": kept(SelectFromModel(LogisticRegression(C=0.5, max_iter=2000, tol=1e-8)), Z, wine.target),
        "maxFeatures": kept(SelectFromModel(Ridge(), threshold=-np.inf, max_features=2), D, diabetes.target),
        "forward": kept(SequentialFeatureSelector(LinearRegression(), n_features_to_select=4, cv=pairs), D, diabetes.target),
        "backward": kept(SequentialFeatureSelector(LinearRegression(), n_features_to_select=4, direction="backward", cv=pairs), D, diabetes.target),
        "tol": kept(SequentialFeatureSelector(LinearRegression(), n_features_to_select="auto", tol=0.005, cv=pairs), D, diabetes.target),
    },
    "rfe": {"ranking": rfe.ranking_.tolist()},
    "rfecv": {"ranking": rfecv.ranking_.tolist(), "mean": rfecv.cv_results_["mean_test_score"].tolist(),
              "sd": rfecv.cv_results_["std_test_score"].tolist()},
}
path = pathlib.Path(__file__).parents[1] / "values/selection/features.json"
path.write_text(json.dumps(out) + "\n")
