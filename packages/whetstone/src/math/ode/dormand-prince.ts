import { numericalError } from "../../errors.ts";
import type { Derivative, Stepper } from "./types.ts";

// Dormand and Prince, "A family of embedded Runge-Kutta formulae" (J. Comput. Appl. Math. 6, 1980).
const C = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1] as const;
const A: readonly (readonly number[])[] = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** Fifth-order minus fourth-order weights. */
const E = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40] as const;
/** Fourth-order dense output: Hairer, Norsett and Wanner, Solving ODEs I (2nd ed.), section II.6. */
const D = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
] as const;

// PI step control (same book, section IV.2): the previous error damps the step-size oscillation.
const BETA = 0.04;
const ALPHA = 0.2 - 0.75 * BETA;
const SAFETY = 0.9;
const SHRINK_MOST = 0.2;
const GROW_MOST = 10;
/** The method is stable for |h lambda| up to about this. */
const STABILITY = 3.25;

export interface AdaptiveOptions {
  rtol: number;
  atol: Float64Array;
  firstStep: number | undefined;
  maxStep: number;
}

/** Dormand-Prince 5(4) with local extrapolation, first-same-as-last and dense output. */
export class DormandPrince implements Stepper {
  tOld: number;
  t: number;
  readonly y: Float64Array;
  rejected = 0;
  evaluations = 0;
  /** Steps in a row whose length was set by stability rather than by accuracy. */
  stiffSteps = 0;
  private readonly where: string;
  private readonly f: Derivative;
  private readonly t1: number;
  private readonly sign: 1 | -1;
  private readonly options: AdaptiveOptions;
  private readonly k: Float64Array[];
  private readonly yOld: Float64Array;
  private readonly yNew: Float64Array;
  private readonly lastStage: Float64Array;
  private readonly dense: Float64Array[];
  private h = 0;
  private hTaken = 0;
  private errorOld = 1e-4;

  constructor(
    where: string,
    f: Derivative,
    t0: number,
    t1: number,
    y0: Float64Array,
    options: AdaptiveOptions,
  ) {
    const n = y0.length;
    const buffer = (): Float64Array => new Float64Array(n);
    this.where = where;
    this.f = f;
    this.tOld = this.t = t0;
    this.t1 = t1;
    this.sign = t1 < t0 ? -1 : 1;
    this.options = options;
    this.y = y0.slice();
    this.yOld = y0.slice();
    this.yNew = buffer();
    this.lastStage = buffer();
    this.k = Array.from({ length: 7 }, buffer);
    this.dense = Array.from({ length: 4 }, buffer);
    this.evaluate(t0, this.y, this.k[0]!);
    const first = options.firstStep ?? this.guessStep();
    this.h = this.sign * Math.min(first, options.maxStep, Math.abs(t1 - t0));
  }

  advance(): void {
    const { k, y, yOld, yNew, sign } = this;
    let justRejected = false;
    for (;;) {
      const room = this.t1 - this.t;
      // Stretching the last step a little avoids a tiny one after it.
      const last = Math.abs(this.h) * 1.01 >= Math.abs(room);
      const h = last ? room : this.h;
      if (!(Math.abs(h) > 4 * Number.EPSILON * Math.abs(this.t)) && !last) this.giveUp(h);
      const error = this.attempt(h);
      if (error <= 1) {
        this.watchStiffness(h);
        const factor = (SAFETY * this.errorOld ** BETA) / error ** ALPHA;
        const growth = Math.min(justRejected ? 1 : GROW_MOST, Math.max(SHRINK_MOST, factor));
        this.errorOld = Math.max(error, 1e-4);
        this.h = sign * Math.min(Math.abs(h) * growth, this.options.maxStep);
        this.hTaken = h;
        this.tOld = this.t;
        this.t = last ? this.t1 : this.t + h;
        yOld.set(y);
        y.set(yNew);
        // First same as last: the seventh stage of this step is the first of the next.
        const firstStage = k[0]!;
        this.makeDense(h);
        k[0] = k[6]!;
        k[6] = firstStage;
        return;
      }
      this.rejected++;
      justRejected = true;
      // A NaN error means the trial left the domain of f.
      const factor = Number.isNaN(error) ? 0.1 : Math.max(SHRINK_MOST, SAFETY / error ** ALPHA);
      this.h = h * factor;
      if (!(Math.abs(this.h) > 4 * Number.EPSILON * Math.abs(this.t)) || Math.abs(this.h) < 1e-300)
        this.giveUp(this.h);
    }
  }

