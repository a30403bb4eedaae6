"""Linear models by scikit-learn on the sparse rows of bench/rows/sparse.mjs."""
import time

import numpy as np
import sklearn
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from serve import serve

state = {}


def prepare(folder, rows, cols, each, kind):
    values = np.fromfile(f"{folder}/values", dtype=np.float64)
    indices = np.fromfile(f"{folder}/indices", dtype=np.int32)
    state["x"] = csr_matrix((values, indices, np.arange(rows + 1, dtype=np.int32) * each), shape=(rows, cols))
    state["y"] = np.fromfile(f"{folder}/y", dtype=np.int32)
    state["kind"] = kind
    return f"sklearn {sklearn.__version__}"


def run():
    model = {
        "svm": LinearSVC(loss="hinge", C=0.1, random_state=0),
        "logistic": LogisticRegression(C=0.1, max_iter=1000),
    }[state["kind"]]
    start = time.perf_counter()
    state["model"] = model.fit(state["x"], state["y"])
    return (time.perf_counter() - start) * 1000


def found():
    model = state["model"]
    return {"coef": np.ravel(model.coef_).tolist(), "intercept": float(np.ravel(model.intercept_)[0])}


serve({"prepare": prepare, "run": run, "found": found})
