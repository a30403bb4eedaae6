import { numericalError } from "../../errors.ts";
import type { Derivative, Stepper } from "./types.ts";

/** Euler and the classic Runge-Kutta method with constant steps; cubic Hermite polynomials between them. */
export class FixedStep implements Stepper {
  tOld: number;
  t: number;
  readonly y: Float64Array;
  rejected = 0;
  evaluations = 0;
  private readonly where: string;
  private readonly f: Derivative;
  private readonly order: 1 | 4;
  private readonly t0: number;
  private readonly t1: number;
  private readonly step: number;
  private taken = 0;
  private readonly yOld: Float64Array;
  private readonly trial: Float64Array;
  private readonly k: Float64Array[];
  private readonly kEnd: Float64Array;
  private endKnown = false;

  constructor(
    where: string,
    f: Derivative,
    order: 1 | 4,
    t0: number,
    t1: number,
    y0: Float64Array,
    step: number,
  ) {
    this.where = where;
    this.f = f;
    this.order = order;
    this.t0 = this.tOld = this.t = t0;
    this.t1 = t1;
    this.step = t1 < t0 ? -step : step;
    this.y = y0.slice();
    this.yOld = y0.slice();
    this.trial = new Float64Array(y0.length);
    this.k = Array.from({ length: order }, () => new Float64Array(y0.length));
    this.kEnd = new Float64Array(y0.length);
  }

  advance(): void {
    const { y, yOld, k, trial } = this;
    const n = y.length;
    this.taken++;
    // Multiples of the step, not sums, so that no rounding accumulates in t; the last one ends on t1.
    let next = this.t0 + this.taken * this.step;
    if (Math.abs(this.t1 - next) < 1e-9 * Math.abs(this.step) || (next - this.t1) * this.step > 0)
      next = this.t1;
    const h = next - this.t;
    this.tOld = this.t;
    yOld.set(y);
    const stage = (i: number, t: number, at: Float64Array): void => {
      this.f(t, at, k[i]!);
      this.evaluations++;
    };
    if (this.endKnown) k[0]!.set(this.kEnd);
    else stage(0, this.t, y);
    if (this.order === 1) {
      for (let i = 0; i < n; i++) y[i] = yOld[i]! + h * k[0]![i]!;
    } else {
      for (let i = 0; i < n; i++) trial[i] = yOld[i]! + (h / 2) * k[0]![i]!;
      stage(1, this.t + h / 2, trial);
      for (let i = 0; i < n; i++) trial[i] = yOld[i]! + (h / 2) * k[1]![i]!;
      stage(2, this.t + h / 2, trial);
      for (let i = 0; i < n; i++) trial[i] = yOld[i]! + h * k[2]![i]!;
      stage(3, next, trial);
      for (let i = 0; i < n; i++) {
        y[i] = yOld[i]! + (h / 6) * (k[0]![i]! + 2 * k[1]![i]! + 2 * k[2]![i]! + k[3]![i]!);
      }
    }
    this.t = next;
    this.endKnown = false;
    if (!y.every(Number.isFinite)) {
      throw numericalError(
        this.where,
        `the solution left floating point at t = ${this.t}: the step ${Math.abs(h)} is too long for this system (unstable), or the solution itself blows up`,
      );
    }
  }

  interpolate(t: number, out: Float64Array): void {
    if (!this.endKnown) {
      this.f(this.t, this.y, this.kEnd);
      this.evaluations++;
      this.endKnown = true;
    }
    const h = this.t - this.tOld;
    const s = (t - this.tOld) / h;
    const r = 1 - s;
    const start = this.k[0]!;
    for (let i = 0; i < out.length; i++) {
      const a = this.yOld[i]!;
      const b = this.y[i]!;
      const rise = b - a;
      out[i] = r * a + s * b + s * r * (r * (h * start[i]! - rise) - s * (h * this.kEnd[i]! - rise));
    }
  }
}
