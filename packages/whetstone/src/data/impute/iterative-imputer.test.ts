import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { IterativeImputer } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/data/impute.json", import.meta.url), "utf8"),
) as { X: (number | null)[][]; cases: { alpha: number; maxIter: number; filled: number[][] }[] };
const X = golden.X.map((r) => r.map((v) => v ?? Number.NaN));

describe("IterativeImputer", () => {
  it.each(golden.cases)("fills as scikit-learn with Ridge does: alpha $alpha, $maxIter rounds", (c) => {
    const { alpha, maxIter } = c;
    const spec = new IterativeImputer({ alpha, maxIter, tol: 0 });
    const out = spec.fit(X, null, { onWarning: () => {} }).transform(X);
    c.filled.flat().forEach((v, t) => {
      expect(Math.abs(out.data[t]! - v)).toBeLessThan(1e-7);
    });
  });
  it("stops when nothing moves, and fills rows it has not seen", () => {
    const said: string[] = [];
    const model = new IterativeImputer({ maxIter: 50 }).fit(X, null, { onWarning: (s) => said.push(s) });
    expect(said).toEqual([]);
    expect(model.rounds.length).toBeLessThan(50);
    expect(model.transform([[Number.NaN, 3, 0, Number.NaN]]).data.every(Number.isFinite)).toBe(true);
  });
});
