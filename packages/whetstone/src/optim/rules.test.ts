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
) as { rules: Golden[]; papers: Record<string, number[][]> };

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

type Make = new (params: Tensor[], options: Record<string, unknown>) => optim.Optimizer;

function follows(
  optimizer: optim.Optimizer,
  path: number[][],
  loss: () => Tensor,
  values: () => number[],
  tolerance = 1e-12,
): void {
  for (const expected of path) {
    optimizer.step(() => {
      optimizer.zeroGrad();
      const value = loss();
      value.backward();
      return value;
    });
    values().forEach((v, i) => {
      expect(Math.abs(v - expected[i]!)).toBeLessThan(tolerance);
    });
  }
}

describe("torch.optim takes the same path", () => {
  test.each(golden.rules.map((g) => [g.name, g] as const))("%s", (_, { optimizer: name, options, path }) => {
    const { W, b, loss, values } = problem();
    const Optimizer = (optim as unknown as Record<string, Make>)[name]!;
    const own = Object.fromEntries(Object.entries(options).map(([k, v]) => [camel(k), v]));
    const optimizer = new Optimizer([W, b], own);
    follows(optimizer, path, loss, values);
  });
});

describe("updates written out as in their papers take the same path", () => {
  const make: Record<string, (params: Tensor[]) => optim.Optimizer> = {
    Lion: (p) => new optim.Lion(p, { lr: 0.05, betas: [0.8, 0.9], weightDecay: 0.1 }),
    LARS: (p) => new optim.LARS(p, { lr: 0.5, trust: 0.02, momentum: 0.9, weightDecay: 0.1 }),
    LAMB: (p) => new optim.LAMB(p, { lr: 0.05, betas: [0.9, 0.99], weightDecay: 0.1 }),
    Shampoo: (p) => new optim.Shampoo(p, { lr: 0.3, eps: 1e-3, momentum: 0.5 }),
    SAM: (p) => new optim.SAM(new optim.SGD(p, { lr: 0.1 }), { rho: 0.2 }),
    Lookahead: (p) => new optim.Lookahead(new optim.SGD(p, { lr: 0.1 }), { k: 2, alpha: 0.3 }),
  };
  test.each(Object.keys(golden.papers))("%s", (name) => {
    const { W, b, loss, values } = problem();
    // Roots of matrices lose a few digits.
    follows(make[name]!([W, b]), golden.papers[name]!, loss, values, name === "Shampoo" ? 1e-9 : 1e-11);
  });
});
