"""Iterative imputation of scikit-learn with ridge regressions.

    /usr/bin/python3 reference/data/make_impute.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import Ridge

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/data/impute.json"
rng = np.random.default_rng(2)
X = (rng.normal(size=(40, 4)) @ rng.normal(size=(4, 4)) + [0, 3, 0, -2]).round(4)
X[rng.uniform(size=X.shape) < [0.0, 0.1, 0.2, 0.3]] = np.nan
cases = [dict(alpha=a, maxIter=k, filled=IterativeImputer(Ridge(alpha=a), max_iter=k, tol=0, skip_complete=True)
              .fit_transform(X).tolist()) for a, k in ((1e-3, 1), (1e-3, 6), (2.0, 4))]
rows = [[None if np.isnan(v) else v for v in r] for r in X.tolist()]
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), X=rows, cases=cases), separators=(",", ":")) + "\n")
