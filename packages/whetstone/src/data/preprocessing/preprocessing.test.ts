import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MatrixLike, TransformerModel, TransformerSpec } from "../../contract/index.ts";
import { Matrix } from "../../math/index.ts";
import * as data from "../index.ts";
import {
  DateFeatures,
  FunctionTransformer,
  PowerTransformer,
  SimpleImputer,
  StandardScaler,
  Table,
} from "../index.ts";

type Rows = (number | null)[][];
interface Case {
  readonly name: string;
  readonly params: Record<string, unknown>;
  readonly fit: Rows;
  readonly new: Rows;
  readonly out: Rows;
  readonly inverse?: Rows;
  readonly sampleWeight?: number[];
}
const golden: { cases: Case[]; lambdas: Record<string, number[]> } = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/data/preprocessing.json", import.meta.url), "utf8"),
);
const matrix = (rows: Rows) => Matrix.from(rows.map((row) => row.map((v) => v ?? Number.NaN)));
type Make = new (params: Record<string, unknown>) => TransformerSpec<never>;
type Invertible = TransformerModel & { inverseTransform(X: MatrixLike): Matrix };

function expectMatrix(got: Matrix, want: Rows, tolerance: number): void {
  expect([got.rows, got.cols]).toEqual([want.length, want[0]!.length]);
  want.forEach((row, i) => {
    row.forEach((v, j) => {
      const here = got.at(i, j);
      if (v === null) expect(here, `row ${i}, column ${j}`).toBeNaN();
      else
        expect(Math.abs(here - v), `row ${i}, column ${j}: ${here} against ${v}`).toBeLessThanOrEqual(
          tolerance * Math.max(1, Math.abs(v)),
        );
    });
  });
}

describe("against scikit-learn", () => {
  test.each(golden.cases.map((c) => [`${c.name} ${JSON.stringify(c.params)}`, c] as const))("%s", (_, c) => {
    const spec = new (data as unknown as Record<string, Make>)[c.name]!(c.params);
    const options = { onWarning: () => {}, ...(c.sampleWeight && { sampleWeight: c.sampleWeight }) };
    const model = spec.fit(matrix(c.fit), null, options) as Invertible;
    // Powers are found by a search that ends at about 1e-8; everything else is arithmetic.
    const tolerance = c.name === "PowerTransformer" ? 2e-5 : 1e-9;
    const out = model.transform(matrix(c.new)) as Matrix;
    expectMatrix(out, c.out, tolerance);
    expect(model.outputNames()).toHaveLength(out.cols);
    if (c.inverse) expectMatrix(model.inverseTransform(matrix(c.out)), c.inverse, tolerance);
  });

  test("powers are those of scikit-learn", () => {
    for (const c of golden.cases.filter((k) => k.name === "PowerTransformer")) {
      const spec = new PowerTransformer(c.params);
      const { lambdas } = spec.fit(matrix(c.fit));
      golden.lambdas[spec.params.method]!.forEach((v, j) => {
        expect(lambdas[j]).toBeCloseTo(v, 5);
      });
    }
  });
});

describe("properties", () => {
  const rows = fc.integer({ min: 1, max: 4 }).chain((d) =>
    fc.array(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: d, maxLength: d }), {
      minLength: 2,
      maxLength: 20,
    }),
  );

  test("inverseTransform undoes transform", () => {
    fc.assert(
      fc.property(rows, (X) => {
        const M = Matrix.from(X);
        for (const spec of [
          new StandardScaler(),
          new data.MinMaxScaler(),
          new data.MaxAbsScaler(),
          new data.RobustScaler(),
        ]) {
          const model = spec.fit(M) as unknown as Invertible;
          const back = model.inverseTransform(model.transform(M));
          const size = Math.max(1, ...M.data.map(Math.abs));
          M.data.forEach((v, k) => {
            expect(Math.abs(back.data[k]! - v)).toBeLessThanOrEqual(1e-9 * size);
          });
        }
      }),
    );
  });

  test("a power keeps order and zero mean, whatever the sign", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 8, maxLength: 30 }),
        (x) => {
          const out = new PowerTransformer().fit(Matrix.column(x)).transform(Matrix.column(x)).data;
          const order = [...x.keys()].sort((a, b) => x[a]! - x[b]!);
          for (let k = 1; k < order.length; k++)
            expect(out[order[k]!]).toBeGreaterThanOrEqual(out[order[k - 1]!]! - 1e-9);
          expect(Math.abs(out.reduce((a, b) => a + b, 0) / x.length)).toBeLessThan(1e-6);
        },
      ),
    );
  });
});

