"""Decompositions by scikit-learn, each driven to the end of its digits.

    /usr/bin/python3 reference/decomposition/make_decomposition.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_wine, make_circles
from sklearn.decomposition import (NMF, PCA, FactorAnalysis, FastICA, IncrementalPCA, KernelPCA, TruncatedSVD)
from sklearn.random_projection import johnson_lindenstrauss_min_dim

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/decomposition/decomposition.json"
rng = np.random.default_rng(8)
wine = load_wine().data[::2]  # 89 x 13, columns of very different scales
X = ((wine - wine.mean(0)) / wine.std(0)).round(4)
out = {"versions": dict(sklearn=sklearn.__version__, numpy=np.__version__), "X": X.tolist()}


def signed(C):
    return (C * np.sign(C[np.arange(len(C)), np.abs(C).argmax(1)])[:, None]).tolist()


w = rng.integers(0, 4, len(X))
p = PCA(n_components=4, svd_solver="full").fit(X)
pw = PCA(n_components=3, svd_solver="full").fit(np.repeat(X, w, axis=0))
out["pca"] = dict(
    mean=p.mean_.tolist(), components=signed(p.components_), variance=p.explained_variance_.tolist(),
    ratio=p.explained_variance_ratio_.tolist(), singular=p.singular_values_.tolist(), noise=float(p.noise_variance_),
    shares={str(s): int(PCA(n_components=s, svd_solver="full").fit(X).n_components_) for s in (0.3, 0.5, 0.9, 0.95, 0.999)},
    w=w.tolist(), weightedVariance=pw.explained_variance_.tolist(), weightedComponents=signed(pw.components_),
    whitened=np.abs(PCA(n_components=3, svd_solver="full", whiten=True).fit_transform(X)[:5]).tolist())

i = IncrementalPCA(n_components=3, batch_size=20).fit(X)
out["incremental"] = dict(mean=i.mean_.tolist(), components=signed(i.components_), singular=i.singular_values_.tolist(),
                          ratio=i.explained_variance_ratio_.tolist())

t = TruncatedSVD(n_components=3, algorithm="arpack", tol=0).fit(X + 1)
out["truncated"] = dict(components=signed(t.components_), singular=t.singular_values_.tolist(),
                        variance=t.explained_variance_.tolist(), ratio=t.explained_variance_ratio_.tolist())

C, _ = make_circles(60, factor=0.3, noise=0.05, random_state=0)
C = C.round(4)
new = rng.normal(size=(6, 2)).round(3)
kernels = []
for ours, theirs, args in [("rbf", "rbf", dict(gamma=2.0)), ("polynomial", "poly", dict(gamma=0.5, degree=3, coef0=1.0)),
                           ("sigmoid", "sigmoid", dict(gamma=0.3, coef0=0.5)), ("cosine", "cosine", {}), ("linear", "linear", {})]:
    k = KernelPCA(n_components=2, kernel=theirs, eigen_solver="dense", fit_inverse_transform=True, alpha=0.1, **args).fit(C)
    kernels.append(dict(kernel=ours, params=args, eigenvalues=k.eigenvalues_.tolist(),
                        projected=np.abs(k.transform(new)).tolist(), back=k.inverse_transform(k.transform(new)).tolist()))
out["kernelPca"] = dict(X=C.tolist(), new=new.tolist(), cases=kernels)

P = np.abs(rng.normal(size=(30, 4))) @ np.abs(rng.normal(size=(4, 8))) + 0.1 * rng.uniform(size=(30, 8))
P = P.round(4)
nmf = []
for init in ("nndsvd", "nndsvda"):
    for a, l1 in ((0.0, 0.0), (0.01, 0.5)):
        m = NMF(n_components=3, init=init, tol=1e-12, max_iter=200000, alpha_W=a, alpha_H="same", l1_ratio=l1, random_state=0)
        W = m.fit_transform(P)
        nmf.append(dict(init=init, alphaW=a, l1Ratio=l1, error=float(np.linalg.norm(P - W @ m.components_)),
                        components=m.components_.tolist()))
out["nmf"] = dict(X=P.tolist(), cases=nmf)

n = 400
s = np.linspace(0, 8, n)
S = np.c_[np.sin(2 * s), np.sign(np.sin(3 * s)), rng.laplace(size=n)]
S = S / S.std(0)
A = np.array([[1, 1, 1], [0.5, 2, 1.0], [1.5, 1.0, 2.0]])
M = (S @ A.T).round(4)
ica = []
for fun in ("logcosh", "exp", "cube"):
    f = FastICA(n_components=3, fun=fun, tol=1e-14, max_iter=5000, whiten="unit-variance", random_state=0).fit(M)
    ica.append(dict(fun=fun, components=signed(f.components_)))
out["ica"] = dict(X=M.tolist(), cases=ica)

f = FactorAnalysis(n_components=3, svd_method="lapack", tol=1e-9, max_iter=20000).fit(X)
out["factor"] = dict(components=signed(f.components_), noise=f.noise_variance_.tolist(), loglike=float(f.loglike_[-1]),
                     score=float(f.score(X)), projected=np.abs(f.transform(X[:4])).tolist())
out["johnson"] = [[n, e, int(johnson_lindenstrauss_min_dim(n, eps=e))] for n in (1, 10, 1000, 10**6) for e in (0.05, 0.1, 0.5, 0.9)]
OUT.write_text(json.dumps(out, separators=(",", ":")) + "\n")
