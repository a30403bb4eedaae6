import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Matrix } from "../matrix.ts";
import {
  elboBound,
  hessianConvexity,
  jensenGap,
  kktResiduals,
  lagrangianDual,
  midpointConvexity,
  quadraticProgram,
  slaterConvex,
  slaterLinear,
  stationaryKind,
} from "./index.ts";

interface Case {
  P: number[][];
  q: number[];
  G: number[][];
  h: number[];
  A: number[][];
  b: number[];
  x: number[];
  value: number;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/math/qp.json", import.meta.url), "utf8"),
) as { qp: Case[]; lp: Case[] };

describe("convexity tests", () => {
  const box = { lower: [-3, -3], upper: [3, 3], seed: 4 };
  const cases: [string, (x: Float64Array) => number, boolean][] = [
    ["a positive definite quadratic", (x) => x[0]! ** 2 + x[0]! * x[1]! + x[1]! ** 2, true],
    ["an affine function, where only rounding differs", (x) => 1e6 * x[0]! - x[1]! / 3 + 7, true],
    ["log-sum-exp", (x) => Math.log(Math.exp(x[0]!) + Math.exp(x[1]!)), true],
    ["a saddle", (x) => x[0]! ** 2 - x[1]! ** 2, false],
    ["a small bump on a bowl", (x) => x[0]! ** 2 + x[1]! ** 2 + 0.3 * Math.cos(6 * x[0]!), false],
    ["a concave function", (x) => -Math.exp(x[0]!), false],
  ];
  for (const [name, f, convex] of cases) {
    it(`${name}: ${convex ? "convex" : "not convex"} by both tests`, () => {
      const midpoint = midpointConvexity(f, box);
      expect(midpoint.convex).toBe(convex);
      const second = hessianConvexity(f, box);
      expect(second.convex).toBe(convex);
      if (!convex) {
        const { a, b, middle, chord } = midpoint.counterexample!;
        expect(f(a.map((v, i) => (v + b[i]!) / 2))).toBeCloseTo(middle, 12);
        expect((f(a) + f(b)) / 2).toBeCloseTo(chord, 10);
        expect(middle).toBeGreaterThan(chord);
        // The returned direction really has negative curvature there.
        const along = (t: number) => f(second.x.map((v, i) => v + t * second.direction[i]!));
        expect(along(1e-3) + along(-1e-3) - 2 * along(0)).toBeLessThan(0);
      }
    });
  }
  it("|x| is convex though not smooth, on a sampler's domain too", () => {
    const r = midpointConvexity((x) => Math.abs(x[0]!), {
      sample: (s) => [s.normal()],
      seed: 2,
      samples: 200,
    });
    expect(r.convex).toBe(true);
    expect(r.pairs).toBe(200);
  });
  it("the smallest eigenvalue is the modulus of strong convexity", () => {
    const r = hessianConvexity(
      { value: (x) => x[0]! ** 2 + 5 * x[1]! ** 2, hessian: () => Matrix.diagonal([2, 10]) },
      box,
    );
    expect(r.smallestEigenvalue).toBe(2);
  });
  it("names stationary points", () => {
    expect(stationaryKind(Matrix.diagonal([3, 1])).kind).toBe("minimum");
    expect(stationaryKind(Matrix.diagonal([-3, -1])).kind).toBe("maximum");
    expect(stationaryKind(Matrix.diagonal([3, -1, 0]))).toMatchObject({
      kind: "saddle",
      positive: 1,
      negative: 1,
      zero: 1,
    });
    expect(stationaryKind(Matrix.diagonal([3, 1e-12])).kind).toBe("degenerate");
    expect(stationaryKind(Matrix.zeros(2, 2)).kind).toBe("degenerate");
  });
  it("checks the domain", () => {
    expect(() => midpointConvexity(() => 0, { lower: [0] })).toThrow(
      "midpointConvexity: lower is an array of 1",
    );
    expect(() => midpointConvexity(() => 0, { lower: [1], upper: [0] })).toThrow("lower[0] is 1");
    expect(() => midpointConvexity((x) => Math.log(x[0]!), { lower: [-1], upper: [0] })).toThrow("f is NaN");
  });
});

