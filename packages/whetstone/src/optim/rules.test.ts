import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Tensor } from "../tensor/index.ts";
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

const f64 = { dtype: "f64" } as const;
const leaf = { dtype: "f64", requiresGrad: true } as const;
const x = Tensor.from([[0.9], [-0.3], [1.4]], f64);
const c = Tensor.from([1, 2.5], f64);
const target = Tensor.from(
  [
    [1, -0.5, 0.25],
    [0, 2, -1],
  ],
  f64,
);
const stiffness = Tensor.from(
  [
    [1, 10, 0.1],
    [5, 0.5, 2],
  ],
  f64,
);

export function problem() {
  const W = Tensor.from(
    [
      [0.5, -1.2, 0.3],
      [1.5, 0.7, -0.4],
    ],
    leaf,
  );
  const b = Tensor.from([0.1, -0.6], leaf);
  const loss = () => {
    const h = W.matmul(x).reshape([2]).add(b).tanh();
    return c.mul(h.square()).sum().add(W.sub(target).square().mul(stiffness).sum().mul(0.1));
  };
  return { W, b, loss, values: () => [...W.data(), ...b.data()] };
}

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

type Make = new (params: Tensor[], options: Record<string, unknown>) => optim.Optimizer;

describe("torch.optim takes the same path", () => {
  test.each(golden.rules.map((g) => [g.name, g] as const))("%s", (_, { optimizer: name, options, path }) => {
    const { W, b, loss, values } = problem();
    const Optimizer = optim[name as keyof typeof optim] as unknown as Make;
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
