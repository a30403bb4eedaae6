import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "../matrix.ts";
import {
  ballProximal,
  boxProximal,
  brentMinimize,
  brentRoot,
  gaussNewton,
  l1Proximal,
  lbfgsb,
  levenbergMarquardt,
  type Problem,
  proximalGradient,
  softThreshold,
} from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/math/optimize.json", import.meta.url), "utf8"),
) as {
  leastSquares: { t: number[]; y: number[]; x: number[]; cost: number; evaluations: number };
  scalar: {
    brentMin: { interval: [number, number]; x: number; evaluations: number }[];
    brentRoot: { name: string; interval: [number, number]; x: number }[];
  };
};

describe("non-linear least squares", () => {
  const { t, y, x, cost, evaluations } = golden.leastSquares;
  const problem = {
    residuals: (p: Float64Array) => t.map((ti, i) => p[0]! * Math.exp(-p[1]! * ti) + p[2]! - y[i]!),
    jacobian: (p: Float64Array) =>
      Matrix.from(t.map((ti) => [Math.exp(-p[1]! * ti), -ti * p[0]! * Math.exp(-p[1]! * ti), 1])),
  };
  it("both methods reach MINPACK's minimum, with and without an analytic Jacobian", () => {
    for (const solve of [levenbergMarquardt, gaussNewton]) {
      for (const p of [problem, { residuals: problem.residuals }]) {
        const r = solve(p, [1, 1, 0]);
        expect(r.converged).toBe(true);
        x.forEach((v, i) => {
          expect(Math.abs(r.x[i]! - v)).toBeLessThan(1e-7);
        });
        expect(Math.abs(r.value - cost)).toBeLessThan(1e-12);
      }
    }
    expect(levenbergMarquardt(problem, [1, 1, 0]).evaluations).toBeLessThanOrEqual(evaluations);
  });
  it("Powell's singular function: LM survives the rank loss at the solution", () => {
    const r = levenbergMarquardt(
      {
        residuals: (v) => [
          v[0]! + 10 * v[1]!,
          Math.sqrt(5) * (v[2]! - v[3]!),
          (v[1]! - 2 * v[2]!) ** 2,
          Math.sqrt(10) * (v[0]! - v[3]!) ** 2,
        ],
      },
      [3, -1, 0, 1],
    );
    expect(r.value).toBeLessThan(1e-10);
  });
  it("dependent columns: gaussNewton says so, LM still solves", () => {
    const flat = { residuals: (v: Float64Array) => [v[0]! + v[1]! - 1, 2 * (v[0]! + v[1]! - 1)] };
    expect(() => gaussNewton(flat, [0, 0])).toThrow("linearly dependent columns");
    const r = levenbergMarquardt(flat, [0, 0]);
    expect(r.x[0]! + r.x[1]!).toBeCloseTo(1, 8);
  });
  it("is unaffected by badly scaled parameters", () => {
    const scaled = {
      residuals: (p: Float64Array) => problem.residuals(Float64Array.of(p[0]! * 1e6, p[1]!, p[2]! / 1e4)),
    };
    const r = levenbergMarquardt(scaled, [1e-6, 1, 0]);
    expect(Math.abs(r.x[0]! * 1e6 - x[0]!)).toBeLessThan(1e-5);
    expect(Math.abs(r.x[2]! / 1e4 - x[2]!)).toBeLessThan(1e-5);
  });
});

