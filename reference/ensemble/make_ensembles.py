"""Golden values for AdaBoost, forests and isolation forests of scikit-learn.

    /usr/bin/python3 reference/ensemble/make_ensembles.py

AdaBoost with stumps is deterministic where no two columns tie (checked with several seeds): its stage weights, errors
and probabilities are kept. Forests draw from another generator than ours, so the mean and standard deviation of their
scores over 16 seeds are kept, and of isolation forests the scores of large ensembles.
"""

import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

OUT = Path(__file__).parent.parent / "values/ensemble/ensembles.json"
data = {
    "wine": load_wine(return_X_y=True),
    "breastCancer": load_breast_cancer(return_X_y=True),
    "diabetes": load_diabetes(return_X_y=True, scaled=False),
}


def digits(a):
    return [float(f"{v:.10g}") for v in np.ravel(a)]


boosts = []
for name, algorithm, rate, rounds in [
    ("breastCancer", "SAMME", 1.0, 12),
    ("breastCancer", "SAMME", 0.5, 8),
    ("breastCancer", "SAMME.R", 1.0, 8),
    ("wine", "SAMME", 1.0, 8),
    ("wine", "SAMME.R", 0.7, 6),
]:
    X, y = data[name]
    fits = []
    for seed in range(8):
        stump = DecisionTreeClassifier(max_depth=1)
        fits.append(
            AdaBoostClassifier(stump, n_estimators=rounds, algorithm=algorithm, learning_rate=rate, random_state=seed).fit(X, y)
        )
    probas = [f.predict_proba(X[::7]) for f in fits]
    same = max(np.abs(p - probas[0]).max() for p in probas)
    print(name, algorithm, "spread over seeds", same)
    if same > 1e-9:
        continue
    boosts.append(
        {
            "data": name,
            "algorithm": algorithm,
            "learningRate": rate,
            "nEstimators": rounds,
            "weights": digits(fits[0].estimator_weights_),
            "errors": digits(fits[0].estimator_errors_),
            "proba": digits(probas[0]),
        }
    )


def spread(make, X, y, held):
    scores = []
    oob = []
    for seed in range(16):
        m = make(seed).fit(X[~held], y[~held])
        scores.append(m.score(X[held], y[held]))
        if getattr(m, "oob_score", False):
            oob.append(m.oob_score_)
    out = {"mean": float(np.mean(scores)), "sd": float(np.std(scores))}
    if oob:
        out["oobMean"] = float(np.mean(oob))
        out["oobSd"] = float(np.std(oob))
    return out


held = lambda n: np.arange(n) % 3 == 1
forests = []
for label, name, make in [
    ("RandomForestClassifier", "breastCancer", lambda s: RandomForestClassifier(60, oob_score=True, random_state=s)),
    ("ExtraTreesClassifier", "breastCancer", lambda s: ExtraTreesClassifier(60, random_state=s)),
    ("RandomForestRegressor", "diabetes", lambda s: RandomForestRegressor(60, max_features=1 / 3, oob_score=True, random_state=s)),
    ("ExtraTreesRegressor", "diabetes", lambda s: ExtraTreesRegressor(60, min_samples_leaf=3, random_state=s)),
    ("BaggingClassifier", "breastCancer", lambda s: BaggingClassifier(DecisionTreeClassifier(), 30, oob_score=True, random_state=s)),
    ("AdaBoostRegressor", "diabetes", lambda s: AdaBoostRegressor(DecisionTreeRegressor(max_depth=3), n_estimators=30, random_state=s)),
]:
    X, y = data[name]
    forests.append({"estimator": label, "data": name, **spread(make, X, y, held(len(y)))})
    print(forests[-1])

rng = np.random.RandomState(3)
X = np.round(rng.normal(size=(200, 2)), 4)
points = np.array([[0, 0], [1, -1], [2.5, 0], [3, 3], [-4, 0.5], [6, -6]])
scores = np.mean([IsolationForest(n_estimators=500, max_samples=64, random_state=s).fit(X).score_samples(points) for s in range(4)], axis=0)
isolation = {"X": X.tolist(), "points": points.tolist(), "scores": digits(scores)}

versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
OUT.write_text(json.dumps({"versions": versions, "boosts": boosts, "forests": forests, "isolation": isolation}) + "\n")
print(OUT.stat().st_size)
