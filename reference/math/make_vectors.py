"""Golden values for math/vectors, math/kernel-functions and math/softmax: SciPy and scikit-learn."""
import json
import pathlib
import platform

import numpy as np
import scipy
import scipy.special as sc
import sklearn
from scipy.spatial.distance import cdist
from sklearn.metrics import pairwise

rng = np.random.default_rng(3)
X = np.vstack([rng.standard_normal((5, 4)), np.zeros((1, 4))])
Y = np.vstack([rng.standard_normal((3, 4)) * 5 + 100, X[:1] + 1e-7])
L = np.array([[1000, 1001, 999], [-1000, -1000, -999], [0, 700, -700], [1e-20, 0, -1e-20], [-np.inf, 3, 2]])

out = {
    "made": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
             "sklearn": sklearn.__version__},
    "X": X.tolist(),
    "Y": Y.tolist(),
    "distances": {
        "euclidean": cdist(X, Y).tolist(),
        "sqeuclidean": cdist(X, Y, "sqeuclidean").tolist(),
        "manhattan": cdist(X, Y, "cityblock").tolist(),
        "chebyshev": cdist(X, Y, "chebyshev").tolist(),
        "minkowski": cdist(X, Y, "minkowski", p=3).tolist(),
        "cosine": pairwise.cosine_distances(X, Y).tolist(),
    },
    "kernels": {
        "linear": pairwise.linear_kernel(X, Y).tolist(),
        "polynomial": pairwise.polynomial_kernel(X, Y, degree=3, gamma=0.2, coef0=1.5).tolist(),
        "rbf": pairwise.rbf_kernel(X, Y[:, :], gamma=1e-3).tolist(),
        "laplacian": pairwise.laplacian_kernel(X, Y, gamma=1e-2).tolist(),
        "sigmoid": pairwise.sigmoid_kernel(X, Y, gamma=1e-3, coef0=0.1).tolist(),
        "cosine": pairwise.cosine_similarity(X, Y).tolist(),
        "rbfDefault": pairwise.rbf_kernel(X).tolist(),
        "polynomialDefault": pairwise.polynomial_kernel(X).tolist(),
    },
    "logits": [[("-inf" if v == -np.inf else v) for v in row] for row in L.tolist()],
    "logSumExp": sc.logsumexp(L, axis=1).tolist(),
    "softmax": sc.softmax(L, axis=1).tolist(),
    "logSoftmax": [[("-inf" if v == -np.inf else v) for v in row] for row in sc.log_softmax(L, axis=1).tolist()],
}
path = pathlib.Path(__file__).parents[1] / "values" / "math" / "vectors.json"
path.write_text(json.dumps(out))
print(out["made"], path, path.stat().st_size)
