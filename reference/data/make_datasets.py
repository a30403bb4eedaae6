"""Writes the bundled datasets as TypeScript modules, from scikit-learn's copies (UCI, CC BY 4.0).

usage: /usr/bin/python3 reference/data/make_datasets.py
"""
from pathlib import Path

import sklearn
from sklearn import datasets

OUT = Path(__file__).resolve().parents[2] / "packages/whetstone/src/datasets"


def number(v):
    text = repr(round(float(v), 10))
    return text[:-2] if text.endswith(".0") else text


def write(name, bunch, features, rows, targets):
    lines = [",".join(number(v) for v in row) for row in rows]
    body = "\n".join(f"{line},{number(t)}" for line, t in zip(lines, targets))
    names = ", ".join(f'"{f}"' for f in features)
    (OUT / f"{name}-values.ts").write_text(
        f"// Made by reference/data/make_datasets.py from scikit-learn {sklearn.__version__}.\n"
        f"/** Names of the columns before the last, which is the target. */\n"
        f"export const NAMES: readonly string[] = [{names}];\n\n"
        f"/** One row per line: features, then the target (for classes, their number). */\n"
        f"export const VALUES = `{body}`;\n"
    )


iris = datasets.load_iris()
write("iris", iris, ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"], iris.data, iris.target)
wine = datasets.load_wine()
write("wine", wine, [f.replace("_", " ") for f in wine.feature_names], wine.data, wine.target)
cancer = datasets.load_breast_cancer()
write("breast-cancer", cancer, list(cancer.feature_names), cancer.data, cancer.target)
digits = datasets.load_digits()
write("digits", digits, [f"pixel {i} {j}" for i in range(8) for j in range(8)], digits.data, digits.target)
diabetes = datasets.load_diabetes(scaled=False)
write("diabetes", diabetes, ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"], diabetes.data, diabetes.target)
