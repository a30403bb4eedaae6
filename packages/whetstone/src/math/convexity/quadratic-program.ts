import { AbortError, argumentError, shapeError, valueError } from "../../errors.ts";
import { eigh } from "../linalg/eigh.ts";
import { type Lu, lu } from "../linalg/lu.ts";
import { Matrix } from "../matrix.ts";

/** minimise x'Px / 2 + q'x  subject to  G x <= h,  A x = b. */
export interface QuadraticProgram {
  /** n x n, symmetric positive semi-definite. Absent: a linear program. */
  P?: Matrix;
  /** Length n. */
  q: ArrayLike<number>;
  /** m x n with m bounds; both or neither. */
  G?: Matrix;
  h?: ArrayLike<number>;
  /** p x n of full row rank with p values; both or neither. */
  A?: Matrix;
  b?: ArrayLike<number>;
}

/** When the interior-point method stops. */
export interface QuadraticProgramOptions {
  /** Relative residuals and gap at which to stop. Default 1e-9. */
  tolerance?: number;
  /** Default 100. */
  maxIterations?: number;
  /** Stops between iterations with an AbortError. */
  signal?: AbortSignal;
}

/** Solution of a quadratic program and its certificate: multipliers, gap and residuals. */
export interface QuadraticProgramResult {
  /**
   * `"optimal"`: the certificate below holds. `"infeasible"`: no x satisfies the constraints (`x` comes closest in
   * the largest violation). `"unbounded"`: the objective falls forever. `"maxIterations"`: none was established.
   */
  readonly status: "optimal" | "infeasible" | "unbounded" | "maxIterations";
  readonly x: Float64Array;
  /** Multipliers of G x <= h, all >= 0, and of A x = b. */
  readonly inequalityDual: Float64Array;
  readonly equalityDual: Float64Array;
  /** Objective at x, the dual objective at the multipliers, and their difference, zero at the optimum. */
  readonly primalValue: number;
  readonly dualValue: number;
  readonly gap: number;
  /** Largest violations: of the constraints, of Px + q + G'z + A'y = 0, and of z_i (h - Gx)_i = 0. */
  readonly primalResidual: number;
  readonly dualResidual: number;
  readonly complementarity: number;
  readonly iterations: number;
}

interface Checked {
  n: number;
  m: number;
  p: number;
  P: Matrix;
  q: Float64Array;
  G: Matrix;
  h: Float64Array;
  A: Matrix;
  b: Float64Array;
}

/**
 * Solves a convex quadratic (or linear) program by a primal-dual interior-point method with Mehrotra's predictor and
 * corrector, and returns both values, so that the duality gap certifies the answer. Dense, for up to a few hundred
 * variables.
 *
 * @throws WhetstoneError when P is not positive semi-definite.
 * Source: Mehrotra (1992); Nocedal and Wright, section 16.6.
 * @example
 * // Nearest point to (2, 1) in the half-plane x + y <= 1.
 * quadraticProgram({
 *   P: Matrix.identity(2), q: [-2, -1], G: Matrix.from([[1, 1]]), h: [1],
 * }).x; // about [1, 0]
 */
export function quadraticProgram(
  program: QuadraticProgram,
  options: QuadraticProgramOptions = {},
): QuadraticProgramResult {
  const where = "quadraticProgram";
  const c = check(where, program);
  const { tolerance = 1e-9, maxIterations = 100, signal } = options;
  if (!(tolerance > 0)) throw argumentError(where, "tolerance", tolerance, "a number > 0");
  if (!(Number.isSafeInteger(maxIterations) && maxIterations >= 1)) {
    throw argumentError(where, "maxIterations", maxIterations, "an integer >= 1");
  }
  const abort = (): void => {
    if (signal?.aborted) throw new AbortError(where, signal.reason);
  };
  const result = interiorPoint(c, tolerance, maxIterations, abort);
  if (result.status === "optimal" || (c.m === 0 && c.p === 0)) return result;
  // Why not? First whether the constraints can be met at all.
  const phaseOne = leastViolation(c, tolerance, maxIterations, abort);
  if (phaseOne.status === "optimal" && phaseOne.violation > 1e-7 * (1 + normInf(c.h) + normInf(c.b))) {
    return { ...result, status: "infeasible", x: phaseOne.x };
  }
  const scale = 1 + normInf(c.q) + normInf(c.h) + normInf(c.b);
  const runaway = normInf(result.x) > 1e6 * scale || result.primalValue < -1e9 * scale;
  return runaway ? { ...result, status: "unbounded" } : result;
}

