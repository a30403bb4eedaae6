"""Elastic net, cross-validated strengths, ridge by leave-one-out and the LARS path of scikit-learn.

    /usr/bin/python3 reference/linear/make_sparse.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, ElasticNetCV, LassoCV, RidgeCV, lars_path

HERE = pathlib.Path(__file__).parents[1] / "values/linear"
data = json.loads((HERE / "lasso.json").read_text())
X, y, w = (np.array(data[k]) for k in "Xyw")
net = []
for ratio in (0.05, 0.5, 0.9):
    for positive in (False, True):
        for weighted in (False, True):
            m = ElasticNet(alpha=2.0, l1_ratio=ratio, positive=positive, tol=1e-14, max_iter=10**6)
            m.fit(X, y, sample_weight=w if weighted else None)
            net.append(dict(l1Ratio=ratio, positive=positive, weighted=weighted, coef=m.coef_.tolist(),
                            intercept=float(m.intercept_)))
lasso_cv = LassoCV(cv=5, tol=1e-8, max_iter=10**6).fit(X, y)
net_cv = ElasticNetCV(cv=4, l1_ratio=[0.2, 0.7, 1.0], n_alphas=30, tol=1e-13, max_iter=10**6).fit(X, y)
ridge = []
grid = [0.1, 1.0, 10.0, 100.0, 1000.0]
for weighted in (False, True):
    m = RidgeCV(alphas=grid, store_cv_values=True).fit(X, y, sample_weight=w if weighted else None)
    ridge.append(dict(weighted=weighted, alpha=float(m.alpha_), coef=m.coef_.tolist(), intercept=float(m.intercept_),
                      errors=m.cv_values_.mean(0).tolist()))
Xc, yc = X - X.mean(0), y - y.mean()
lars = []
for method in ("lasso", "lar"):
    alphas, active, coefs = lars_path(Xc, yc, method=method)
    lars.append(dict(method=method, alphas=alphas.tolist(), active=[int(a) for a in active], coefs=coefs.T.tolist()))
(HERE / "sparse.json").write_text(json.dumps(dict(
    versions=dict(sklearn=sklearn.__version__), net=net,
    lassoCv=dict(alpha=float(lasso_cv.alpha_), coef=lasso_cv.coef_.tolist(), mse=lasso_cv.mse_path_.mean(1).tolist()),
    netCv=dict(alpha=float(net_cv.alpha_), l1Ratio=float(net_cv.l1_ratio_), coef=net_cv.coef_.tolist()),
    grid=grid, ridge=ridge, lars=lars), separators=(",", ":")) + "\n")
