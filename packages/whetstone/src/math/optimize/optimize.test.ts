import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Matrix } from "../matrix.ts";
import {
  bfgs,
  checkGradient,
  conjugateGradient,
  coordinateDescent,
  gradientDescent,
  jacobiPreconditioner,
  lbfgs,
  lbfgsb,
  type MinimizeResult,
  minimize,
  naturalGradient,
  nelderMead,
  newton,
  nonlinearConjugateGradient,
  numericalGradient,
  numericalHessian,
  numericalJacobian,
  type Problem,
} from "./index.ts";

interface Golden {
  x: number[];
  value: number;
  iterations: number;
  evaluations: number;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/math/optimize.json", import.meta.url), "utf8"),
) as {
  smooth: Record<
    string,
    { x0: number[] } & Record<"bfgs" | "lbfgs" | "conjugateGradient" | "newton", Golden>
  >;
  blackBox: Record<string, Golden>;
  bounded: Record<
    string,
    Golden & { x0: number[]; lower: number[]; upper: number[]; A: number[][]; b: number[] }
  >;
};

const rosenbrock = {
  valueAndGradient(x: Float64Array, g: Float64Array): number {
    let f = 0;
    g.fill(0);
    for (let i = 0; i + 1 < x.length; i++) {
      const b = x[i + 1]! - x[i]! ** 2;
      const a = 1 - x[i]!;
      f += 100 * b * b + a * a;
      g[i]! += -400 * x[i]! * b - 2 * a;
      g[i + 1]! += 200 * b;
    }
    return f;
  },
  hessian(x: Float64Array): Matrix {
    const n = x.length;
    const H = Matrix.zeros(n, n);
    for (let i = 0; i + 1 < n; i++) {
      H.data[i * n + i]! += 1200 * x[i]! ** 2 - 400 * x[i + 1]! + 2;
      H.data[i * n + i + 1]! -= 400 * x[i]!;
      H.data[(i + 1) * n + i]! -= 400 * x[i]!;
      H.data[(i + 1) * n + i + 1]! += 200;
    }
    return H;
  },
};

/** x'diag(eigenvalues)x / 2, minimum 0 at 0. */
const quadratic = (eigenvalues: readonly number[]) => ({
  valueAndGradient(x: Float64Array, g: Float64Array): number {
    let f = 0;
    for (let i = 0; i < x.length; i++) {
      g[i] = eigenvalues[i]! * x[i]!;
      f += (g[i]! * x[i]!) / 2;
    }
    return f;
  },
});

const spread = (n: number, condition: number): number[] =>
  Array.from({ length: n }, (_, i) => condition ** (n === 1 ? 0 : i / (n - 1)));

describe("finite differences", () => {
  const f = (x: Float64Array): number => Math.sin(x[0]!) * Math.exp(x[1]!) + x[0]! * x[1]! ** 2;
  const x = [0.7, -0.3];
  const e = Math.exp(-0.3);
  it("gradient, Hessian and Jacobian agree with the closed form", () => {
    const gradient = [Math.cos(0.7) * e + 0.09, Math.sin(0.7) * e + 2 * 0.7 * -0.3];
    const central = numericalGradient(f, x);
    const forward = numericalGradient(f, x, { scheme: "forward" });
    gradient.forEach((g, i) => {
      expect(Math.abs(central[i]! - g)).toBeLessThan(1e-9);
      expect(Math.abs(forward[i]! - g)).toBeLessThan(1e-6);
    });
    const H = [-Math.sin(0.7) * e, Math.cos(0.7) * e - 0.6, Math.cos(0.7) * e - 0.6, Math.sin(0.7) * e + 1.4];
    const byValue = numericalHessian(f, x);
    H.forEach((h, i) => {
      expect(Math.abs(byValue.data[i]! - h)).toBeLessThan(1e-5);
    });
    const byGradient = numericalHessian(rosenbrock, [-1.2, 1, 0.4]);
    rosenbrock.hessian(Float64Array.of(-1.2, 1, 0.4)).data.forEach((h, i) => {
      expect(Math.abs(byGradient.data[i]! - h)).toBeLessThan(1e-5);
    });
    const J = numericalJacobian((v) => [v[0]! * v[1]!, v[0]! ** 2, v[1]!], [2, 3]);
    [3, 2, 4, 0, 0, 1].forEach((v, i) => {
      expect(Math.abs(J.data[i]! - v)).toBeLessThan(1e-8);
    });
  });
  it("checkGradient accepts a right gradient and points at a wrong entry", () => {
    expect(checkGradient(rosenbrock, [-1.2, 1, 0.5]).error).toBeLessThan(1e-8);
    const wrong = checkGradient(
      { value: f, gradient: (v) => [Math.cos(v[0]!) * Math.exp(v[1]!) + v[1]! ** 2, 0] },
      x,
    );
    expect(wrong.worst).toBe(1);
    expect(wrong.error).toBeGreaterThan(0.01);
  });
});

