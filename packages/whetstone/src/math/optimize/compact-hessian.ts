import { type Lu, lu } from "../linalg/lu.ts";
import { Matrix } from "../matrix.ts";
import { dot } from "./vector.ts";

/**
 * The limited-memory BFGS matrix in compact form, B = theta I - W M W' with W = [Y, theta S] and
 * M^-1 = [[-D, L'], [L, theta S'S]] (Byrd, Nocedal and Schnabel 1994). Vectors of length 2k index Y first, then S.
 */
export class CompactHessian {
  theta = 1;
  /** W'(x_cauchy - x), written by the Cauchy search and read by {@link newtonStep}. */
  c = new Float64Array(0);
  private readonly memory: number;
  private readonly n: number;
  private readonly s: Float64Array[] = [];
  private readonly y: Float64Array[] = [];
  private middleInverse: Lu | undefined;

  constructor(memory: number, n: number) {
    this.memory = memory;
    this.n = n;
  }

  get size(): number {
    return this.s.length;
  }

  clear(): void {
    this.s.length = 0;
    this.y.length = 0;
    this.theta = 1;
    this.c = new Float64Array(0);
    this.middleInverse = undefined;
  }

  /** Keeps the pair when its curvature is safely positive. */
  push(xOld: Float64Array, x: Float64Array, gOld: Float64Array, g: Float64Array): void {
    const full = this.s.length === this.memory;
    const s = new Float64Array(this.n);
    const y = new Float64Array(this.n);
    for (let i = 0; i < this.n; i++) {
      s[i] = x[i]! - xOld[i]!;
      y[i] = g[i]! - gOld[i]!;
    }
    const sy = dot(s, y);
    const yy = dot(y, y);
    if (!(sy > Number.EPSILON * yy)) return;
    if (full) {
      this.s.shift();
      this.y.shift();
    }
    this.s.push(s);
    this.y.push(y);
    this.theta = yy / sy;
    this.refactor();
  }

  /** W' v */
  project(v: Float64Array): Float64Array {
    const k = this.size;
    const out = new Float64Array(2 * k);
    for (let j = 0; j < k; j++) {
      out[j] = dot(this.y[j]!, v);
      out[k + j] = this.theta * dot(this.s[j]!, v);
    }
    return out;
  }

  /** Row i of W. */
  row(i: number, out: Float64Array): void {
    const k = this.size;
    for (let j = 0; j < k; j++) {
      out[j] = this.y[j]![i]!;
      out[k + j] = this.theta * this.s[j]![i]!;
    }
  }

  /** M v */
  middle(v: Float64Array): Float64Array {
    return this.middleInverse === undefined ? new Float64Array(v.length) : this.middleInverse.solve(v);
  }

  /**
   * Step from the Cauchy point to the minimum of the model over the free variables: -(Z'BZ)^-1 r by the
   * Sherman-Morrison-Woodbury formula (section 5.1 of the L-BFGS-B paper). Undefined when that is singular.
   */
  newtonStep(
    x: Float64Array,
    g: Float64Array,
    cauchy: Float64Array,
    free: readonly number[],
  ): Float64Array | undefined {
    const { theta } = this;
    const k2 = 2 * this.size;
    const rows = new Float64Array(free.length * k2);
    const w = new Float64Array(k2);
    const mc = this.middle(this.c);
    const r = new Float64Array(free.length);
    const v = new Float64Array(k2);
    const gram = Matrix.zeros(k2, k2);
    free.forEach((i, at) => {
      this.row(i, w);
      rows.set(w, at * k2);
      const ri = g[i]! + theta * (cauchy[i]! - x[i]!) - dot(w, mc);
      r[at] = ri;
      for (let a = 0; a < k2; a++) {
        const wa = w[a]!;
        v[a]! += wa * ri;
        for (let b = 0; b < k2; b++) gram.data[a * k2 + b]! += (wa * w[b]!) / theta;
      }
    });
    // (I - M gram) u = M v
    const system = this.middleInverse!.solve(gram);
    for (let a = 0; a < k2; a++) {
      for (let b = 0; b < k2; b++) system.data[a * k2 + b] = (a === b ? 1 : 0) - system.data[a * k2 + b]!;
    }
    const factors = lu(system);
    if (factors.singular) return undefined;
    const u = factors.solve(this.middle(v));
    const step = new Float64Array(free.length);
    for (let at = 0; at < free.length; at++) {
      let wu = 0;
      for (let a = 0; a < k2; a++) wu += rows[at * k2 + a]! * u[a]!;
      step[at] = -r[at]! / theta - wu / (theta * theta);
    }
    return step.every(Number.isFinite) ? step : undefined;
  }

  private refactor(): void {
    const k = this.size;
    const { s, y, theta } = this;
    const inverse = Matrix.zeros(2 * k, 2 * k);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        const sy = dot(s[i]!, y[j]!);
        if (i === j) inverse.set(i, i, -sy);
        if (i > j) {
          inverse.set(k + i, j, sy);
          inverse.set(j, k + i, sy);
        }
        inverse.set(k + i, k + j, theta * dot(s[i]!, s[j]!));
      }
    }
    const factors = lu(inverse);
    if (factors.singular) {
      this.clear();
      return;
    }
    this.middleInverse = factors;
    this.c = new Float64Array(2 * k);
  }
}
