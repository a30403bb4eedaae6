"""Golden values of packages/whetstone/src/math/special.

Truth is mpmath at 60 digits, evaluated at the exact double; beside it stands the worst relative deviation of
scipy.special from that truth on the same points, to show what SciPy itself reaches.
Run: python3 reference/math/make_special.py
"""
import json
import pathlib
import sys

import mpmath
import numpy as np
import scipy
import scipy.special as sp
from mpmath import mp, mpf

mp.dps = 60
rng = np.random.default_rng(20)


def geo(a, b, n):
    return [float(v) for v in np.geomspace(a, b, n) * rng.uniform(0.97, 1.03, n)]


def lin(a, b, n):
    return [float(v) for v in np.sort(rng.uniform(a, b, n))]


def pairs(xs, ys):
    return [(x, y) for x in xs for y in ys]


def gp(a, x):
    a, x = mpf(a), mpf(x)
    return mpmath.gammainc(a, 0, x, regularized=True) if x < a + 5 * mp.sqrt(a) + 5 else 1 - gq(a, x)


def gq(a, x):
    a, x = mpf(a), mpf(x)
    # 1 - P at precision high enough for the smallest Q asked for
    with mp.workdps(400 if x > a else 80):
        return mpmath.gammainc(a, x, mp.inf, regularized=True)


def beta_series(a, b, x):
    """I_x(a, b) = x^a (1-x)^b / (a B(a, b)) * sum (a+b)_n / (a+1)_n x^n, all terms positive."""
    term = total = mpf(1)
    n = 0
    while True:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
        if n > 10 and term < total * mpf(10) ** -45 and (a + b + n) / (a + 1 + n) * x < 1:
            break
    return mp.exp(a * mp.log(x) + b * mp.log(1 - x) - mp.log(a)
                  - mpmath.loggamma(a) - mpmath.loggamma(b) + mpmath.loggamma(a + b)) * total


def bi(a, b, x):
    a, b, x = mpf(a), mpf(b), mpf(x)
    return beta_series(a, b, x) if x <= a / (a + b) else 1 - beta_series(b, a, 1 - x)


def bc(a, b, x):
    a, b, x = mpf(a), mpf(b), mpf(x)
    return 1 - beta_series(a, b, x) if x <= a / (a + b) else beta_series(b, a, 1 - x)


def ncdf(x):
    return mpmath.erfc(-mpf(x) / mp.sqrt(2)) / 2


def nquant(p):
    p = mpf(p)
    x = mpf(float(sp.ndtri(float(p))))
    for _ in range(8):
        f = ncdf(x)
        x -= (f - p) / (mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi))
    return x


def erfcinv(q):
    return -nquant(mpf(q) / 2) / mp.sqrt(2) if q > 1e-300 else erfcinv_tiny(q)


def erfcinv_tiny(q):
    q = mpf(q)
    return mpmath.findroot(lambda x: mp.log(mpmath.erfc(x)) - mp.log(q), mpf(26))


PI = float(np.pi)
bessel_x = lin(0.01, 8, 30) + lin(8, 100, 30) + geo(1e-6, 1e-2, 6) + [200.3, 1000.7, 8.0, 1e4]
mod_x = geo(1e-6, 2, 20) + lin(2, 30, 25) + geo(30, 600, 8) + [2.0, 8.0]
probs = [1e-300, 1e-100, 1e-30, 1e-12, 1e-5, 0.001, 0.01, 0.1, 0.24, 0.25, 0.3, 0.49, 0.5, 0.51, 0.7, 0.75, 0.76, 0.9, 0.99, 0.999999]
shapes = [1e-3, 0.03, 0.3, 0.5, 0.9, 1.0, 1.5, 2.7, 5.0, 9.9, 10.1, 20.3, 49.9, 50.1, 100.7, 333.3, 1e3, 1e4, 1e6]
gamma_pairs = [(a, float(a * r)) for a in shapes for r in (0.01, 0.1, 0.4, 0.64, 0.66, 0.9, 0.99, 1.0, 1.01, 1.1, 1.34, 1.36, 2.0, 4.0)]
gamma_pairs += [(a, x) for a in (0.001, 0.05, 0.4, 1.0, 3.0, 12.0) for x in (1e-10, 1e-3, 0.1, 0.49, 0.6, 1.05, 1.2, 3.0, 10.0, 40.0, 100.0)]
gamma_pairs += [(a, float(a + k * a**0.5)) for a in (30.0, 60.0, 1e3, 1e5) for k in (-6, -3, -1, 0, 0.5, 2, 5, 8)]
gamma_pairs = [(a, x) for a, x in gamma_pairs if x > 0]
beta_shapes = [(0.5, 0.5), (0.1, 0.3), (0.02, 4.0), (1.0, 1.0), (1.0, 3.5), (2.5, 0.5), (2.0, 3.0), (5.5, 12.5), (9.9, 30.0),
               (30.0, 9.5), (50.0, 0.5), (0.5, 200.0), (12.0, 11.0), (100.0, 40.0), (300.0, 700.0), (1e4, 2e4), (1e5, 3.0), (3.0, 1e5), (1e5, 1e5)]
