"""Golden values for math/optimize: minima, iteration counts and roots from SciPy."""
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy import optimize as so

OUT = pathlib.Path(__file__).resolve().parents[1] / "values" / "math" / "optimize.json"


def beale(x):
    return (1.5 - x[0] + x[0] * x[1]) ** 2 + (2.25 - x[0] + x[0] * x[1] ** 2) ** 2 + (2.625 - x[0] + x[0] * x[1] ** 3) ** 2


def wood(x):
    return (100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2 + 90 * (x[3] - x[2] ** 2) ** 2 + (1 - x[2]) ** 2
            + 10.1 * ((x[1] - 1) ** 2 + (x[3] - 1) ** 2) + 19.8 * (x[1] - 1) * (x[3] - 1))


def record(r):
    return {"x": list(map(float, r.x)), "value": float(r.fun), "iterations": int(r.nit), "evaluations": int(r.nfev)}


starts = {
    "rosenbrock2": [-1.2, 1.0],
    "rosenbrock10": [-1.0] * 10,
    "rosenbrock50": [0.5] * 50,
}
smooth = {}
for name, x0 in starts.items():
    smooth[name] = {"x0": x0}
    for ours, theirs in {"bfgs": "BFGS", "lbfgs": "L-BFGS-B", "conjugateGradient": "CG", "newton": "Newton-CG"}.items():
        options = {"gtol": 1e-6, "maxiter": 10000, "ftol": 0} if theirs == "L-BFGS-B" else (
            {"gtol": 1e-6, "maxiter": 10000} if theirs != "Newton-CG" else {"xtol": 1e-9})
        kw = {"hess": so.rosen_hess} if theirs == "Newton-CG" else {}
        smooth[name][ours] = record(so.minimize(so.rosen, x0, jac=so.rosen_der, method=theirs, options=options, **kw))

black_box = {
    "beale": record(so.minimize(beale, [1.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})),
    "wood": record(so.minimize(wood, [-3.0, -1.0, -3.0, -1.0], method="Nelder-Mead",
                               options={"xatol": 1e-8, "fatol": 1e-8, "maxiter": 4000, "maxfev": 8000})),
}

# Bounded: Rosenbrock with active bounds, and a random convex quadratic in a box.
bounded = {}
for key, (x0, lo, hi) in {
    "rosenbrockUpper": ([-1.2, 1.0], [-2.0, -2.0], [0.5, 2.0]),
    "rosenbrock5": ([0.5] * 5, [-1.0, -1.0, 0.3, -1.0, -1.0], [0.8, 3.0, 3.0, 3.0, 0.05]),
}.items():
    r = so.minimize(so.rosen, x0, jac=so.rosen_der, method="L-BFGS-B", bounds=list(zip(lo, hi)),
                    options={"gtol": 1e-9, "ftol": 0, "maxiter": 5000})
    bounded[key] = {"x0": x0, "lower": lo, "upper": hi, **record(r)}
rng = np.random.default_rng(5)
n = 30
Q = rng.normal(size=(n, n))
A = Q @ Q.T + 0.1 * np.eye(n)
b = 5 * rng.normal(size=n)
r = so.minimize(lambda x: 0.5 * x @ A @ x - b @ x, np.zeros(n), jac=lambda x: A @ x - b, method="L-BFGS-B",
                bounds=[(-0.5, 0.5)] * n, options={"gtol": 1e-10, "ftol": 0, "maxiter": 5000, "maxfun": 50000})
# Polish: solve exactly on the free set, so the golden is not limited by the solver's tolerance.
x = r.x.copy()
free = (x > -0.5 + 1e-9) & (x < 0.5 - 1e-9)
x[free] = np.linalg.solve(A[np.ix_(free, free)], b[free] - A[np.ix_(free, ~free)] @ x[~free])
bounded["quadratic"] = {"A": A.tolist(), "b": b.tolist(), "x": x.tolist(), "value": float(0.5 * x @ A @ x - b @ x),
                        "iterations": int(r.nit), "free": int(free.sum())}

# Non-linear least squares.
t = np.linspace(0, 4, 25)
y = 2.5 * np.exp(-1.3 * t) + 0.5 + 0.05 * np.sin(17 * t)


def residuals(p):
    return p[0] * np.exp(-p[1] * t) + p[2] - y


ls = so.least_squares(residuals, [1.0, 1.0, 0.0], method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15)
least = {"t": t.tolist(), "y": y.tolist(), "x": ls.x.tolist(), "cost": float(ls.cost), "evaluations": int(ls.nfev)}

scalar = {
    "brentMin": [
        {"name": "cosPlus", "interval": [0.0, 5.0], **(lambda q: {"x": float(q.x), "value": float(q.fun), "evaluations": int(q.nfev)})(
            so.minimize_scalar(lambda v: np.cos(v) + 0.1 * v, bounds=(0, 5), method="bounded", options={"xatol": 1e-10}))},
    ],
    "brentRoot": [
        {"name": "cosMinusX", "interval": [0.0, 1.0], "x": float(so.brentq(lambda v: np.cos(v) - v, 0, 1, xtol=1e-15))},
        {"name": "cubic", "interval": [2.0, 3.0], "x": float(so.brentq(lambda v: v ** 3 - 2 * v - 5, 2, 3, xtol=1e-15))},
        {"name": "expTenth", "interval": [-10.0, 100.0], "x": float(so.brentq(lambda v: np.exp(v / 10) - 3, -10, 100, xtol=1e-14))},
    ],
}

OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({
    "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__},
    "smooth": smooth, "blackBox": black_box, "bounded": bounded, "leastSquares": least, "scalar": scalar,
}, indent=1))
print(OUT)
