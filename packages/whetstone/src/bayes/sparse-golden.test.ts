import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Matrix, SparseMatrix } from "../math/index.ts";
import { BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB } from "./index.ts";

interface Case {
  readonly name: string;
  readonly params: object;
  readonly weighted: boolean;
  readonly proba: number[][];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/sparse_rows.json", import.meta.url), "utf8"),
) as {
  shape: [number, number];
  values: number[];
  indices: number[];
  indptr: number[];
  three: number[];
  w: number[];
  bayes: Case[];
};
const X = new SparseMatrix(
  Float64Array.from(golden.values),
  Int32Array.from(golden.indices),
  Int32Array.from(golden.indptr),
  ...golden.shape,
);
const SPECS = {
  MultinomialNB: (p: object) => new MultinomialNB(p),
  ComplementNB: (p: object) => new ComplementNB(p),
  BernoulliNB: (p: object) => new BernoulliNB(p),
} as const;
const rows = [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39];

test.each(golden.bayes.map((c) => [`${c.name} ${JSON.stringify(c.params)} ${c.weighted}`, c] as const))(
  "%s on sparse rows is scikit-learn's",
  (_, c) => {
    const spec = SPECS[c.name as keyof typeof SPECS](c.params);
    const options = c.weighted ? { sampleWeight: golden.w } : {};
    const P = spec.fit(X, golden.three, options).predictProba(X.selectRows(rows));
    expect(P.rows).toBe(c.proba.length);
    P.data.forEach((p, at) => {
      expect(p).toBeCloseTo(c.proba.flat()[at]!, 10);
    });
  },
);

test.each([
  new MultinomialNB({ alpha: 0 }),
  new ComplementNB({ alpha: 0 }),
  new BernoulliNB({ alpha: 0 }),
  new BernoulliNB({ alpha: 0, binarize: 2 }),
  new BernoulliNB({ binarize: -1 }),
  new GaussianNB(),
  new CategoricalNB(),
] as const)("sparse and dense rows agree, probabilities of 0 included: %#", (spec) => {
  const [sparse, dense] = [spec.fit(X, golden.three), spec.fit(X.toDense(), golden.three)];
  const pairs: [Matrix, Matrix][] = [
    [sparse.predictProba(X), dense.predictProba(X.toDense())],
    [dense.predictProba(X), dense.predictProba(X.toDense())],
  ];
  for (const [a, b] of pairs)
    a.data.forEach((p, at) => {
      expect(Math.abs(p - b.data[at]!)).toBeLessThan(1e-10);
    });
  expect(sparse.predict(X)).toEqual(dense.predict(X.toDense()));
});