describe("smooth minimisers on Rosenbrock", () => {
  const solvers = { bfgs, lbfgs, conjugateGradient: nonlinearConjugateGradient, newton } as const;
  for (const [name, reference] of Object.entries(golden.smooth)) {
    for (const [solver, solve] of Object.entries(solvers) as [keyof typeof solvers, typeof lbfgs][]) {
      it(`${solver} on ${name} needs about as many iterations as SciPy`, () => {
        const theirs = reference[solver];
        const ours = solve(rosenbrock, reference.x0, { tolerance: { gradient: 1e-6, value: 0 } });
        expect(ours.reason).toBe("gradient");
        expect(ours.value).toBeLessThan(1e-11);
        for (const v of ours.x) expect(Math.abs(v - 1)).toBeLessThan(1e-5);
        expect(ours.iterations).toBeLessThanOrEqual(1.25 * theirs.iterations + 5);
        // SciPy's Newton-CG searches differently: only the quasi-Newton evaluations compare.
        if (solver !== "newton") expect(ours.evaluations).toBeLessThanOrEqual(1.35 * theirs.evaluations + 5);
      });
    }
  }
  it("works from values alone, by finite differences", () => {
    const value = (x: Float64Array): number => 100 * (x[1]! - x[0]! ** 2) ** 2 + (1 - x[0]!) ** 2;
    for (const method of ["bfgs", "lbfgs", "conjugateGradient", "newton", "nelderMead"] as const) {
      const r = minimize(value, [-1.2, 1], { method });
      expect(r.converged, method).toBe(true);
      expect(Math.abs(r.x[0]! - 1), method).toBeLessThan(1e-4);
    }
  });
  it("lbfgs and bfgs reach rounding level when asked", () => {
    for (const solve of [lbfgs, bfgs]) {
      const r = solve(rosenbrock, new Array(20).fill(-0.5), { tolerance: { gradient: 1e-12, value: 0 } });
      expect(r.reason).toBe("gradient");
      for (const v of r.x) expect(Math.abs(v - 1)).toBeLessThan(1e-11);
    }
  });
});

