"""Where SciPy draws dendrograms: leaves in order, and the four corners of every merge.

    /usr/bin/python3 reference/cluster/make_dendrogram.py
"""
import json
from pathlib import Path

import numpy as np
import scipy
from scipy.cluster.hierarchy import dendrogram, linkage

X = np.random.default_rng(0).normal(size=(14, 2))
cases = {}
for method in ["single", "average", "ward"]:
    Z = linkage(X, method)
    drawn = dendrogram(Z, no_plot=True)
    cases[method] = {
        "left": Z[:, 0].astype(int).tolist(),
        "right": Z[:, 1].astype(int).tolist(),
        "distance": Z[:, 2].tolist(),
        "size": Z[:, 3].astype(int).tolist(),
        "leaves": drawn["leaves"],
        "icoord": drawn["icoord"],
        "dcoord": drawn["dcoord"],
    }
out = Path(__file__).parent.parent / "values" / "cluster" / "dendrogram.json"
out.write_text(json.dumps({"scipy": scipy.__version__, "numpy": np.__version__, "cases": cases}) + "\n")
