import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import {
  ballOutline,
  ballValue,
  contactPoint,
  contactShare,
  crossPolytope,
  Lasso,
  type NormBall,
  projectOntoBall,
  Ridge,
} from "./index.ts";

const balls: NormBall[] = [
  { kind: "l1", radius: 1.5 },
  { kind: "l2", radius: 0.7 },
  { kind: "elasticNet", radius: 1.2 },
  { kind: "elasticNet", radius: 0.4, l1Ratio: 0.9 },
  { kind: "elasticNet", radius: 0.4, l1Ratio: 0 },
];

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.hypot(...Array.from(a, (v, j) => v - b[j]!));

describe("crossPolytope", () => {
  it("has 2d vertices, 2d(d-1) edges and 2^d facets; Euler's formula holds in three dimensions", () => {
    for (let d = 1; d <= 8; d++) {
      const p = crossPolytope(d, 2);
      expect([p.vertices.rows, p.edges.length, p.facets]).toEqual([2 * d, 2 * d * (d - 1), 2 ** d]);
      for (let i = 0; i < 2 * d; i++) expect(ballValue(p.vertices.row(i), { kind: "l1", radius: 2 })).toBe(2);
      // The middle of every edge lies on the boundary; that of opposite vertices would be the centre.
      for (const [a, b] of p.edges) {
        const middle = p.vertices.row(a).map((v, j) => (v + p.vertices.at(b, j)) / 2);
        expect(ballValue(middle, { kind: "l1", radius: 2 })).toBe(2);
      }
    }
    const p = crossPolytope(3);
    expect(p.vertices.rows - p.edges.length + p.facets).toBe(2);
  });
});

