"""Matrix products by numpy. Operands and result travel as raw float32 files."""
import time

import numpy as np

from serve import serve

state = {}


def prepare(a, b, n):
    state["a"] = np.fromfile(a, dtype=np.float32).reshape(n, n)
    state["b"] = np.fromfile(b, dtype=np.float32).reshape(n, n)
    state["c"] = np.empty((n, n), dtype=np.float32)
    return f"numpy {np.__version__}"


def run():
    start = time.perf_counter()
    np.matmul(state["a"], state["b"], out=state["c"])
    return (time.perf_counter() - start) * 1000


def result(file):
    state["c"].tofile(file)
    return True


serve({"prepare": prepare, "run": run, "result": result})