beta_points = []
for a, b in beta_shapes:
    m, s = a / (a + b), (a * b / (a + b) ** 2 / (a + b + 1)) ** 0.5
    xs = [m + k * s for k in (-5, -2, -1, -0.3, 0, 0.2, 1, 2.5, 6)] + [m * 0.1, m * 1e-3, m + (1 - m) * 0.9]
    beta_points += [(a, b, float(x)) for x in xs if 1e-12 < x < 1 - 1e-12]


def ok(v):
    return mpmath.isfinite(v) and 1e-290 < abs(v) < 1e290


def invert(f, start, target):
    """Root of f = target by the secant method on log f against log x, started at SciPy's answer."""
    u0, u1 = mp.log(mpf(start)), mp.log(mpf(start)) + mpf("1e-7")
    goal = mp.log(mpf(target))
    g0, g1 = mp.log(f(mp.exp(u0))) - goal, mp.log(f(mp.exp(u1))) - goal
    for _ in range(40):
        if g1 == g0 or abs(u1 - u0) < mpf(10) ** -25:
            break
        u0, u1 = u1, u1 - g1 * (u1 - u0) / (g1 - g0)
        g0, g1 = g1, mp.log(f(mp.exp(u1))) - goal
    return mp.exp(u1)


inv_shapes = [0.05, 0.3, 1.0, 2.5, 12.0, 77.0, 1e3]
inv_probs = [1e-20, 1e-8, 1e-3, 0.05, 0.3, 0.5, 0.7, 0.95, 0.9999]

