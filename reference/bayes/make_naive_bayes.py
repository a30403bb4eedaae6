"""Naive Bayes classifiers of scikit-learn.

    /usr/bin/python3 reference/bayes/make_naive_bayes.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/bayes/naive_bayes.json"
rng = np.random.default_rng(3)
n = 60
y = rng.integers(0, 3, n)
numbers = (rng.normal(size=(n, 4)) + y[:, None] * [1, 0.5, 0, -1] + [0, 0, 1000, 0]).round(4)
counts = rng.poisson(np.array([[3, 1, 1, 0.3, 2], [1, 3, 1, 0.3, 2], [1, 1, 3, 0.3, 2]])[y])
codes = np.minimum(counts, 3)
w = rng.integers(1, 4, n).astype(float)
plan = [
    ("GaussianNB", numbers, GaussianNB, {}, {}),
    ("GaussianNB", numbers, GaussianNB, dict(priors=[0.2, 0.3, 0.5], var_smoothing=0.01), dict(priors=[0.2, 0.3, 0.5], varSmoothing=0.01)),
    ("MultinomialNB", counts, MultinomialNB, {}, {}),
    ("MultinomialNB", counts, MultinomialNB, dict(alpha=0.1, fit_prior=False), dict(alpha=0.1, fitPrior=False)),
    ("MultinomialNB", counts, MultinomialNB, dict(class_prior=[0.2, 0.3, 0.5]), dict(classPrior=[0.2, 0.3, 0.5])),
    ("ComplementNB", counts, ComplementNB, {}, {}),
    ("ComplementNB", counts, ComplementNB, dict(alpha=0.3, norm=True), dict(alpha=0.3, norm=True)),
    ("BernoulliNB", counts, BernoulliNB, {}, {}),
    ("BernoulliNB", counts, BernoulliNB, dict(alpha=0.5, binarize=1.0, fit_prior=False), dict(alpha=0.5, binarize=1, fitPrior=False)),
    ("CategoricalNB", codes, CategoricalNB, {}, {}),
    ("CategoricalNB", codes, CategoricalNB, dict(alpha=0.5, min_categories=6), dict(alpha=0.5, minCategories=6)),
]
cases = []
for name, X, cls, given, ours in plan:
    for weighted in (False, True):
        # scikit-learn takes the variance that smoothing is a share of without weights.
        if weighted and "varSmoothing" in ours:
            continue
        m = cls(**given).fit(X, y, sample_weight=w if weighted else None)
        cases.append(dict(name=name, params=ours, weighted=weighted, joint=m._joint_log_likelihood(m._check_X(X[:8])).tolist(),
                          proba=m.predict_proba(X[:8]).tolist()))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), y=y.tolist(), numbers=numbers.tolist(),
                               counts=counts.tolist(), codes=codes.tolist(), w=w.tolist(), cases=cases),
                          separators=(",", ":")) + "\n")
