"""Golden values for histogram gradient boosting: whole trees of scikit-learn's estimators on small data.

    /usr/bin/python3 reference/ensemble/make_hist_gradient_boosting.py

Trees are written in preorder, so that they can be compared node by node.
"""

import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier as Classifier
from sklearn.ensemble import HistGradientBoostingRegressor as Regressor

OUT = Path(__file__).parent.parent / "values/ensemble/hist_gradient_boosting.json"
rng = np.random.RandomState(20)


def number(v):
    v = float(v)
    if np.isnan(v):
        return None
    if np.isinf(v):
        return "inf" if v > 0 else "-inf"
    return v


def tree(predictor):
    nodes = predictor.nodes
    out = []

    def walk(i):
        node = nodes[i]
        leaf = bool(node["is_leaf"])
        row = {"count": int(node["count"]), "value": number(node["value"])}
        if not leaf:
            row["feature"] = int(node["feature_idx"])
            row["gain"] = number(node["gain"])
            row["missingLeft"] = bool(node["missing_go_to_left"])
            if node["is_categorical"]:
                words = predictor.raw_left_cat_bitsets[node["bitset_idx"]]
                row["left"] = [c for c in range(256) if (int(words[c // 32]) >> (c % 32)) & 1]
            else:
                row["threshold"] = number(node["num_threshold"])
        out.append(row)
        if not leaf:
            walk(node["left"])
            walk(node["right"])

    walk(0)
    return out


def matrix(X):
    return [[number(v) for v in row] for row in X]


cases = []
matrices = []


def stored(X):
    """Number of a matrix in the file; equal ones are written once."""
    rows = matrix(X)
    if rows not in matrices:
        matrices.append(rows)
    return matrices.index(rows)


def case(name, model, X, y, X_test, params, sample_weight=None):
    model.fit(X, y, sample_weight=sample_weight)
    is_classifier = isinstance(model, Classifier)
    # scikit-learn also splits where the gain is rounding only; which such splits it finds says nothing.
    splits = [p.nodes[p.nodes["is_leaf"] == 0] for stage in model._predictors for p in stage]
    assert min(nodes["gain"].min() for nodes in splits if len(nodes)) > 1e-9, name
    if is_classifier:
        raw = model.decision_function(X_test)
        output = model.predict_proba(X_test)
    else:
        raw = model._raw_predict(np.ascontiguousarray(X_test, dtype=np.float64))[:, 0]
        output = model.predict(X_test)
    cases.append(
        {
            "name": name,
            "kind": "classifier" if is_classifier else "regressor",
            "params": params,
            "X": stored(X),
            "y": [number(v) for v in y],
            "sampleWeight": None if sample_weight is None else [number(v) for v in sample_weight],
            "XTest": stored(X_test),
            "baseline": [number(v) for v in np.ravel(model._baseline_prediction)],
            "thresholds": [
                None if model.is_categorical_ is not None and model.is_categorical_[f] else [number(v) for v in t]
                for f, t in enumerate(model._bin_mapper.bin_thresholds_)
            ],
            "trees": [tree(p) for stage in model._predictors for p in stage],
            "raw": np.asarray(raw).tolist(),
            "output": np.asarray(output).tolist(),
            "trainScore": [-number(v) for v in model.train_score_],
        }
    )


def data(n, d=5, digits=4):
    return np.round(rng.randn(n, d), digits)


def target(X, noise=0.3):
    f = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + 0.5 * np.abs(X[:, 3])
    return np.round(f + noise * rng.randn(len(X)), 6)


common = dict(early_stopping=False, random_state=0)

X, T = data(400), data(40)
y = target(X)
case("squared error", Regressor(max_iter=10, max_leaf_nodes=12, **common), X, y, T,
     {"maxIter": 10, "maxLeafNodes": 12, "earlyStopping": False})
case("few bins, l2, depth limit", Regressor(max_iter=8, max_leaf_nodes=None, max_depth=4, l2_regularization=1.5,
     min_samples_leaf=5, max_bins=16, learning_rate=0.3, **common), X, y, T,
     {"maxIter": 8, "maxLeafNodes": None, "maxDepth": 4, "l2Regularization": 1.5, "minSamplesLeaf": 5, "maxBins": 16,
      "learningRate": 0.3, "earlyStopping": False})
case("stopping on the training loss", Regressor(max_iter=30, max_leaf_nodes=6, early_stopping=True,
     validation_fraction=None, n_iter_no_change=3, tol=0.03, random_state=0), X, y, T,
     {"maxIter": 30, "maxLeafNodes": 6, "earlyStopping": True, "validationFraction": None, "nIterNoChange": 3,
      "tol": 0.03})
case("absolute error", Regressor(loss="absolute_error", max_iter=6, max_leaf_nodes=8, **common), X, y, T,
     {"loss": "absoluteError", "maxIter": 6, "maxLeafNodes": 8, "earlyStopping": False})
case("quantile", Regressor(loss="quantile", quantile=0.8, max_iter=6, max_leaf_nodes=8, **common), X, y, T,
     {"loss": "quantile", "quantile": 0.8, "maxIter": 6, "maxLeafNodes": 8, "earlyStopping": False})
counts = rng.poisson(np.exp(0.5 * X[:, 0] + 0.3 * X[:, 1])).astype(float)
case("poisson", Regressor(loss="poisson", max_iter=8, max_leaf_nodes=10, **common), X, counts, T,
     {"loss": "poisson", "maxIter": 8, "maxLeafNodes": 10, "earlyStopping": False})
case("monotone", Regressor(max_iter=10, max_leaf_nodes=8, monotonic_cst=[0, 1, -1, 0, 1], **common), X, y, T,
     {"maxIter": 10, "maxLeafNodes": 8, "monotonicCst": [0, 1, -1, 0, 1], "earlyStopping": False})
case("interactions", Regressor(max_iter=10, max_leaf_nodes=12, interaction_cst=[{0, 1}, {1, 2}], **common), X, y, T,
     {"maxIter": 10, "maxLeafNodes": 12, "interactionCst": [[0, 1], [1, 2]], "earlyStopping": False})

w = np.round(rng.uniform(1, 3, len(X)), 3)
Xr = np.round(X, 1)
case("weights", Regressor(max_iter=8, max_leaf_nodes=10, min_samples_leaf=1, **common), Xr, y, np.round(T, 1),
     {"maxIter": 8, "maxLeafNodes": 10, "minSamplesLeaf": 1, "earlyStopping": False}, w)

Xm, Tm = X.copy(), T.copy()
Xm[rng.rand(*X.shape) < 0.15] = np.nan
Xm[:, 4] = X[:, 4]
Tm[rng.rand(*T.shape) < 0.2] = np.nan
ym = np.round(y + 1.5 * np.isnan(Xm[:, 0]), 6)
case("missing values", Regressor(max_iter=10, max_leaf_nodes=12, **common), Xm, ym, Tm,
     {"maxIter": 10, "maxLeafNodes": 12, "earlyStopping": False})

label = (y + 0.5 * rng.randn(len(y)) > 0.3).astype(int)
case("binary", Classifier(max_iter=10, max_leaf_nodes=10, **common), X, label, T,
     {"maxIter": 10, "maxLeafNodes": 10, "earlyStopping": False})
case("binary with missing values and class weights", Classifier(max_iter=8, max_leaf_nodes=10, min_samples_leaf=15,
     class_weight="balanced", **common), Xm, (ym > 1).astype(int), Tm,
     {"maxIter": 8, "maxLeafNodes": 10, "minSamplesLeaf": 15, "classWeight": "balanced", "earlyStopping": False})
three = np.digitize(y, [-0.3, 0.9])
case("multinomial", Classifier(max_iter=6, max_leaf_nodes=8, **common), X, three, T,
     {"maxIter": 6, "maxLeafNodes": 8, "earlyStopping": False})

n = 700
Xc = np.column_stack([rng.randint(0, 12, n), np.round(rng.randn(n), 3), rng.randint(0, 4, n)]).astype(float)
effect, other = rng.randn(12), rng.randn(4)
yc = np.round(effect[Xc[:, 0].astype(int)] * (1 + Xc[:, 1]) + other[Xc[:, 2].astype(int)] + 0.2 * rng.randn(n), 6)
Xc[rng.rand(n) < 0.1, 0] = np.nan
Tc = np.column_stack([rng.randint(0, 14, 40), rng.randn(40), rng.randint(0, 4, 40)]).astype(float)
Tc[::7, 0] = np.nan
# An even number of categories cut in the middle scores the same from both ends; these trees hold no such tie.
case("categories", Regressor(max_iter=6, max_leaf_nodes=12, categorical_features=[0, 2], **common), Xc, yc, Tc,
     {"maxIter": 6, "maxLeafNodes": 12, "categoricalFeatures": [0, 2], "earlyStopping": False})
case("binary with categories", Classifier(max_iter=8, max_leaf_nodes=10, categorical_features=[0, 2], **common), Xc,
     (yc > 0).astype(int), Tc,
     {"maxIter": 8, "maxLeafNodes": 10, "categoricalFeatures": [0, 2], "earlyStopping": False})

Xq, Tq = data(1203, 2, 6), data(30, 2)
case("more values than bins", Regressor(max_iter=4, max_leaf_nodes=8, **common), Xq,
     np.round(np.sin(3 * Xq[:, 0]) + Xq[:, 1] ** 2 + 0.1 * rng.randn(1203), 6), Tq,
     {"maxIter": 4, "maxLeafNodes": 8, "earlyStopping": False})

OUT.parent.mkdir(parents=True, exist_ok=True)
versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
OUT.write_text(json.dumps({"versions": versions, "matrices": matrices, "cases": cases}, separators=(",", ":")) + "\n")
print(f"{OUT.name}: {len(cases)} cases, {OUT.stat().st_size // 1024} KB, {versions}")