CASES = {
    "gamma": (mpmath.gamma, sp.gamma, [(x,) for x in lin(0.01, 30, 40) + lin(30, 170, 20) + lin(-19.9, -0.1, 20) + lin(-100, -20, 10) + geo(1e-200, 0.1, 10) + [0.5, 1.0, 5.0, 20.0]]),
    "logGamma": (lambda x: mp.log(abs(mpmath.gamma(mpf(x)))), sp.gammaln, [(x,) for x in lin(0.01, 4, 60) + lin(4, 30, 20) + geo(30, 1e300, 25) + geo(1e-300, 0.1, 15) + [1 + 1e-9, 1 - 1e-7, 2 + 1e-12, 2 - 1e-5, 0.5, 1.5, 2.5, 10.0]]),
    "digamma": (lambda x: mpmath.psi(0, mpf(x)), sp.psi, [(x,) for x in lin(0.01, 3, 40) + lin(3, 20, 20) + geo(20, 1e15, 15) + geo(1e-200, 0.1, 10) + lin(-0.45, -0.05, 8) + [1.4616321449683622, 1.4616, 1.462, 10.0, 2.0, 1.0]]),
    "trigamma": (lambda x: mpmath.psi(1, mpf(x)), lambda x: sp.polygamma(1, x), [(x,) for x in lin(0.01, 15, 40) + geo(15, 1e15, 15) + geo(1e-100, 0.1, 10) + lin(-9.9, -0.1, 15)]),
    "logBeta": (lambda a, b: mp.log(mpmath.beta(mpf(a), mpf(b))), sp.betaln, pairs([0.01, 0.3, 1.7, 6.0, 9.99, 10.0, 55.5, 1e3, 1e8], [0.02, 0.7, 3.3, 11.0, 400.0, 1e5])),
    "beta": (lambda a, b: mpmath.beta(mpf(a), mpf(b)), sp.beta, pairs([0.01, 0.3, 1.7, 6.0, 30.0], [0.02, 0.7, 3.3, 11.0, 60.0])),
    "logBinomial": (lambda n, k: mp.log(mpmath.binomial(mpf(n), mpf(k))), lambda n, k: np.log(sp.binom(n, k)), [(5, 2), (10, 5), (52, 5), (1000, 10), (1000, 500), (1e6, 3), (1e6, 5e5), (7.5, 2.25)]),
    "multivariateLogGamma": (lambda x, p: mpf(p * (p - 1)) / 4 * mp.log(mp.pi) + sum(mpmath.loggamma(mpf(x) - mpf(j) / 2) for j in range(int(p))),
                             lambda x, p: sp.multigammaln(x, int(p)), [(3.0, 2), (5.5, 4), (60.0, 10), (1e4, 7)]),
    "erf": (mpmath.erf, sp.erf, [(x,) for x in lin(-7, 7, 60) + geo(1e-300, 0.1, 20)]),
    "erfc": (mpmath.erfc, sp.erfc, [(x,) for x in lin(-3, 26, 90)]),
    "erfcx": (lambda x: mp.exp(mpf(x) ** 2) * mpmath.erfc(mpf(x)) if x < 100 else 1 / (mpf(x) * mp.sqrt(mp.pi)) * mpmath.nsum(lambda n: (-1) ** int(n) * mpmath.fac2(2 * int(n) - 1) / (2 * mpf(x) ** 2) ** int(n), [0, 8]),
              sp.erfcx, [(x,) for x in lin(-26, 26, 80) + geo(100, 1e12, 10)]),
    "erfInv": (lambda y: mpmath.erfinv(mpf(y)), sp.erfinv, [(y,) for y in lin(-0.999, 0.999, 40) + geo(1e-200, 0.1, 12) + [0.5, 1 - 1e-10, 1 - 2**-53]]),
    "erfcInv": (erfcinv, sp.erfcinv, [(p,) for p in probs + [1.2, 1.9, 1.999999, 1e-310]]),
    "normalCdf": (ncdf, sp.ndtr, [(x,) for x in lin(-37.5, 8, 90)]),
    "normalLogCdf": (lambda x: mp.log(ncdf(x)) if x > -1e4 else mp.log(mpmath.erfc(-mpf(x) / mp.sqrt(2)) / 2), sp.log_ndtr, [(x,) for x in lin(-40, 10, 60) + [-1e3, -9e3, -100.0]]),
    "normalQuantile": (nquant, sp.ndtri, [(p,) for p in probs + lin(0.001, 0.999, 60)]),
    "gammaP": (gp, sp.gammainc, gamma_pairs),
    "gammaQ": (gq, sp.gammaincc, gamma_pairs),
    "gammaPInv": (lambda a, p: invert(lambda x: gp(a, x), sp.gammaincinv(a, p), p), sp.gammaincinv, [(a, p) for a, p in pairs(inv_shapes, inv_probs) if sp.gammaincinv(a, p) > 1e-250]),
    "gammaQInv": (lambda a, p: invert(lambda x: gq(a, x), sp.gammainccinv(a, p), p), sp.gammainccinv, [(a, p) for a, p in pairs(inv_shapes, inv_probs) if sp.gammainccinv(a, p) > 1e-250]),
    "betaInc": (bi, sp.betainc, beta_points),
    "betaIncComplement": (bc, lambda a, b, x: sp.betainc(b, a, 1 - x), beta_points),
    "betaIncInv": (lambda a, b, p: invert(lambda x: bi(a, b, x), sp.betaincinv(a, b, p), p), sp.betaincinv,
                   [(a, b, p) for a, b in [(0.5, 0.5), (0.3, 2.0), (1.0, 3.5), (2.0, 3.0), (12.0, 5.0), (40.0, 60.0), (300.0, 700.0), (3.0, 1e4)] for p in inv_probs if b < 500 and 1e-200 < sp.betaincinv(a, b, p) < 0.9999]),
    "besselJ0": (lambda x: mpmath.besselj(0, mpf(x)), sp.j0, [(x,) for x in bessel_x]),
    "besselJ1": (lambda x: mpmath.besselj(1, mpf(x)), sp.j1, [(x,) for x in bessel_x]),
    "besselY0": (lambda x: mpmath.bessely(0, mpf(x)), sp.y0, [(x,) for x in bessel_x]),
    "besselY1": (lambda x: mpmath.bessely(1, mpf(x)), sp.y1, [(x,) for x in bessel_x]),
    "besselI0": (lambda x: mpmath.besseli(0, mpf(x)), sp.i0, [(x,) for x in mod_x]),
    "besselI1": (lambda x: mpmath.besseli(1, mpf(x)), sp.i1, [(x,) for x in mod_x]),
    "besselI0Scaled": (lambda x: mpmath.besseli(0, mpf(x)) * mp.exp(-mpf(x)), sp.i0e, [(x,) for x in mod_x]),
    "besselI1Scaled": (lambda x: mpmath.besseli(1, mpf(x)) * mp.exp(-mpf(x)), sp.i1e, [(x,) for x in mod_x]),
    "besselK0": (lambda x: mpmath.besselk(0, mpf(x)), sp.k0, [(x,) for x in mod_x]),
    "besselK1": (lambda x: mpmath.besselk(1, mpf(x)), sp.k1, [(x,) for x in mod_x]),
    "besselK0Scaled": (lambda x: mpmath.besselk(0, mpf(x)) * mp.exp(mpf(x)), sp.k0e, [(x,) for x in mod_x]),
    "besselK1Scaled": (lambda x: mpmath.besselk(1, mpf(x)) * mp.exp(mpf(x)), sp.k1e, [(x,) for x in mod_x]),
    "besselK": (lambda v, x: mpmath.besselk(mpf(v), mpf(x)), sp.kv, pairs([0.1, 0.25, 0.5, 0.7, 1.3, 1.5, 2.0, 2.2, 2.5, 3.5, 5.0, 7.3, 20.6], [1e-9, 1e-4, 0.01, 0.3, 1.0, 2.0, 2.7, 9.0, 40.0, 300.0])),
    "expIntegralE1": (lambda x: mpmath.e1(mpf(x)), sp.exp1, [(x,) for x in geo(1e-100, 1, 20) + lin(1, 10, 20) + geo(10, 600, 10) + [1.0]]),
    "expIntegralEi": (lambda x: mpmath.ei(mpf(x)), sp.expi, [(x,) for x in geo(1e-100, 0.2, 12) + lin(0.2, 0.6, 20) + [0.37250741078136663, 0.3725, 0.523, 0.222] + lin(0.6, 60, 40) + lin(60, 600, 8) + lin(-20, -0.1, 10)]),
    "lambertW": (lambda x: mpmath.lambertw(mpf(x)).real, lambda x: sp.lambertw(x).real, [(x,) for x in lin(-0.36, 3, 40) + geo(3, 1e300, 20) + geo(1e-300, 0.1, 8) + [-0.3678, -0.36787, -0.367879, -0.3]]),
    "zeta": (lambda s, q: mpmath.zeta(mpf(s), mpf(q)), sp.zeta, pairs([1.01, 1.5, 2.0, 3.7, 10.0, 40.0], [0.1, 1.0, 2.5, 30.0])),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-mpf(x))), sp.expit, [(x,) for x in lin(-700, 40, 60) + lin(-2, 2, 10)]),
    "logSigmoid": (lambda x: -mp.log1p(mp.exp(-mpf(x))), lambda x: sp.log_expit(x), [(x,) for x in lin(-1000, 40, 40) + lin(-2, 2, 10)]),
    "softplus": (lambda x: mp.log1p(mp.exp(mpf(x))), lambda x: np.logaddexp(0, x), [(x,) for x in lin(-700, 800, 40) + lin(-2, 2, 10)]),
    "logit": (lambda p: mp.log(mpf(p) / (1 - mpf(p))), sp.logit, [(p,) for p in lin(0.001, 0.999, 60) + [0.5 + 1e-12, 0.5 - 1e-9, 1e-300, 1 - 2**-53]]),
    "log1mexp": (lambda x: mp.log(-mp.expm1(mpf(x))), lambda x: np.log(-np.expm1(x)), [(-x,) for x in geo(1e-300, 700, 60)]),
    "log1pmx": (lambda x: mp.log1p(mpf(x)) - mpf(x), lambda x: np.log1p(x) - x, [(x,) for x in lin(-0.9, 3, 50) + geo(1e-140, 0.1, 10) + [-1e-5, -1e-9]]),
}

only = sys.argv[1:]
out = pathlib.Path(__file__).parents[1] / "values" / "math" / "special.json"
result = json.loads(out.read_text()) if only and out.exists() else {"functions": {}}
result["versions"] = dict(python=sys.version.split()[0], scipy=scipy.__version__, numpy=np.__version__, mpmath=mpmath.__version__)
for name, (truth, scipy_f, points) in CASES.items():
    if only and name not in only:
        continue
    rows, worst = [], 0.0
    for args in points:
        v = truth(*[mpf(a) for a in args] if name not in ("gammaPInv", "gammaQInv", "betaIncInv", "normalLogCdf", "erfcx", "multivariateLogGamma") else args)
        if not ok(v):
            continue
        rows.append([*args, float(v)])
        with np.errstate(all="ignore"):
            theirs = float(scipy_f(*args))
        if np.isfinite(theirs):
            worst = max(worst, float(abs((mpf(theirs) - v) / v)))
    result["functions"][name] = dict(scipyWorst=worst, rows=rows)
    print(f"{name:24s} {len(rows):4d} points, SciPy worst {worst:.1e}", flush=True)
out.write_text(json.dumps(result).replace('}, "', '},\n"').replace("], [", "],\n["))
