"""Gaussian naive Bayes by scikit-learn on the data of bench/rows/naive-bayes.mjs."""
import time

import numpy as np
import sklearn
from sklearn.naive_bayes import GaussianNB

from serve import serve

state = {}


def prepare(x, y, rows, cols):
    state["x"] = np.fromfile(x, dtype=np.float64).reshape(rows, cols)
    state["y"] = np.fromfile(y, dtype=np.float64).astype(np.int64)
    return f"sklearn {sklearn.__version__}"


def run():
    start = time.perf_counter()
    state["predicted"] = GaussianNB().fit(state["x"], state["y"]).predict(state["x"])
    return (time.perf_counter() - start) * 1000


def found():
    return state["predicted"].tolist()


serve({"prepare": prepare, "run": run, "found": found})