describe("projectOntoBall", () => {
  it("is in the ball and nearer than any other point of it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...balls),
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 1e6 }),
        (ball, v, seed) => {
          const p = projectOntoBall(v, ball);
          expect(ballValue(p, ball)).toBeLessThanOrEqual(ball.radius * (1 + 1e-12));
          if (ballValue(v, ball) <= ball.radius) expect([...p]).toEqual(v);
          const random = randomStream(seed);
          for (let trial = 0; trial < 20; trial++) {
            const other = Array.from(v, () => random.normal());
            const inside = other.map(
              (x) => x * Math.min(1, (ball.radius / Math.max(ballValue(other, ball), 1e-9)) * 0.99),
            );
            if (ballValue(inside, ball) > ball.radius) continue;
            expect(distance(p, v)).toBeLessThanOrEqual(distance(inside, v) + 1e-9);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("ballOutline", () => {
  it("runs along the boundary, through the axes, and closes", () => {
    for (const ball of balls) {
      const outline = ballOutline(ball, 64);
      expect([...outline.row(0)]).toEqual([...outline.row(64)]);
      expect(outline.at(0, 1)).toBe(0);
      expect(outline.at(16, 0)).toBe(0);
      for (let i = 0; i <= 64; i++) expect(ballValue(outline.row(i), ball)).toBeCloseTo(ball.radius, 12);
    }
  });
});

describe("contactPoint", () => {
  const problem = (d: number, seed: number) => {
    const random = randomStream(seed);
    const Z = Matrix.zeros(3 * d, d);
    Z.data.forEach((_, at) => {
      Z.data[at] = random.normal();
    });
    return {
      A: Z.transpose().matmul(Z),
      centre: Float64Array.from({ length: d }, () => random.normal(0, 2)),
      Z,
    };
  };

  it("carries a certificate, on every ball, in 2 to 8 dimensions", () => {
    for (const ball of balls) {
      for (let seed = 0; seed < 12; seed++) {
        const { A, centre } = problem(2 + (seed % 7), seed);
        const c = contactPoint(A, centre, ball);
        expect(c.residual).toBeLessThan(1e-8);
        expect(c.multiplier).toBeGreaterThanOrEqual(0);
        if (c.touches !== "inside") expect(ballValue(c.point, ball)).toBeCloseTo(ball.radius, 10);
      }
    }
  });

  it("is where lasso and ridge end at the multiplier's strength", () => {
    const { A, centre, Z } = problem(5, 77);
    const y = Z.matVec(centre);
    const l1 = contactPoint(A, centre, { kind: "l1", radius: 2 });
    const lasso = new Lasso({
      alpha: l1.multiplier / Z.rows,
      fitIntercept: false,
      tol: 1e-15,
      maxIter: 100_000,
    }).fit(Z, y);
    expect(distance(lasso.coef, l1.point)).toBeLessThan(1e-6);
    expect([...lasso.coef].map((v) => v === 0)).toEqual([...l1.point].map((v) => v === 0));
    const l2 = contactPoint(A, centre, { kind: "l2", radius: 1 });
    // The ball's function is |w|, ridge's penalty alpha |w|^2 / 2: alpha = multiplier / |w|, and |w| = 1.
    const ridge = new Ridge({ alpha: l2.multiplier, fitIntercept: false }).fit(Z, y);
    expect(distance(ridge.coef, l2.point)).toBeLessThan(1e-8);
  });

  it("names what it touches", () => {
    const I = Matrix.identity(2);
    expect(contactPoint(I, [2, 0.5], { kind: "l1", radius: 1 })).toMatchObject({
      touches: "vertex",
      zeros: 1,
    });
    expect(contactPoint(I, [2, 1.8], { kind: "l1", radius: 1 }).touches).toBe("smooth");
    expect(contactPoint(I, [2, 0.5], { kind: "l2", radius: 1 }).touches).toBe("smooth");
    const inside = contactPoint(I, [0.1, 0.2], { kind: "l1", radius: 1 });
    expect(inside).toMatchObject({ touches: "inside", multiplier: 0 });
    expect([...inside.point]).toEqual([0.1, 0.2]);
  });

  it("refuses what is not an ellipse", () => {
    expect(() =>
      contactPoint(
        [
          [1, 2],
          [2, 1],
        ],
        [1, 1],
        { kind: "l1", radius: 1 },
      ),
    ).toThrow(/not positive definite/);
    expect(() => contactPoint([[1]], [1, 1], { kind: "l1", radius: 1 })).toThrow(
      /contactPoint: centre has 2 entries/,
    );
    expect(() => contactPoint([[1]], [1], { kind: "l1", radius: 0 })).toThrow(/radius is 0/);
  });
});

describe("contactShare", () => {
  it("finds zeros often on the L1 ball and never on the L2 ball", () => {
    const l1 = contactShare({ ball: { kind: "l1", radius: 1 }, trials: 400, seed: 1 });
    const l2 = contactShare({ ball: { kind: "l2", radius: 1 }, trials: 400, seed: 1 });
    const net = contactShare({ ball: { kind: "elasticNet", radius: 1 }, trials: 400, seed: 1 });
    // Over 16 seeds: l1.atVertex 0.57 to 0.68, net.withZeros 0.31 to 0.42.
    expect(l1.atVertex).toBeGreaterThan(0.5);
    expect(l2.withZeros).toBe(0);
    expect(net.withZeros).toBeGreaterThan(0);
    expect(net.withZeros).toBeLessThan(l1.withZeros);
    expect(contactShare({ ball: { kind: "l1", radius: 1 }, trials: 50, seed: 3 })).toEqual(
      contactShare({ ball: { kind: "l1", radius: 1 }, trials: 50, seed: 3 }),
    );
  });

  it("finds more zeros, and fewer vertices, in more dimensions", () => {
    const two = contactShare({ ball: { kind: "l1", radius: 1 }, trials: 150, seed: 2 });
    const eight = contactShare({ ball: { kind: "l1", radius: 1 }, trials: 150, seed: 2, dimensions: 8 });
    expect(eight.withZeros).toBeGreaterThan(two.withZeros);
    expect(eight.atVertex).toBeLessThan(two.atVertex);
  });
});