/** Minimises t subject to G x - h <= t, A x = b, t >= -1: the phase-one problem. */
export function leastViolation(
  c: { n: number; G: Matrix; h: Float64Array; A: Matrix; b: Float64Array },
  tolerance: number,
  maxIterations: number,
  abort: () => void,
): { x: Float64Array; violation: number; status: QuadraticProgramResult["status"] } {
  const { n } = c;
  const m = c.G.rows;
  const G = Matrix.zeros(m + 1, n + 1);
  for (let i = 0; i < m; i++) {
    G.data.set(c.G.row(i), i * (n + 1));
    G.set(i, n, -1);
  }
  G.set(m, n, -1);
  const A = Matrix.zeros(c.A.rows, n + 1);
  for (let i = 0; i < c.A.rows; i++) A.data.set(c.A.row(i), i * (n + 1));
  const q = new Float64Array(n + 1);
  q[n] = 1;
  const h = Float64Array.of(...c.h, 1);
  // A whiff of curvature in x picks one of the many solutions a linear program may have.
  const P = Matrix.zeros(n + 1, n + 1);
  for (let i = 0; i < n; i++) P.set(i, i, 1e-9);
  const phase = { n: n + 1, m: m + 1, p: c.A.rows, P, q, G, h, A, b: c.b };
  const r = interiorPoint(phase, tolerance, maxIterations, abort);
  const x = r.x.slice(0, n);
  let violation = Number.NEGATIVE_INFINITY;
  const gx = c.G.matVec(x);
  for (let i = 0; i < m; i++) violation = Math.max(violation, gx[i]! - c.h[i]!);
  const ax = c.A.matVec(x);
  for (let i = 0; i < c.b.length; i++) {
    const miss = Math.abs(ax[i]! - c.b[i]!);
    if (miss > 1e-8 * (1 + Math.abs(c.b[i]!))) violation = Math.max(violation, miss);
  }
  return { x, violation, status: r.status };
}

