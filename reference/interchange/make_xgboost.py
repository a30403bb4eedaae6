"""Models that XGBoost saved as JSON, with its predictions and contributions for a few rows.

    /usr/bin/python3 reference/interchange/make_xgboost.py
"""
import json
import tempfile
from pathlib import Path

import numpy as np
import xgboost as xgb

rng = np.random.default_rng(7)
n, d = 300, 5
X = np.round(rng.normal(size=(n, d)), 3)
X[rng.random((n, d)) < 0.1] = np.nan
Z = np.nan_to_num(X)
number = Z[:, 0] * Z[:, 1] + np.abs(Z[:, 2]) + 0.1 * rng.normal(size=n)
two = (number > 0.5).astype(int)
three = np.digitize(number, [0.2, 1.0])
group = rng.integers(0, 12, size=n).astype(float)
withGroup = np.column_stack([X[:, :3], group])
byGroup = np.isin(group, [1, 4, 5, 9]) + 0.3 * Z[:, 0]

# Values that differ from a threshold less than float32 can tell: 0.1 as float64 lies below 0.1 as float32.
edges = [[float(v)] * d for v in (0.1, np.float32(0.1), np.nextafter(np.float64(np.float32(0.1)), 0), 0.0, -1e-300)]

common = {"max_depth": 3, "eta": 0.3, "nthread": 1, "seed": 1}
cases = []


def add(name, params, features, target, rounds=6, **options):
    params = {**common, **params}
    data = xgb.DMatrix(features, target, nthread=1, **options)
    booster = xgb.train(params, data, rounds)
    rows = features[:12].tolist()
    if features.shape[1] == d:
        rows += edges
    if "feature_types" in options:
        rows += [[0.5, np.nan, 1.0, v] for v in (3.0, 11.0, 30.0, np.nan)]
    given = xgb.DMatrix(np.array(rows), nthread=1, **options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        booster.save_model(path)
        model = json.loads(path.read_text())
    cases.append(
        {
            "name": name,
            "model": model,
            "rows": [[None if v != v else v for v in row] for row in rows],
            "margin": booster.predict(given, output_margin=True).astype(float).ravel().tolist(),
            "prediction": booster.predict(given).astype(float).ravel().tolist(),
            "contributions": booster.predict(given, pred_contribs=True, approx_contribs=False)
            .astype(float)
            .ravel()
            .tolist()
            if params.get("booster") != "dart"
            else None,
        }
    )


add("squared error, named columns", {"objective": "reg:squarederror"}, X, number, feature_names=list("abcde"))
add("two labels", {"objective": "binary:logistic", "base_score": 0.3}, X, two)
add("two labels, raw", {"objective": "binary:logitraw", "base_score": 0.3}, X, two)
add("two labels, hinge", {"objective": "binary:hinge"}, X, two)
add("three labels", {"objective": "multi:softprob", "num_class": 3}, X, three, rounds=4)
add("poisson", {"objective": "count:poisson"}, X, np.floor(np.abs(3 * number)))
add("gamma", {"objective": "reg:gamma", "base_score": 2}, X, np.abs(number) + 0.1)
add("logistic of numbers", {"objective": "reg:logistic"}, X, 1 / (1 + np.exp(-number)))
add("absolute error", {"objective": "reg:absoluteerror"}, X, number)
add("dart", {"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.4}, X, number, rounds=8)
add("dart, three labels", {"objective": "multi:softmax", "num_class": 3, "booster": "dart", "rate_drop": 0.5}, X, three)
add(
    "forest of three labels",
    {"objective": "multi:softprob", "num_class": 3, "num_parallel_tree": 3, "subsample": 0.6},
    X,
    three,
    rounds=2,
)
for name, most in (("categories, one against the rest", 100), ("categories, in sets", 1)):
    add(
        name,
        {"objective": "reg:squarederror", "tree_method": "hist", "max_cat_to_onehot": most},
        withGroup,
        byGroup,
        feature_types=["q", "q", "q", "c"],
        enable_categorical=True,
    )

# Of what the importer does not read, only what is large is left out.
for case in cases:
    booster = case["model"]["learner"]["gradient_booster"]
    for tree in (booster.get("gbtree") or booster)["model"]["trees"]:
        for key in ("base_weights", "parents"):
            del tree[key]
    # As text, since XGBoost writes NaN, which JSON does not know.
    case["model"] = json.dumps(case["model"], separators=(",", ":"))

out = Path(__file__).parent.parent / "values/interchange/xgboost.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps({"versions": {"xgboost": xgb.__version__, "numpy": np.__version__}, "cases": cases}, separators=(",", ":")) + "\n")
