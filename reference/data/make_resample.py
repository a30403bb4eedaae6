"""Resamplers without chance of imbalanced-learn: which rows they keep.

    /usr/bin/python3 reference/data/make_resample.py
"""
import json
import pathlib

import imblearn
import numpy as np
from imblearn.over_sampling import ADASYN
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, TomekLinks

OUT = pathlib.Path(__file__).parents[1] / "values/data/resample.json"
rng = np.random.default_rng(5)
y = np.repeat(["a", "b", "c"], [40, 24, 12])
X = (rng.normal(size=(76, 3)) + np.repeat([[0, 0, 0], [1.2, 0, 0], [0, 1.2, 0.6]], [40, 24, 12], axis=0)).round(4)
order = rng.permutation(76)
X, y = X[order], y[order]


def kept(sampler):
    return sampler.fit(X, y).fit_resample(X, y) and sorted(map(int, sampler.sample_indices_))


cases = []
for remove, strategy in (("majority", "not minority"), ("all", "all")):
    cases.append(dict(name="TomekLinks", params=dict(remove=remove), rows=kept(TomekLinks(sampling_strategy=strategy))))
    for kind in ("all", "mode"):
        sampler = EditedNearestNeighbours(sampling_strategy=strategy, kind_sel=kind)
        cases.append(dict(name="EditedNearestNeighbours", params=dict(remove=remove, kindSel=kind), rows=kept(sampler)))
for version in (1, 2, 3):
    for k in (1, 3):
        sampler = NearMiss(version=version, n_neighbors=k, n_neighbors_ver3=4)
        params = dict(version=version, nNeighbors=k, candidatesPerRow=4)
        cases.append(dict(name="NearMiss", params=params, rows=kept(sampler)))
# How many rows ADASYN makes of each class; where it puts them is chance.
made = [dict(kNeighbors=k, counts=[int(n) for n in np.unique(ADASYN(n_neighbors=k, random_state=0).fit_resample(X, y)[1], return_counts=True)[1]]) for k in (3, 5)]
OUT.write_text(json.dumps(dict(versions=dict(imblearn=imblearn.__version__), X=X.tolist(), y=y.tolist(), cases=cases, adasyn=made), separators=(",", ":")) + "\n")
