"""Histogram gradient boosting by scikit-learn or XGBoost. Features travel as a raw float32 file, labels as bytes."""
import time

import numpy as np

from serve import serve

state = {}


def prepare(x, y, rows, cols, train, library, trees):
    X = np.fromfile(x, dtype=np.float32).reshape(rows, cols)
    labels = np.fromfile(y, dtype=np.uint8).astype(np.int64)
    if library == "sklearn":
        import sklearn
        from sklearn.ensemble import HistGradientBoostingClassifier

        X = X.astype(np.float64)  # what it computes with: no conversion is timed
        make = lambda: HistGradientBoostingClassifier(max_iter=trees, early_stopping=False)
        version = f"scikit-learn {sklearn.__version__}"
    else:
        import xgboost

        make = lambda: xgboost.XGBClassifier(
            tree_method="hist", max_depth=6, max_bin=255, n_estimators=trees, learning_rate=0.1, n_jobs=2
        )
        version = f"xgboost {xgboost.__version__}"
    state.update(X=X[:train], y=labels[:train], X_test=X[train:], y_test=labels[train:], make=make)
    return version


def run():
    start = time.perf_counter()
    state["model"] = state["make"]().fit(state["X"], state["y"])
    return (time.perf_counter() - start) * 1000


def quality():
    p = state["model"].predict_proba(state["X_test"])[:, 1].astype(np.float64)
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return float(-np.mean(np.where(state["y_test"] == 1, np.log(p), np.log(1 - p))))


serve({"prepare": prepare, "run": run, "quality": quality})
