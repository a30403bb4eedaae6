"""Logistic regression: scikit-learn optima (driven to the last digits) and statsmodels standard errors.

    /usr/bin/python3 reference/linear/make_logistic.py
"""
import json
import pathlib

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

OUT = pathlib.Path(__file__).parents[1] / "values/linear/logistic.json"


def objective(coef, intercept, X, codes, C, w):
    """sklearn's objective: C * sum w logloss + |coef|^2 / 2."""
    z = X @ coef.T + intercept
    if z.shape[1] == 1:
        z = np.hstack([np.zeros_like(z), z])
    nll = logsumexp(z, axis=1) - z[np.arange(len(codes)), codes]
    return float(C * (w @ nll) + 0.5 * (coef**2).sum()), float((w @ nll) / w.sum())


def polish(X, codes, K, C, w, fit_intercept):
    """Newton-CG far beyond the default tolerance, in float64."""
    m = LogisticRegression(C=C, solver="newton-cg", tol=1e-12, max_iter=100000, fit_intercept=fit_intercept,
                           multi_class="multinomial" if K > 2 else "auto")
    m.fit(X, codes, sample_weight=w)
    return m


rng = np.random.default_rng(20)
cases = []


def add(name, X, y, C=1.0, w=None, class_weight=None, fit_intercept=True):
    X = np.asarray(X, float)
    classes, codes = np.unique(y, return_inverse=True)
    given = w
    w = np.ones(len(y)) if w is None else w
    total = w.copy()
    if class_weight == "balanced":
        sums = np.bincount(codes, weights=w)
        total = w * (w.sum() / (len(classes) * sums))[codes]
    m = polish(X, codes, len(classes), C, total, fit_intercept)
    obj, loss = objective(m.coef_, m.intercept_, X, codes, C, total)
    cases.append(dict(
        name=name, X=X.tolist(), y=codes.tolist(), C=C, fitIntercept=fit_intercept, classWeight=class_weight,
        sampleWeight=None if given is None else given.tolist(), coef=m.coef_.tolist(),
        intercept=np.atleast_1d(m.intercept_).tolist(), objective=obj, logLoss=loss,
        proba=m.predict_proba(X)[:5].tolist(), decision=m.decision_function(X)[:5].tolist(),
    ))


iris = load_iris()
wine = load_wine()
cancer = load_breast_cancer()
std = lambda X: StandardScaler().fit_transform(X)
add("iris", iris.data, iris.target)
add("iris binary, strong penalty, weights", iris.data[50:], iris.target[50:], C=0.1, w=rng.integers(1, 5, 100).astype(float))
add("iris balanced, odd shares", iris.data[:120], iris.target[:120], class_weight="balanced")
add("wine standardised, weak penalty", std(wine.data).round(6), wine.target, C=100.0)
add("cancer standardised, 8 columns", std(cancer.data[:200, :8]).round(6), cancer.target[:200])
add("cancer raw units, 10 columns", cancer.data[:200, :10], cancer.target[:200])
add("no intercept", std(cancer.data[:120, :5]).round(6), cancer.target[:120], fit_intercept=False)
X = rng.normal(size=(60, 3)).round(4)
add("separable", X, (X @ [1, -2, 0.5] > 0.1).astype(int), C=10.0)

# Unpenalised, with standard errors.
n = 150
X = np.column_stack([rng.normal(50, 12, n), rng.normal(0, 1, n), rng.integers(0, 2, n)]).round(3)
p = 1 / (1 + np.exp(-(-4 + 0.07 * X[:, 0] + 0.8 * X[:, 1] - 0.9 * X[:, 2])))
y = (rng.uniform(size=n) < p).astype(int)
fit = sm.Logit(y, sm.add_constant(X)).fit(disp=0, tol=1e-14, maxiter=200, method="newton")
glm = sm.GLM(y, sm.add_constant(X), family=sm.families.Binomial()).fit(tol=1e-14)
binary = dict(
    X=X.tolist(), y=y.tolist(), params=fit.params.tolist(), bse=fit.bse.tolist(), z=fit.tvalues.tolist(),
    p=fit.pvalues.tolist(), ci=fit.conf_int(0.1).tolist(), cov=fit.cov_params().tolist(), llf=fit.llf,
    llnull=fit.llnull, deviance=glm.deviance, nullDeviance=glm.null_deviance, aic=fit.aic, bic=fit.bic,
    prsquared=fit.prsquared, dfModel=fit.df_model, dfResid=fit.df_resid,
)
y3 = np.where(rng.uniform(size=n) < 0.3, 2, y)
mn = sm.MNLogit(y3, sm.add_constant(X)).fit(disp=0, tol=1e-14, maxiter=200, method="newton")
multi = dict(X=X.tolist(), y=y3.tolist(), params=mn.params.T.tolist(), bse=mn.bse.T.tolist(), llf=mn.llf,
             llnull=mn.llnull, aic=mn.aic, bic=mn.bic)

OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(dict(
    versions=dict(sklearn=sklearn.__version__, statsmodels=statsmodels.__version__, numpy=np.__version__),
    cases=cases, binary=binary, multinomial=multi), separators=(",", ":")) + "\n")
print({c["name"]: c["logLoss"] for c in cases})
