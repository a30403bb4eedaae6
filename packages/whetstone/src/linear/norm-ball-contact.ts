import { argumentError, requireList, shapeError, valueError } from "../errors.ts";
import { cholesky } from "../math/linalg/cholesky.ts";
import { Matrix } from "../math/matrix.ts";
import { proximalGradient } from "../math/optimize/proximal.ts";
import { randomStream } from "../math/random/index.ts";
import { ballValue, checkBall, type NormBall, project, reach } from "./norm-balls.ts";

/** Where contours touch a ball. */
export interface Contact {
  /** The point of the ball with the least squared error. */
  readonly point: Float64Array;
  /** (point - centre)^T A (point - centre) / 2: the contour that touches. */
  readonly value: number;
  /** Lagrange multiplier: how fast the value falls as the radius grows; 0 where the centre is inside. */
  readonly multiplier: number;
  /** Coordinates that are exactly zero. */
  readonly zeros: number;
  /** What is touched: the inside, a vertex (one coordinate left), an axis-parallel face with zeros, or none of these. */
  readonly touches: "inside" | "vertex" | "zeros" | "smooth";
  /** Largest violation of the optimality conditions, relative to the gradient: a certificate. */
  readonly residual: number;
}

/**
 * The point of a ball at which the contours of (w - centre)^T A (w - centre) / 2 first touch it: the constrained form
 * of lasso, ridge and elastic net. A is X^T X and `centre` the least-squares solution.
 *
 * @param A d x d, symmetric positive definite
 * @param centre d numbers
 * @example
 * contactPoint([[1, 0], [0, 1]], [2, 0.5], { kind: "l1", radius: 1 }).point; // [1, 0]
 */
export function contactPoint(
  A: Matrix | ArrayLike<ArrayLike<number>>,
  centre: ArrayLike<number>,
  ball: NormBall,
): Contact {
  requireList("contactPoint", "centre", centre);
  const where = "contactPoint";
  checkBall(ball, where);
  const H = A instanceof Matrix ? A : Matrix.from(A);
  cholesky(H); // refuses what is not symmetric positive definite
  const c = Float64Array.from(centre);
  if (c.length !== H.rows)
    throw shapeError(where, "centre", `has ${c.length} entries`, `${H.rows} (rows of A)`);
  if (!c.every(Number.isFinite)) throw valueError(where, "centre", "holds a number that is not finite");
  return contact(H, c, ball);
}

function contact(H: Matrix, c: Float64Array, ball: NormBall): Contact {
  const d = c.length;
  const { point, gradient } = minimiseOver(H, c, ball);
  let value = 0;
  for (let j = 0; j < d; j++) value += 0.5 * gradient[j]! * (point[j]! - c[j]!);
  const inside = ballValue(c, ball) <= ball.radius;
  const zeros = point.reduce((count, v) => count + (v === 0 ? 1 : 0), 0);
  const { multiplier, residual } = certificate(point, gradient, ball, inside);
  const touches = inside ? "inside" : zeros === d - 1 ? "vertex" : zeros > 0 ? "zeros" : "smooth";
  return { point, value, multiplier, zeros, touches, residual };
}

/** Accelerated projected gradient: its points lie in the ball, and projections make zeros exact. */
function minimiseOver(
  H: Matrix,
  c: Float64Array,
  ball: NormBall,
): { point: Float64Array; gradient: Float64Array } {
  const d = c.length;
  let bound = 0; // of the largest eigenvalue, by the rows
  for (let i = 0; i < d; i++)
    bound = Math.max(
      bound,
      H.row(i).reduce((sum, v) => sum + Math.abs(v), 0),
    );
  const offset = new Float64Array(d);
  const valueAndGradient = (w: Float64Array, gradient: Float64Array): number => {
    for (let j = 0; j < d; j++) offset[j] = w[j]! - c[j]!;
    let value = 0;
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += H.data[i * d + j]! * offset[j]!;
      gradient[i] = sum;
      value += 0.5 * sum * offset[i]!;
    }
    return value;
  };
  const start = project(c, ball);
  const gradient = new Float64Array(d);
  valueAndGradient(start, gradient);
  const size = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  if (size === 0) return { point: start, gradient };
  const inBall = {
    value: () => 0,
    apply: (w: Float64Array) => w.set(project(w, ball)),
  };
  const found = proximalGradient({ valueAndGradient }, inBall, start, {
    learningRate: 1 / bound,
    tolerance: { gradient: 1e-13 * size, value: 0, step: 0 },
    maxIterations: 100_000,
  });
  const point = project(found.x, ball);
  valueAndGradient(point, gradient);
  return { point, gradient };
}