  interpolate(t: number, out: Float64Array): void {
    const s = (t - this.tOld) / this.hTaken;
    const r = 1 - s;
    const [d1, d2, d3, d4] = this.dense as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < out.length; i++) {
      out[i] = this.yOld[i]! + s * (d1[i]! + r * (d2[i]! + s * (d3[i]! + r * d4[i]!)));
    }
  }

  /** What {@link giveUp} and the driver say about a run that makes no headway. */
  diagnosis(): string {
    return this.stiffSteps >= 15
      ? "the system looks stiff: stability, not accuracy, dictates the step; an explicit method is unsuitable, so use an implicit solver, rescale the fast variables or replace them by their equilibrium"
      : "the solution may have a singularity or a discontinuity there, or the tolerances ask for more than floating point holds";
  }

  private giveUp(h: number): never {
    throw numericalError(
      this.where,
      `the step size fell to ${Math.abs(h)} at t = ${this.t}; ${this.diagnosis()}`,
    );
  }

  private evaluate(t: number, y: Float64Array, out: Float64Array): void {
    this.f(t, y, out);
    this.evaluations++;
  }

  /** Computes the stages and `yNew`; returns the error relative to the tolerances (NaN outside the domain). */
  private attempt(h: number): number {
    const { k, y, yNew, t } = this;
    const n = y.length;
    for (let s = 1; s < 7; s++) {
      const row = A[s]!;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < s; j++) sum += row[j]! * k[j]![i]!;
        yNew[i] = y[i]! + h * sum;
      }
      if (s === 5) this.lastStage.set(yNew);
      this.evaluate(t + C[s]! * h, yNew, k[s]!);
    }
    const { rtol, atol } = this.options;
    let total = 0;
    for (let i = 0; i < n; i++) {
      let e = 0;
      for (let j = 0; j < 7; j++) e += E[j]! * k[j]![i]!;
      const scale = atol[i]! + rtol * Math.max(Math.abs(y[i]!), Math.abs(yNew[i]!));
      total += ((h * e) / scale) ** 2;
    }
    return Number.isFinite(total) ? Math.sqrt(total / Math.max(n, 1)) : Number.NaN;
  }

  /** Estimates the largest |h lambda| from the last two stages, which share the time t + h. */
  private watchStiffness(h: number): void {
    const { k, yNew, lastStage } = this;
    let num = 0;
    let den = 0;
    for (let i = 0; i < yNew.length; i++) {
      num += (k[6]![i]! - k[5]![i]!) ** 2;
      den += (yNew[i]! - lastStage[i]!) ** 2;
    }
    const limited = den > 0 && Math.abs(h) * Math.sqrt(num / den) > STABILITY;
    // The estimate flickers around the limit, so one step below it only takes back what one above gave.
    this.stiffSteps = limited ? this.stiffSteps + 1 : Math.max(0, this.stiffSteps - 1);
  }

  private makeDense(h: number): void {
    const { k, y, yOld } = this;
    const [d1, d2, d3, d4] = this.dense as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < y.length; i++) {
      const rise = y[i]! - yOld[i]!;
      const bend = h * k[0]![i]! - rise;
      let sum = 0;
      for (let j = 0; j < 7; j++) sum += D[j]! * k[j]![i]!;
      d1[i] = rise;
      d2[i] = bend;
      d3[i] = rise - h * k[6]![i]! - bend;
      d4[i] = h * sum;
    }
  }

  /** First step from the sizes of y, f and the change of f (section II.4 of the book). */
  private guessStep(): number {
    const { y, k, sign } = this;
    const { rtol, atol } = this.options;
    const n = Math.max(y.length, 1);
    const size = (v: (i: number) => number): number => {
      let sum = 0;
      for (let i = 0; i < y.length; i++) sum += (v(i) / (atol[i]! + rtol * Math.abs(y[i]!))) ** 2;
      return Math.sqrt(sum / n);
    };
    const k0 = k[0]!;
    const d0 = size((i) => y[i]!);
    const d1 = size((i) => k0[i]!);
    const h0 = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1;
    for (let i = 0; i < y.length; i++) this.yNew[i] = y[i]! + sign * h0 * k0[i]!;
    this.evaluate(this.t + sign * h0, this.yNew, k[1]!);
    const d2 = size((i) => k[1]![i]! - k0[i]!) / h0;
    if (!Number.isFinite(d2)) return h0;
    const h1 = Math.max(d1, d2) <= 1e-15 ? Math.max(1e-6, h0 * 1e-3) : (0.01 / Math.max(d1, d2)) ** 0.2;
    return Math.min(100 * h0, h1);
  }
}
