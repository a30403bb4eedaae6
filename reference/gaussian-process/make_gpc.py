"""Gaussian process classification by scikit-learn: evidence, gradient, latent values, probabilities.

    /usr/bin/python3 reference/gaussian-process/make_gpc.py

scikit-learn averages the sigmoid by five error functions (about 1e-4 off); the probabilities here are averaged by
quadrature over its latent means and variances, and its own are kept beside them.
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessClassifier as GP
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, Matern

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/gaussian-process/gpc.json"
rng = np.random.default_rng(4)
X = rng.uniform(-2, 2, size=(45, 2)).round(3)
score = np.sin(2 * X[:, 0]) + 0.6 * X[:, 1] + 0.5 * rng.normal(size=45)
y2, y3 = (score > 0).astype(int), np.digitize(score, [-0.5, 0.7])
new = rng.uniform(-3, 3, size=(8, 2)).round(3)
KERNELS = dict(rbf=ConstantKernel(4.0) * RBF([0.8, 1.7]), matern=ConstantKernel(2.0) * Matern(1.2, nu=1.5),
               dot=DotProduct(0.8) * RBF(1.5) + DotProduct(1.1))


def average(m, v):
    return quad(lambda z: expit(m + np.sqrt(v) * z) * norm.pdf(z), -12, 12, epsabs=1e-13, epsrel=1e-13, limit=400)[0]


def latent(b):
    K = b.kernel_(b.X_train_, new)
    v = np.linalg.solve(b.L_, b.W_sr_[:, None] * K)
    return K.T @ (b.y_train_ - b.pi_), b.kernel_.diag(new) - (v * v).sum(0)


cases = []
for name, kernel in KERNELS.items():
    for y in (y2, y3):
        m = GP(kernel, optimizer=None).fit(X, y)
        parts = [m.base_estimator_] if y is y2 else m.base_estimator_.estimators_
        tasks = []
        for b in parts:
            value, gradient = b.log_marginal_likelihood(b.kernel_.theta, eval_gradient=True)
            mean, variance = latent(b)
            tasks.append(dict(value=float(value), gradient=gradient.tolist(), mean=mean.tolist(), variance=variance.tolist()))
        p = np.array([[average(a, b) for a, b in zip(t["mean"], t["variance"])] for t in tasks]).T
        proba = np.hstack([1 - p, p]) if y is y2 else p / p.sum(1, keepdims=True)
        best = GP(kernel, n_restarts_optimizer=4, random_state=0).fit(X, y2) if y is y2 else None
        cases.append(dict(name=name, classes=int(y.max()) + 1, tasks=tasks, proba=proba.tolist(), theirs=m.predict_proba(new).tolist(),
                          best=float(best.log_marginal_likelihood_value_) if best else None))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), y2=y2.tolist(), y3=y3.tolist(),
                               new=new.tolist(), cases=cases), separators=(",", ":")) + "\n")