describe("rates on quadratics", () => {
  it("gradient descent contracts by (k - 1) / (k + 1) with the step 2 / (L + mu)", () => {
    for (const k of [2, 10, 100]) {
      // Starting on the two extreme eigenvectors makes the bound exact in every iteration.
      const r = gradientDescent(quadratic([1, k]), [1, 1], {
        learningRate: 2 / (1 + k),
        maxIterations: 20,
        tolerance: 0,
        history: true,
      });
      const norms = r.history!.map((h) => Math.hypot(...h.x));
      for (let i = 1; i < norms.length; i++)
        expect(norms[i]! / norms[i - 1]!).toBeCloseTo((k - 1) / (k + 1), 10);
    }
  });
  it("a step just above 2 / L diverges and says so, with the last finite point", () => {
    const r = gradientDescent(quadratic([1, 10]), [1, 1], { learningRate: 0.3, maxIterations: 5000 });
    expect(r.reason).toBe("diverged");
    expect(r.converged).toBe(false);
    expect(r.x.every(Number.isFinite)).toBe(true);
    const stable = gradientDescent(quadratic([1, 10]), [1, 1], { learningRate: 0.199, maxIterations: 5000 });
    expect(stable.reason).toBe("gradient");
  });
  it("heavy ball and Nesterov need about sqrt(k) instead of k iterations", () => {
    const k = 1000;
    const problem = quadratic(spread(10, k));
    const x0 = new Array(10).fill(1);
    const count = (options: object): number => {
      const r = gradientDescent(problem, x0, { tolerance: 1e-6, maxIterations: 100_000, ...options });
      expect(r.reason).toBe("gradient");
      return r.iterations;
    };
    const root = Math.sqrt(k);
    const plain = count({ learningRate: 2 / (1 + k) });
    const heavy = count({ learningRate: 4 / (1 + root) ** 2, momentum: ((root - 1) / (root + 1)) ** 2 });
    const nesterov = count({ learningRate: 1 / k, momentum: (root - 1) / (root + 1), nesterov: true });
    expect(plain).toBeGreaterThan(5 * k);
    expect(heavy).toBeLessThan(20 * root);
    expect(nesterov).toBeLessThan(20 * root);
  });
  it("backtracking descends monotonically", () => {
    const r = gradientDescent(rosenbrock, [-1.2, 1], { maxIterations: 500, history: true });
    for (let i = 1; i < r.history!.length; i++) {
      expect(r.history![i]!.value).toBeLessThan(r.history![i - 1]!.value);
    }
  });
  it("linear conjugate gradients end within n steps", () => {
    for (const condition of [1, 10, 100, 1000]) {
      const n = 5;
      const r = conjugateGradient(Matrix.diagonal(spread(n, condition)), [1, -2, 3, 0.5, 1], {
        tolerance: 1e-6,
      });
      expect(r.converged).toBe(true);
      expect(r.iterations).toBeLessThanOrEqual(n);
    }
  });
  for (const condition of [1, 1e2, 1e4, 1e6]) {
    it(`linear conjugate gradients solve n = 20, condition ${condition}, despite rounding`, () => {
      const values = spread(20, condition);
      const A = Matrix.diagonal(values);
      const b = new Array(20).fill(1);
      const r = conjugateGradient(A, b, { tolerance: 1e-9 });
      expect(r.converged).toBe(true);
      // Rounding costs orthogonality when the condition number is large.
      expect(r.iterations).toBeLessThanOrEqual(condition <= 1e2 ? 25 : 70);
      r.x.forEach((v, i) => {
        expect(v * values[i]!).toBeCloseTo(1, 6);
      });
    });
    it(`quasi-Newton methods solve n = 20, condition ${condition}`, () => {
      for (const solve of [bfgs, lbfgs, nonlinearConjugateGradient, newton]) {
        const r = solve(quadratic(spread(20, condition)), new Array(20).fill(1), {
          tolerance: { gradient: 1e-7, value: 0 },
          // Limited memory pays for its ten pairs at 1e6: SciPy's L-BFGS-B takes 5325 iterations here.
          maxIterations: 7000,
        });
        expect(r.reason).toBe("gradient");
        expect(r.value).toBeLessThan(1e-12);
      }
    });
  }
  it("k distinct eigenvalues take k conjugate gradient steps, and Jacobi undoes bad scaling in one", () => {
    const three = Array.from({ length: 60 }, (_, i) => [1, 5, 9][i % 3]!);
    const b = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i + 1));
    expect(conjugateGradient(Matrix.diagonal(three), b).iterations).toBe(3);
    const A = Matrix.diagonal(spread(60, 1e5));
    expect(conjugateGradient(A, b, { preconditioner: jacobiPreconditioner(A) }).iterations).toBe(1);
  });
  it("conjugate gradients report an indefinite matrix, and take a map instead of a matrix", () => {
    expect(conjugateGradient(Matrix.diagonal([1, -1]), [0, 1]).reason).toBe("indefinite");
    const r = conjugateGradient((v) => v.map((x) => 2 * x), [2, 4]);
    expect([...r.x]).toEqual([1, 2]);
  });
  it("Newton solves a quadratic in one step and squares the error near a minimum", () => {
    const one = newton({ ...quadratic([1, 1e6]), hessian: () => Matrix.diagonal([1, 1e6]) }, [3, -4]);
    expect(one.iterations).toBe(1);
    // f = e^x - 2x: error_next is about error^2 / 2.
    const r = newton(
      {
        value: (x) => Math.exp(x[0]!) - 2 * x[0]!,
        gradient: (x) => [Math.exp(x[0]!) - 2],
        hessian: (x) => Matrix.from([[Math.exp(x[0]!)]]),
      },
      [1.2],
      { history: true, tolerance: 1e-14, lineSearch: false },
    );
    const errors = r.history!.map((h) => Math.abs(h.x[0]! - Math.LN2));
    for (let i = 1; i < errors.length && errors[i]! > 1e-13; i++) {
      expect(errors[i]! / errors[i - 1]! ** 2).toBeGreaterThan(0.3);
      expect(errors[i]! / errors[i - 1]! ** 2).toBeLessThan(0.55);
    }
    expect(r.iterations).toBeLessThanOrEqual(6);
  });
});

