import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { problem } from "../../test/optim-problem.ts";
import type { Tensor } from "../tensor/index.ts";
import * as optim from "./index.ts";

interface Golden {
  readonly name: string;
  readonly optimizer: string;
  readonly options: Record<string, unknown>;
  readonly path: number[][];
}

/** Trajectories of torch.optim 1.13 (reference/torch/make_optim.py), in float64. */
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/torch/optim.json", import.meta.url), "utf8"),
) as { rules: Golden[] };

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

type Make = new (params: Tensor[], options: Record<string, unknown>) => optim.Optimizer;

describe("torch.optim takes the same path", () => {
  test.each(golden.rules.map((g) => [g.name, g] as const))("%s", (_, { optimizer: name, options, path }) => {
    const { W, b, loss, values } = problem();
    const Optimizer = (optim as unknown as Record<string, Make>)[name]!;
    const own = Object.fromEntries(Object.entries(options).map(([k, v]) => [camel(k), v]));
    const optimizer = new Optimizer([W, b], own);
    for (const expected of path) {
      optimizer.step(() => {
        optimizer.zeroGrad();
        const value = loss();
        value.backward();
        return value;
      });
      values().forEach((v, i) => {
        expect(Math.abs(v - expected[i]!)).toBeLessThan(1e-12);
      });
    }
  });
});
