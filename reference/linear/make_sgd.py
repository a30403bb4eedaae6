"""Stochastic gradient descent of scikit-learn, in the order of the rows, so that every step can be compared.

    /usr/bin/python3 reference/linear/make_sgd.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import Perceptron, SGDClassifier, SGDRegressor

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/linear/sgd.json"
rng = np.random.default_rng(11)
n = 50
X = rng.normal(size=(n, 4)).round(4)
y = (X @ [1.0, -0.5, 0.0, 0.2] + 0.5 * rng.normal(size=n)).round(4)
three = np.digitize(y, [-0.5, 0.5])
w = rng.integers(1, 4, n).astype(float)
names = dict(logLoss="log_loss", hinge="hinge", modifiedHuber="modified_huber", perceptron="perceptron",
             squaredError="squared_error", huber="huber", epsilonInsensitive="epsilon_insensitive")
cases = []
for loss in names:
    regression = loss in ("squaredError", "huber", "epsilonInsensitive")
    for penalty in ("l2", "l1", "elasticnet", None):
        for rate in ("constant", "optimal", "invscaling"):
            # Here scikit-learn loses the sign of the slope that sets its first step, and starts with far longer ones.
            if rate == "optimal" and loss in ("modifiedHuber", "squaredError"):
                continue
            cls = SGDRegressor if regression else SGDClassifier
            m = cls(loss=names[loss], penalty=penalty, alpha=0.01, learning_rate=rate, eta0=0.05, shuffle=False, tol=None,
                    max_iter=7, l1_ratio=0.4)
            target = y if regression else (three if penalty == "l2" else (y > 0).astype(int))
            m.fit(X, target, sample_weight=w if penalty == "elasticnet" else None)
            cases.append(dict(loss=loss, penalty=penalty, learningRate=rate, coef=np.atleast_2d(m.coef_).tolist(),
                              intercept=np.ravel(m.intercept_).tolist()))
p = Perceptron(shuffle=False, tol=None, max_iter=5).fit(X, three)
perceptron = dict(coef=p.coef_.tolist(), intercept=p.intercept_.tolist())
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), y=y.tolist(), three=three.tolist(),
                               w=w.tolist(), cases=cases, perceptron=perceptron), separators=(",", ":")) + "\n")
