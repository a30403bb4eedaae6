"""Neighbours, clusters and kernel machines by scikit-learn on the data of bench/rows/neighbors.mjs."""
import time

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN, KMeans
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC

from serve import serve

state = {}


def prepare(folder, rows, cols, kind):
    state["x"] = np.fromfile(folder + "/x").reshape(rows, cols)
    state["kind"] = kind
    if kind == "knn":
        state["q"] = np.fromfile(folder + "/q").reshape(-1, cols)
    if kind == "svc":
        state["y"] = np.fromfile(folder + "/q")
    return f"sklearn {sklearn.__version__}"


def run(seed=0):
    x = state["x"]
    start = time.perf_counter()
    if state["kind"] == "knn":
        state["out"] = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(x).kneighbors(state["q"])[1]
    elif state["kind"] == "kmeans":
        state["out"] = KMeans(10, n_init=1, init=x[:10], tol=0, max_iter=30).fit(x)
    elif state["kind"] == "dbscan":
        state["out"] = DBSCAN(eps=0.2, min_samples=10).fit(x).labels_
    else:
        state["out"] = SVC().fit(x, state["y"])
    return (time.perf_counter() - start) * 1000


def found():
    out = state["out"]
    if state["kind"] == "kmeans":
        return {"inertia": float(out.inertia_), "iterations": int(out.n_iter_)}
    if state["kind"] == "svc":
        x = out.support_vectors_
        n = (x**2).sum(1)
        k = np.exp(-out._gamma * np.maximum(0, n[:, None] + n[None] - 2 * x @ x.T))
        c = out.dual_coef_[0]
        return {"objective": float(c @ k @ c / 2 - np.abs(c).sum())}
    return np.ravel(out).tolist()


serve({"prepare": prepare, "run": run, "found": found})
