"""Golden values for packages/whetstone/src/data/splits: the splitters of scikit-learn that do not draw at random."""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit

rng = np.random.default_rng(3)
n = 47
y = rng.choice(["b", "a", "c"], n, p=[0.6, 0.3, 0.1])
# Groups of distinct sizes, so that no order among equals is involved.
groups = np.repeat(np.arange(9), [1, 2, 3, 4, 5, 6, 7, 8, 11])
groups = groups[rng.permutation(n)]
X = np.zeros((n, 1))


def tests(splitter, *args):
    return [[train.tolist(), test.tolist()] for train, test in splitter.split(X, *args)]


out = {
    "versions": {"python": sys.version.split()[0], "sklearn": sklearn.__version__, "numpy": np.__version__},
    "n": n,
    "y": y.tolist(),
    "groups": groups.tolist(),
    "kfold": tests(KFold(5)),
    "stratified": tests(StratifiedKFold(4), y),
    "group": tests(GroupKFold(3), y, groups),
    "stratifiedGroup": tests(StratifiedGroupKFold(3), y, groups),
    "time": tests(TimeSeriesSplit(4)),
    "timeGap": tests(TimeSeriesSplit(3, test_size=5, gap=2, max_train_size=12)),
}
path = pathlib.Path(__file__).parent.parent / "values" / "data" / "splits.json"
path.write_text(json.dumps(out) + "\n")
