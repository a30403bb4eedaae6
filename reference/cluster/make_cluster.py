"""Clustering of scikit-learn and SciPy, and scores of clusterings.

    /usr/bin/python3 reference/cluster/make_cluster.py
"""
import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.cluster.hierarchy import linkage
from sklearn import cluster as cl
from sklearn import metrics as mt
from sklearn.datasets import load_iris, make_moons
from sklearn.manifold import spectral_embedding
from sklearn.metrics.pairwise import rbf_kernel

OUT = pathlib.Path(__file__).parents[1] / "values/cluster/cluster.json"
OUT.parent.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(0)
X, truth = load_iris(return_X_y=True)
X = (X + rng.normal(scale=0.01, size=X.shape)).round(6)  # without ties
w = rng.integers(1, 4, 150).astype(float)
moons = make_moons(300, noise=0.08, random_state=0)[0]
moons = np.vstack([moons, rng.uniform([-1.5, -1], [2.5, 1.5], (30, 2))]).round(6)

kmeans = []
for k in (2, 3, 6):
    for weighted in (False, True):
        start = X[rng.choice(150, k, replace=False)]
        m = cl.KMeans(k, init=start, n_init=1, tol=0, max_iter=500).fit(X, sample_weight=w if weighted else None)
        kmeans.append(dict(k=k, weighted=weighted, init=start.tolist(), centers=m.cluster_centers_.tolist(),
                           labels=m.labels_.tolist(), inertia=m.inertia_))
dbscan = []
for eps, min_samples, metric, weighted in ((0.15, 5, "euclidean", False), (0.2, 8, "manhattan", False), (0.1, 4, "euclidean", True),
                                           (0.05, 3, "chebyshev", False), (5, 5, "euclidean", False)):
    sw = rng.integers(0, 3, 330).astype(float) if weighted else None
    m = cl.DBSCAN(eps=eps, min_samples=min_samples, metric=metric).fit(moons, sample_weight=sw)
    dbscan.append(dict(eps=eps, minSamples=min_samples, metric=metric, weights=None if sw is None else sw.tolist(),
                       labels=m.labels_.tolist(), core=m.core_sample_indices_.tolist()))
trees = []
for method in ("ward", "complete", "average", "single"):
    Z = linkage(X[::2], method)
    m = cl.AgglomerativeClustering(n_clusters=4, linkage=method).fit(X[::2])
    trees.append(dict(linkage=method, distance=Z[:, 2].tolist(), size=Z[:, 3].tolist(), labels=m.labels_.tolist()))
other = []
for method, metric in (("average", "manhattan"), ("complete", "cosine"), ("single", "chebyshev")):
    other.append(dict(linkage=method, metric=metric,
                      distance=linkage(X[::2], method, {"manhattan": "cityblock"}.get(metric, metric))[:, 2].tolist()))
A = rbf_kernel(moons[::3], gamma=10)
E = spectral_embedding(A, n_components=3, drop_first=False, random_state=0, eigen_tol=1e-12)
labels = cl.KMeans(4, n_init=3, random_state=0).fit_predict(X)
noise = rng.integers(0, 5, 150)
scores = []
for a, b in ((truth, labels), (truth, noise), (labels, noise), (truth, truth), (truth, np.zeros(150, int)), (truth, np.arange(150))):
    scores.append(dict(
        a=a.tolist(), b=b.tolist(), rand=mt.rand_score(a, b), ari=mt.adjusted_rand_score(a, b), ami=mt.adjusted_mutual_info_score(a, b),
        nmi=mt.normalized_mutual_info_score(a, b), hcv=list(mt.homogeneity_completeness_v_measure(a, b)),
        hcv2=list(mt.homogeneity_completeness_v_measure(a, b, beta=2)), fm=mt.fowlkes_mallows_score(a, b)))
inner = [dict(labels=l.tolist(), silhouette=mt.silhouette_score(X, l), samples=mt.silhouette_samples(X, l)[:20].tolist(),
              db=mt.davies_bouldin_score(X, l), ch=mt.calinski_harabasz_score(X, l)) for l in (truth, labels, noise)]
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__, scipy=scipy.__version__), X=X.tolist(), w=w.tolist(),
                               moons=moons.tolist(), kmeans=kmeans, dbscan=dbscan, trees=trees, other=other,
                               spectral=dict(embedding=E.tolist()), scores=scores, inner=inner), separators=(",", ":")) + "\n")
