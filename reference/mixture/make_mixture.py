"""Gaussian mixtures by scikit-learn, driven to the end of their digits.

    /usr/bin/python3 reference/mixture/make_mixture.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/mixture/mixture.json"
rng = np.random.default_rng(2)
A = np.array([[1.0, 0.4, 0], [0, 0.7, 0.2], [0, 0, 0.5]])
X = np.vstack([rng.normal(size=(60, 3)) @ A, rng.normal(size=(50, 3)) * [0.5, 1, 2] + [4, 0, 1], rng.normal(size=(40, 3)) + [0, 5, -3]])
X = rng.permutation(X).round(3)
new = rng.normal(size=(5, 3)).round(3) * 2
cases = []
for kind in ("full", "tied", "diag", "spherical"):
    best = None
    for seed in range(5):
        m = GaussianMixture(3, covariance_type=kind, tol=1e-12, max_iter=5000, random_state=seed).fit(X)
        if best is None or m.lower_bound_ > best.lower_bound_:
            best = m
    order = np.argsort(best.means_[:, 0])
    cases.append(dict(kind=kind, weights=best.weights_[order].tolist(), means=best.means_[order].tolist(),
                      bound=float(best.lower_bound_), bic=float(best.bic(X)), aic=float(best.aic(X)),
                      logs=best.score_samples(new).tolist(), shares=best.predict_proba(new)[:, order].tolist()))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), new=new.tolist(), cases=cases),
                          separators=(",", ":")) + "\n")
