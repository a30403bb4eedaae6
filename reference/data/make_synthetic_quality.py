"""Golden values for packages/whetstone/src/data/synthetic-quality: distances of a real and a synthetic table."""
import json
import pathlib
import sys

import numpy as np
import scipy
import sklearn
from scipy.stats import ks_2samp, spearmanr
from scipy.stats.contingency import association, crosstab
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import pairwise_distances, roc_auc_score
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(11)
LEVELS = ["blue", "green", "red"]


def table(n, noise):
    a = np.round(rng.normal(10, 3, n), 3)
    b = np.round(0.5 * a + noise * rng.normal(size=n), 3)
    c = np.array([LEVELS[k] for k in np.clip((a / 5 + rng.normal(size=n) * noise).astype(int), 0, 2)])
    d = np.where(rng.random(n) < np.where(c == "red", 0.8, 0.3), "no", "yes")
    return {"a": a, "b": b, "c": c, "d": d}


real, fake, holdout = table(60, 1.0), table(50, 2.0), table(60, 1.0)


def eta(values, groups):
    total = ((values - values.mean()) ** 2).sum()
    between = sum(
        (groups == g).sum() * (values[groups == g].mean() - values.mean()) ** 2 for g in np.unique(groups)
    )
    return float(np.sqrt(between / total))


def associations(t):
    v = lambda x, y: float(association(crosstab(t[x], t[y])[1], method="cramer"))
    return {
        "a b": float(spearmanr(t["a"], t["b"])[0]),
        "a c": eta(t["a"], t["c"]),
        "b c": eta(t["b"], t["c"]),
        "a d": eta(t["a"], t["d"]),
        "b d": eta(t["b"], t["d"]),
        "c d": v("c", "d"),
    }


def points(t):
    cols = [(t[k] - real[k].mean()) / real[k].std() for k in "ab"]
    for k, levels in (("c", LEVELS), ("d", ["no", "yes"])):
        cols += [(t[k] == level) * np.sqrt(0.5) for level in levels]
    return np.column_stack(cols)


P, Q, H = points(real), points(fake), points(holdout)
pooled = np.vstack([P, Q])
D = pairwise_distances(pooled)
width = float(np.median(D[np.triu_indices(len(D), 1)]))
K = RBF(width)(pooled)
n, m = len(P), len(Q)
mmd = (
    (K[:n, :n].sum() - n) / (n * (n - 1)) + (K[n:, n:].sum() - m) / (m * (m - 1)) - 2 * K[:n, n:].mean()
)
nearest = lambda A, B: NearestNeighbors(n_neighbors=1, algorithm="brute").fit(B).kneighbors(A)[0][:, 0]
X = lambda t: np.column_stack([t["a"], (t["d"] == "yes").astype(float)])
r2 = lambda t: float(LinearRegression().fit(X(t), t["b"]).score(X(holdout), holdout["b"]))
numbers = lambda t: np.column_stack([t["a"], t["b"]])


def auc(t):
    model = LogisticRegression(C=1.0, tol=1e-10, max_iter=10000).fit(numbers(t), t["d"])
    return float(roc_auc_score(holdout["d"] == "yes", model.predict_proba(numbers(holdout))[:, 1]))


shares = lambda t, k: np.array([(t[k] == v).mean() for v in sorted(set(real[k]) | set(fake[k]))])
out = {
    "versions": {"python": sys.version.split()[0], "sklearn": sklearn.__version__, "scipy": scipy.__version__},
    "real": {k: v.tolist() for k, v in real.items()},
    "fake": {k: v.tolist() for k, v in fake.items()},
    "holdout": {k: v.tolist() for k, v in holdout.items()},
    "margins": {k: float(ks_2samp(real[k], fake[k]).statistic) for k in "ab"}
    | {k: float(np.abs(shares(real, k) - shares(fake, k)).sum() / 2) for k in "cd"},
    "associations": {"real": associations(real), "fake": associations(fake)},
    "mmd": {"width": width, "unbiased": float(mmd)},
    "toTrain": nearest(Q, P).tolist(),
    "toHoldout": nearest(Q, H).tolist(),
    "r2": {"fake": r2(fake), "real": r2(real)},
    "auc": {"fake": auc(fake), "real": auc(real)},
}
path = pathlib.Path(__file__).parent.parent / "values" / "data" / "synthetic-quality.json"
path.write_text(json.dumps(out) + "\n")
