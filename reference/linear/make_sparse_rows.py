"""Linear models and naive Bayes of scikit-learn on one sparse matrix.

    /usr/bin/python3 reference/linear/make_sparse_rows.py
"""
import json
import pathlib
import warnings

import numpy as np
import scipy.sparse as sp
import sklearn
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC, LinearSVR

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/linear/sparse_rows.json"
rng = np.random.default_rng(4)
n, d = 90, 25
X = sp.random(n, d, density=0.12, random_state=3, data_rvs=lambda k: rng.integers(1, 6, k).astype(float)).tocsr()
X.sort_indices()
truth = rng.normal(size=d)
y = (X @ truth + 3 + rng.normal(size=n)).round(3)
two = (y > np.median(y)).astype(int)
three = np.digitize(y, np.quantile(y, [0.33, 0.66]))
w = rng.integers(1, 4, n).astype(float)
cases = []


def add(name, params, model, target, weighted):
    model.fit(X, target, sample_weight=w if weighted else None)
    coef, intercept = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    cases.append(dict(name=name, params=params, target="y" if target is y else "two" if target is two else "three",
                      weighted=weighted, coef=coef.round(10).ravel().tolist(), intercept=intercept.round(10).tolist()))


for weighted in (False, True):
    for intercept in (True, False):
        common = dict(fitIntercept=intercept)
        for target in (two, three):
            for C in (0.1, 10.0):
                add("LogisticRegression", dict(common, C=C), LogisticRegression(
                    C=C, tol=1e-12, max_iter=100000, fit_intercept=intercept), target, weighted)
            add("LogisticRegression", dict(common, C=0.5, penalty="l1"), LogisticRegression(
                C=0.5, penalty="l1", solver="saga", tol=1e-13, max_iter=200000, fit_intercept=intercept), target, weighted)
            add("LogisticRegression", dict(common, C=2.0, penalty="elasticnet", l1Ratio=0.4), LogisticRegression(
                C=2.0, penalty="elasticnet", l1_ratio=0.4, solver="saga", tol=1e-13, max_iter=200000,
                fit_intercept=intercept), target, weighted)
        for alpha in (0.1, 20.0):
            add("Ridge", dict(common, alpha=alpha), Ridge(alpha=alpha, tol=1e-14, max_iter=10**6, fit_intercept=intercept), y, weighted)
        for positive in (False, True):
            add("Lasso", dict(common, alpha=0.1, positive=positive), Lasso(
                alpha=0.1, positive=positive, tol=1e-15, max_iter=10**6, fit_intercept=intercept), y, weighted)
            add("ElasticNet", dict(common, alpha=0.2, l1Ratio=0.3, positive=positive), ElasticNet(
                alpha=0.2, l1_ratio=0.3, positive=positive, tol=1e-15, max_iter=10**6, fit_intercept=intercept), y, weighted)
        add("LinearSVC", dict(common, C=0.5), LinearSVC(C=0.5, dual=False, tol=1e-14, max_iter=10**6, fit_intercept=intercept), two, weighted)
        add("LinearSVR", dict(common, C=0.5, epsilon=0.1, loss="squaredEpsilonInsensitive"), LinearSVR(
            C=0.5, epsilon=0.1, loss="squared_epsilon_insensitive", tol=1e-12, max_iter=10**6, fit_intercept=intercept), y, weighted)
bayes = []
for weighted in (False, True):
    for name, model, params in (
            ("MultinomialNB", MultinomialNB(alpha=0.5), dict(alpha=0.5)), ("ComplementNB", ComplementNB(), {}),
            ("ComplementNB", ComplementNB(norm=True), dict(norm=True)), ("BernoulliNB", BernoulliNB(), {}),
            ("BernoulliNB", BernoulliNB(binarize=2), dict(binarize=2))):
        model.fit(X, three, sample_weight=w if weighted else None)
        bayes.append(dict(name=name, params=params, weighted=weighted, proba=model.predict_proba(X[:40:3]).round(12).tolist()))
OUT.write_text(json.dumps(dict(
    versions=dict(sklearn=sklearn.__version__), shape=[n, d], values=X.data.tolist(), indices=X.indices.tolist(),
    indptr=X.indptr.tolist(), y=y.tolist(), two=two.tolist(), three=three.tolist(), w=w.tolist(), cases=cases, bayes=bayes),
    separators=(",", ":")) + "\n")
