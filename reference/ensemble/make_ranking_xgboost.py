"""Held-out NDCG of xgboost's rankers, with the queries they learned from and were judged on.

    /usr/bin/python3 reference/ensemble/make_ranking_xgboost.py
"""

import json
import platform
from pathlib import Path

import numpy as np
import xgboost as xgb
from sklearn.metrics import ndcg_score

OUT = Path(__file__).parent.parent / "values/ensemble/ranking_xgboost.json"
rng = np.random.RandomState(11)


def draw(queries):
    """Relevance 0 to 3 by a curved score; the first feature shifts whole queries and says nothing of ranks."""
    X, y, q = [], [], []
    for k in range(queries):
        m = rng.randint(6, 14)
        x = np.round(rng.randn(m, 4), 1)
        x[:, 0] += np.round(2 * rng.randn(), 1)
        score = x[:, 1] + np.sin(2 * x[:, 2]) * (x[:, 3] > 0) + 0.7 * rng.randn(m)
        X.append(np.round(x, 1))
        y.append(np.digitize(score, [0.3, 1.2, 2.0]))
        q += [k] * m
    return np.vstack(X), np.concatenate(y), np.array(q)


train, test = draw(100), draw(150)


def held_out(scores, k):
    """With gains 2^relevance - 1, over the queries where relevances differ."""
    X, y, q = test
    found = []
    for name in np.unique(q):
        rows = q == name
        if y[rows].max() == 0:
            continue
        found.append(ndcg_score([2.0 ** y[rows] - 1], [scores[rows]], k=k, ignore_ties=True))
    return float(np.mean(found))


def dmatrix(part):
    d = xgb.DMatrix(part[0], part[1])
    d.set_group(np.unique(part[2], return_counts=True)[1])
    return d


results = {}
for objective in ["ndcg", "pairwise"]:
    model = xgb.train(dict(objective="rank:" + objective, tree_method="hist", max_depth=3, eta=0.1, reg_lambda=1.0,
                           min_child_weight=0.1, nthread=1, seed=0), dmatrix(train), 60)
    scores = model.predict(dmatrix(test))
    results[objective] = {"ndcg": held_out(scores, None), "ndcg5": held_out(scores, 5)}
constant = held_out(-np.arange(len(test[1]), dtype=float), None)

OUT.parent.mkdir(parents=True, exist_ok=True)
versions = {"python": platform.python_version(), "numpy": np.__version__, "xgboost": xgb.__version__}
parts = {name: {"X": X.tolist(), "y": y.tolist(), "queries": q.tolist()}
         for name, (X, y, q) in {"train": train, "test": test}.items()}
OUT.write_text(json.dumps({"versions": versions, **parts, "results": results, "unordered": constant},
                          separators=(",", ":")) + "\n")
print(f"{OUT.name}: {results}, unordered {constant}, {OUT.stat().st_size // 1024} KB")
