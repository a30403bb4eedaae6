"""Golden values for math/ode: high-accuracy SciPy solutions and RK45 step counts."""
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy.integrate import solve_ivp

OUT = pathlib.Path(__file__).resolve().parents[1] / "values" / "math" / "ode.json"

problems = {
    "lotkaVolterra": (lambda t, y: [1.5 * y[0] - y[0] * y[1], -3 * y[1] + y[0] * y[1]], (0, 10), [10.0, 5.0]),
    "lorenzShort": (lambda t, y: [10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]], (0, 3), [1.0, 1.0, 1.0]),
    "vanDerPolBackward": (lambda t, y: [y[1], (1 - y[0] ** 2) * y[1] - y[0]], (2, 0), [1.0, 0.5]),
}
out = {}
for name, (f, span, y0) in problems.items():
    times = np.linspace(span[0], span[1], 21)
    exact = solve_ivp(f, span, y0, method="DOP853", rtol=3e-14, atol=1e-14, t_eval=times)
    ours = solve_ivp(f, span, y0, method="RK45", rtol=1e-8, atol=1e-10)
    out[name] = {"span": list(map(float, span)), "y0": y0, "times": times.tolist(), "y": exact.y.T.tolist(),
                 "rk45Steps": int(len(ours.t) - 1), "rk45Evaluations": int(ours.nfev)}

# A ball thrown up under drag: the time it lands.
fall = lambda t, y: [y[1], -9.81 - 0.1 * y[1] * abs(y[1])]
hit = lambda t, y: y[0]
hit.terminal = True
hit.direction = -1
r = solve_ivp(fall, (0, 10), [0.5, 20.0], events=hit, method="DOP853", rtol=1e-13, atol=1e-13)
out["landing"] = {"t": float(r.t_events[0][0]), "speed": float(r.y_events[0][0][1])}

OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__}, **out}, indent=1))