/** -gradient must be a multiple of a subgradient of the ball's function. */
function certificate(
  w: Float64Array,
  gradient: Float64Array,
  ball: NormBall,
  inside: boolean,
): { multiplier: number; residual: number } {
  const size = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  if (inside) return { multiplier: 0, residual: size };
  const share = ball.kind === "l1" ? 1 : ball.kind === "l2" ? 0 : (ball.l1Ratio ?? 0.5);
  const length = Math.sqrt(w.reduce((sum, v) => sum + v * v, 0));
  // Subgradient: share * sign(w) + slope * w, and anything within +-share where w is 0.
  const slope = ball.kind === "l2" ? 1 / length : ball.kind === "l1" ? 0 : 1 - share;
  let top = 0;
  let bottom = 0;
  for (let j = 0; j < w.length; j++) {
    if (w[j] === 0) continue;
    const s = share * Math.sign(w[j]!) + slope * w[j]!;
    top -= gradient[j]! * s;
    bottom += s * s;
  }
  const multiplier = top / bottom;
  let worst = 0;
  for (let j = 0; j < w.length; j++) {
    const s = share * Math.sign(w[j]!) + slope * w[j]!;
    const off =
      w[j] === 0
        ? Math.max(0, Math.abs(gradient[j]!) - multiplier * share)
        : Math.abs(gradient[j]! + multiplier * s);
    worst = Math.max(worst, off);
  }
  return { multiplier, residual: worst / (size || 1) };
}

/** The ball, and how many random problems are solved on it. */
export interface ContactShareOptions {
  /** The norm of the constraint and its radius. */
  readonly ball: NormBall;
  /** Dimensions; default 2. */
  readonly dimensions?: number;
  /** Random problems; default 1000. */
  readonly trials?: number;
  /** Seed of the problems; default 0. */
  readonly seed?: number;
  /** How far out the random centres lie, in units of the way to the boundary; default 3. */
  readonly distance?: number;
}

/** How often random contours touch a ball where coordinates are zero. */
export interface ContactShare {
  /** Share of problems whose solution has at least one coordinate exactly zero. */
  readonly withZeros: number;
  /** Share of problems that touch a vertex: all coordinates but one zero. */
  readonly atVertex: number;
  /** Mean share of coordinates that are zero. */
  readonly meanZeros: number;
  readonly trials: number;
}

/**
 * Draws random ellipses (A = Z^T Z / m with m = 2 d rows of standard normals) about random centres and counts where they
 * touch: for the L1 ball very often on an axis, for the L2 ball never.
 *
 * @example
 * contactShare({ ball: { kind: "l2", radius: 1 }, trials: 50 }).withZeros; // 0
 * contactShare({ ball: { kind: "l1", radius: 1 }, trials: 50 }).withZeros > 0.5; // true
 */
export function contactShare(options: ContactShareOptions): ContactShare {
  const where = "contactShare";
  const { ball, dimensions: d = 2, trials = 1000, seed = 0, distance = 3 } = options;
  checkBall(ball, where);
  if (!(Number.isInteger(d) && d >= 2)) throw argumentError(where, "dimensions", d, "an integer >= 2");
  if (!(Number.isInteger(trials) && trials >= 1))
    throw argumentError(where, "trials", trials, "an integer >= 1");
  if (!(distance > 1)) throw argumentError(where, "distance", distance, "a number > 1");
  const random = randomStream(seed);
  const m = 2 * d;
  let withZeros = 0;
  let atVertex = 0;
  let zeros = 0;
  for (let trial = 0; trial < trials; trial++) {
    const Z = Matrix.zeros(m, d);
    for (let at = 0; at < Z.data.length; at++) Z.data[at] = random.normal() / Math.sqrt(m);
    const A = Z.transpose().matmul(Z);
    const c = Float64Array.from({ length: d }, () => random.normal());
    const length = Math.sqrt(c.reduce((sum, v) => sum + v * v, 0));
    const l1 = c.reduce((sum, v) => sum + Math.abs(v), 0) / length;
    for (let j = 0; j < d; j++) c[j] = (c[j]! / length) * distance * reach(l1, ball);
    const found = contact(A, c, ball);
    zeros += found.zeros / d;
    if (found.zeros > 0) withZeros++;
    if (found.zeros === d - 1) atVertex++;
  }
  return { withZeros: withZeros / trials, atVertex: atVertex / trials, meanZeros: zeros / trials, trials };
}
