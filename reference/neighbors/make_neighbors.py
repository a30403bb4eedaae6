"""Neighbour methods of scikit-learn.

    /usr/bin/python3 reference/neighbors/make_neighbors.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn import neighbors as nb
from sklearn.datasets import load_iris

OUT = pathlib.Path(__file__).parents[1] / "values/neighbors/neighbors.json"
OUT.parent.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(0)
X, labels = load_iris(return_X_y=True)
X = (X + rng.normal(scale=0.01, size=X.shape)).round(7)  # without ties
y = (X @ [1, -2, 0.5, 3] + rng.normal(scale=0.1, size=150)).round(4)
w = rng.integers(1, 4, 150).astype(float)
Q = (X[::7] + rng.normal(scale=0.4, size=X[::7].shape)).round(7)
METRICS = [("minkowski", 2), ("minkowski", 1), ("minkowski", 3), ("minkowski", np.inf), ("cosine", 2)]

search = []
for metric, p in METRICS:
    m = nb.NearestNeighbors(n_neighbors=4, metric=metric, p=p, algorithm="brute").fit(X)
    d, i = m.kneighbors(Q)
    radius = 0.01 if metric == "cosine" else 0.8
    rd, ri = m.radius_neighbors(Q, radius=radius, sort_results=True)
    search.append(dict(metric=metric, p="inf" if p == np.inf else p, indices=i.ravel().tolist(), distances=d.ravel().tolist(),
                       radius=radius, within=[len(v) for v in ri], withinIndices=np.concatenate(ri).tolist()))
votes = []
for weights in ("uniform", "distance"):
    for k in (1, 7):
        c = nb.KNeighborsClassifier(n_neighbors=k, weights=weights).fit(X, labels)
        r = nb.KNeighborsRegressor(n_neighbors=k, weights=weights).fit(X, y)
        votes.append(dict(weights=weights, k=k, proba=c.predict_proba(Q).ravel().tolist(), value=r.predict(Q).tolist()))
within = []
for weights in ("uniform", "distance"):
    c = nb.RadiusNeighborsClassifier(radius=1.5, weights=weights).fit(X, labels)
    r = nb.RadiusNeighborsRegressor(radius=1.5, weights=weights).fit(X, y)
    within.append(dict(weights=weights, proba=c.predict_proba(Q).ravel().tolist(), value=r.predict(Q).tolist()))
centroids = []
for metric, shrink in (("euclidean", None), ("manhattan", None), ("euclidean", 0.5), ("euclidean", 4.0)):
    c = nb.NearestCentroid(metric=metric, shrink_threshold=shrink).fit(X, labels)
    centroids.append(dict(metric=metric, shrinkThreshold=shrink, centroids=c.centroids_.ravel().tolist(),
                          predict=c.predict(Q).tolist()))
densities = []
for kernel in ("gaussian", "tophat", "epanechnikov", "exponential", "linear", "cosine"):
    for h in (0.4, 1.5):
        for weighted in (False, True):
            # scikit-learn's normaliser of the cosine kernel is NaN in four columns.
            cols = 1 if kernel == "cosine" else 4
            m = nb.KernelDensity(kernel=kernel, bandwidth=h, rtol=0, atol=0)
            m.fit(X[:, :cols], sample_weight=w if weighted else None)
            s = m.score_samples(Q[:, :cols])
            if kernel not in ("gaussian", "exponential"):  # no row within reach: rounding of the tree sums shows as e^-33
                reach = np.linalg.norm(Q[:, None, :cols] - X[None, :, :cols], axis=2).min(axis=1)
                s[reach >= h] = -np.inf
            densities.append(dict(kernel=kernel, bandwidth=h, weighted=weighted, cols=cols,
                                  log=[None if np.isinf(v) or v < -600 else v for v in s.tolist()]))
rules = {rule: nb.KernelDensity(bandwidth=rule).fit(X).bandwidth_ for rule in ("scott", "silverman")}
lof = []
for k, contamination in ((5, "auto"), (20, "auto"), (10, 0.1)):
    m = nb.LocalOutlierFactor(n_neighbors=k, contamination=contamination).fit(X)
    novelty = nb.LocalOutlierFactor(n_neighbors=k, contamination=contamination, novelty=True).fit(X)
    lof.append(dict(nNeighbors=k, contamination=contamination, factors=m.negative_outlier_factor_.tolist(),
                    offset=float(m.offset_), scores=novelty.score_samples(Q).tolist()))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), labels=labels.tolist(), y=y.tolist(),
                               w=w.tolist(), Q=Q.tolist(), search=search, votes=votes, within=within, centroids=centroids,
                               densities=densities, rules=rules, lof=lof), separators=(",", ":")) + "\n")
