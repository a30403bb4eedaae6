"""Golden values of packages/whetstone/src/stats/distributions from scipy.stats.

Run: /usr/bin/python3 reference/stats/make_distributions.py
"""
import json
import pathlib
import sys

import mpmath
import numpy as np
import scipy
from scipy import stats

CASES = [
    ("normal", [1.5, 2.5], stats.norm(1.5, 2.5)),
    ("logNormal", [0.3, 0.8], stats.lognorm(0.8, scale=np.exp(0.3))),
    ("studentT", [0.7], stats.t(0.7)),
    ("studentT", [4.5, -1, 2], stats.t(4.5, -1, 2)),
    ("studentT", [60], stats.t(60)),
    ("cauchy", [1, 2], stats.cauchy(1, 2)),
    ("laplace", [-1, 0.5], stats.laplace(-1, 0.5)),
    ("logistic", [2, 3], stats.logistic(2, 3)),
    ("gammaDistribution", [0.4, 2], stats.gamma(0.4, scale=2)),
    ("gammaDistribution", [7.5, 0.1], stats.gamma(7.5, scale=0.1)),
    ("chiSquare", [1], stats.chi2(1)),
    ("chiSquare", [23], stats.chi2(23)),
    ("exponential", [2.5], stats.expon(scale=0.4)),
    ("weibull", [1.7, 3], stats.weibull_min(1.7, scale=3)),
    ("weibull", [0.6], stats.weibull_min(0.6)),
    ("betaDistribution", [0.5, 0.7], stats.beta(0.5, 0.7)),
    ("betaDistribution", [4, 9.5], stats.beta(4, 9.5)),
    ("fDistribution", [3, 7], stats.f(3, 7)),
    ("fDistribution", [20, 5], stats.f(20, 5)),
    ("uniform", [-2, 5], stats.uniform(-2, 7)),
    ("poisson", [0.6], stats.poisson(0.6)),
    ("poisson", [37.5], stats.poisson(37.5)),
    ("binomial", [12, 0.3], stats.binom(12, 0.3)),
    ("binomial", [400, 0.85], stats.binom(400, 0.85)),
    ("bernoulli", [0.2], stats.bernoulli(0.2)),
    ("geometric", [0.15], stats.geom(0.15)),
    ("negativeBinomial", [2.5, 0.3], stats.nbinom(2.5, 0.3)),
    ("negativeBinomial", [60, 0.55], stats.nbinom(60, 0.55)),
    ("hypergeometric", [52, 13, 5], stats.hypergeom(52, 13, 5)),
    ("hypergeometric", [2000, 600, 300], stats.hypergeom(2000, 600, 300)),
]
P = [1e-12, 1e-6, 0.001, 0.02, 0.2, 0.5, 0.7, 0.9, 0.99, 0.9999]
Q = [1e-30, 1e-15, 1e-9, 1e-3, 0.05, 0.4]
mpmath.mp.dps = 40


class Exact:
    """SciPy's frozen distribution with lower-tail cdf and ppf from mpmath, where SciPy 1.10 loses digits there."""

    def __init__(self, d, cdf, pdf):
        self.d, self.exact, self.slope, self.dist = d, cdf, pdf, d.dist

    def __getattr__(self, name):
        return getattr(self.d, name)

    def cdf(self, x):
        return np.array([float(self.exact(mpmath.mpf(float(v)))) for v in np.atleast_1d(x)])

    def sf(self, x):
        return np.array([float(1 - self.exact(mpmath.mpf(float(v)))) for v in np.atleast_1d(x)])

    def ppf(self, p):
        out = []
        for target in np.atleast_1d(p):
            x = mpmath.mpf(float(self.d.ppf(target)))
            for _ in range(30):
                x -= (self.exact(x) - mpmath.mpf(float(target))) / self.slope(x)
            out.append(float(x))
        return np.array(out)


def exact_f(d1, d2):
    a, b = mpmath.mpf(d1) / 2, mpmath.mpf(d2) / 2
    u = lambda x: d1 * x / (d1 * x + d2)
    return Exact(stats.f(d1, d2), lambda x: mpmath.betainc(a, b, 0, u(x), regularized=True),
                 lambda x: u(x) ** a * (1 - u(x)) ** b / x / mpmath.beta(a, b))


CASES = [(n, p, exact_f(*p) if n == "fDistribution" else
          Exact(d, lambda x: mpmath.atan2(1, (1 - x) / 2) / mpmath.pi, lambda x: 1 / (2 * mpmath.pi * (1 + ((x - 1) / 2) ** 2)))
          if n == "cauchy" else d) for n, p, d in CASES]
rows = []
for name, parameters, d in CASES:
    discrete = hasattr(d, "pmf") and not hasattr(d.dist, "pdf")
    xs = sorted({float(v) for v in list(d.ppf(P)) + list(d.isf(Q[1:]))})
    if discrete:
        xs = sorted({float(v) for v in np.concatenate([xs, np.array(xs) + 1]) if np.isfinite(v)})
    xs = [x for x in xs if np.isfinite(x)]
    pdf = d.pmf if discrete else d.pdf
    log = d.logpmf if discrete else d.logpdf
    fin = lambda a: [None if not np.isfinite(v) else float(v) for v in np.atleast_1d(a)]
    rows.append(dict(
        name=name, parameters=parameters, x=xs, pdf=fin(pdf(xs)), logPdf=fin(log(xs)), cdf=fin(d.cdf(xs)), sf=fin(d.sf(xs)),
        p=P, quantile=fin(d.ppf(P)), q=Q, upperQuantile=fin(d.isf(Q)),
        mean=fin(d.mean())[0], variance=fin(d.var())[0], entropy=fin(d.entropy())[0]))
out = pathlib.Path(__file__).parents[1] / "values" / "stats" / "distributions.json"
out.write_text(json.dumps(dict(versions=dict(python=sys.version.split()[0], scipy=scipy.__version__, numpy=np.__version__),
                               rows=rows), indent=None).replace('}, {"name"', '},\n{"name"'))
