"""Linear and quadratic discriminant analysis of scikit-learn.

    /usr/bin/python3 reference/linear/make_discriminant.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis as LDA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis as QDA

OUT = pathlib.Path(__file__).parents[1] / "values/linear/discriminant.json"
rng = np.random.default_rng(5)
n = 90
y = rng.integers(0, 3, n)
X = (rng.normal(size=(n, 4)) @ rng.normal(size=(4, 4)) + y[:, None] * [1, 0.5, 0, -1]).round(4)
P = [0.2, 0.3, 0.5]
m = LDA()
lda = dict(proba=m.fit(X, y).predict_proba(X[:12]).tolist(), transformed=m.transform(X[:12]).tolist(),
           priors=LDA(priors=P).fit(X, y).predict_proba(X[:12]).tolist(),
           dependent=LDA().fit(np.hstack([X, X[:, :1]]), y).predict_proba(np.hstack([X, X[:, :1]])[:12]).tolist())
qda = dict(proba=QDA().fit(X, y).predict_proba(X[:12]).tolist(),
           priors=QDA(priors=P).fit(X, y).predict_proba(X[:12]).tolist(),
           regularised=QDA(reg_param=0.3).fit(X, y).predict_proba(X[:12]).tolist())
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), y=y.tolist(), lda=lda, qda=qda),
                          separators=(",", ":")) + "\n")
