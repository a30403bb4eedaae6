"""Quantile, Huber, Theil-Sen and Bayesian ridge regression of scikit-learn.

    /usr/bin/python3 reference/linear/make_robust.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import BayesianRidge, HuberRegressor, QuantileRegressor, TheilSenRegressor

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/linear/robust.json"
rng = np.random.default_rng(7)
n = 60
X = rng.normal(size=(n, 3)).round(4)
y = (1 + X @ [2.0, -1.0, 0.0] + rng.standard_t(2, n)).round(4)
w = rng.integers(1, 4, n).astype(float)


def result(m):
    return dict(coef=m.coef_.tolist(), intercept=float(m.intercept_))


quantile = []
for q in (0.1, 0.5, 0.9):
    for alpha in (0.0, 0.05, 0.3):
        for weighted in (False, True):
            m = QuantileRegressor(quantile=q, alpha=alpha, solver="highs").fit(X, y, sample_weight=w if weighted else None)
            r = y - m.predict(X)
            v = w if weighted else np.ones(n)
            loss = float((v * np.maximum(q * r, (q - 1) * r)).sum() / v.sum() + alpha * abs(m.coef_).sum())
            quantile.append(dict(quantile=q, alpha=alpha, weighted=weighted, loss=loss))
huber = []
for epsilon in (1.05, 1.35, 2.5):
    for intercept in (True, False):
        for weighted in (False, True):
            m = HuberRegressor(epsilon=epsilon, alpha=0.5, fit_intercept=intercept, tol=1e-10, max_iter=100000)
            m.fit(X, y, sample_weight=w if weighted else None)
            huber.append(dict(epsilon=epsilon, fitIntercept=intercept, weighted=weighted, scale=float(m.scale_),
                              outliers=[int(v) for v in m.outliers_], **result(m)))
theil = result(TheilSenRegressor(max_subpopulation=10**6, tol=1e-10, max_iter=10**5).fit(X[:25, :2], y[:25]))
bayes = []
for weighted, intercept in ((False, False), (False, True), (True, True)):
    m = BayesianRidge(tol=1e-12, n_iter=3000, fit_intercept=intercept).fit(X, y, sample_weight=w if weighted else None)
    mean, std = m.predict(X[:10], return_std=True)
    bayes.append(dict(weighted=weighted, fitIntercept=intercept, alpha=float(m.alpha_), lambda_=float(m.lambda_), std=std.tolist(), **result(m)))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), y=y.tolist(), w=w.tolist(),
                               quantile=quantile, huber=huber, theil=theil, bayes=bayes), separators=(",", ":")) + "\n")
