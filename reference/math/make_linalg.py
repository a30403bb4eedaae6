"""Golden values for packages/whetstone/src/math/linalg: SciPy on matrices chosen to hurt, mpmath for tiny singular values."""
import json
import pathlib
import platform

import mpmath
import numpy as np
import scipy
import scipy.linalg as sl

rng = np.random.default_rng(11)


def orthogonal(n):
    return np.linalg.qr(rng.standard_normal((n, n)))[0]


def with_spectrum(values):
    Q = orthogonal(len(values))
    A = (Q * np.asarray(values, float)) @ Q.T
    return (A + A.T) / 2


frank = np.array([[12 - max(i, j) if j >= i - 1 else 0 for j in range(12)] for i in range(12)], float)
wilkinson = np.diag(np.abs(np.arange(21) - 10.0)) + np.diag(np.ones(20), 1) + np.diag(np.ones(20), -1)
similar = rng.integers(-2, 3, (5, 5)) + 6 * np.eye(5)
jordan = np.array([[2, 1, 0, 0, 0], [0, 2, 1, 0, 0], [0, 0, 2, 0, 0], [0, 0, 0, 3, 1], [0, 0, 0, 0, 3]], float)

matrices = {
    "one": np.array([[-3.5]]),
    "hilbert8": sl.hilbert(8),
    "graded": np.array([[10.0 ** (-(i + j)) * (1 + ((3 * i + 5 * j) % 7) / 7) for j in range(8)] for i in range(10)]),
    "rankDeficient": np.array([[1, 2, 3, 4], [2, 4, 6, 8], [1, 0, 1, 0], [0, 2, 2, 4], [3, 1, 4, 1], [2, 3, 5, 5]], float),
    "tall": rng.standard_normal((40, 7)),
    "wide": rng.standard_normal((6, 30)),
    "square": rng.standard_normal((12, 12)),
    "defective": similar @ jordan @ np.linalg.inv(similar),
    "frank": frank,
    "clustered": with_spectrum([1, 1 + 1e-13, 1 + 2e-13, 1 + 1e-9, 2, 2, 2, 5, 5 + 1e-12, 1e-8]),
    "wilkinson": wilkinson,
    "spd": with_spectrum([1e-3, 0.1, 0.5, 1, 2, 3, 10, 100]),
    "rotation": np.array([[0.6, -0.8, 0.1], [0.8, 0.6, 0.2], [0, 0, 0.5]]),
    "badlyScaled": np.array([[1, 1e5, 1e8], [1e-5, 2, 1e3], [1e-8, 1e-3, 3.0]]),
    "big": rng.standard_normal((60, 45)),
}

cases = {}
for name, A in matrices.items():
    m, n = A.shape
    b = np.round(rng.standard_normal(m), 3)
    s = sl.svdvals(A)
    x, _, rank, _ = sl.lstsq(A, b)
    case = {
        "A": A.tolist(),
        "b": b.tolist(),
        "singularValues": s.tolist(),
        "rank": int(np.linalg.matrix_rank(A)),
        "lstsq": x.tolist(),
        "pinv": np.linalg.pinv(A, rcond=max(m, n) * 2.0**-52).tolist(),
        "norms": {"fro": sl.norm(A), "one": sl.norm(A, 1), "inf": sl.norm(A, np.inf), "two": sl.norm(A, 2),
                  "nuclear": float(np.linalg.norm(A, "nuc"))},
        "nullity": int(sl.null_space(A, rcond=max(m, n) * 2.0**-52).shape[1]),
    }
    if m == n:
        values = sl.eigvals(A)
        case["eigenvalues"] = [[v.real, v.imag] for v in values]
        sign, logabs = np.linalg.slogdet(A)
        case["slogdet"] = [float(sign), float(logabs)]
        if name not in ("frank", "wilkinson", "badlyScaled"):
            case["expm"] = sl.expm(A).tolist()
        if np.linalg.cond(A) < 1e12:
            case["solve"] = sl.solve(A, b).tolist()
        if np.allclose(A, A.T, rtol=0, atol=0):
            case["eigvalsh"] = sl.eigvalsh(A).tolist()
            if case["eigvalsh"][0] > 0 and name != "hilbert8":
                case["cholesky"] = sl.cholesky(A, lower=True).tolist()
    cases[name] = case

functions = []
for name, A in {
    "spd": matrices["spd"],
    "rotation": matrices["rotation"],
    "triangular": np.array([[1, 4, 1, 0], [0, 2, 3, -1], [0, 0, 3, 2], [0, 0, 0, 4.0]]),
    "defective": matrices["defective"],
    "complexPairs": np.array([[2, -3, 0.5, 1], [3, 2, 0, 0.2], [0, 0.1, 1, -1], [0.3, 0, 1, 1]]),
    "random": rng.standard_normal((6, 6)) / 3 + 3 * np.eye(6),
}.items():
    functions.append({"name": name, "A": A.tolist(), "sqrtm": np.real(sl.sqrtm(A)).tolist(),
                      "logm": np.real(sl.logm(A)).tolist(), "expm": sl.expm(A).tolist(),
                      "power": np.real(sl.fractional_matrix_power(A, 1.7)).tolist(),
                      "inversePower": np.real(sl.fractional_matrix_power(A, -0.6)).tolist()})

# Singular values that double precision LAPACK loses: 60 digits, from the doubles as they are.
mpmath.mp.dps = 60
tiny = []
core = rng.standard_normal((8, 8)) + 3 * np.eye(8)
scales = 10.0 ** -np.array([15.0, 0, 35, 5, 30, 10, 25, 20])
for name, A in {"columns scaled": core @ np.diag(scales), "rows scaled": np.diag(scales) @ core,
                "both scaled": np.diag(scales) @ core @ np.diag(10.0 ** np.arange(8.0)),
                "tall": np.vstack([core, core[::-1] * 2 + 1]) @ np.diag(scales),
                "bidiagonal": np.diag(10.0 ** -np.arange(0.0, 30, 3)) + np.diag(10.0 ** -np.arange(0.0, 27, 3), 1)}.items():
    values = mpmath.svd_r(mpmath.matrix(A.tolist()), compute_uv=False)
    tiny.append({"name": name, "A": A.tolist(), "singularValues": [float(v) for v in values]})

out = {
    "made": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
             "mpmath": mpmath.__version__},
    "cases": cases,
    "functions": functions,
    "tiny": tiny,
}
path = pathlib.Path(__file__).parents[1] / "values" / "math" / "linalg.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(out))
print(out["made"], path, path.stat().st_size)
