"""Contributions of features by XGBoost. Features travel as a raw float32 file, labels as bytes."""
import time

import numpy as np
import xgboost

from serve import serve

state = {}


def prepare(x, y, rows, cols, train, explained, trees, model):
    X = np.fromfile(x, dtype=np.float32).reshape(rows, cols)
    labels = np.fromfile(y, dtype=np.uint8)
    params = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": 6, "eta": 0.1, "nthread": 2}
    booster = xgboost.train(params, xgboost.DMatrix(X[:train], labels[:train], nthread=2), trees)
    booster.save_model(model)
    state.update(booster=booster, rows=xgboost.DMatrix(X[train : train + explained], nthread=2))
    return f"xgboost {xgboost.__version__}"


def run():
    start = time.perf_counter()
    state["found"] = state["booster"].predict(state["rows"], pred_contribs=True)
    return (time.perf_counter() - start) * 1000


def quality(out):
    state["found"].astype(np.float64).tofile(out)


serve({"prepare": prepare, "run": run, "quality": quality})
