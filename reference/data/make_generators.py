"""Golden values for packages/whetstone/src/data/synthetic: functions behind scikit-learn's generators, at its own points."""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.datasets import make_friedman2, make_friedman3, make_s_curve, make_swiss_roll

f2, f3 = make_friedman2(15, random_state=1), make_friedman3(15, random_state=2)
roll, curve = make_swiss_roll(15, random_state=3), make_s_curve(15, random_state=4)
big = {
    "friedman": make_friedman2(20000, random_state=5)[0],
    "swissRoll": make_swiss_roll(20000, random_state=6)[0],
    "hole": make_swiss_roll(20000, random_state=7, hole=True)[0],
    "sCurve": make_s_curve(20000, random_state=8)[0],
}
pair = lambda a: {"X": a[0].tolist(), "y": a[1].tolist()}
out = {
    "versions": {"python": sys.version.split()[0], "sklearn": sklearn.__version__, "numpy": np.__version__},
    "friedman2": pair(f2),
    "friedman3": pair(f3),
    "swissRoll": pair(roll),
    "sCurve": pair(curve),
    # Deciles of every column of 20,000 points.
    "deciles": {k: np.quantile(X, np.linspace(0.1, 0.9, 9), axis=0).T.tolist() for k, X in big.items()},
}
path = pathlib.Path(__file__).parent.parent / "values" / "data" / "generators.json"
path.write_text(json.dumps(out) + "\n")