describe("quadraticProgram", () => {
  golden.qp.forEach((c, k) => {
    it(`case ${k}: SciPy's polished solution, with a certificate`, () => {
      const r = quadraticProgram({
        P: Matrix.from(c.P),
        q: c.q,
        G: Matrix.from(c.G),
        h: c.h,
        ...(c.b.length > 0 ? { A: Matrix.from(c.A), b: c.b } : {}),
      });
      expect(r.status).toBe("optimal");
      c.x.forEach((v, i) => {
        expect(Math.abs(r.x[i]! - v)).toBeLessThan(1e-5);
      });
      expect(Math.abs(r.primalValue - c.value)).toBeLessThan(1e-7 * (1 + Math.abs(c.value)));
      expect(Math.abs(r.gap)).toBeLessThan(1e-7 * (1 + Math.abs(c.value)));
      expect(Math.max(r.primalResidual, r.dualResidual, r.complementarity)).toBeLessThan(1e-7);
      expect(Math.min(...r.inequalityDual)).toBeGreaterThanOrEqual(0);
      expect(r.iterations).toBeLessThan(30);
    });
  });
  golden.lp.forEach((c, k) => {
    it(`linear program ${k}`, () => {
      const r = quadraticProgram({ q: c.q, G: Matrix.from(c.G), h: c.h });
      expect(r.status).toBe("optimal");
      expect(r.primalValue).toBeCloseTo(c.value, 7);
      expect(r.dualValue).toBeCloseTo(c.value, 7);
    });
  });
  it("equalities only, and nothing at all", () => {
    const r = quadraticProgram({ P: Matrix.identity(2), q: [0, 0], A: Matrix.from([[1, 1]]), b: [2] });
    expect(r.x[0]!).toBeCloseTo(1, 10);
    expect(r.equalityDual[0]!).toBeCloseTo(-1, 10);
    expect(quadraticProgram({ P: Matrix.diagonal([2, 4]), q: [-2, 4] }).x[1]!).toBeCloseTo(-1, 10);
  });
  it("says infeasible, unbounded, and not convex", () => {
    const G = Matrix.from([[1], [-1]]);
    expect(quadraticProgram({ P: Matrix.identity(1), q: [0], G, h: [-1, -1] }).status).toBe("infeasible");
    expect(quadraticProgram({ q: [-1], G: Matrix.from([[-1]]), h: [0] }).status).toBe("unbounded");
    expect(() => quadraticProgram({ P: Matrix.diagonal([1, -1]), q: [0, 0] })).toThrow("not convex");
    expect(() => quadraticProgram({ q: [1], G })).toThrow(
      "quadraticProgram: h is undefined, expected given together with G",
    );
  });
});

describe("duality", () => {
  it("weak duality everywhere, strong at the best multiplier", () => {
    // min (x - 2)^2 + y^2 subject to x + y <= 1, y >= 0: optimum (1, 0), value 1, lambda = (2, 2).
    const f = (x: Float64Array) => (x[0]! - 2) ** 2 + x[1]! ** 2;
    const g = [(x: Float64Array) => x[0]! + x[1]! - 1, (x: Float64Array) => -x[1]!];
    for (const lambda of [
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 3],
      [0.5, 4],
    ]) {
      expect(lagrangianDual(f, g, lambda, [0, 0]).value).toBeLessThan(1 + 1e-9);
    }
    expect(lagrangianDual(f, g, [2, 2], [0, 0]).value).toBeCloseTo(1, 8);
    const kkt = kktResiduals(f, { inequalities: g, lambda: [2, 2] }, [1, 0]);
    for (const v of Object.values(kkt)) expect(Math.abs(v)).toBeLessThan(1e-8);
    expect(kktResiduals(f, { inequalities: g, lambda: [2, 1] }, [1, 0]).stationarity).toBeGreaterThan(0.9);
  });
  it("Slater's condition decides", () => {
    const interval = Matrix.from([[1], [-1]]);
    expect(slaterLinear({ G: interval, h: [1, 1] })).toMatchObject({ holds: true });
    const pinned = slaterLinear({ G: interval, h: [0, 0] });
    expect(pinned.holds).toBe(false);
    expect(Math.abs(pinned.margin)).toBeLessThan(1e-7);
    const empty = slaterLinear({ G: interval, h: [-1, -1] });
    expect(empty.holds).toBe(false);
    expect(empty.margin).toBeCloseTo(-1, 6);
    const disc = slaterConvex([(x) => x[0]! ** 2 + x[1]! ** 2 - 1, (x) => 0.5 - x[0]!], [4, 4]);
    expect(disc.holds).toBe(true);
    expect(Math.hypot(...disc.point)).toBeLessThan(1);
    expect(disc.point[0]!).toBeGreaterThan(0.5);
    expect(slaterConvex([(x) => x[0]! ** 2 + x[1]! ** 2], [1, 1]).holds).toBe(false);
    expect(slaterConvex([(x) => x[0]!], [3]).holds).toBe(true);
  });
  it("without Slater the multiplier may not exist: min x subject to x^2 <= 0", () => {
    // Optimum 0, but the dual -1 / (4 lambda) only approaches it.
    for (const lambda of [1, 10, 100]) {
      expect(lagrangianDual((x) => x[0]!, [(x) => x[0]! ** 2], [lambda], [0]).value).toBeCloseTo(
        -1 / (4 * lambda),
        8,
      );
    }
    expect(
      kktResiduals((x) => x[0]!, { inequalities: [(x) => x[0]! ** 2], lambda: [1e6] }, [0]).stationarity,
    ).toBeCloseTo(1, 6);
  });
});

