"""Golden values for the transformers of packages/whetstone/src/data: scikit-learn on numbers, holes and categories."""
import json
import math
import pathlib
import sys
import warnings

import numpy as np
import scipy
import sklearn
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer
from sklearn.preprocessing import (KBinsDiscretizer, MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder,
                                   OrdinalEncoder, PolynomialFeatures, PowerTransformer, QuantileTransformer,
                                   RobustScaler, StandardScaler)

warnings.simplefilter("ignore")
rng = np.random.default_rng(9)
n = 60
X = np.column_stack([rng.normal(5, 2, n), rng.exponential(3, n), np.round(rng.normal(0, 1, n), 1), np.full(n, 4.0)])
new = np.column_stack([rng.normal(5, 4, 9), rng.exponential(5, 9), np.round(rng.normal(0, 2, 9), 1), np.full(9, 5.0)])
holes = X.copy()
holes[rng.random(X.shape) < 0.15] = np.nan
newHoles = new.copy()
newHoles[rng.random(new.shape) < 0.3] = np.nan
weights = rng.integers(0, 4, n).astype(float)
words = np.array([rng.choice(["a", "b", "c", "d", "e"], n, p=[0.5, 0.2, 0.15, 0.1, 0.05]),
                  rng.choice(["no", "yes"], n)], dtype=object).T


