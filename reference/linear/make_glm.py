"""Generalised linear models of statsmodels: coefficients, standard errors, deviances.

    /usr/bin/python3 reference/linear/make_glm.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import TweedieRegressor

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "values/linear/glm.json"
rng = np.random.default_rng(4)
n = 120
X = rng.normal(size=(n, 3)).round(4)
exposure = rng.uniform(0.5, 4, n).round(4)
eta = 0.3 + X @ [0.5, -0.3, 0.1]
w = rng.integers(1, 4, n).astype(float)
mu = np.exp(eta)
targets = dict(
    gaussian=(eta + 0.5 * rng.normal(size=n)).round(4),
    binomial=(rng.uniform(size=n) < 1 / (1 + np.exp(-eta))).astype(float),
    poisson=rng.poisson(mu * exposure).astype(float),
    gamma=np.maximum(rng.gamma(3, mu / 3), 1e-3).round(4),
    inverseGaussian=np.maximum(rng.wald(mu, 2.0), 1e-3).round(4),
    tweedie=np.array([sum(rng.gamma(2, m / 2) for _ in range(rng.poisson(1.0))) for m in mu]).round(4),
    negativeBinomial=rng.poisson(mu * exposure * rng.gamma(1.5, 1 / 1.5, n)).astype(float),
)
links = dict(identity=sm.families.links.identity, log=sm.families.links.log, logit=sm.families.links.logit,
             probit=sm.families.links.probit, cloglog=sm.families.links.cloglog,
             inverse=sm.families.links.inverse_power, sqrt=sm.families.links.sqrt)
families = dict(gaussian=sm.families.Gaussian, binomial=sm.families.Binomial, poisson=sm.families.Poisson,
                gamma=sm.families.Gamma, inverseGaussian=sm.families.InverseGaussian,
                tweedie=lambda link: sm.families.Tweedie(link=link, var_power=1.5),
                negativeBinomial=lambda link: sm.families.NegativeBinomial(link=link, alpha=0.7))
plan = [("gaussian", "identity", False, False), ("gaussian", "log", False, False), ("binomial", "logit", False, True),
        ("binomial", "probit", False, False), ("binomial", "cloglog", False, False), ("poisson", "log", True, False),
        ("poisson", "log", True, True), ("poisson", "sqrt", False, False), ("gamma", "log", False, True),
        ("gamma", "inverse", False, False), ("inverseGaussian", "log", False, False),
        ("tweedie", "log", False, False), ("negativeBinomial", "log", True, False)]
cases = []
for family, link, offset, weighted in plan:
    y = targets[family]
    if family == "gaussian" and link == "log":
        y = mu.round(4)
    if link == "inverse":
        y = rng.gamma(20, 1 / (1.5 + X @ [0.1, -0.1, 0.2]) / 20).round(4)
    m = sm.GLM(y, sm.add_constant(X), family=families[family](link=links[link]()),
               offset=np.log(exposure) if offset else None, freq_weights=w if weighted else None)
    r = m.fit(tol=1e-14, maxiter=500)
    cases.append(dict(family=family, link=link, offset=offset, weighted=weighted, y=y.tolist(), params=r.params.tolist(),
                      errors=r.bse.tolist(), deviance=float(r.deviance), nullDeviance=float(r.null_deviance),
                      pearson=float(r.pearson_chi2), dispersion=float(r.scale), interval=r.conf_int().tolist(),
                      logLikelihood=None if family in ("tweedie", "gaussian") else float(r.llf)))
nb = sm.NegativeBinomial(targets["negativeBinomial"], sm.add_constant(X), offset=np.log(exposure)).fit(
    disp=0, method="bfgs", gtol=1e-9, maxiter=5000)
penalised = TweedieRegressor(power=1, alpha=0.3, link="log", tol=1e-12, max_iter=10000).fit(X, targets["poisson"])
OUT.write_text(json.dumps(dict(
    versions=dict(statsmodels=statsmodels.__version__, sklearn=sklearn.__version__), X=X.tolist(),
    exposure=exposure.tolist(), w=w.tolist(), cases=cases,
    negativeBinomial=dict(y=targets["negativeBinomial"].tolist(), params=nb.params[:-1].tolist(), alpha=float(nb.params[-1]),
                          logLikelihood=float(nb.llf)),
    penalised=dict(y=targets["poisson"].tolist(), coef=penalised.coef_.tolist(), intercept=float(penalised.intercept_))),
    separators=(",", ":")) + "\n")
