"""Random forest by scikit-learn. Features travel as a raw float32 file, labels as bytes."""
import time

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier

from serve import serve

state = {}


def prepare(x, y, rows, cols, train, trees):
    # scikit-learn's trees compute with float32: no conversion is timed.
    X = np.fromfile(x, dtype=np.float32).reshape(rows, cols)
    labels = np.fromfile(y, dtype=np.uint8).astype(np.int64)
    state.update(X=X[:train], y=labels[:train], X_test=X[train:], y_test=labels[train:], trees=trees)
    return f"scikit-learn {sklearn.__version__}"


def run():
    start = time.perf_counter()
    state["model"] = RandomForestClassifier(state["trees"], n_jobs=2, random_state=0).fit(state["X"], state["y"])
    return (time.perf_counter() - start) * 1000


def quality():
    return float(state["model"].score(state["X_test"], state["y_test"]))


serve({"prepare": prepare, "run": run, "quality": quality})