def clean(value):
    if isinstance(value, np.ndarray):
        return clean(value.tolist())
    if isinstance(value, list):
        return [clean(v) for v in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def case(name, params, estimator, fit, transform, inverse=False, **kw):
    fitted = estimator.fit(fit, **kw)
    out = fitted.transform(transform)
    out = out.toarray() if hasattr(out, "toarray") else out
    entry = {"name": name, "params": params, "fit": clean(fit), "new": clean(transform), "out": clean(np.asarray(out, dtype=float))}
    if kw:
        entry["sampleWeight"] = weights.tolist()
    if inverse:
        entry["inverse"] = clean(fitted.inverse_transform(out))
    return entry


positive = np.abs(X[:, :3]) + 0.1
newPositive = np.abs(new[:, :3]) + 0.1
cases = [
    case("StandardScaler", {}, StandardScaler(), holes, newHoles, True),
    case("StandardScaler", {}, StandardScaler(), X, new, sample_weight=weights),
    case("StandardScaler", {"withMean": False}, StandardScaler(with_mean=False), X, new),
    case("MinMaxScaler", {"featureRange": [-1, 2]}, MinMaxScaler(feature_range=(-1, 2)), holes, newHoles, True),
    case("MinMaxScaler", {"clip": True}, MinMaxScaler(clip=True), X, new),
    case("MaxAbsScaler", {}, MaxAbsScaler(), holes, newHoles, True),
    case("RobustScaler", {}, RobustScaler(), holes, newHoles, True),
    case("RobustScaler", {"quantileRange": [10, 80], "unitVariance": True},
         RobustScaler(quantile_range=(10, 80), unit_variance=True), X, new),
    case("Normalizer", {"norm": "l1"}, Normalizer(norm="l1"), X, new),
    case("Normalizer", {}, Normalizer(), X, new),
    case("Normalizer", {"norm": "max"}, Normalizer(norm="max"), X, new),
    case("QuantileTransformer", {"nQuantiles": 20}, QuantileTransformer(n_quantiles=20), holes, newHoles, True),
    case("QuantileTransformer", {"nQuantiles": 60, "outputDistribution": "normal"},
         QuantileTransformer(n_quantiles=60, output_distribution="normal"), X, new, True),
    case("PolynomialFeatures", {"degree": 3}, PolynomialFeatures(3), X[:, :3], new[:, :3]),
    case("PolynomialFeatures", {"degree": 3, "interactionOnly": True, "includeBias": False},
         PolynomialFeatures(3, interaction_only=True, include_bias=False), X[:, :3], new[:, :3]),
    case("KBinsDiscretizer", {"encode": "ordinal"}, KBinsDiscretizer(encode="ordinal"), X[:, :3], new[:, :3], True),
    case("KBinsDiscretizer", {"strategy": "uniform", "nBins": 4},
         KBinsDiscretizer(4, encode="onehot-dense", strategy="uniform"), X[:, :3], new[:, :3], True),
    case("KBinsDiscretizer", {"strategy": "kmeans", "nBins": 4, "encode": "ordinal"},
         KBinsDiscretizer(4, encode="ordinal", strategy="kmeans"), X[:, :3], new[:, :3], True),
    case("SimpleImputer", {}, SimpleImputer(), holes, newHoles),
    case("SimpleImputer", {"strategy": "median", "addIndicator": True},
         SimpleImputer(strategy="median", add_indicator=True), holes, newHoles),
    case("SimpleImputer", {"strategy": "mostFrequent"}, SimpleImputer(strategy="most_frequent"), holes, newHoles),
    case("SimpleImputer", {"strategy": "constant", "fillValue": -7},
         SimpleImputer(strategy="constant", fill_value=-7), holes, newHoles),
    case("MissingIndicator", {"features": "all"}, MissingIndicator(features="all"), holes, newHoles),
    case("KNNImputer", {"nNeighbors": 3}, KNNImputer(n_neighbors=3), holes[:, :3], newHoles[:, :3]),
    case("KNNImputer", {"nNeighbors": 4, "weights": "distance"}, KNNImputer(n_neighbors=4, weights="distance"),
         holes[:, :3], newHoles[:, :3]),
    case("PowerTransformer", {}, PowerTransformer(), holes[:, :3], newHoles[:, :3], True),
    case("PowerTransformer", {"method": "box-cox", "standardize": False},
         PowerTransformer(method="box-cox", standardize=False), positive, newPositive, True),
]
lambdas = {
    "yeo-johnson": PowerTransformer().fit(holes[:, :3]).lambdas_.tolist(),
    "box-cox": PowerTransformer(method="box-cox").fit(positive).lambdas_.tolist(),
}

encoders = []
fresh = np.array([["a", "yes"], ["zz", "no"], ["e", "yes"], ["d", "no"]], dtype=object)
for params, est in [
    ({}, OneHotEncoder()),
    ({"drop": "first"}, OneHotEncoder(drop="first")),
    ({"drop": "ifBinary"}, OneHotEncoder(drop="if_binary")),
    ({"handleUnknown": "ignore"}, OneHotEncoder(handle_unknown="ignore")),
    ({"handleUnknown": "infrequent", "minFrequency": 8}, OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=8)),
    ({"handleUnknown": "ignore", "minFrequency": 0.12}, OneHotEncoder(handle_unknown="ignore", min_frequency=0.12)),
    ({"handleUnknown": "infrequent", "maxCategories": 3}, OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=3)),
]:
    est.fit(words)
    rows = words if "handleUnknown" not in params else np.vstack([words, fresh])
    encoders.append({"name": "OneHotEncoder", "params": params, "new": rows.tolist(), "out": est.transform(rows).toarray().tolist(),
                     "names": est.get_feature_names_out(["u", "v"]).tolist()})
rows = np.vstack([words, fresh])
est = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(words)
encoders.append({"name": "OrdinalEncoder", "params": {"handleUnknown": "useEncodedValue", "unknownValue": -1},
                 "new": rows.tolist(), "out": est.transform(rows).tolist(), "names": ["u", "v"]})

out = {
    "versions": {"python": sys.version.split()[0], "sklearn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__},
    "cases": cases,
    "lambdas": lambdas,
    "words": words.tolist(),
    "encoders": encoders,
}
path = pathlib.Path(__file__).parent.parent / "values" / "data" / "preprocessing.json"
path.write_text(json.dumps(out) + "\n")
