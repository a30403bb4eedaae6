/** Contributions to imported models, against XGBoost's own (float32). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { importXGBoost } from "../interchange/index.ts";
import { treeShap } from "./index.ts";

interface Case {
  name: string;
  model: string;
  rows: (number | null)[][];
  contributions: number[] | null;
}
const path = new URL("../../../../reference/values/interchange/xgboost.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

test.each(cases.filter((c) => c.contributions !== null).map((c) => [c.name, c] as const))(
  "%s: contributions are XGBoost's",
  (_, { model, rows, contributions }) => {
    const X = rows.map((row) => row.map((v) => v ?? Number.NaN));
    const { values, baseValues } = treeShap(importXGBoost(model), X);
    const [outputs, d] = [values.length, X[0]!.length];
    expect(contributions!.length).toBe(X.length * outputs * (d + 1));
    X.forEach((_, i) => {
      for (let o = 0; o < outputs; o++) {
        const theirs = contributions!.slice((i * outputs + o) * (d + 1), (i * outputs + o + 1) * (d + 1));
        const ours = [...values[o]!.row(i), baseValues[o]!];
        ours.forEach((v, j) => void expect(Math.abs(v - theirs[j]!), `row ${i}, ${j}`).toBeLessThan(2e-6));
      }
    });
  },
);
