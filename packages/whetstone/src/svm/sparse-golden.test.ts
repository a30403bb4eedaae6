import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SparseMatrix } from "../math/index.ts";
import { LinearSVC, LinearSVR } from "./index.ts";

interface Case {
  readonly name: string;
  readonly params: object;
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
  w: number[];
  cases: Case[];
};
const X = new SparseMatrix(
  Float64Array.from(golden.values),
  Int32Array.from(golden.indices),
  Int32Array.from(golden.indptr),
  ...golden.shape,
);
const cases = golden.cases.filter((c) => c.name.startsWith("LinearSV"));

test.each(cases.map((c) => [`${c.name} ${JSON.stringify(c.params)} ${c.weighted}`, c] as const))(
  "%s on sparse rows is scikit-learn's",
  (_, c) => {
    const exact = { tol: 1e-13, maxIter: 20_000, ...c.params };
    const options = { ...(c.weighted && { sampleWeight: golden.w }), onWarning: () => {} };
    const coefOf = (rows: Parameters<LinearSVC["fit"]>[0]): number[] => {
      if (c.name === "LinearSVR") {
        const m = new LinearSVR(exact).fit(rows, golden.y, options);
        return [...m.coef, m.intercept];
      }
      const m = new LinearSVC(exact).fit(rows, golden.two, options);
      return [...m.coef.data, ...m.intercept];
    };
    const [sparse, dense] = [coefOf(X), coefOf(X.toDense())];
    const wanted = [...c.coef, ...c.intercept];
    sparse.forEach((v, j) => {
      expect(Math.abs(v - wanted[j]!)).toBeLessThan(1e-5);
      expect(Math.abs(v - dense[j]!)).toBeLessThan(1e-9);
    });
  },
);
