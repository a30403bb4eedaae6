import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LogisticRegression } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/logistic_sparse.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  y: number[];
  w: number[];
  cases: {
    name: "binary" | "multinomial";
    penalty: "l1" | "elasticnet";
    l1Ratio: number | null;
    C: number;
    fitIntercept: boolean;
    weighted: boolean;
    proba: number[][];
    coef: number[][];
  }[];
};

describe("logistic regression with L1 and elastic net", () => {
  it.each(golden.cases)(
    "is scikit-learn's: $name $penalty C $C intercept $fitIntercept weighted $weighted",
    (c) => {
      const { name, penalty, C, fitIntercept, weighted } = c;
      const spec = new LogisticRegression({
        penalty,
        C,
        fitIntercept,
        tol: 1e-11,
        ...(c.l1Ratio !== null && { l1Ratio: c.l1Ratio }),
      });
      const said: string[] = [];
      const y = name === "binary" ? golden.y.map((v) => Number(v > 0)) : golden.y;
      const model = spec.fit(golden.X, y, {
        onWarning: (s) => said.push(s),
        ...(weighted && { sampleWeight: golden.w }),
      });
      expect(said).toEqual([]);
      const p = model.predictProba(golden.X.filter((_, i) => i < 60 && i % 4 === 0)).toArray();
      p.forEach((row, i) => {
        row.forEach((v, k) => {
          expect(Math.abs(v - c.proba[i]![k]!)).toBeLessThan(1e-6);
        });
      });
      const zeros = (rows: number[][]) => rows.map((r) => r.map((v) => Math.abs(v) < 1e-8));
      if (name === "binary")
        expect(model.coef.toArray().map((r) => r.map((v) => v === 0))).toEqual(zeros(c.coef));
    },
  );

  it("gives the L2 solution at l1Ratio 0, and refuses solvers that know no L1", () => {
    const given = { C: 0.5, tol: 1e-11 } as const;
    const net = new LogisticRegression({ ...given, penalty: "elasticnet", l1Ratio: 0 }).fit(
      golden.X,
      golden.y,
    );
    const ridge = new LogisticRegression({ ...given, solver: "newtonCholesky" }).fit(golden.X, golden.y);
    const [p, q] = [net.predictProba(golden.X), ridge.predictProba(golden.X)];
    expect(Math.max(...p.data.map((v, i) => Math.abs(v - q.data[i]!)))).toBeLessThan(1e-8);
    expect(() => new LogisticRegression({ penalty: "l1", solver: "lbfgs" })).toThrow(
      'LogisticRegression: solver is "lbfgs", expected "auto" or "coordinateDescent" for l1',
    );
  });
});
