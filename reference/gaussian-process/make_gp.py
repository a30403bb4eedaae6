"""Gaussian processes by scikit-learn: evidence, gradient, predictions.

    /usr/bin/python3 reference/gaussian-process/make_gp.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.gaussian_process import GaussianProcessRegressor as GP
from sklearn.gaussian_process.kernels import (RBF, ConstantKernel, DotProduct, ExpSineSquared, Matern, RationalQuadratic,
                                              WhiteKernel)

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/gaussian-process/gp.json"
rng = np.random.default_rng(6)
X = rng.uniform(-2, 2, size=(25, 2)).round(3)
y = (np.sin(2 * X[:, 0]) + 0.3 * X[:, 1] ** 2 + 0.1 * rng.normal(size=25)).round(4)
new = rng.uniform(-3, 3, size=(6, 2)).round(3)
KERNELS = dict(
    rbf=ConstantKernel(1.3) * RBF([0.8, 1.7]) + WhiteKernel(0.05),
    matern05=Matern(1.2, nu=0.5) + WhiteKernel(0.05), matern15=Matern([1.2, 0.7], nu=1.5) + WhiteKernel(0.05),
    matern25=Matern(0.9, nu=2.5) + WhiteKernel(0.05),
    rq=RationalQuadratic(length_scale=0.9, alpha=0.6) + WhiteKernel(0.05),
    periodic=ConstantKernel(0.7) * ExpSineSquared(1.1, 2.3) + WhiteKernel(0.1),
    dot=DotProduct(0.8) * RBF(1.5) + DotProduct(1.1) + WhiteKernel(0.1))
cases = []
A, B = X, new
for name, kernel in KERNELS.items():
    # Periodic in the distance: positive definite in one dimension only.
    X, new = (A[:, :1], B[:, :1]) if name == "periodic" else (A, B)
    m = GP(kernel, alpha=1e-6, optimizer=None, normalize_y=name == "rbf").fit(X, y)
    value, gradient = m.log_marginal_likelihood(m.kernel_.theta, eval_gradient=True)
    mean, std = m.predict(new, return_std=True)
    _, cov = m.predict(new, return_cov=True)
    best = GP(kernel, alpha=1e-6, n_restarts_optimizer=8, random_state=0, normalize_y=name == "rbf").fit(X, y)
    cases.append(dict(name=name, value=float(value), gradient=gradient.tolist(), mean=mean.tolist(), std=std.tolist(),
                      cov=cov.tolist(), best=float(best.log_marginal_likelihood_value_)))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=A.tolist(), y=y.tolist(), new=B.tolist(),
                               cases=cases), separators=(",", ":")) + "\n")