describe("newton away from convexity", () => {
  // Saddle at 0, minima at (0, +-1) with value -1/4... f = x^2 + y^4/4 - y^2/2.
  const saddle: Problem = {
    value: (x) => x[0]! ** 2 + x[1]! ** 4 / 4 - x[1]! ** 2 / 2,
    gradient: (x) => [2 * x[0]!, x[1]! ** 3 - x[1]!],
    hessian: (x) =>
      Matrix.from([
        [2, 0],
        [0, 3 * x[1]! ** 2 - 1],
      ]),
  };
  it("shifts an indefinite Hessian and finds the minimum; the pure step finds the saddle", () => {
    const safe = newton(saddle, [1, 0.1]);
    expect(safe.value).toBeCloseTo(-0.25, 12);
    const pure = newton(saddle, [1, 0.1], { convexify: false, lineSearch: false });
    expect(Math.abs(pure.x[1]!)).toBeLessThan(1e-6);
    expect(pure.value).toBeCloseTo(0, 8);
  });
  it("Hessian-free: products alone give the same minimum", () => {
    const H = rosenbrock.hessian;
    const products: Problem = {
      valueAndGradient: rosenbrock.valueAndGradient,
      hessianVector: (x, v) => {
        const h = H(x);
        return v.map((_, i) => h.row(i).reduce((s, a, j) => s + a * v[j]!, 0));
      },
    };
    const r = newton(products, new Array(12).fill(-0.7));
    expect(r.converged).toBe(true);
    for (const v of r.x) expect(Math.abs(v - 1)).toBeLessThan(1e-7);
  });
});

describe("lbfgsb", () => {
  const projected = (r: MinimizeResult, lower: number[], upper: number[]): number =>
    Math.max(
      ...r.x.map((v, i) => Math.abs(Math.min(Math.max(v - r.gradient[i]!, lower[i]!), upper[i]!) - v)),
    );
  for (const name of ["rosenbrockUpper", "rosenbrock5"]) {
    it(`${name}: SciPy's minimum, in about its iterations`, () => {
      const g = golden.bounded[name]!;
      const { lower, upper } = g;
      const r = lbfgsb(rosenbrock, g.x0, {
        bounds: { lower, upper },
        tolerance: { gradient: 1e-9, value: 0 },
      });
      expect(r.reason).toBe("gradient");
      g.x.forEach((v, i) => {
        expect(Math.abs(r.x[i]! - v)).toBeLessThan(1e-7);
      });
      expect(Math.abs(r.value - g.value)).toBeLessThan(1e-10 * Math.max(1, g.value));
      expect(projected(r, lower, upper)).toBeLessThan(1e-9);
      expect(r.iterations).toBeLessThanOrEqual(1.5 * g.iterations + 5);
    });
  }
  it("box-constrained quadratic, n = 30: KKT point equal to the polished one", () => {
    const g = golden.bounded.quadratic!;
    const A = Matrix.from(g.A);
    const problem: Problem = {
      valueAndGradient(x, out) {
        let f = 0;
        for (let i = 0; i < 30; i++) {
          let s = 0;
          for (let j = 0; j < 30; j++) s += A.data[i * 30 + j]! * x[j]!;
          out[i] = s - g.b[i]!;
          f += x[i]! * (s / 2 - g.b[i]!);
        }
        return f;
      },
    };
    const r = lbfgsb(problem, new Array(30).fill(0), {
      bounds: { lower: -0.5, upper: 0.5 },
      tolerance: { gradient: 1e-9, value: 0 },
    });
    expect(r.converged).toBe(true);
    g.x.forEach((v, i) => {
      expect(Math.abs(r.x[i]! - v)).toBeLessThan(1e-8);
    });
    expect(r.iterations).toBeLessThanOrEqual(1.5 * g.iterations);
  });
  it("without bounds equals lbfgs's minimum; every evaluation stays in the box, finite differences included", () => {
    const free = lbfgsb(rosenbrock, [-1.2, 1]);
    expect(free.converged).toBe(true);
    expect(Math.abs(free.x[0]! - 1)).toBeLessThan(1e-5);
    const seen: number[] = [];
    const r = lbfgsb(
      (x) => {
        seen.push(Math.min(...x));
        return x[0]! - Math.log(x[0]! + 1e-9) + Math.sqrt(x[1]!) + (x[1]! - 1) ** 2;
      },
      [0, 2],
      { bounds: { lower: 0, upper: [3, 2.5] } },
    );
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
    expect(r.x[0]!).toBeCloseTo(1, 5);
  });
  it("refuses bounds that cross or do not fit", () => {
    expect(() => lbfgsb(rosenbrock, [0, 0], { bounds: { lower: [0, 2], upper: 1 } })).toThrow(
      "lbfgsb: bounds.upper[1] is 1, expected a number >= bounds.lower[1] (2)",
    );
    expect(() => lbfgsb(rosenbrock, [0, 0], { bounds: { lower: [0] } })).toThrow("expected 2 (length of x0)");
  });
});

