/**
 * Hostile input to public functions: whatever an argument is, the answer is a result or a sentence that names
 * a function and the argument, and it comes soon. Each function has one ordinary call; every argument of it
 * (and every option of that call) is replaced by each hostile value in turn.
 */
import { describe, expect, test } from "vitest";
import * as data from "../src/data/index.ts";
import { WhetstoneError } from "../src/errors.ts";
import * as information from "../src/information/index.ts";
import * as linear from "../src/linear/index.ts";
import * as math from "../src/math/index.ts";
import * as metrics from "../src/metrics/index.ts";
import * as stats from "../src/stats/index.ts";
import { HOSTILE } from "./hostile-values.ts";
import { CALLS } from "./ordinary-calls.ts";

const { Matrix } = math;
const A = Matrix.from([
  [4, 1, 0],
  [1, 3, 1],
  [0, 1, 2],
]);
const v = [1, 2, 3];

const isOptions = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

/** Calls with one argument, or one option of it, replaced; what was replaced leads. */
function* variants(args: readonly unknown[]): Generator<[label: string, args: unknown[]]> {
  for (const [i, given] of args.entries()) {
    const put = (value: unknown) => args.map((a, j) => (j === i ? value : a));
    for (const [h, hostile] of HOSTILE.entries()) yield [`argument ${i}, hostile value ${h}`, put(hostile)];
    if (isOptions(given)) {
      for (const key of Object.keys(given))
        for (const [h, hostile] of HOSTILE.entries())
          yield [`argument ${i}.${key}, hostile value ${h}`, put({ ...given, [key]: hostile })];
    } else {
      yield [`argument ${i} null`, put(null)];
      yield [`arguments from ${i} on missing`, args.slice(0, i)];
    }
  }
}

describe.each(Object.entries(CALLS))("%s", (_, [exports, calls]) => {
  test.each(Object.entries(calls))("%s", (name, args) => {
    const call = (exports as Record<string, (...args: unknown[]) => unknown>)[name]!;
    expect(() => call(...args)).not.toThrow();
    for (const [label, hostile] of variants(args)) {
      const started = performance.now();
      try {
        call(...hostile);
      } catch (error) {
        expect(error, `${label}: ${(error as Error)?.stack}`).toBeInstanceOf(WhetstoneError);
        expect((error as Error).message, label).toMatch(/^[A-Za-z][\w. ()]*: ./);
      }
      expect(performance.now() - started, `${label}: milliseconds`).toBeLessThan(10_000);
    }
  });
});

describe("overflow and underflow give limits, not NaN", () => {
  test.each([
    ["besselK1(5e-324)", () => math.besselK1(5e-324), Number.POSITIVE_INFINITY],
    ["besselK(1e300, 1)", () => math.besselK(1e300, 1), Number.POSITIVE_INFINITY],
    ["besselK(Infinity, 1)", () => math.besselK(Number.POSITIVE_INFINITY, 1), Number.POSITIVE_INFINITY],
    ["kolmogorovSf(5e-324)", () => stats.kolmogorovSf(5e-324), 1],
    [
      "klGaussian of a far wider p",
      () => information.klGaussian({ mean: 0, sd: 1e300 }, { mean: 0, sd: 1 }),
      Number.POSITIVE_INFINITY,
    ],
  ])("%s", (_, run, expected) => {
    expect(run()).toBe(expected);
  });
});

describe("rows and columns that do not exist are refused", () => {
  test("selectRows and selectCols", () => {
    expect(() => A.selectRows([0, 3])).toThrow(
      "Matrix.selectRows: indices[1] is 3, expected an integer from 0 to 2",
    );
    expect(() => A.selectCols([-1])).toThrow("Matrix.selectCols: indices[0] is -1");
    expect(() => data.selectRows(v, [9])).toThrow("selectRows: indices[0] is 9");
  });
});

describe("sizes at which a call with all values as arguments would overflow the stack", () => {
  const n = 200_000;
  const unique = Array.from({ length: n }, (_, i) => `id ${i}`);
  test("many rows and many classes", () => {
    const y = Float64Array.from({ length: n }, (_, i) => i % 1000);
    expect(new data.StratifiedKFold({ nSplits: 2, bins: 10 }).split(n, y)).toHaveLength(2);
    const halves = Array.from({ length: n }, (_, i) => (i % 20 === 0 ? "a" : "b"));
    const { train } = data.trainTestSplit({ y: halves }, { stratify: halves }) as unknown as {
      train: { y: string[] };
    };
    expect(train.y.length).toBe(n * 0.75);
    expect(() => new data.StratifiedKFold({ nSplits: 2 }).split(n, unique)).toThrow("at most 1");
  });
});

describe("names that JavaScript treats specially are names like any other", () => {
  const names = ["__proto__", "constructor", "toString", "", "ключ 🗝"];
  test("columns", () => {
    const table = data.Table.fromColumns(names.map((name, j) => [name, [j, 1, 2]] as const));
    expect(table.names).toEqual(names);
    expect(table.select(["__proto__"]).toDesign("test").matrix.col(0)).toEqual(Float64Array.of(0, 1, 2));
    expect(() => table.select(["hasOwnProperty"])).toThrow("Table.select");
    const scaled = new data.StandardScaler().fit(table);
    expect(scaled.outputNames()).toEqual(names);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  test("labels", () => {
    const X = Array.from({ length: 50 }, (_, i) => [i % 5, i]);
    const y = X.map(([k]) => names[k!]!);
    const model = new linear.LogisticRegression({
      classWeight: JSON.parse('{"__proto__": 5, "constructor": 2}'),
    }).fit(X, y, { onWarning: () => {} });
    expect([...model.classes].sort()).toEqual([...names].sort());
    expect(metrics.confusionMatrix(y, y).labels).toHaveLength(5);
    expect(metrics.accuracy(y, model.predict(X))).toBeGreaterThan(0);
    const encoded = new data.OneHotEncoder().fit(data.Table.fromColumns({ y }));
    expect(encoded.outputNames()).toHaveLength(5);
  });
  test("parameters", () => {
    expect(() => new linear.Ridge(JSON.parse('{"__proto__": 1}'))).toThrow("Ridge: params is");
    expect(() => new linear.Ridge({ constructor: 1 } as never)).toThrow("Ridge: params is");
    expect(() => new linear.Ridge().with({ toString: 1 } as never)).toThrow("Ridge: params is");
  });
});
