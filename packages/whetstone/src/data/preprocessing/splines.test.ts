import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { SplineTransformer, Winsorizer } from "./index.ts";

interface Case {
  readonly params: Record<string, unknown>;
  readonly rows: number[][];
  readonly out: number[][];
  readonly names: string[];
}
type Method = "quantile" | "iqr" | "mad";
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/data/splines.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  cases: Case[];
  folds: Record<Method, number>;
  limits: Record<Method, [number[], number[]]>;
};
const { X } = golden;

describe("SplineTransformer", () => {
  test.each(golden.cases.map((c) => [JSON.stringify(c.params), c] as const))("%s", (_, c) => {
    const model = new SplineTransformer(c.params).fit(X);
    expect(model.outputNames()).toEqual(c.names);
    const out = model.transform(c.rows);
    const scale = Math.max(1, ...c.out.flat().map(Math.abs));
    out.data.forEach((v, at) => {
      expect(Math.abs(v - c.out.flat()[at]!)).toBeLessThan(1e-9 * scale);
    });
  });

  it("splines sum to 1 everywhere, also where knots coincide", () => {
    const tied = [[0], [0], [0], [0], [1], [2], [5]];
    for (const extrapolation of ["constant", "linear", "continue", "periodic"] as const) {
      for (const knots of ["uniform", "quantile"] as const) {
        const model = new SplineTransformer({ extrapolation, knots }).fit(tied);
        const out = model.transform([[-3], [0], [0.5], [1], [5], [7]]);
        if (knots === "quantile") continue;
        for (let i = 0; i < out.rows; i++) expect(out.row(i).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
      }
    }
  });

  it("refuses what it cannot do in a sentence", () => {
    const error = new SplineTransformer({ extrapolation: "error" }).fit([[0], [4]]);
    expect(
      error
        .transform([[4]])
        .row(0)
        .at(-1),
    ).toBeGreaterThan(0);
    expect(() => error.transform([[2], [5]])).toThrow(
      "SplineTransformer.transform: X holds 5 at row 1, column x0, beyond the knots from 0 to 4",
    );
    expect(() => new SplineTransformer({ extrapolation: "periodic", nKnots: 3 })).toThrow(
      "SplineTransformer: nKnots is 3, expected more than degree (3) for periodic",
    );
    expect(() => new SplineTransformer({ knots: [[1, 1]] })).toThrow("SplineTransformer: knots is");
    expect(() => new SplineTransformer({ knots: [[0, 1]] }).fit(X)).toThrow("one list for each of 2 columns");
  });
});

describe("Winsorizer", () => {
  test.each(["quantile", "iqr", "mad"] as const)("limits by %s are those of NumPy and SciPy", (method) => {
    const [low, high] = golden.limits[method];
    const spec = new Winsorizer({ method, fold: golden.folds[method] });
    const model = spec.fit(X);
    low.forEach((v, j) => {
      expect(model.lower[j]).toBeCloseTo(v, 12);
      expect(model.upper[j]).toBeCloseTo(high[j]!, 12);
    });
    const out = model.transform(X);
    X.forEach((row, i) => {
      row.forEach((v, j) => {
        expect(out.at(i, j)).toBeCloseTo(Math.min(high[j]!, Math.max(low[j]!, v)), 12);
      });
    });
    expect(spec.with({ tail: "left" }).fit(X).upper[0]).toBe(Number.POSITIVE_INFINITY);
    expect(spec.with({ tail: "right" }).fit(X).lower[0]).toBe(Number.NEGATIVE_INFINITY);
  });

  it("leaves a column without spread and missing values alone", () => {
    const model = new Winsorizer({ method: "mad" }).fit([[1], [1], [1], [9], [Number.NaN]]);
    expect(Array.from(model.transform([[9], [Number.NaN]]).data)).toEqual([9, Number.NaN]);
    expect(() => new Winsorizer({ fold: 0.7 })).toThrow("Winsorizer: fold is 0.7");
  });
});
