"""Least squares and ridge: scikit-learn, statsmodels and mpmath-free exact arithmetic (fractions) as references.

    /usr/bin/python3 reference/linear/make_linear.py
"""
import json
import pathlib
from fractions import Fraction

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge

OUT = pathlib.Path(__file__).parents[1] / "values/linear/linear.json"
rng = np.random.default_rng(3)


def exact(X, y):
    """Least squares with intercept in rational arithmetic."""
    A = [[Fraction(1)] + [Fraction(float(v)) for v in row] for row in X]
    b = [Fraction(float(v)) for v in y]
    p = len(A[0])
    M = [[sum(r[i] * r[j] for r in A) for j in range(p)] + [sum(r[i] * t for r, t in zip(A, b))] for i in range(p)]
    for i in range(p):
        k = next(r for r in range(i, p) if M[r][i] != 0)
        M[i], M[k] = M[k], M[i]
        M[i] = [v / M[i][i] for v in M[i]]
        for r in range(p):
            if r != i and M[r][i] != 0:
                M[r] = [a - M[r][i] * c for a, c in zip(M[r], M[i])]
    return [float(row[-1]) for row in M]


diab = load_diabetes()
X, y = diab.data[:150], diab.target[:150]
w = rng.integers(1, 4, 150).astype(float)
out = {"versions": dict(sklearn=sklearn.__version__, statsmodels=statsmodels.__version__, numpy=np.__version__)}
m = LinearRegression().fit(X, y)
mw = LinearRegression().fit(X, y, sample_weight=w)
m0 = LinearRegression(fit_intercept=False).fit(X, y)
mp = LinearRegression(positive=True).fit(X, y)
out["diabetes"] = dict(
    X=X.tolist(), y=y.tolist(), w=w.tolist(), coef=m.coef_.tolist(), intercept=m.intercept_,
    weightedCoef=mw.coef_.tolist(), weightedIntercept=mw.intercept_, originCoef=m0.coef_.tolist(),
    positiveCoef=mp.coef_.tolist(), positiveIntercept=mp.intercept_,
    ridge=[dict(alpha=a, fitIntercept=f, weighted=ws, coef=r.coef_.tolist(), intercept=float(r.intercept_))
           for a in (1e-3, 0.5, 20.0) for f in (True, False) for ws in (False, True)
           for r in [Ridge(alpha=a, fit_intercept=f, solver="svd" if not ws else "cholesky")
                     .fit(X, y, sample_weight=w if ws else None)]],
)
wide = rng.normal(size=(12, 20)).round(3)
ywide = rng.normal(size=12).round(3)
mw_ = LinearRegression().fit(wide, ywide)
out["wide"] = dict(X=wide.tolist(), y=ywide.tolist(), coef=mw_.coef_.tolist(), intercept=mw_.intercept_,
                   ridge=Ridge(alpha=0.7, solver="svd").fit(wide, ywide).coef_.tolist())
dup = rng.normal(size=(30, 3)).round(3)
dup = np.column_stack([dup, dup[:, 0] + dup[:, 1], np.full(30, 4.0)])
ydup = rng.normal(size=30).round(3)
C = dup - dup.mean(axis=0)
out["dependent"] = dict(X=dup.tolist(), y=ydup.tolist(),
                        coef=np.linalg.lstsq(C, ydup - ydup.mean(), rcond=1e-10)[0].tolist())

long = sm.datasets.longley.load_pandas()
XL, yL = long.exog.to_numpy(), long.endog.to_numpy()
out["longley"] = dict(X=XL.tolist(), y=yL.tolist(), exact=exact(XL, yL), bse=sm.OLS(yL, sm.add_constant(XL)).fit().bse.tolist())
# Columns of very unlike units, nearly dependent.
t = np.linspace(0, 1, 40).round(3)
XH = np.column_stack([1e6 * t, 1e-3 * (t + 1e-4 * rng.normal(size=40).round(2)), t**2 + 1e3])
yH = (1 + 2 * t + rng.normal(size=40) * 0.01).round(5)
out["hard"] = dict(X=XH.tolist(), y=yH.tolist(), exact=exact(XH, yH))


def inference(fit):
    return dict(params=fit.params.tolist(), bse=fit.bse.tolist(), t=fit.tvalues.tolist(), p=fit.pvalues.tolist(),
                ci=fit.conf_int(0.1).tolist(), cov=fit.cov_params().tolist(), r2=fit.rsquared, r2adj=fit.rsquared_adj,
                f=fit.fvalue, fp=fit.f_pvalue, llf=fit.llf, aic=fit.aic, bic=fit.bic, ssr=fit.ssr,
                dfResid=fit.df_resid)


XS = X[:, :4]
rows = np.repeat(np.arange(150), w.astype(int))
ols = sm.OLS(y, sm.add_constant(XS)).fit()
inf = ols.get_influence()
out["inference"] = dict(
    plain=inference(ols), origin=inference(sm.OLS(y, XS).fit()),
    copies=inference(sm.OLS(y[rows], sm.add_constant(XS[rows])).fit()),
    leverage=inf.hat_matrix_diag.tolist(), studentized=inf.resid_studentized_internal.tolist(),
    external=inf.resid_studentized_external.tolist(), cooks=inf.cooks_distance[0].tolist())
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(out, separators=(",", ":")) + "\n")
