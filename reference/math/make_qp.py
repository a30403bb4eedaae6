"""Golden values for math/convexity: small QPs solved by SciPy's trust-constr/SLSQP and linprog."""
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy import optimize as so

OUT = pathlib.Path(__file__).resolve().parents[1] / "values" / "math" / "qp.json"
rng = np.random.default_rng(11)
cases = []
for n, m, p in [(3, 4, 0), (6, 10, 2), (10, 25, 3), (20, 40, 5)]:
    Q = rng.normal(size=(n, n))
    P = Q @ Q.T + 0.01 * np.eye(n)
    q = rng.normal(size=n)
    x_in = rng.normal(size=n)
    G = rng.normal(size=(m, n))
    h = G @ x_in + rng.uniform(0.05, 0.5, size=m)
    A = rng.normal(size=(p, n))
    b = A @ x_in
    cons = [{"type": "ineq", "fun": lambda x: h - G @ x, "jac": lambda x: -G}]
    if p:
        cons.append({"type": "eq", "fun": lambda x: A @ x - b, "jac": lambda x: A})
    r = so.minimize(lambda x: 0.5 * x @ P @ x + q @ x, x_in, jac=lambda x: P @ x + q, method="SLSQP", constraints=cons,
                    options={"ftol": 1e-15, "maxiter": 1000})
    # Polish on the active set.
    act = np.abs(h - G @ r.x) < 1e-6
    C = np.vstack([G[act], A])
    d = np.concatenate([h[act], b])
    K = np.block([[P, C.T], [C, np.zeros((len(d), len(d)))]])
    x = np.linalg.solve(K, np.concatenate([-q, d]))[:n]
    assert (G @ x <= h + 1e-9).all()
    cases.append({"P": P.tolist(), "q": q.tolist(), "G": G.tolist(), "h": h.tolist(), "A": A.tolist(), "b": b.tolist(),
                  "x": x.tolist(), "value": float(0.5 * x @ P @ x + q @ x), "active": int(act.sum())})
lps = []
for n, m in [(4, 8), (8, 20)]:
    G = rng.normal(size=(m, n))
    h = rng.uniform(0.5, 1.5, size=m)
    c = -G.T @ rng.uniform(0.1, 1, size=m)  # dual feasible, so bounded
    r = so.linprog(c, A_ub=G, b_ub=h, bounds=[(None, None)] * n, method="highs")
    lps.append({"q": c.tolist(), "G": G.tolist(), "h": h.tolist(), "value": float(r.fun), "x": r.x.tolist()})
OUT.write_text(json.dumps({"versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__}, "qp": cases, "lp": lps}))
print([c["active"] for c in cases])
