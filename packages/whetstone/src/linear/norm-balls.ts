import { argumentError, requireList, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { softThreshold } from "../math/optimize/proximal.ts";

/** The ball of a penalty on coefficients. */
export interface NormBall {
  /** `"l1"`: |w|_1 <= radius; `"l2"`: |w|_2 <= radius; `"elasticNet"`: l1Ratio |w|_1 + (1 - l1Ratio) |w|^2 / 2 <= radius. */
  readonly kind: "l1" | "l2" | "elasticNet";
  readonly radius: number;
  /** For `"elasticNet"`: share of L1, from 0 to 1; default 0.5. */
  readonly l1Ratio?: number;
}

/** Faces of the L1 ball (cross-polytope) in d dimensions. */
export interface CrossPolytope {
  /** Its corners, one per row: the 2 d points +-radius on the axes. */
  readonly vertices: Matrix;
  /** Pairs of rows of `vertices` joined by an edge: all but opposite ones, 2 d (d - 1) of them. */
  readonly edges: readonly (readonly [number, number])[];
  /** Number of facets: 2^d, one per combination of signs. */
  readonly facets: number;
}

/**
 * Vertices, edges and facets of the L1 ball.
 *
 * @example
 * const { vertices, edges, facets } = crossPolytope(3);
 * [vertices.rows, edges.length, facets]; // [6, 12, 8]
 */
export function crossPolytope(d: number, radius = 1): CrossPolytope {
  if (!(Number.isSafeInteger(d) && d >= 1 && d <= 1000)) {
    throw argumentError("crossPolytope", "d", d, "an integer >= 1 and <= 1000");
  }
  checkRadius(radius, "crossPolytope");
  const vertices = Matrix.zeros(2 * d, d);
  for (let j = 0; j < d; j++) {
    vertices.set(2 * j, j, radius);
    vertices.set(2 * j + 1, j, -radius);
  }
  const edges: [number, number][] = [];
  for (let a = 0; a < 2 * d; a++) {
    for (let b = a + 1; b < 2 * d; b++) if (a >> 1 !== b >> 1) edges.push([a, b]);
  }
  return { vertices, edges, facets: 2 ** d };
}

/**
 * Value of the ball's norm (or penalty) at w; the ball is where it is at most `radius`.
 *
 * @example
 * ballValue([3, -4], { kind: "l1", radius: 1 }); // 7
 * ballValue([3, -4], { kind: "l2", radius: 1 }); // 5
 */
export function ballValue(w: ArrayLike<number>, ball: NormBall): number {
  requireList("ballValue", "w", w);
  checkBall(ball, "ballValue");
  let absolute = 0;
  let square = 0;
  for (let j = 0; j < w.length; j++) {
    absolute += Math.abs(w[j]!);
    square += w[j]! * w[j]!;
  }
  if (ball.kind === "l1") return absolute;
  if (ball.kind === "l2") return Math.sqrt(square);
  const share = ball.l1Ratio ?? 0.5;
  return share * absolute + ((1 - share) * square) / 2;
}

/**
 * Outline of a ball in the plane, counter-clockwise from the positive first axis, one point per row; the last
 * point is the first.
 *
 * @param points corners of the drawn polygon; rounded up to a multiple of 4 so that those on the axes are among them
 * @example
 * ballOutline({ kind: "l2", radius: 1 }, 4).row(1); // [0.0000, 1]
 */
export function ballOutline(ball: NormBall, points = 200): Matrix {
  const where = "ballOutline";
  checkBall(ball, where);
  if (!(Number.isSafeInteger(points) && points >= 4))
    throw argumentError(where, "points", points, "an integer >= 4");
  const n = Math.ceil(points / 4) * 4;
  const out = Matrix.zeros(n + 1, 2);
  for (let i = 0; i <= n; i++) {
    const quarter = (4 * (i % n)) / n;
    const angle = (quarter * Math.PI) / 2;
    // Exactly on the axes at the quarters.
    const x = Number.isSafeInteger(quarter) ? [1, 0, -1, 0][quarter]! : Math.cos(angle);
    const y = Number.isSafeInteger(quarter) ? [0, 1, 0, -1][quarter]! : Math.sin(angle);
    const t = reach(Math.abs(x) + Math.abs(y), ball);
    out.set(i, 0, t * x);
    out.set(i, 1, t * y);
  }
  return out;
}

/** Distance from the centre to the boundary along a unit vector whose L1 norm is `l1`. */
export function reach(l1: number, ball: NormBall): number {
  if (ball.kind === "l1") return ball.radius / l1;
  if (ball.kind === "l2") return ball.radius;
  const share = ball.l1Ratio ?? 0.5;
  const linear = share * l1;
  const quadratic = (1 - share) / 2;
  if (quadratic === 0) return ball.radius / linear;
  return (2 * ball.radius) / (linear + Math.sqrt(linear * linear + 4 * quadratic * ball.radius));
}

/**
 * The point of the ball nearest to v (Euclidean).
 *
 * For L1 by the threshold that makes the norm fit (Duchi et al., "Efficient projections onto the l1-ball", 2008);
 * for the elastic net by bisection on the multiplier of its proximal map.
 *
 * @example
 * projectOntoBall([3, 1], { kind: "l1", radius: 2 }); // [2, 0]
 */
export function projectOntoBall(v: ArrayLike<number>, ball: NormBall): Float64Array {
  requireList("projectOntoBall", "v", v);
  checkBall(ball, "projectOntoBall");
  const x = Float64Array.from(v);
  if (!x.every(Number.isFinite))
    throw valueError("projectOntoBall", "v", "holds a number that is not finite");
  return project(x, ball);
}

/** As {@link projectOntoBall}, without checks. */
export function project(v: Float64Array, ball: NormBall): Float64Array {
  const value = ballValue(v, ball);
  if (value <= ball.radius) return v.slice();
  if (ball.kind === "l2") return v.map((x) => (x * ball.radius) / value);
  if (ball.kind === "l1") {
    const t = l1Threshold(v, ball.radius);
    return v.map((x) => softThreshold(x, t));
  }
  const share = ball.l1Ratio ?? 0.5;
  const at = (m: number): Float64Array => v.map((x) => softThreshold(x, m * share) / (1 + m * (1 - share)));
  let low = 0;
  let high = 1;
  while (ballValue(at(high), ball) > ball.radius) high *= 2;
  for (let round = 0; round < 200 && high - low > 1e-16 * high; round++) {
    const middle = (low + high) / 2;
    if (ballValue(at(middle), ball) > ball.radius) low = middle;
    else high = middle;
  }
  return at(high);
}

/** Threshold t at which sum max(|v| - t, 0) = radius. */
function l1Threshold(v: Float64Array, radius: number): number {
  const sizes = v.map(Math.abs).sort().reverse();
  let sum = 0;
  let t = 0;
  for (let k = 0; k < sizes.length; k++) {
    sum += sizes[k]!;
    const candidate = (sum - radius) / (k + 1);
    if (sizes[k]! <= candidate) break;
    t = candidate;
  }
  return t;
}

export function checkBall(ball: NormBall, where: string): void {
  if (ball === null || typeof ball !== "object")
    throw argumentError(where, "ball", ball, 'an object such as { kind: "l1", radius: 1 }');
  const { kind, radius, l1Ratio = 0.5 } = ball;
  if (kind !== "l1" && kind !== "l2" && kind !== "elasticNet") {
    throw argumentError(where, "ball.kind", kind, 'one of "l1", "l2", "elasticNet"');
  }
  checkRadius(radius, where);
  if (!(l1Ratio >= 0 && l1Ratio <= 1))
    throw argumentError(where, "ball.l1Ratio", l1Ratio, "a number >= 0 and <= 1");
}

function checkRadius(radius: number, where: string): void {
  if (!(radius > 0 && radius < Number.POSITIVE_INFINITY)) {
    throw argumentError(where, "radius", radius, "a finite number > 0");
  }
}