describe("Jensen", () => {
  it("x^2 under a normal: the gap is the variance; concave flips, affine is zero", () => {
    const square = jensenGap(
      (x) => x ** 2,
      (s) => s.normal(3, 2),
      { seed: 7, samples: 50_000 },
    );
    expect(Math.abs(square.gap - 4)).toBeLessThan(4 * square.standardError);
    expect(square.standardError).toBeLessThan(0.05);
    const log = jensenGap(Math.log, (s) => s.gamma(2, 1), { seed: 7 });
    expect(log.gap).toBeLessThan(-5 * log.standardError);
    // E log X = digamma(2), log E X = log 2.
    expect(Math.abs(log.gap - (0.42278433509846713 - Math.LN2))).toBeLessThan(4 * log.standardError);
    const affine = jensenGap(
      (x) => 3 * x - 1,
      (s) => s.normal(),
      { seed: 7 },
    );
    expect(Math.abs(affine.gap)).toBeLessThan(1e-12);
  });
  it("vectors: the squared length has the total variance as its gap, and the sign is exact on tiny samples", () => {
    const r = jensenGap(
      (x: ArrayLike<number>) => x[0]! ** 2 + x[1]! ** 2,
      (s) => [s.normal(1, 1), s.normal(-2, 3)],
      { seed: 3, samples: 20_000 },
    );
    expect(Math.abs(r.gap - 10)).toBeLessThan(4 * r.standardError);
    for (let seed = 0; seed < 50; seed++) {
      expect(jensenGap(Math.exp, (s) => s.normal(), { seed, samples: 3 }).gap).toBeGreaterThanOrEqual(0);
    }
  });
  it("the ELBO stays below the evidence and its gap is the KL divergence to the posterior", () => {
    const logNormal = (v: number, m: number, s2: number): number =>
      -0.5 * Math.log(2 * Math.PI * s2) - (v - m) ** 2 / (2 * s2);
    const bound = (m: number, s2: number) =>
      elboBound(
        {
          logJoint: (z: number) => logNormal(z, 0, 1) + logNormal(1, z, 1),
          logProposal: (z: number) => logNormal(z, m, s2),
          sample: (s) => s.normal(m, Math.sqrt(s2)),
        },
        { seed: 5, samples: 50_000 },
      );
    const evidence = logNormal(1, 0, 2);
    const exact = bound(0.5, 0.5);
    expect(exact.elbo).toBeCloseTo(evidence, 10);
    expect(Math.abs(exact.gap)).toBeLessThan(1e-10);
    const off = bound(0, 1);
    const kl = 0.5 * (1 / 0.5 + 0.5 ** 2 / 0.5 - 1 + Math.log(0.5));
    expect(off.elbo).toBeLessThan(evidence);
    expect(Math.abs(evidence - off.elbo - kl)).toBeLessThan(4 * off.standardError);
    expect(off.gap).toBeCloseTo(kl, 1);
  });
});