describe("naturalGradient", () => {
  const sample = [1.2, 3.4, -0.7, 2.2, 5.1, 0.3];
  const mean = sample.reduce((a, b) => a + b) / sample.length;
  const variance = sample.reduce((a, b) => a + (b - mean) ** 2, 0) / sample.length;
  /** Negative log likelihood of mean and log standard deviation. */
  const nll: Problem = {
    value: (x) => x[1]! + (variance + (mean - x[0]!) ** 2) / (2 * Math.exp(2 * x[1]!)),
    gradient: (x) => {
      const v = Math.exp(2 * x[1]!);
      return [(x[0]! - mean) / v, 1 - (variance + (mean - x[0]!) ** 2) / v];
    },
  };
  it("fits a Gaussian by the exact Fisher matrix, in far fewer steps than the plain gradient", () => {
    const x0 = [30, 3];
    const r = naturalGradient(nll, x0, { fisher: (x) => Matrix.diagonal([Math.exp(-2 * x[1]!), 2]) });
    expect(r.converged).toBe(true);
    expect(r.x[0]!).toBeCloseTo(mean, 5);
    expect(r.x[1]!).toBeCloseTo(Math.log(variance) / 2, 5);
    const plain = gradientDescent(nll, x0);
    expect(plain.iterations).toBeGreaterThan(2 * r.iterations);
  });
  it("the path does not depend on the parameterisation, to first order in the step", () => {
    // Rate lambda of an exponential, or its logarithm: one small step from the same distribution.
    const m = 0.4;
    const step = 1e-4;
    const options = { learningRate: step, maxIterations: 1, tolerance: 0, damping: 0 };
    const rate = naturalGradient((x) => x[0]! * m - Math.log(x[0]!), [1], {
      ...options,
      fisher: (x) => Matrix.from([[1 / x[0]! ** 2]]),
    }).x[0]!;
    const log = naturalGradient((x) => Math.exp(x[0]!) * m - x[0]!, [0], {
      ...options,
      fisher: () => Matrix.from([[1]]),
    }).x[0]!;
    expect(Math.abs(rate - Math.exp(log))).toBeLessThan(step ** 2);
    expect(Math.abs(rate - 1)).toBeGreaterThan(step / 4);
  });
  it("takes per-sample scores instead", () => {
    const r = naturalGradient(nll, [0, 0], {
      scores: (x) =>
        Matrix.from(
          sample.map((s) => {
            const z = (s - x[0]!) / Math.exp(x[1]!);
            return [z / Math.exp(x[1]!), z * z - 1];
          }),
        ),
    });
    expect(r.x[0]!).toBeCloseTo(mean, 4);
    expect(() => naturalGradient(nll, [0, 0], {})).toThrow("naturalGradient: fisher is undefined");
  });
});

