"""Lasso and elastic-net paths of scikit-learn, driven to small duality gaps.

    /usr/bin/python3 reference/linear/make_lasso.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Lasso

OUT = pathlib.Path(__file__).parents[1] / "values/linear/lasso.json"
X, y = load_diabetes(return_X_y=True, scaled=False)
X, y = X[:120], y[:120]
X = ((X - X.mean(0)) / X.std(0)).round(5)
w = np.random.default_rng(0).integers(1, 4, 120).astype(float)
cases = []
for alpha in (0.05, 1.0, 10.0, 60.0):
    for fit_intercept in (True, False):
        for weighted in (False, True):
            for positive in (False, True):
                m = Lasso(alpha=alpha, fit_intercept=fit_intercept, positive=positive, tol=1e-13, max_iter=10**6)
                m.fit(X, y, sample_weight=w if weighted else None)
                cases.append(dict(alpha=alpha, fitIntercept=fit_intercept, weighted=weighted, positive=positive,
                                  coef=m.coef_.tolist(), intercept=float(m.intercept_)))
net = [dict(alpha=a, coef=ElasticNet(alpha=a, l1_ratio=0.3, tol=1e-13, max_iter=10**6).fit(X, y).coef_.tolist())
       for a in (20.0, 2.0, 0.1)]
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), y=y.tolist(), w=w.tolist(),
                               cases=cases, net=net), separators=(",", ":")) + "\n")
