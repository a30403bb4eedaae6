"""Linear models by scikit-learn on the data of bench/rows/linear.mjs."""
import time

import numpy as np
import sklearn
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression

from serve import serve

state = {}


def prepare(x, y, rows, cols, kind):
    state["x"] = np.fromfile(x, dtype=np.float64).reshape(rows, cols)
    state["y"] = np.fromfile(y, dtype=np.float64)
    state["kind"] = kind
    return f"sklearn {sklearn.__version__}"


def run():
    model = {
        "ols": LinearRegression(),
        "lasso": Lasso(alpha=0.01),
        "logistic": LogisticRegression(solver="lbfgs", max_iter=1000),
    }[state["kind"]]
    start = time.perf_counter()
    state["model"] = model.fit(state["x"], state["y"])
    return (time.perf_counter() - start) * 1000


def found():
    model = state["model"]
    return {"coef": np.ravel(model.coef_).tolist(), "intercept": float(np.ravel(model.intercept_)[0])}


serve({"prepare": prepare, "run": run, "found": found})
