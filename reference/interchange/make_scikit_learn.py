"""Fitted models of scikit-learn as docs/interchange/export_sklearn.py writes them, with their predictions.

    /usr/bin/python3 reference/interchange/make_scikit_learn.py
"""
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn import ensemble, tree

root = Path(__file__).parent.parent.parent
sys.path.insert(0, str(root / "docs/interchange"))
from export_sklearn import describe  # noqa: E402

rng = np.random.default_rng(3)
n, d = 120, 4
X = np.round(rng.normal(size=(n, d)), 2)
holes = np.where(rng.random((n, d)) < 0.1, np.nan, X)
number = X[:, 0] * X[:, 1] + np.abs(X[:, 2]) + 0.1 * rng.normal(size=n)
two = np.where(number > 0.5, "yes", "no")
three = np.digitize(number, [0.2, 1.0])
weight = rng.integers(1, 4, size=n)
coded = np.column_stack([X[:, :3], rng.integers(0, 9, size=n)])
coded[5:9, 3] = np.nan
byCode = np.isin(coded[:, 3], [1, 4, 5]) + 0.3 * X[:, 0]
# Numbers that scikit-learn's rounding to float32 moves across a threshold of 0.1 + 0.2 and the like.
edges = np.array([[np.nextafter(t, s)] * d for t in (0.1, 0.005, 0.015, np.float32(0.1)) for s in (-9, 9)])
limits = {"max_depth": 3, "random_state": 0}
few = {"n_estimators": 4, **limits}
hist = {"max_iter": 4, "max_leaf_nodes": 6, "min_samples_leaf": 5, "early_stopping": False}

cases = []


def add(model, features, target, **options):
    model.fit(features, target, **options)
    rows = np.vstack([features[:12], edges, features[5:9]])
    if features is coded:
        rows = np.vstack([rows, [[0, 0, 0, v] for v in (12.0, 300.0, -3.0, np.nan)]])
    found = {"prediction": [v.item() for v in model.predict(rows)]}
    for name in ("predict_proba", "decision_function", "score_samples"):
        if hasattr(model, name):
            found[name] = np.ravel(getattr(model, name)(rows)).tolist()
    cases.append(
        {
            "file": json.dumps(describe(model), separators=(",", ":")),
            "rows": [[None if v != v else v for v in row] for row in rows.tolist()],
            **found,
        }
    )


add(tree.DecisionTreeClassifier(**limits), X, two, sample_weight=weight)
add(tree.DecisionTreeRegressor(**limits), X, number)
add(tree.ExtraTreeRegressor(**limits), X, number)
add(ensemble.RandomForestClassifier(**few), X, three)
add(ensemble.RandomForestRegressor(**few), X, number)
add(ensemble.ExtraTreesClassifier(**few), X, number > 0.5)
add(ensemble.ExtraTreesRegressor(**few), X, number)
add(ensemble.IsolationForest(n_estimators=6, max_samples=20, contamination=0.1, random_state=0), X, None)
add(ensemble.IsolationForest(n_estimators=6, max_samples=20, max_features=2, random_state=0), X, None)
add(ensemble.GradientBoostingClassifier(**few), X, two)
add(ensemble.GradientBoostingClassifier(loss="exponential", **few), X, two)
add(ensemble.GradientBoostingClassifier(init="zero", **few), X, three)
add(ensemble.GradientBoostingClassifier(**few), X, three)
add(ensemble.GradientBoostingRegressor(**few), X, number)
add(ensemble.GradientBoostingRegressor(loss="quantile", alpha=0.8, **few), X, number)
add(ensemble.HistGradientBoostingClassifier(**hist), holes, two)
add(ensemble.HistGradientBoostingClassifier(**hist), holes, three)
add(ensemble.HistGradientBoostingRegressor(**hist), holes, number)
add(ensemble.HistGradientBoostingRegressor(loss="poisson", **hist), X, np.abs(number))
add(ensemble.HistGradientBoostingRegressor(categorical_features=[3], **hist), coded, byCode)

out = root / "reference/values/interchange/scikit_learn.json"
versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
out.write_text(json.dumps({"versions": versions, "cases": cases}, separators=(",", ":")) + "\n")