function interiorPoint(
  c: Checked,
  tolerance: number,
  maxIterations: number,
  abort: () => void,
): QuadraticProgramResult {
  const { n, m, p } = c;
  const x = new Float64Array(n);
  const y = new Float64Array(p);
  const s = new Float64Array(m).fill(1);
  const z = new Float64Array(m).fill(1);
  const rd = new Float64Array(n);
  const rp = new Float64Array(m);
  const re = new Float64Array(p);
  const residuals = (): void => {
    const px = c.P.matVec(x);
    const gz = c.G.transposedMatVec(z);
    const ay = c.A.transposedMatVec(y);
    for (let i = 0; i < n; i++) rd[i] = px[i]! + c.q[i]! + gz[i]! + ay[i]!;
    const gx = c.G.matVec(x);
    for (let i = 0; i < m; i++) rp[i] = gx[i]! + s[i]! - c.h[i]!;
    const ax = c.A.matVec(x);
    for (let i = 0; i < p; i++) re[i] = ax[i]! - c.b[i]!;
  };
  /** Newton direction for s z = target of complementarity (rc = s z - target). */
  const direction = (kkt: Lu, rc: Float64Array) => {
    const t = new Float64Array(m);
    for (let i = 0; i < m; i++) t[i] = (z[i]! * rp[i]! - rc[i]!) / s[i]!;
    const gt = c.G.transposedMatVec(t);
    const rhs = new Float64Array(n + p);
    for (let i = 0; i < n; i++) rhs[i] = -rd[i]! - gt[i]!;
    for (let i = 0; i < p; i++) rhs[n + i] = -re[i]!;
    const d = kkt.solve(rhs);
    const dx = d.subarray(0, n);
    const dy = d.subarray(n);
    const gdx = c.G.matVec(dx);
    const dz = new Float64Array(m);
    const ds = new Float64Array(m);
    for (let i = 0; i < m; i++) {
      ds[i] = -rp[i]! - gdx[i]!;
      dz[i] = (-rc[i]! - z[i]! * ds[i]!) / s[i]!;
    }
    return { dx, dy, dz, ds };
  };

  residuals();
  if (m > 0) {
    // Start (Nocedal and Wright, p. 484): one affine step, then push s and z away from zero.
    const { ds, dz } = direction(kktFactors(c, s, z), multiply(s, z));
    for (let i = 0; i < m; i++) {
      s[i] = Math.max(1, Math.abs(s[i]! + ds[i]!));
      z[i] = Math.max(1, Math.abs(z[i]! + dz[i]!));
    }
    residuals();
  }
  let iterations = 0;
  let status: QuadraticProgramResult["status"] = "maxIterations";
  const scaleP = 1 + normInf(c.h) + normInf(c.b);
  const scaleD = 1 + normInf(c.q);
  for (; ; iterations++) {
    abort();
    const mu = m === 0 ? 0 : dot(s, z) / m;
    const value = objective(c, x);
    const feasible =
      Math.max(normInf(rp), normInf(re)) <= tolerance * scaleP && normInf(rd) <= tolerance * scaleD;
    if (feasible && mu * m <= tolerance * (1 + Math.abs(value))) {
      status = "optimal";
      break;
    }
    if (iterations >= maxIterations || !Number.isFinite(value) || normInf(x) > 1e15 || normInf(z) > 1e20)
      break;
    const kkt = kktFactors(c, s, z);
    // Multipliers that run to infinity, as those of an infeasible program do, end in overflow.
    if (kkt.singular || !kkt.packed.data.every(Number.isFinite)) break;
    const affine = direction(kkt, multiply(s, z));
    let rc = new Float64Array(m);
    if (m > 0) {
      const a = Math.min(1, room(s, affine.ds), room(z, affine.dz));
      let after = 0;
      for (let i = 0; i < m; i++) after += (s[i]! + a * affine.ds[i]!) * (z[i]! + a * affine.dz[i]!);
      const sigma = (after / m / mu) ** 3;
      rc = Float64Array.from(s, (si, i) => si * z[i]! + affine.ds[i]! * affine.dz[i]! - sigma * mu);
    }
    const { dx, dy, dz, ds } = m > 0 ? direction(kkt, rc) : affine;
    // One common length: with a quadratic objective the dual residual depends on x too.
    const step = Math.min(1, 0.995 * Math.min(room(s, ds), room(z, dz)));
    for (let i = 0; i < n; i++) x[i]! += step * dx[i]!;
    for (let i = 0; i < p; i++) y[i]! += step * dy[i]!;
    for (let i = 0; i < m; i++) {
      s[i]! += step * ds[i]!;
      z[i]! += step * dz[i]!;
    }
    residuals();
  }
  return certificate(c, x, y, z, status, iterations);
}

function certificate(
  c: Checked,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  status: QuadraticProgramResult["status"],
  iterations: number,
): QuadraticProgramResult {
  const primalValue = objective(c, x);
  const px = c.P.matVec(x);
  const dualValue = -dot(x, px) / 2 - dot(c.h, z) - dot(c.b, y);
  const gz = c.G.transposedMatVec(z);
  const ay = c.A.transposedMatVec(y);
  const gx = c.G.matVec(x);
  const ax = c.A.matVec(x);
  let primalResidual = 0;
  let complementarity = 0;
  for (let i = 0; i < c.m; i++) {
    primalResidual = Math.max(primalResidual, gx[i]! - c.h[i]!);
    complementarity = Math.max(complementarity, Math.abs(z[i]! * (c.h[i]! - gx[i]!)));
  }
  for (let i = 0; i < c.p; i++) primalResidual = Math.max(primalResidual, Math.abs(ax[i]! - c.b[i]!));
  let dualResidual = 0;
  for (let i = 0; i < c.n; i++) {
    dualResidual = Math.max(dualResidual, Math.abs(px[i]! + c.q[i]! + gz[i]! + ay[i]!));
  }
  return {
    status,
    x,
    inequalityDual: z,
    equalityDual: y,
    primalValue,
    dualValue,
    gap: primalValue - dualValue,
    primalResidual,
    dualResidual,
    complementarity,
    iterations,
  };
}

