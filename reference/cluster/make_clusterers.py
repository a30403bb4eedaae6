"""More clusterers of scikit-learn, on the rows of cluster.json.

    /usr/bin/python3 reference/cluster/make_clusterers.py

scikit-learn 1.2.1 looks predecessors up in the wrong list (`ordering[predecessor_plot[e]]`, mended in later versions), so
that OPTICS with predecessor correction is computed here with that one function mended.
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import cluster as cl
from sklearn.cluster import _optics

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parents[1] / "values/cluster"
given = json.loads((HERE / "cluster.json").read_text())
X, moons, w = np.array(given["X"]), np.array(given["moons"]), np.array(given["w"])
rng = np.random.default_rng(1)


def correct_predecessor(plot, predecessor, ordering, s, e):
    while s < e:
        if plot[s] > plot[e] or predecessor[e] in ordering[s:e]:
            return s, e
        e -= 1
    return None, None


mini = []
for weighted in (False, True):
    init = X[rng.choice(150, 4, replace=False)]
    m = cl.MiniBatchKMeans(4, init=init, n_init=1, reassignment_ratio=0)
    steps = []
    for start in range(0, 150, 30):
        part = slice(start, start + 30)
        m.partial_fit(X[part], sample_weight=w[part] if weighted else None)
        steps.append(m.cluster_centers_.tolist())
    mini.append(dict(weighted=weighted, init=init.tolist(), steps=steps, labels=m.labels_.tolist(), inertia=m.inertia_))

bisecting = []
for strategy in ("biggest_inertia", "largest_cluster"):
    for weighted in (False, True):
        m = cl.BisectingKMeans(5, n_init=60, bisecting_strategy=strategy, tol=0, random_state=0)
        m.fit(X, sample_weight=w if weighted else None)
        bisecting.append(dict(strategy=strategy, weighted=weighted, inertia=m.inertia_, labels=m.labels_.tolist()))

plain, mended = _optics._correct_predecessor, correct_predecessor
optics = []
for params in (dict(min_samples=5), dict(min_samples=8, xi=0.1), dict(min_samples=5, predecessor_correction=False),
               dict(min_samples=4, max_eps=0.2), dict(min_samples=0.03, min_cluster_size=0.1, metric="manhattan"),
               dict(min_samples=5, xi=0.2, min_cluster_size=12)):
    _optics._correct_predecessor = mended
    m = cl.OPTICS(**params).fit(moons)
    optics.append(dict(
        params=params, labels=m.labels_.tolist(), ordering=m.ordering_.tolist(), predecessor=m.predecessor_.tolist(),
        reachability=[None if np.isinf(v) else v for v in m.reachability_.tolist()],
        core=[None if np.isinf(v) else v for v in m.core_distances_.tolist()], hierarchy=m.cluster_hierarchy_.tolist(),
        cuts=[dict(eps=e, labels=cl.cluster_optics_dbscan(reachability=m.reachability_, core_distances=m.core_distances_,
                                                          ordering=m.ordering_, eps=e).tolist()) for e in (0.1, 0.15)]))

shift = []
for params in (dict(bandwidth=1.2), dict(), dict(bandwidth=0.9, bin_seeding=True, min_bin_freq=2),
               dict(bandwidth=0.6, cluster_all=False), dict(bandwidth=1, seeds=X[[0, 60, 140]].tolist())):
    m = cl.MeanShift(**params).fit(X)
    shift.append(dict(params=params, centers=m.cluster_centers_.tolist(), labels=m.labels_.tolist(), nIter=m.n_iter_))
bandwidths = [dict(quantile=q, value=cl.estimate_bandwidth(X, quantile=q)) for q in (0.1, 0.3, 0.8)]

affinity = []
S = -((X[::2, None] - X[None, ::2]) ** 2).sum(-1)
for params, data in ((dict(), X), (dict(damping=0.9, preference=-50), X), (dict(damping=0.8, preference=(-(w[::2]) * 9).tolist()), X[::2]),
                     (dict(affinity="precomputed", preference=-30, damping=0.7), S)):
    m = cl.AffinityPropagation(**{**params, "max_iter": 500}, random_state=0).fit(data)
    affinity.append(dict(params=params, exemplars=m.cluster_centers_indices_.tolist(), labels=m.labels_.tolist(), nIter=int(m.n_iter_)))

birch = []
for params, data in ((dict(threshold=0.4, branching_factor=5), "X"), (dict(threshold=0.1, branching_factor=3, n_clusters=4), "moons"),
                     (dict(threshold=0.25, branching_factor=50, n_clusters=None), "X")):
    m = cl.Birch(**params).fit(X if data == "X" else moons)
    birch.append(dict(params=params, data=data, centers=m.subcluster_centers_.tolist(), labels=m.labels_.tolist()))

(HERE / "clusterers.json").write_text(json.dumps(dict(
    versions=dict(sklearn=sklearn.__version__), mini=mini, bisecting=bisecting, optics=optics, shift=shift,
    bandwidths=bandwidths, affinity=affinity, birch=birch), separators=(",", ":")) + "\n")
