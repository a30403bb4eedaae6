"""Decompositions, mixtures, maps and Gaussian processes by scikit-learn on the data of bench/rows/unsupervised.mjs."""
import time
import warnings

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.manifold import TSNE
from sklearn.mixture import GaussianMixture

from serve import serve

warnings.simplefilter("ignore")
state = {}


def prepare(x, rows, cols, kind, k, y=None):
    state["x"] = np.fromfile(x, dtype=np.float64).reshape(rows, cols)
    state["y"] = None if y is None else np.fromfile(y, dtype=np.float64)
    state["kind"], state["k"] = kind, k
    return f"sklearn {sklearn.__version__}"


def run():
    kind, k, x = state["kind"], state["k"], state["x"]
    if kind == "pca":
        model = PCA(n_components=k, random_state=0)
    elif kind == "gmm":
        model = GaussianMixture(n_components=k, random_state=0)
    elif kind == "tsne":
        model = TSNE(init="pca", learning_rate="auto", random_state=0, n_jobs=2)
    else:
        kernel = ConstantKernel(1.0) * RBF(np.ones(x.shape[1])) + WhiteKernel(0.1)
        model = GaussianProcessRegressor(kernel, random_state=0)
    start = time.perf_counter()
    state["model"] = model.fit(x) if state["y"] is None else model.fit(x, state["y"])
    return (time.perf_counter() - start) * 1000


def found():
    kind, model = state["kind"], state["model"]
    if kind == "pca":
        return {"ratio": model.explained_variance_ratio_.tolist()}
    if kind == "gmm":
        return {"bound": float(model.lower_bound_), "iterations": int(model.n_iter_)}
    if kind == "tsne":
        return {"kl": float(model.kl_divergence_)}
    return {"value": float(model.log_marginal_likelihood_value_), "kernel": str(model.kernel_)}


serve({"prepare": prepare, "run": run, "found": found})
