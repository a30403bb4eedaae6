/** The loss kernels against their own derivatives and against Math: independent of any reference. */
import { describe, expect, it } from "vitest";
import { withScratch } from "../../kernels/index.ts";
import { randomStream } from "../../math/random/index.ts";
import { GradientRows } from "./gradients.ts";
import { type Loss, lossOf } from "./losses.ts";

const random = randomStream("gradients");

interface Setting {
  readonly loss: Loss;
  readonly outputs: number;
  readonly target: () => number;
}
const settings: Setting[] = [
  { loss: lossOf("squaredError"), outputs: 1, target: () => random.normal() },
  { loss: lossOf("absoluteError"), outputs: 1, target: () => random.normal() },
  { loss: lossOf("quantile", 0.8), outputs: 1, target: () => random.normal() },
  { loss: lossOf("poisson"), outputs: 1, target: () => random.poisson(2) },
  { loss: lossOf("gamma"), outputs: 1, target: () => random.gamma(2) },
  { loss: lossOf("binomial"), outputs: 1, target: () => random.int(2) },
  { loss: lossOf("multinomial"), outputs: 3, target: () => random.int(3) },
];

/** Loss of one row at raw predictions f. */
function lossAt(loss: Loss, outputs: number, y: number, f: readonly number[]): number {
  return withScratch((s) => {
    const state = new GradientRows(s, loss, Float64Array.of(y), { sample: null, gradient: null }, outputs);
    state.setRaw(Float64Array.from(f));
    return state.meanLoss();
  });
}

/** Gradient and hessian of one row in output k, as the grower reads them. */
function gradientAt(
  loss: Loss,
  outputs: number,
  y: number,
  f: readonly number[],
  k: number,
): [number, number] {
  return withScratch((s) => {
    const state = new GradientRows(s, loss, Float64Array.of(y), { sample: null, gradient: null }, outputs);
    state.setRaw(Float64Array.from(f));
    if (outputs > 1) state.updateProbabilities();
    const { gradient, hessian } = state.updateGradients(k);
    const below = hessian & ((1n << BigInt(state.countShift)) - 1n);
    expect(hessian >> BigInt(state.countShift)).toBe(1n);
    return [
      Number(gradient) * state.gradientUnit,
      state.countedHessian ? 1 : Number(below) * state.hessianUnit,
    ];
  });
}

describe("loss kernels", () => {
  for (const { loss, outputs, target } of settings) {
    it(`${loss.name}: gradient and hessian are the loss's derivatives`, () => {
      for (let trial = 0; trial < 40; trial++) {
        const y = target();
        const f = Array.from({ length: outputs }, () => 1.5 * random.normal());
        const shifted = (k: number, h: number) => f.map((v, j) => (j === k ? v + h : v));
        for (let k = 0; k < outputs; k++) {
          const [g, h] = gradientAt(loss, outputs, y, f, k);
          const step = 1e-4;
          const up = lossAt(loss, outputs, y, shifted(k, step));
          const down = lossAt(loss, outputs, y, shifted(k, -step));
          expect(Math.abs((up - down) / (2 * step) - g)).toBeLessThan(1e-7 * (1 + Math.abs(g) + h));
          if (loss.constantHessian) {
            expect(h).toBe(1);
          } else {
            const [above] = gradientAt(loss, outputs, y, shifted(k, step), k);
            const [under] = gradientAt(loss, outputs, y, shifted(k, -step), k);
            expect(Math.abs((above - under) / (2 * step) - h)).toBeLessThan(1e-6 * (1 + h));
          }
        }
      }
    });
  }

  it("exp is accurate to a few units in the last place over its range", () => {
    for (let x = -600; x <= 700; x += 0.377) {
      const [, h] = gradientAt(lossOf("poisson"), 1, 0, [x], 0);
      // Fixed point keeps the largest value, here the only one, to about 40 bits; the loss has all 53.
      expect(Math.abs(h / Math.exp(x) - 1)).toBeLessThan(1e-11);
      expect(Math.abs(lossAt(lossOf("poisson"), 1, 0, [x]) / Math.exp(x) - 1)).toBeLessThan(5e-16);
    }
  });

  it("log loss is accurate far from and near to certainty", () => {
    for (const x of [-800, -40, -3, -1e-3, 0, 1e-3, 0.7, 5, 30, 700]) {
      const exact = x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
      expect(Math.abs(lossAt(lossOf("binomial"), 1, 0, [x]) - exact)).toBeLessThan(
        5e-16 * Math.max(1, exact),
      );
      expect(lossAt(lossOf("binomial"), 1, 1, [-x])).toBe(lossAt(lossOf("binomial"), 1, 0, [x]));
    }
  });

  it("sums do not overflow with many rows, large weights and one outlier", () => {
    withScratch((s) => {
      const n = 70_001;
      const y = Float64Array.from({ length: n }, (_, i) => (i === 5 ? 1e12 : i % 7));
      const weights = Float64Array.from({ length: n }, (_, i) => 1 + (i % 1000) * 1e4);
      const state = new GradientRows(s, lossOf("squaredError"), y, { sample: weights, gradient: weights }, 1);
      const { gradient, hessian } = state.updateGradients(0);
      const sum = y.reduce((total, v, i) => total - v * weights[i]!, 0);
      const weight = weights.reduce((a, b) => a + b, 0);
      const h = Number(hessian & ((1n << BigInt(state.countShift)) - 1n)) * state.hessianUnit;
      expect(Math.abs((Number(gradient) * state.gradientUnit) / sum - 1)).toBeLessThan(1e-6);
      expect(Math.abs(h / weight - 1)).toBeLessThan(1e-3);
      const counted = Number(hessian >> BigInt(state.countShift)) * state.rowsPerCount;
      expect(Math.abs(counted / weight - 1)).toBeLessThan(1e-3);
    });
  });
});