describe("details", () => {
  test("names of columns travel", () => {
    const t = Table.fromColumns({ age: [1, 2], size: [3, 5] });
    const out = new data.PolynomialFeatures().fit(t).transform(t);
    expect(out.names).toEqual(["1", "age", "size", "age^2", "age size", "size^2"]);
    expect(
      new SimpleImputer({ addIndicator: true }).fit(Table.fromColumns({ a: [1, null] })).outputNames(),
    ).toEqual(["a", "a_missing"]);
  });

  test("categories are imputed and stay categories", () => {
    const t = Table.fromColumns({ c: ["x", null, "y", "x"] });
    const frequent = new SimpleImputer({ strategy: "mostFrequent" }).fit(t).transform(t);
    expect(Array.from(frequent.data)).toEqual([0, 0, 1, 0]);
    expect(frequent.categories).toEqual([["x", "y"]]);
    const constant = new SimpleImputer({ strategy: "constant" }).fit(t).transform(t);
    expect(constant.categories).toEqual([["x", "y", "missing"]]);
    expect(constant.data[1]).toBe(2);
    expect(() => new SimpleImputer().fit(t)).toThrow('holds the category column "c", which has no mean');
    expect(() => new SimpleImputer({ fillValue: 3 })).toThrow(
      'fillValue is 3, expected null unless strategy is "constant"',
    );
  });

  test("dates become parts, cyclical ones close to their neighbours", () => {
    const t = Table.fromColumns({ d: [new Date("2024-12-31T18:30:00Z"), new Date("2023-01-01"), null] });
    const parts = new DateFeatures().fit(t).transform(t);
    expect(parts.names).toEqual([
      "d_year",
      "d_month",
      "d_day",
      "d_dayOfWeek",
      "d_isWeekend",
      "d_days",
      "d_hour",
    ]);
    expect(Array.from(parts.row(0))).toEqual([
      2024,
      12,
      31,
      1,
      0,
      Date.UTC(2024, 11, 31, 18, 30) / 86400000,
      18,
    ]);
    expect(Array.from(parts.row(1)).slice(0, 5)).toEqual([2023, 1, 1, 6, 1]);
    expect(parts.row(2).every(Number.isNaN)).toBe(true);
    const round = new DateFeatures({ features: ["dayOfYear"], cyclical: true }).fit(t).transform(t);
    expect(round.names).toEqual(["d_dayOfYear_sin", "d_dayOfYear_cos"]);
    const gap = Math.hypot(round.at(0, 0) - round.at(1, 0), round.at(0, 1) - round.at(1, 1));
    expect(gap).toBeLessThan(0.02);
    expect(() => new DateFeatures().fit(Table.fromColumns({ c: ["a"] }))).toThrow(
      'holds the category column "c"',
    );
  });

  test("functions have domains and inverses", () => {
    const model = new FunctionTransformer({ func: "log1p" }).fit([[1]]);
    expect(model.inverseTransform(model.transform([[3.5]])).at(0, 0)).toBeCloseTo(3.5, 14);
    expect(() => model.transform([[-2]])).toThrow(
      'FunctionTransformer.transform: X holds -2 in column "x0", outside the domain of log1p',
    );
    const square = new FunctionTransformer({ func: "square" }).fit([[1]]);
    expect(() => square.inverseTransform([[4]])).toThrow("square has no inverse");
  });

  test("Box-Cox refuses what is not positive, too many products are refused", () => {
    expect(() => new PowerTransformer({ method: "box-cox" }).fit([[1], [0]])).toThrow(
      "PowerTransformer.fit: X holds 0 at row 1, column 0, expected positive numbers for Box-Cox",
    );
    expect(() => new data.PolynomialFeatures({ degree: 5 }).fit(Matrix.zeros(2, 100))).toThrow("degree is 5");
  });
});
