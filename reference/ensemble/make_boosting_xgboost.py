"""Golden values for boosted trees with penalties: whole trees of xgboost on small data of few distinct values.

    /usr/bin/python3 reference/ensemble/make_boosting_xgboost.py

Every distinct value has its own bin, so tree methods "hist" and "exact" search the same splits. Trees are written in
preorder: rows per node, feature, gain and the learned side of missing values (null where the node saw none).
"""

import json
import platform
from pathlib import Path

import numpy as np
import xgboost as xgb

OUT = Path(__file__).parent.parent / "values/ensemble/boosting_xgboost.json"
rng = np.random.RandomState(7)
n = 240


def nodes(text, X):
    out = []

    def walk(node, rows):
        if "leaf" in node:
            out.append({"count": len(rows), "value": node["leaf"]})
            return
        f = int(node["split"][1:])
        children = {c["nodeid"]: c for c in node["children"]}
        x = X[rows, f]
        unknown = np.isnan(x)
        to_left = node["missing"] == node["yes"]
        left = np.where(unknown, to_left, x.astype(np.float32) < np.float32(node["split_condition"]))
        out.append({"count": len(rows), "feature": f, "gain": node["gain"],
                    "missingLeft": bool(to_left) if unknown.any() else None})
        walk(children[node["yes"]], rows[left])
        walk(children[node["no"]], rows[~left])

    walk(json.loads(text), np.arange(len(X)))
    return out


X = np.round(rng.randn(n, 4) * 2) / 2
holes = X.copy()
holes[rng.rand(n, 4) < 0.15] = np.nan
y = np.round(X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + np.abs(X[:, 3]) + 0.4 * rng.randn(n), 4)
y_holes = np.round(y + 1.5 * np.isnan(holes[:, 0]), 4)
label = (y > np.median(y)).astype(float)
inputs = {"X": X, "holes": holes}
targets = {"y": y, "yHoles": y_holes, "label": label}

cases = []


def case(name, x, target, rounds=6, logistic=False, stopping=None, least=0.0, **params):
    method = params.pop("tree_method", "hist")
    data, goal = inputs[x], targets[target]
    base = float(goal.mean())
    given = dict(tree_method=method, max_bin=256, eta=0.3, nthread=1, base_score=base,
                 objective="binary:logistic" if logistic else "reg:squarederror",
                 eval_metric="logloss" if logistic else "rmse", **params)
    d = xgb.DMatrix(data, goal)
    curve = {}
    model = xgb.train(given, d, rounds, evals=[(d, "train")], evals_result=curve, verbose_eval=False,
                      callbacks=stopping and [xgb.callback.EarlyStopping(rounds=stopping, min_delta=least)])
    score = next(iter(curve["train"].values()))
    cases.append({"name": name, "X": x, "y": target, "logistic": logistic, "rounds": rounds, "stopping": stopping, "tol": least,
                  "params": {"method": method, **params},
                  "trees": [nodes(t, data) for t in model.get_dump(dump_format="json", with_stats=True)],
                  "raw": [float(v) for v in model.predict(d, output_margin=True)],
                  "score": [float(v) for v in score]})


level = dict(max_depth=4, reg_lambda=0.0)
case("level-wise, no penalty", "X", "y", **level)
case("exact search", "X", "y", tree_method="exact", **level)
case("lambda", "X", "y", max_depth=4, reg_lambda=3.0)
case("alpha", "X", "y", max_depth=4, reg_lambda=1.0, reg_alpha=4.0)
case("gamma", "X", "y", max_depth=5, reg_lambda=1.0, gamma=3.0)
case("alpha, gamma and least hessian of a child", "X", "y", max_depth=5, reg_lambda=0.5, reg_alpha=2.0, gamma=1.0,
     min_child_weight=8.0)
case("leaf-wise", "X", "y", max_depth=0, max_leaves=9, grow_policy="lossguide", reg_lambda=1.0, reg_alpha=1.0)
case("missing values", "holes", "yHoles", max_depth=4, reg_lambda=1.0)
case("missing values and alpha, exact search", "holes", "yHoles", tree_method="exact", max_depth=4, reg_lambda=1.0,
     reg_alpha=3.0)
case("logistic with least hessian of a child", "X", "label", logistic=True, max_depth=4, reg_lambda=1.0,
     min_child_weight=5.0)
case("logistic with alpha, gamma and missing values", "holes", "label", logistic=True, max_depth=4, reg_lambda=1.0,
     reg_alpha=1.0, gamma=0.5)
case("stopping where gamma leaves little to gain", "X", "label", logistic=True, rounds=60, stopping=3, least=2e-3,
     max_depth=3, reg_lambda=1.0, gamma=4.0)


def dart(name, x, target, rounds, **params):
    """Which trees were dropped shows in their weights, which change in that round only."""
    data, goal = inputs[x], targets[target]
    d = xgb.DMatrix(data, goal)
    model = xgb.Booster(dict(booster="dart", tree_method="hist", nthread=1, base_score=float(goal.mean()), max_depth=3,
                             reg_lambda=1.0, seed=3, **params), [d])
    drops, weights = [], []
    for t in range(rounds):
        model.update(d, t)
        now = json.loads(model.save_raw("json"))["learner"]["gradient_booster"]["weight_drop"]
        drops.append([i for i, w in enumerate(weights) if now[i] != w])
        weights = now
    darts.append({"name": name, "X": x, "y": target, "rounds": rounds, "eta": params["eta"],
                  "normalization": params["normalize_type"], "drops": drops, "weights": weights,
                  "trees": [nodes(t, data) for t in model.get_dump(dump_format="json", with_stats=True)],
                  "raw": [float(v) for v in model.predict(d, output_margin=True)]})


darts = []
dart("tree normalization", "X", "y", 12, eta=0.5, rate_drop=0.3, skip_drop=0.0, normalize_type="tree")
dart("forest normalization", "holes", "yHoles", 12, eta=0.4, rate_drop=0.3, one_drop=1, normalize_type="forest")
assert sum(len(d) > 1 for d in darts[0]["drops"]) > 2


def number(v):
    return None if np.isnan(v) else float(v)


OUT.parent.mkdir(parents=True, exist_ok=True)
versions = {"python": platform.python_version(), "numpy": np.__version__, "xgboost": xgb.__version__}
OUT.write_text(json.dumps({"versions": versions,
                           "inputs": {k: [[number(v) for v in row] for row in x] for k, x in inputs.items()},
                           "targets": {k: v.tolist() for k, v in targets.items()}, "cases": cases, "darts": darts},
                          separators=(",", ":")) + "\n")
print(f"{OUT.name}: {len(cases)} cases, {OUT.stat().st_size // 1024} KB, {versions}")
