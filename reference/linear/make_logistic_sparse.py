"""L1 and elastic-net logistic regression of scikit-learn (saga), driven to small gradients.

    /usr/bin/python3 reference/linear/make_logistic_sparse.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

OUT = pathlib.Path(__file__).parents[1] / "values/linear/logistic_sparse.json"
X, y = load_iris(return_X_y=True)
rng = np.random.default_rng(1)
X = np.hstack([(X - X.mean(0)) / X.std(0), rng.normal(size=(150, 3))]).round(4)
w = rng.integers(1, 4, 150).astype(float)
cases = []
for name, target in (("binary", (y > 0).astype(int)), ("multinomial", y)):
    for penalty, ratio in (("l1", None), ("elasticnet", 0.3)):
        for C in (0.05, 1.0):
            for intercept in (True, False):
                for weighted in (False, True):
                    m = LogisticRegression(penalty=penalty, C=C, l1_ratio=ratio, solver="saga", tol=1e-12,
                                           max_iter=200000, fit_intercept=intercept, multi_class="multinomial" if name == "multinomial" else "ovr")
                    m.fit(X, target, sample_weight=w if weighted else None)
                    cases.append(dict(name=name, penalty=penalty, l1Ratio=ratio, C=C, fitIntercept=intercept,
                                      weighted=weighted, proba=m.predict_proba(X[:60:4]).round(9).tolist(),
                                      coef=m.coef_.round(9).tolist()))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), y=y.tolist(), w=w.tolist(),
                               cases=cases), separators=(",", ":")) + "\n")
