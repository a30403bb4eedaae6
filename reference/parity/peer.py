"""scikit-learn's side of docs/parity.md: fits by name on the data that make_parity.mjs hands over."""
import os
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.gaussian_process.kernels import RBF
from sklearn.utils import all_estimators

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench", "peers"))
from serve import serve  # noqa: E402

warnings.filterwarnings("ignore")
classes = dict(all_estimators())
data = {}
last = {}


def known():
    """Every estimator with the module it is in, and its parameters."""
    return {
        "version": sklearn.__version__,
        "estimators": [
            {
                "name": name,
                "module": cls.__module__.split(".")[1],
                "params": sorted(getattr(cls, "_get_param_names", list)()),
            }
            for name, cls in all_estimators()
        ],
    }


def load(key, file, rows, cols=None):
    values = np.fromfile(file, dtype=np.float64)
    data[key] = values.reshape(rows, cols) if cols else values


def value(v):
    """Texts that begin with py: are expressions of scikit-learn's estimators and kernels."""
    return eval(v[3:], {**classes, "RBF": RBF}) if isinstance(v, str) and v.startswith("py:") else v


def fit(name, params, X, y, labels):
    """Milliseconds of one fit."""
    model = classes[name](**{k: value(v) for k, v in params.items()})
    target = None if y is None else data[y].astype(int) if labels else data[y]
    start = time.perf_counter()
    model.fit(data[X], target)
    ms = (time.perf_counter() - start) * 1000
    last["model"] = model
    return ms


def apply(kind, X, file):
    """What the last model says of the rows, written to a file; gives its shape."""
    model = last["model"]
    out = {
        "classifier": lambda: model.predict(data[X]),
        "regressor": lambda: model.predict(data[X]),
        "transformer": lambda: model.transform(data[X]),
        "clusterer": lambda: model.labels_,
        "detector": lambda: model.decision_function(data[X]),
        "density": lambda: model.score_samples(data[X]),
        "embedding": lambda: model.embedding_,
    }[kind]()
    out = np.asarray(out.toarray() if hasattr(out, "toarray") else out, dtype=np.float64)
    out.tofile(file)
    return list(out.shape)


serve({"known": known, "load": load, "fit": fit, "apply": apply})