describe("proximal gradient", () => {
  // A fixed 8 x 5 design; lasso |y - A x|^2 / 2 + alpha |x|_1.
  const A = Array.from({ length: 8 }, (_, i) =>
    Array.from({ length: 5 }, (_, j) => Math.sin(1 + (i + 2) ** 2 * (j + 1) * 1.7)),
  );
  const y = Array.from({ length: 8 }, (_, i) => Math.cos(2 * i) * 3);
  const smooth: Problem = {
    valueAndGradient(x, g) {
      g.fill(0);
      let f = 0;
      A.forEach((row, i) => {
        const r = row.reduce((s, a, j) => s + a * x[j]!, -y[i]!);
        f += (r * r) / 2;
        for (let j = 0; j < row.length; j++) g[j]! += row[j]! * r;
      });
      return f;
    },
  };
  it("ISTA and FISTA satisfy the lasso's optimality conditions", () => {
    const alpha = 1.5;
    for (const accelerated of [false, true]) {
      const r = proximalGradient(smooth, l1Proximal(alpha), new Array(5).fill(0), {
        accelerated,
        tolerance: 1e-9,
      });
      expect(r.converged).toBe(true);
      const g = new Float64Array(5);
      (smooth as { valueAndGradient: (x: Float64Array, g: Float64Array) => number }).valueAndGradient(r.x, g);
      r.x.forEach((v, j) => {
        if (v === 0) expect(Math.abs(g[j]!)).toBeLessThanOrEqual(alpha + 1e-7);
        else expect(g[j]! + alpha * Math.sign(v)).toBeCloseTo(0, 6);
      });
      expect([...r.x].filter((v) => v === 0).length).toBeGreaterThan(0);
    }
  });
  it("FISTA needs fewer steps than ISTA on an ill-conditioned problem", () => {
    const bad: Problem = {
      valueAndGradient(x, g) {
        let f = 0;
        for (let i = 0; i < x.length; i++) {
          const k = 10 ** -(i / 5);
          g[i] = k * (x[i]! - 1);
          f += (k * (x[i]! - 1) ** 2) / 2;
        }
        return f;
      },
    };
    const run = (accelerated: boolean) =>
      proximalGradient(bad, l1Proximal(1e-6), new Array(20).fill(0), {
        accelerated,
        learningRate: 1,
        tolerance: 1e-7,
        maxIterations: 200_000,
      }).iterations;
    expect(run(true)).toBeLessThan(run(false) / 5);
  });
  it("projections: a box agrees with L-BFGS-B, a ball holds its radius", () => {
    const boxed = proximalGradient(smooth, boxProximal(-0.3, 0.2), new Array(5).fill(0), {
      tolerance: 1e-10,
    });
    const other = lbfgsb(smooth, new Array(5).fill(0), {
      bounds: { lower: -0.3, upper: 0.2 },
      tolerance: { gradient: 1e-10, value: 0 },
    });
    boxed.x.forEach((v, i) => {
      expect(v).toBeCloseTo(other.x[i]!, 7);
    });
    const ball = proximalGradient(smooth, ballProximal(0.5), new Array(5).fill(0));
    expect(Math.hypot(...ball.x)).toBeCloseTo(0.5, 10);
  });
  it("soft threshold solves its own minimisation", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (v, t) => {
          const z = softThreshold(v, t);
          const objective = (u: number): number => (u - v) ** 2 / 2 + t * Math.abs(u);
          for (const h of [-0.1, 0.1, -1e-3, 1e-3])
            expect(objective(z + h)).toBeGreaterThanOrEqual(objective(z) - 1e-12);
        },
      ),
    );
  });
});

describe("scalar", () => {
  it("Brent's minimum agrees with SciPy", () => {
    const [g] = golden.scalar.brentMin;
    const r = brentMinimize((v) => Math.cos(v) + 0.1 * v, g!.interval, { tolerance: 1e-10 });
    expect(r.converged).toBe(true);
    expect(Math.abs(r.x - g!.x)).toBeLessThan(2e-8);
    expect(r.evaluations).toBeLessThanOrEqual(g!.evaluations + 3);
  });
  it("Brent's root agrees with SciPy to rounding", () => {
    const functions: Record<string, (v: number) => number> = {
      cosMinusX: (v) => Math.cos(v) - v,
      cubic: (v) => v ** 3 - 2 * v - 5,
      expTenth: (v) => Math.exp(v / 10) - 3,
    };
    for (const { name, interval, x } of golden.scalar.brentRoot) {
      const r = brentRoot(functions[name]!, interval, { tolerance: 1e-15 });
      expect(r.converged).toBe(true);
      expect(Math.abs(r.x - x)).toBeLessThan(1e-14 * Math.max(1, Math.abs(x)));
      expect(r.evaluations).toBeLessThan(20);
    }
    expect(brentRoot((v) => v, [0, 1]).x).toBe(0);
    expect(brentRoot((v) => v - 1, [0, 1]).x).toBe(1);
  });
  it("stays inside, for any sign change", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.integer({ min: 1, max: 9 }),
        (root, power) => {
          const odd = 2 * power - 1;
          const r = brentRoot((v) => Math.sign(v - root) * Math.abs(v - root) ** odd, [-4, 4.5], {
            maxIterations: 2000,
          });
          expect(Math.abs(r.x - root) < 1e-10 || r.value === 0).toBe(true);
        },
      ),
    );
  });
  it("refuses equal signs", () => {
    expect(() => brentRoot((v) => v * v + 1, [-1, 1])).toThrow("same sign at both ends");
    expect(() => brentMinimize((v) => v, [1, 0])).toThrow("finite [a, b] with a < b");
  });
});
