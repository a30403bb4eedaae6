"""Decision trees of scikit-learn: structure, impurities, pruning paths. Written to reference/values/tree/tree.json.

scikit-learn breaks ties between columns at random, so every tree is grown with sixty seeds and all variants are kept
(settings with more than six are left out).
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

OUT = pathlib.Path(__file__).parent.parent / "values" / "tree" / "tree.json"
data = {
    "iris": load_iris(return_X_y=True),
    "wine": load_wine(return_X_y=True),
    "breastCancer": load_breast_cancer(return_X_y=True),
    "diabetes": load_diabetes(return_X_y=True, scaled=False),
}


def nodes(model):
    t = model.tree_
    out = []

    def visit(i):
        leaf = t.children_left[i] < 0
        value = t.value[i][0]
        if isinstance(model, DecisionTreeClassifier):
            value = value / value.sum()
        out.append(
            [
                -1 if leaf else int(t.feature[i]),
                None if leaf else round(float(t.threshold[i]), 7),
                round(float(t.impurity[i]), 9),
                int(t.n_node_samples[i]),
                [round(float(v), 9) for v in value],
            ]
        )
        if not leaf:
            visit(t.children_left[i])
            visit(t.children_right[i])

    visit(0)
    return out


def weights(n):
    return np.array([1 + (i * 7) % 3 for i in range(n)], dtype=float)


settings = []
for name in ["iris", "wine", "breastCancer"]:
    for criterion in ["gini", "entropy"]:
        for limits in [
            {"max_depth": 2},
            {"max_depth": 4, "min_samples_leaf": 5},
            {"max_leaf_nodes": 6, "min_samples_leaf": 3},
            {"min_impurity_decrease": 0.02},
            {"min_samples_split": 30, "min_weight_fraction_leaf": 0.05},
            {"max_depth": 3, "class_weight": "balanced"},
        ]:
            settings.append((name, criterion, limits, False))
    settings.append((name, "gini", {"max_depth": 3, "min_samples_leaf": 4}, True))
for criterion in ["squared_error", "absolute_error", "poisson"]:
    for limits in [
        {"max_depth": 3},
        {"max_depth": 6, "min_samples_leaf": 12},
        {"max_leaf_nodes": 9, "min_samples_leaf": 10},
    ]:
        settings.append(("diabetes", criterion, limits, False))
    settings.append(("diabetes", criterion, {"max_depth": 3, "min_samples_leaf": 8}, True))

trees = []
for name, criterion, limits, weighted in settings:
    X, y = data[name]
    kind = DecisionTreeRegressor if name == "diabetes" else DecisionTreeClassifier
    w = weights(len(y)) if weighted else None
    grown = [kind(criterion=criterion, random_state=s, **limits).fit(X, y, sample_weight=w) for s in range(60)]
    variants = {}
    for model in grown:
        found = nodes(model)
        variants.setdefault(
            json.dumps(found),
            {"nodes": found, "importances": [round(float(v), 9) for v in model.feature_importances_]},
        )
    if len(variants) > 6:
        print("too many ties:", name, criterion, limits)
        continue
    trees.append(
        {
            "data": name,
            "criterion": criterion,
            "limits": limits,
            "weighted": weighted,
            "variants": list(variants.values()),
        }
    )

paths = []
for name, limits in [("iris", {"max_depth": 3, "min_samples_leaf": 5}), ("diabetes", {"min_samples_leaf": 15}), ("breastCancer", {"max_depth": 4, "min_samples_leaf": 5})]:
    X, y = data[name]
    kind = DecisionTreeRegressor if name == "diabetes" else DecisionTreeClassifier
    path = kind(random_state=0, **limits).cost_complexity_pruning_path(X, y)
    middle = float(path.ccp_alphas[len(path.ccp_alphas) // 2]) * (1 + 1e-9)
    leaves = kind(random_state=0, ccp_alpha=middle, **limits).fit(X, y).get_n_leaves()
    paths.append(
        {
            "data": name,
            "limits": limits,
            "alphas": path.ccp_alphas.tolist(),
            "impurities": path.impurities.tolist(),
            "alpha": middle,
            "leaves": int(leaves),
        }
    )

OUT.write_text(json.dumps({"versions": {"sklearn": sklearn.__version__, "numpy": np.__version__}, "trees": trees, "paths": paths}) + "\n")
print(len(trees), "trees", OUT.stat().st_size)
