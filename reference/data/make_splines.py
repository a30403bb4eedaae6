"""SplineTransformer of scikit-learn, and the limits of outlier clipping by NumPy and SciPy.

    /usr/bin/python3 reference/data/make_splines.py
"""
import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.stats import median_abs_deviation
from sklearn.preprocessing import SplineTransformer

OUT = pathlib.Path(__file__).parents[1] / "values/data/splines.json"
rng = np.random.default_rng(2)
X = np.column_stack([rng.normal(3, 2, 30), rng.exponential(1, 30)]).round(3)
new = np.column_stack([np.linspace(-8, 14, 12), np.linspace(-2, 9, 12)]).round(3)
cases = []
for knots in ("uniform", "quantile", [[-1.0, 0.5, 2.0, 4.0, 7.0], [0.0, 0.1, 0.4, 1.5, 3.0]]):
    for degree in (0, 1, 2, 3, 4):
        for extrapolation in ("constant", "linear", "continue", "periodic"):
            if degree == 0 and extrapolation in ("constant", "linear"):
                continue  # constant gives zeros there, linear needs a slope
            bias = degree % 2 == 1
            given = knots if isinstance(knots, str) else np.array(knots).T
            m = SplineTransformer(n_knots=6 if isinstance(knots, str) else 5, knots=given, degree=degree, extrapolation=extrapolation, include_bias=bias).fit(X)
            rows = new if degree else X[:8]
            out = m.transform(rows)
            if degree == 1 and extrapolation == "linear":
                # scikit-learn 1.2 raises its own degree after the first column here, so columns go alone.
                out = np.hstack([SplineTransformer(
                    n_knots=6 if isinstance(knots, str) else 5, knots=knots if isinstance(knots, str) else given[:, [j]], degree=1,
                    extrapolation="linear").fit(X[:, [j]]).transform(rows[:, [j]]) for j in (0, 1)])
            cases.append(dict(params=dict(nKnots=6, knots=knots, degree=degree, extrapolation=extrapolation, includeBias=bias),
                              rows=rows.tolist(), out=out.round(11).tolist(), names=m.get_feature_names_out().tolist()))
q1, q3, med = np.percentile(X, 25, axis=0), np.percentile(X, 75, axis=0), np.median(X, axis=0)
mad = median_abs_deviation(X, axis=0, scale="normal")
limits = dict(quantile=[np.percentile(X, 10, axis=0).tolist(), np.percentile(X, 90, axis=0).tolist()],
              iqr=[(q1 - 0.7 * (q3 - q1)).tolist(), (q3 + 0.7 * (q3 - q1)).tolist()],
              mad=[(med - 1.2 * mad).tolist(), (med + 1.2 * mad).tolist()])
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__, scipy=scipy.__version__), X=X.tolist(), cases=cases,
                               folds=dict(quantile=0.1, iqr=0.7, mad=1.2), limits=limits), separators=(",", ":")) + "\n")
