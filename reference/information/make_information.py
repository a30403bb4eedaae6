"""Golden values for information: SciPy and scikit-learn."""
import json
import pathlib
import sys

import numpy as np
import scipy
import sklearn
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, wasserstein_distance
from sklearn.metrics import mutual_info_score

OUT = pathlib.Path(__file__).resolve().parents[1] / "values" / "information" / "information.json"
rng = np.random.default_rng(3)
p = rng.dirichlet(np.ones(7))
q = rng.dirichlet(np.ones(7))
counts = rng.integers(0, 20, 9)
x = rng.integers(0, 4, 80)
y = np.where(rng.random(80) < 0.5, x, rng.integers(0, 5, 80))
a, b = rng.normal(size=30).round(1), rng.normal(size=45).round(1) + 0.4
wa, wb = rng.random(30), rng.random(45)
M1, M2 = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
C1, C2 = M1 @ M1.T + np.eye(3), M2 @ M2.T + np.eye(3)
m1, m2 = rng.normal(size=3), rng.normal(size=3)
kl_mv = 0.5 * (np.trace(np.linalg.solve(C2, C1)) + (m2 - m1) @ np.linalg.solve(C2, m2 - m1) - 3
               + np.linalg.slogdet(C2)[1] - np.linalg.slogdet(C1)[1])
data = {
    "versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "sklearn": sklearn.__version__},
    "p": p, "q": q, "counts": counts, "entropy": [entropy(p), entropy(p, base=2), entropy(counts)],
    "kl": [entropy(p, q), entropy(q, p), entropy(p, q, base=2)], "js": [jensenshannon(p, q), jensenshannon(p, q, base=2)],
    "x": x, "y": y, "mi": mutual_info_score(x, y),
    "a": a, "b": b, "wa": wa, "wb": wb, "wasserstein": [wasserstein_distance(a, b), wasserstein_distance(a, b, wa, wb)],
    "C1": C1, "C2": C2, "m1": m1, "m2": m2, "klMultivariate": kl_mv,
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(data, default=lambda v: v.tolist()))
