"""Writes fitted trees of scikit-learn (1.0 and later) as JSON that `importScikitLearn` reads.

    from export_sklearn import export_sklearn
    export_sklearn(model, "model.json")

Decision trees, random forests, extra trees, isolation forests, gradient boosting and histogram gradient boosting, each for
numbers or labels, with one target. README.md beside this file describes the format.
"""
import json

import numpy as np


def finite(values):
    """Numbers for JSON, which has no word for infinity: null stands for it."""
    return [None if np.isinf(v) else float(v) for v in np.ravel(values)]


def tree_arrays(tree, columns=None, scale=None):
    """One `tree_`. Of trees for labels the value is a list of shares, of others a number."""
    value = tree.value[:, 0, :].astype(np.float64)
    if scale is None and value.shape[1] > 1:
        value = value / value.sum(axis=1, keepdims=True)
    elif scale is not None:
        value = scale * value
    feature = np.where(tree.children_left < 0, -1, tree.feature)
    if columns is not None:
        feature = np.where(feature < 0, -1, np.asarray(columns)[feature])
    missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
    return {
        "feature": feature.tolist(),
        "threshold": finite(tree.threshold),
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "missingLeft": np.asarray(missing).astype(int).tolist(),
        "value": value.ravel().tolist(),
        "impurity": tree.impurity.tolist(),
        "count": tree.n_node_samples.tolist(),
        "weight": tree.weighted_n_node_samples.tolist(),
    }


def predictor_arrays(predictor, known):
    """One tree of histogram gradient boosting. `known` lists the categories of every column, or None."""
    nodes = predictor.nodes
    categories = []
    for node in nodes:
        if node["is_leaf"] or not node["is_categorical"]:
            categories.append(None)
            continue
        bits = predictor.raw_left_cat_bitsets[node["bitset_idx"]]
        values = known[int(node["feature_idx"])]
        categories.append([int(v) for v in values if (int(bits[int(v) // 32]) >> (int(v) % 32)) & 1])
    leaf = nodes["is_leaf"].astype(bool)
    return {
        "feature": np.where(leaf, -1, nodes["feature_idx"].astype(np.int64)).tolist(),
        "threshold": finite(np.where(leaf, 0, nodes["num_threshold"])),
        "left": np.where(leaf, -1, nodes["left"].astype(np.int64)).tolist(),
        "right": np.where(leaf, -1, nodes["right"].astype(np.int64)).tolist(),
        "missingLeft": nodes["missing_go_to_left"].astype(int).tolist(),
        "categories": categories,
        "value": nodes["value"].tolist(),
        "gain": np.where(leaf, 0, nodes["gain"]).tolist(),
        "count": nodes["count"].tolist(),
    }


def labels(classes):
    return [c.item() if isinstance(c, np.generic) else c for c in classes]


def describe(model):
    name = type(model).__name__
    out = {}
    if name in ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor"):
        if model.n_outputs_ != 1:
            raise ValueError("models with several targets have no place in the format")
        out["trees"] = [tree_arrays(model.tree_)]
    elif name in (
        "RandomForestClassifier",
        "RandomForestRegressor",
        "ExtraTreesClassifier",
        "ExtraTreesRegressor",
    ):
        if model.n_outputs_ != 1:
            raise ValueError("models with several targets have no place in the format")
        out["trees"] = [tree_arrays(e.tree_) for e in model.estimators_]
    elif name == "IsolationForest":
        out["trees"] = [tree_arrays(e.tree_, c) for e, c in zip(model.estimators_, model.estimators_features_)]
        out["samples"] = int(model._max_samples if hasattr(model, "_max_samples") else model.max_samples_)
        out["offset"] = float(model.offset_)
    elif name in ("GradientBoostingClassifier", "GradientBoostingRegressor"):
        d = model.n_features_in_
        start = model._raw_predict_init(np.zeros((2, d)))
        if not np.array_equal(start[0], start[1]) or type(model.init_).__name__ not in (
            "DummyClassifier",
            "DummyRegressor",
            "str",
        ):
            raise ValueError("gradient boosting that starts from another estimator has no place in the format")
        out["trees"] = [tree_arrays(e.tree_, scale=model.learning_rate) for e in model.estimators_.ravel()]
        out["baseline"] = start[0].tolist()
        out["loss"] = model.loss
    elif name in ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"):
        known = [None] * model.n_features_in_
        is_categorical = model.is_categorical_
        if is_categorical is not None:
            for j in np.flatnonzero(is_categorical):
                values = np.asarray(model._bin_mapper.bin_thresholds_[j], dtype=np.float64)
                known[j] = [float(v) for v in values if not np.isnan(v)]
        out["trees"] = [predictor_arrays(p, known) for each in model._predictors for p in each]
        out["baseline"] = np.ravel(model._baseline_prediction).astype(float).tolist()
        out["loss"] = model.loss
        out["categories"] = known
    else:
        raise ValueError(f"{name} has no place in the format")
    names = getattr(model, "feature_names_in_", None)
    return {
        "format": "whetstone-trees",
        "version": 1,
        "model": name,
        "nFeatures": int(model.n_features_in_),
        "featureNames": None if names is None else [str(v) for v in names],
        "classes": labels(model.classes_) if hasattr(model, "classes_") else None,
        **out,
    }


def export_sklearn(model, path):
    """Writes a fitted model to a file."""
    with open(path, "w") as file:
        json.dump(describe(model), file)
