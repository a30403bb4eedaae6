"""Sparse codes and dictionaries by scikit-learn.

    /usr/bin/python3 reference/decomposition/make_dictionary.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.decomposition import DictionaryLearning, sparse_encode
from sklearn.linear_model import Lasso

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/decomposition/dictionary.json"
rng = np.random.default_rng(3)
D = rng.normal(size=(9, 6))
D = (D / np.linalg.norm(D, axis=1, keepdims=True)).round(4)
X = (rng.normal(size=(25, 9)) * (rng.uniform(size=(25, 9)) < 0.3)) @ D + 0.02 * rng.normal(size=(25, 6))
X = X.round(4)
codes = []
for algorithm, options in (("lasso_cd", dict(alpha=0.1)), ("lasso_cd", dict(alpha=0.5)), ("lasso_cd", dict(alpha=0.1, positive=True)),
                           ("omp", dict(n_nonzero_coefs=1)), ("omp", dict(n_nonzero_coefs=4)), ("omp", dict()),
                           ("threshold", dict(alpha=0.3)), ("threshold", dict(alpha=0.3, positive=True))):
    # The lars form of the lasso ends at the exact solution, but not where codes must be positive.
    named = "lasso_lars" if algorithm == "lasso_cd" else algorithm
    if algorithm == "lasso_cd" and "positive" in options:
        exact = Lasso(options["alpha"] / 6, fit_intercept=False, positive=True, tol=1e-14, max_iter=10**6)
        code = exact.fit(D.T, X.T).coef_
    else:
        code = sparse_encode(X, D, algorithm=named, **options)
    codes.append(dict(algorithm=algorithm, options=options, code=code.tolist()))
fits = []
for k, alpha, positive in ((4, 0.2, False), (6, 0.05, False), (5, 0.1, True)):
    m = DictionaryLearning(n_components=k, alpha=alpha, max_iter=15, tol=0, fit_algorithm="cd" if positive else "lars", transform_algorithm="lasso_lars",
                           positive_code=positive, random_state=0).fit(X)
    fits.append(dict(k=k, alpha=alpha, positive=positive, errors=[float(e) for e in m.error_], components=m.components_.tolist(),
                     code=np.abs(m.transform(X)).tolist()))
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=X.tolist(), D=D.tolist(), codes=codes, fits=fits),
                          separators=(",", ":")) + "\n")
