"""Golden values for packages/whetstone/src/data/table: what pandas makes of a small frame with holes."""
import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd

rng = np.random.default_rng(5)
n = 40
frame = pd.DataFrame({
    "city": rng.choice(["Oslo", "Rome", "Cairo", None], n, p=[0.4, 0.3, 0.2, 0.1]),
    "year": rng.choice([2019.0, 2020.0, 2021.0], n),
    "x": np.round(rng.normal(10, 3, n), 3),
    "z": np.round(rng.exponential(2, n), 3),
})
frame.loc[rng.choice(n, 7, replace=False), "x"] = np.nan
right = pd.DataFrame({"city": ["Rome", "Oslo", "Lima", "Rome"], "w": [1.0, 2.0, 3.0, 4.0], "x": [9.0, 8.0, 7.0, 6.0]})


def clean(value):
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return value


def rows(df):
    return [[clean(v) for v in row] for row in df.itertuples(index=False)]


described = frame[["x", "z"]].describe()
grouped = frame.groupby(["city", "year"], dropna=False).agg(
    n=("x", "size"), present=("x", "count"), mean=("x", "mean"), sd=("x", "std"), median=("x", "median"),
    total=("z", "sum"), low=("z", "min"), high=("z", "max"), kinds=("year", "nunique"), first=("x", "first"),
    last=("x", "last")).reset_index()
joins = {}
for how in ["inner", "left"]:
    joins[how] = rows(frame[["city", "x"]].dropna(subset=["city"]).merge(right, on="city", how=how))
pivot = frame.pivot_table(index="city", columns="year", values="z", aggfunc="mean").reset_index()
ordered = frame.sort_values(["city", "x"], ascending=[True, False], kind="stable")

out = {
    "versions": {"python": sys.version.split()[0], "pandas": pd.__version__, "numpy": np.__version__},
    "frame": {name: [clean(v) for v in frame[name]] for name in frame},
    "right": {name: [clean(v) for v in right[name]] for name in right},
    "describe": {name: {k: float(v) for k, v in described[name].items()} for name in described},
    "grouped": rows(grouped),
    "joins": joins,
    "pivot": {"columns": [str(c) for c in pivot.columns], "rows": rows(pivot)},
    "sorted": rows(ordered),
}
path = pathlib.Path(__file__).parent.parent / "values" / "data" / "table.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(out) + "\n")
