import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Matrix, SparseMatrix } from "../math/index.ts";
import { ElasticNet, Lasso, LogisticRegression, Ridge } from "./index.ts";

interface Case {
  readonly name: string;
  readonly params: Record<string, unknown>;
  readonly target: "y" | "two" | "three";
  readonly weighted: boolean;
  readonly coef: number[];
  readonly intercept: number[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/sparse_rows.json", import.meta.url), "utf8"),
) as {
  shape: [number, number];
  values: number[];
  indices: number[];
  indptr: number[];
  y: number[];
  two: number[];
  three: number[];
  w: number[];
  cases: Case[];
};
const X = new SparseMatrix(
  Float64Array.from(golden.values),
  Int32Array.from(golden.indices),
  Int32Array.from(golden.indptr),
  ...golden.shape,
);
const SPECS = {
  LogisticRegression: (p: object) => new LogisticRegression({ tol: 1e-11, maxIter: 20_000, ...p }),
  Ridge: (p: object) => new Ridge(p),
  Lasso: (p: object) => new Lasso({ tol: 1e-15, maxIter: 100_000, ...p }),
  ElasticNet: (p: object) => new ElasticNet({ tol: 1e-15, maxIter: 100_000, ...p }),
} as const;
type Fitted = { coef: Matrix | Float64Array; intercept: number | Float64Array };
const numbersOf = (m: Fitted): number[] => [
  ...(m.coef instanceof Matrix ? m.coef.data : m.coef),
  ...(typeof m.intercept === "number" ? [m.intercept] : m.intercept),
];
const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `${a[i]} against ${b[i]} at ${i}`).toBeLessThanOrEqual(tolerance);
};

const cases = golden.cases.filter((c) => c.name in SPECS);
test("there is a case of every kind", () => {
  expect(new Set(cases.map((c) => c.name)).size).toBe(4);
});

describe("sparse rows give scikit-learn's coefficients, and those of the dense fit", () => {
  const named = cases.map(
    (c) => [`${c.name} ${JSON.stringify(c.params)} ${c.target}${c.weighted ? " weighted" : ""}`, c] as const,
  );
  test.each(named)("%s", (_, c) => {
    const spec = SPECS[c.name as keyof typeof SPECS](c.params) as unknown as {
      fit(X: unknown, y: unknown, o: unknown): Fitted;
    };
    const options = { ...(c.weighted && { sampleWeight: golden.w }), onWarning: () => {} };
    const sparse = numbersOf(spec.fit(X, golden[c.target], options));
    const dense = numbersOf(spec.fit(X.toDense(), golden[c.target], options));
    // scikit-learn's softmax without penalty on intercepts leaves their common part open.
    const d = c.coef.length;
    close(sparse.slice(0, d), dense.slice(0, d), 1e-6);
    close(sparse.slice(0, d), c.coef, 2e-4 * Math.max(...c.coef.map(Math.abs)));
    const centred = (v: readonly number[]) => {
      const mean = c.target === "three" ? v.reduce((sum, x) => sum + x, 0) / v.length : 0;
      return v.map((x) => x - mean);
    };
    close(centred(sparse.slice(d)), centred(dense.slice(d)), 1e-6);
    close(centred(sparse.slice(d)), centred(c.intercept), 1e-3);
  });
});
