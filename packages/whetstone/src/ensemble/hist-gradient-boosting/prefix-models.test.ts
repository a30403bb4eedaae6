import { describe, expect, it } from "vitest";
import { withScratch } from "../../kernels/index.ts";
import { randomStream } from "../../math/index.ts";
import type { GrowthLimits } from "./grown-node.ts";
import { lossOf } from "./losses.ts";
import { leafStep, PrefixModels } from "./prefix-models.ts";

const limits = {
  learningRate: 0.3,
  l1Regularization: 0.05,
  l2Regularization: 0.2,
  minHessianToSplit: 1e-3,
} as GrowthLimits;

describe("prefix models", () => {
  it("predict each row as whole models of the first 1, 2, 4, ... rows do", () => {
    for (const n of [1, 2, 3, 8, 9, 37]) {
      for (const weighted of [false, true]) {
        const random = randomStream(n);
        const y = Float64Array.from({ length: n }, () => random.int(2));
        const w = weighted ? Float64Array.from({ length: n }, () => 0.5 + random.uniform()) : null;
        const order = random.permutation(n);
        const baseline = Float64Array.of(0.4);
        const trees = Array.from({ length: 6 }, () => Float64Array.from({ length: n }, () => random.int(3)));
        const honest = new Float64Array(n);
        withScratch((s) => {
          const models = new PrefixModels(s, lossOf("binomial"), y, w, order, baseline);
          for (const leaf of trees) models.add(0, leaf, 3, limits);
          models.writeHonest(0, honest);
        });
        // By hand: a model of its own, over all rows, for each row's largest power of two.
        for (let position = 0; position < n; position++) {
          const prefix = position === 0 ? 0 : 2 ** Math.floor(Math.log2(position));
          const raw = new Float64Array(n).fill(0.4);
          for (const leaf of trees) {
            const before = raw.slice();
            for (let node = 0; node < 3; node++) {
              let g = 0;
              let h = 0;
              for (let at = 0; at < prefix; at++) {
                const i = order[at]!;
                if (leaf[i] !== node) continue;
                const p = 1 / (1 + Math.exp(-before[i]!));
                g += (w ? w[i]! : 1) * (p - y[i]!);
                h += (w ? w[i]! : 1) * p * (1 - p);
              }
              const step = h < 1e-3 ? 0 : (-0.3 * Math.sign(g) * Math.max(0, Math.abs(g) - 0.05)) / (h + 0.2);
              for (let i = 0; i < n; i++) if (leaf[i] === node) raw[i] = raw[i]! + step;
            }
          }
          expect(honest[order[position]!]).toBeCloseTo(raw[order[position]!]!, 10);
        }
      }
    }
  });

  it("leaves step by Newton, and not at all where growing would not allow them", () => {
    expect(leafStep(-2, 3, limits)).toBeCloseTo((0.3 * 1.95) / 3.2, 12);
    expect(leafStep(2, 3, limits)).toBeCloseTo((-0.3 * 1.95) / 3.2, 12);
    expect(leafStep(0.04, 3, limits)).toBe(0);
    expect(leafStep(-2, 1e-4, limits)).toBe(0);
    expect(
      leafStep(0, 0, { ...limits, minHessianToSplit: 0, l1Regularization: 0, l2Regularization: 0 }),
    ).toBe(0);
  });
});
