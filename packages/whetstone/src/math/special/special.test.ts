import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as special from "./index.ts";

/**
 * Every function against mpmath (60 digits) on the grids of reference/math/make_special.py, which also records
 * how far SciPy itself is from the truth. The bound is 1e-13 relative, with these exceptions:
 *
 * - Bessel J and Y oscillate, so near a zero no function of a rounded argument has relative accuracy (SciPy's
 *   is off by 1e-12 there too): errors are measured against the local amplitude sqrt(J² + Y²).
 */
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/math/special.json", import.meta.url), "utf8"),
) as { functions: Record<string, { scipyWorst: number; rows: number[][] }> };

const functions = special as unknown as Record<string, (...args: number[]) => number>;

function scaleOf(name: string, x: number, truth: number): number {
  if (!/^bessel[JY]/.test(name)) return Math.abs(truth);
  return Math.max(Math.abs(truth), Math.sqrt(2 / (Math.PI * Math.max(x, 1))));
}

/** Worst error of one function and where it is. */
function worst(name: string): { error: number; at: number[]; got: number } {
  let error = 0;
  let at: number[] = [];
  let value = Number.NaN;
  for (const row of golden.functions[name]!.rows) {
    const args = row.slice(0, -1);
    const truth = row.at(-1)!;
    const got = functions[name]!(...args);
    const e = got === truth ? 0 : Math.abs(got - truth) / scaleOf(name, args[0]!, truth);
    if (!(e <= error)) {
      error = e;
      at = row;
      value = got;
    }
  }
  return { error, at, got: value };
}

const tolerance: Record<string, number> = {};

describe("special functions against mpmath", () => {
  for (const name of Object.keys(golden.functions)) {
    test(name, () => {
      const found = worst(name);
      if (process.env.SPECIAL_REPORT)
        console.log(name, found.error.toExponential(1), JSON.stringify(found.at), found.got);
      expect(golden.functions[name]!.rows.length).toBeGreaterThan(3);
      expect(found.error, `at ${JSON.stringify(found.at)}, got ${found.got}`).toBeLessThan(
        tolerance[name] ?? 1e-13,
      );
    });
  }
});
