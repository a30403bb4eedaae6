"""Weighted and unweighted baselines by their definitions in numpy and scikit-learn.

    /usr/bin/python3 reference/dummy/make_dummy.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.dummy import DummyClassifier, DummyRegressor

OUT = pathlib.Path(__file__).parents[1] / "values/dummy/dummy.json"
rng = np.random.default_rng(1)
out = []
for n in (1, 2, 7, 10, 41):
    y = rng.normal(size=n).round(3)
    w = rng.integers(0, 4, n).astype(float)
    w[0] = 2
    rep = np.repeat(y, w.astype(int))
    X = np.zeros((n, 1))
    row = dict(y=y.tolist(), w=w.tolist(), mean=float(DummyRegressor().fit(X, y).constant_[0][0]),
               median=float(DummyRegressor(strategy="median").fit(X, y).constant_[0][0]),
               weightedMean=float(DummyRegressor().fit(X, y, w).constant_[0][0]), quantiles=[])
    for q in (0.0, 0.1, 0.25, 0.5, 0.9, 1.0):
        row["quantiles"].append(dict(q=q, plain=float(np.quantile(y, q, method="averaged_inverted_cdf")),
                                     weighted=float(np.quantile(rep, q, method="averaged_inverted_cdf"))))
    out.append(row)
labels = ["b", "a", "b", "c", "b", "c"]
w = [1, 5, 1, 1, 1, 1]
d = DummyClassifier().fit(np.zeros((6, 1)), labels, w)
clf = dict(y=labels, w=w, classes=d.classes_.tolist(), prior=d.class_prior_.tolist(), predict=d.predict(np.zeros((1, 1))).tolist(),
           frequent=DummyClassifier(strategy="most_frequent").fit(np.zeros((6, 1)), labels).predict_proba(np.zeros((1, 1))).tolist()[0])
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__, numpy=np.__version__), regression=out,
                               classification=clf), separators=(",", ":")) + "\n")