describe("derivative-free", () => {
  const beale = (x: Float64Array): number =>
    (1.5 - x[0]! + x[0]! * x[1]!) ** 2 +
    (2.25 - x[0]! + x[0]! * x[1]! ** 2) ** 2 +
    (2.625 - x[0]! + x[0]! * x[1]! ** 3) ** 2;
  const wood = (x: Float64Array): number =>
    100 * (x[1]! - x[0]! ** 2) ** 2 +
    (1 - x[0]!) ** 2 +
    90 * (x[3]! - x[2]! ** 2) ** 2 +
    (1 - x[2]!) ** 2 +
    10.1 * ((x[1]! - 1) ** 2 + (x[3]! - 1) ** 2) +
    19.8 * (x[1]! - 1) * (x[3]! - 1);
  it("Nelder-Mead walks the same simplexes as SciPy", () => {
    const b = nelderMead(beale, [1, 1]);
    expect(b.iterations).toBe(golden.blackBox.beale!.iterations - 1); // SciPy counts the start as one
    expect(b.evaluations).toBe(golden.blackBox.beale!.evaluations);
    golden.blackBox.beale!.x.forEach((v, i) => {
      expect(b.x[i]!).toBeCloseTo(v, 12);
    });
    const w = nelderMead(wood, [-3, -1, -3, -1]);
    expect(w.converged).toBe(true);
    for (const v of w.x) expect(v).toBeCloseTo(1, 6);
    expect(nelderMead(wood, [-3, -1, -3, -1], { adaptive: true }).value).toBeLessThan(1e-10);
  });
  it("coordinate descent solves a lasso exactly where soft thresholding says", () => {
    const r = coordinateDescent(
      (x) => (x[0]! - 3) ** 2 / 2 + (x[1]! - 0.4) ** 2 / 2 + Math.abs(x[0]!) + Math.abs(x[1]!),
      [5, 5],
    );
    expect(r.converged).toBe(true);
    expect(r.x[0]!).toBeCloseTo(2, 6);
    expect(Math.abs(r.x[1]!)).toBeLessThan(1e-6);
  });
});

describe("shared behaviour", () => {
  it("history, callback, abort and limits", () => {
    const r = lbfgs(rosenbrock, [-1.2, 1], { history: true });
    expect(r.history).toHaveLength(r.iterations + 1);
    expect([...r.history![0]!.x]).toEqual([-1.2, 1]);
    expect(r.history!.at(-1)!.value).toBe(r.value);
    const stopped = bfgs(rosenbrock, [-1.2, 1], { callback: (it) => it.iteration === 3 });
    expect(stopped.reason).toBe("callback");
    expect(stopped.iterations).toBe(3);
    expect(lbfgs(rosenbrock, [-1.2, 1], { maxIterations: 2 }).reason).toBe("maxIterations");
    const controller = new AbortController();
    const abort = () =>
      lbfgs(rosenbrock, [-1.2, 1], { signal: controller.signal, callback: () => controller.abort() });
    expect(abort).toThrow(expect.objectContaining({ name: "AbortError", code: "aborted" }));
  });
  it("x0 is not changed and a stationary start ends at once", () => {
    const x0 = Float64Array.of(1, 1);
    const r = lbfgs(rosenbrock, x0);
    expect(r.iterations).toBe(0);
    expect(r.reason).toBe("gradient");
    const start = Float64Array.of(-1.2, 1);
    lbfgs(rosenbrock, start);
    expect([...start]).toEqual([-1.2, 1]);
  });
  it("leaves a region where f is not defined by shortening steps", () => {
    const r = lbfgs({ value: (x) => x[0]! - Math.log(x[0]!), gradient: (x) => [1 - 1 / x[0]!] }, [1e-3]);
    expect(r.converged).toBe(true);
    expect(r.x[0]!).toBeCloseTo(1, 5);
  });
  it("minimize dispatches and refuses nonsense with a sentence", () => {
    expect(minimize(rosenbrock, [-1.2, 1], { bounds: { upper: 0.5 } }).x[0]!).toBeCloseTo(0.5, 10);
    for (const method of ["gradientDescent", "coordinateDescent", "lbfgsb"] as const) {
      expect(minimize((x) => (x[0]! - 2) ** 2, [0], { method }).x[0]!).toBeCloseTo(2, 5);
    }
    // @ts-expect-error not a method
    expect(() => minimize(rosenbrock, [0, 0], { method: "adam" })).toThrow('minimize: method is "adam"');
    expect(() => lbfgs(rosenbrock, [Number.NaN, 0])).toThrow("lbfgs: x0 holds NaN at index 0");
    expect(() => bfgs(() => Number.NaN, [0])).toThrow("bfgs: problem has value NaN at x0");
    expect(() => lbfgs(rosenbrock, [0, 0], { tolerance: -1 })).toThrow("tolerance.gradient is -1");
    expect(() => lbfgs(rosenbrock, [0, 0], { memory: 0 })).toThrow("memory is 0, expected an integer >= 1");
    expect(() => gradientDescent(rosenbrock, [0, 0], { momentum: 0.9 })).toThrow(
      "momentum needs a fixed step",
    );
    expect(() => nelderMead(rosenbrock, [0, 0], { tolerance: { gradient: 1e-3 } })).toThrow("no gradient");
  });
});
