"""Support vector machines of scikit-learn (libsvm, liblinear), driven to small tolerances.

    /usr/bin/python3 reference/svm/make_svm.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn import svm
from sklearn.datasets import load_iris

OUT = pathlib.Path(__file__).parents[1] / "values/svm/svm.json"
OUT.parent.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(0)
X, labels = load_iris(return_X_y=True)
X = ((X - X.mean(0)) / X.std(0) + rng.normal(scale=0.3, size=X.shape)).round(4)
X, labels = X[::2], labels[::2]
two = (labels == 1).astype(int)
y = (np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + rng.normal(scale=0.1, size=len(X))).round(4)
w = rng.integers(1, 4, len(X)).astype(float)
Q = (X[::5] + rng.normal(scale=0.3, size=X[::5].shape)).round(4)
KERNELS = [dict(kernel="rbf", gamma=0.5), dict(kernel="rbf", gamma="scale"), dict(kernel="linear"), dict(kernel="poly", degree=3, gamma=0.3, coef0=1.0),
           dict(kernel="sigmoid", gamma=0.01, coef0=-0.1)]
T = dict(tol=1e-8, max_iter=10**6, cache_size=100)
svc = []
for k in KERNELS:
    for C in (0.5, 10.0):
        for weighted in (False, True):
            sw = w if weighted else None
            a = svm.SVC(C=C, **k, **T).fit(X, two, sample_weight=sw)
            b = svm.SVC(C=C, **k, **T).fit(X, labels, sample_weight=sw)
            svc.append(dict(params=dict(C=C, **k), weighted=weighted, binary=a.decision_function(Q).tolist(), nSupport=len(a.support_),
                            dualSum=float(np.abs(a.dual_coef_).sum()), intercept=float(a.intercept_[0]),
                            ovr=b.decision_function(Q).ravel().tolist(), predict=b.predict(Q).tolist()))
balanced = svm.SVC(C=1, class_weight="balanced", **T).fit(X, two).decision_function(Q).tolist()
nu = [dict(nu=v, params=k, binary=(m := svm.NuSVC(nu=v, **k, **T).fit(X, two)).decision_function(Q).tolist(), nSupport=len(m.support_),
           ovr=svm.NuSVC(nu=v, **k, **T).fit(X, labels).decision_function(Q).ravel().tolist())
      for v in (0.2, 0.5) for k in KERNELS[:2]]  # linear: no margin, so nothing to compare
svr = [dict(params=dict(C=C, epsilon=e, **k), weighted=weighted, nSupport=len(m.support_), value=m.predict(Q).tolist())
       for k in KERNELS[:3] for C, e in ((1.0, 0.1), (5.0, 0.5)) for weighted in (False, True)
       for m in [svm.SVR(C=C, epsilon=e, **k, tol=1e-6, cache_size=100).fit(X, y, sample_weight=w if weighted else None)]]
one = [dict(nu=v, gamma=g, score=svm.OneClassSVM(nu=v, gamma=g, **T).fit(X).decision_function(Q).tolist()) for v in (0.1, 0.5) for g in (0.2, 2.0)]
linear = []
for loss in ("hinge", "squared_hinge"):
    for C in (0.1, 5.0):
        for scaling in (1.0, 10.0):
            m = svm.LinearSVC(loss=loss, C=C, intercept_scaling=scaling, tol=1e-9, max_iter=500000).fit(X, labels, sample_weight=w)
            linear.append(dict(loss=loss, C=C, interceptScaling=scaling, coef=m.coef_.ravel().tolist(), intercept=m.intercept_.tolist()))
regress = []
for loss in ("epsilon_insensitive", "squared_epsilon_insensitive"):
    for C, e in ((0.1, 0.0), (5.0, 0.3)):
        m = svm.LinearSVR(loss=loss, C=C, epsilon=e, tol=1e-8, max_iter=50000).fit(X, y)
        regress.append(dict(loss=loss, C=C, epsilon=e, coef=m.coef_.tolist(), intercept=float(m.intercept_[0])))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), labels=labels.tolist(), two=two.tolist(), y=y.tolist(),
                               w=w.tolist(), Q=Q.tolist(), svc=svc, balanced=balanced, nu=nu, svr=svr, one=one, linear=linear,
                               regress=regress), separators=(",", ":")) + "\n")