/** LU of [[P + G' diag(z / s) G, A'], [A, 0]]. */
function kktFactors(c: Checked, s: Float64Array, z: Float64Array): Lu {
  const { n, m, p } = c;
  const size = n + p;
  const K = Matrix.zeros(size, size);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    K.data.set(c.P.row(i), i * size);
    largest = Math.max(largest, c.P.at(i, i));
  }
  for (let k = 0; k < m; k++) {
    const g = c.G.row(k);
    const w = z[k]! / s[k]!;
    for (let i = 0; i < n; i++) {
      const wi = w * g[i]!;
      if (wi === 0) continue;
      for (let j = 0; j < n; j++) K.data[i * size + j]! += wi * g[j]!;
    }
  }
  // Far below the tolerance: keeps the factors regular where neither P nor G sees a direction.
  const tiny = 1e-14 * (largest || 1);
  for (let i = 0; i < n; i++) K.data[i * size + i]! += tiny;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < n; j++) {
      K.data[(n + i) * size + j] = c.A.data[i * n + j]!;
      K.data[j * size + n + i] = c.A.data[i * n + j]!;
    }
  }
  return lu(K);
}

/** Longest step that keeps v + a d >= 0. */
function room(v: Float64Array, d: Float64Array): number {
  let a = Number.POSITIVE_INFINITY;
  for (let i = 0; i < v.length; i++) if (d[i]! < 0) a = Math.min(a, -v[i]! / d[i]!);
  return a;
}

function objective(c: Checked, x: Float64Array): number {
  return dot(x, c.P.matVec(x)) / 2 + dot(c.q, x);
}

function multiply(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, i) => v * b[i]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}

function normInf(a: Float64Array): number {
  return a.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
}

function check(where: string, program: QuadraticProgram): Checked {
  const q = vector(where, "q", program.q);
  const n = q.length;
  const P = program.P ?? Matrix.zeros(n, n);
  if (P.rows !== n || P.cols !== n)
    throw shapeError(where, "P", `is ${P.rows} x ${P.cols}`, `${n} x ${n} (length of q)`);
  if (program.P !== undefined && n > 0) {
    const { values } = eigh(P);
    if (values[n - 1]! < -1e-9 * Math.max(1, values[0]!)) {
      throw valueError(where, "P", `has the eigenvalue ${values[n - 1]}, so the program is not convex`);
    }
  }
  const [G, h] = constraints(where, "G", "h", program.G, program.h, n);
  const [A, b] = constraints(where, "A", "b", program.A, program.b, n);
  return { n, m: h.length, p: b.length, P, q, G, h, A, b };
}

export function constraints(
  where: string,
  matrixName: string,
  vectorName: string,
  matrix: Matrix | undefined,
  values: ArrayLike<number> | undefined,
  n: number,
): [Matrix, Float64Array] {
  if ((matrix === undefined) !== (values === undefined)) {
    const missing = matrix === undefined ? matrixName : vectorName;
    const given = matrix === undefined ? vectorName : matrixName;
    throw argumentError(where, missing, undefined, `given together with ${given}`);
  }
  const M = matrix ?? Matrix.zeros(0, n);
  const v = vector(where, vectorName, values ?? []);
  if (M.cols !== n)
    throw shapeError(where, matrixName, `has ${M.cols} columns`, `${n} (number of variables)`);
  if (v.length !== M.rows) {
    throw shapeError(where, vectorName, `has ${v.length} entries`, `${M.rows} (rows of ${matrixName})`);
  }
  if (M.data.some((value) => !Number.isFinite(value)))
    throw valueError(where, matrixName, "holds a value that is not finite");
  return [M, v];
}

function vector(where: string, name: string, values: ArrayLike<number>): Float64Array {
  const v = Float64Array.from(values);
  for (let i = 0; i < v.length; i++) {
    if (!Number.isFinite(v[i]!)) throw valueError(where, name, `holds ${v[i]} at index ${i}`);
  }
  return v;
}
