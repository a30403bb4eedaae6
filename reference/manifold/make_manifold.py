"""Maps by scikit-learn: affinities, divergences, embeddings up to sign; UMAP's curve by SciPy.

    /usr/bin/python3 reference/manifold/make_manifold.py
"""
import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy.optimize import curve_fit
from scipy.spatial.distance import squareform
from sklearn.datasets import load_digits, make_swiss_roll
from sklearn.manifold import TSNE, Isomap, LocallyLinearEmbedding, SpectralEmbedding, smacof, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities, _kl_divergence
from sklearn.metrics import pairwise_distances

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/manifold/manifold.json"
rng = np.random.default_rng(4)
X = rng.normal(size=(40, 5)).round(3)
Y = rng.normal(size=(40, 2)).round(3)
P = _joint_probabilities(pairwise_distances(X, squared=True).astype(np.float32), 8.0, 0)
kl, grad = _kl_divergence(Y.ravel().copy(), P.astype(np.float64), 1.0, 40, 2)
out = dict(versions=dict(sklearn=sklearn.__version__, scipy=scipy.__version__), X=X.tolist(), Y=Y.tolist(),
           P=squareform(P)[:3].round(9).tolist(), kl=float(kl), grad=grad.tolist())
D = load_digits().data[:300]
t = TSNE(init="pca", learning_rate="auto", random_state=0, method="exact").fit(D)
near = TSNE(init="pca", learning_rate="auto", random_state=0, n_jobs=1).fit(D)
out["digits"] = dict(exact=float(t.kl_divergence_), barnesHut=float(near.kl_divergence_), trust=float(trustworthiness(D, t.embedding_)))
out["trust"] = [float(trustworthiness(X, Y, n_neighbors=k)) for k in (3, 5, 10)]
R, _ = make_swiss_roll(120, random_state=1)
R = R.round(3)
new = (R[:4] + 0.1).round(3)
iso = Isomap(n_neighbors=8, n_components=2, eigen_solver="dense").fit(R)
lle = LocallyLinearEmbedding(n_neighbors=8, n_components=2, eigen_solver="dense", random_state=0).fit(R)
out["roll"] = dict(X=R.tolist(), new=new.tolist(), isomap=np.abs(iso.embedding_).tolist(), isomapNew=np.abs(iso.transform(new)).tolist(),
                   lleError=float(lle.reconstruction_error_), lle=np.abs(lle.embedding_).tolist(),
                   lleNew=np.abs(lle.transform(new)).tolist())
S = SpectralEmbedding(n_components=2, affinity="rbf", gamma=0.2, eigen_solver="arpack", random_state=0).fit_transform(X)
out["spectral"] = np.abs(S).tolist()
_, stress = smacof(pairwise_distances(X), n_components=2, init=Y, n_init=1, max_iter=3000, eps=1e-14, random_state=0)
out["stress"] = float(stress)


def curve(x, a, b):
    return 1 / (1 + a * x ** (2 * b))


out["curves"] = []
for spread, min_dist in ((1.0, 0.1), (1.0, 0.0), (1.0, 0.5), (2.0, 0.8), (1.0, 0.99)):
    x = np.linspace(0, 3 * spread, 300)
    y = np.where(x < min_dist, 1.0, np.exp(-(x - min_dist) / spread))
    (a, b), _ = curve_fit(curve, x, y)
    out["curves"].append([spread, min_dist, float(a), float(b)])
OUT.write_text(json.dumps(out, separators=(",", ":")) + "\n")
