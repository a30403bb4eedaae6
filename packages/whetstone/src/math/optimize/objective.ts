import { argumentError, requireList, shapeError, valueError } from "../../errors.ts";
import type { Matrix } from "../matrix.ts";
import { differenceGradient, numericalHessian, requireProblem } from "./differences.ts";
import type { Problem, ProblemFunctions } from "./types.ts";

/** A checked problem that counts its evaluations and fills in missing derivatives by finite differences. */
export class Objective {
  readonly where: string;
  readonly n: number;
  evaluations = 0;
  private readonly problem: ProblemFunctions;
  private readonly countedValue: (x: Float64Array) => number;
  private spare: Float64Array | undefined;

  constructor(where: string, problem: Problem, n: number) {
    requireProblem(where, problem);
    const p: ProblemFunctions = typeof problem === "function" ? { value: problem } : problem;
    if (p.value === undefined && p.valueAndGradient === undefined) {
      throw argumentError(
        where,
        "problem",
        problem,
        "a function of x, or an object with value or valueAndGradient",
      );
    }
    this.where = where;
    this.n = n;
    this.problem = p;
    this.countedValue = (x) => this.value(x);
  }

  get hasHessian(): boolean {
    return this.problem.hessian !== undefined;
  }

  get hasHessianVector(): boolean {
    return this.problem.hessianVector !== undefined;
  }

  get hasGradient(): boolean {
    return this.problem.gradient !== undefined || this.problem.valueAndGradient !== undefined;
  }

  value(x: Float64Array): number {
    this.evaluations++;
    const p = this.problem;
    if (p.value !== undefined) return p.value(x);
    return p.valueAndGradient!(x, (this.spare ??= new Float64Array(this.n)));
  }

  /** Writes the gradient without asking for the value where the problem allows it. */
  gradient(x: Float64Array, out: Float64Array): void {
    const p = this.problem;
    if (p.gradient !== undefined) {
      const returned = p.gradient(x, out);
      if (returned !== undefined) this.take(returned, out, "gradient");
    } else if (p.valueAndGradient !== undefined) {
      this.evaluations++;
      p.valueAndGradient(x, out);
    } else {
      differenceGradient(this.countedValue, x, out);
    }
  }

  valueAndGradient(x: Float64Array, out: Float64Array): number {
    const p = this.problem;
    if (p.valueAndGradient !== undefined) {
      this.evaluations++;
      return p.valueAndGradient(x, out);
    }
    const value = this.value(x);
    if (Number.isFinite(value)) this.gradient(x, out);
    return value;
  }

  hessian(x: Float64Array): Matrix {
    if (this.problem.hessian === undefined) return numericalHessian(this.counted(), x);
    const h = this.problem.hessian(x);
    if (h.rows !== this.n || h.cols !== this.n) {
      throw shapeError(this.where, "problem.hessian", `gave ${h.rows} x ${h.cols}`, `${this.n} x ${this.n}`);
    }
    return h;
  }

  hessianVector(x: Float64Array, v: Float64Array, out: Float64Array): void {
    const returned = this.problem.hessianVector!(x, v, out);
    if (returned !== undefined) this.take(returned, out, "hessianVector");
  }

  /** Value and gradient at the start, which must be finite. */
  start(x: Float64Array, gradientOut: Float64Array): number {
    const value = this.valueAndGradient(x, gradientOut);
    this.requireFinite(value);
    for (let i = 0; i < gradientOut.length; i++) {
      if (!Number.isFinite(gradientOut[i]!)) {
        throw valueError(this.where, "problem", `has gradient entry ${i} = ${gradientOut[i]} at x0`);
      }
    }
    return value;
  }

  requireFinite(value: number): void {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw valueError(this.where, "problem", `has value ${value} at x0, where it must be finite`);
    }
  }

  private counted(): ProblemFunctions {
    const value = this.countedValue;
    return this.hasGradient ? { value, gradient: (x, out) => this.gradient(x, out) } : { value };
  }

  private take(returned: ArrayLike<number>, out: Float64Array, what: string): void {
    if (returned === out) return;
    if (returned.length !== this.n) {
      throw shapeError(
        this.where,
        `problem.${what}`,
        `gave ${returned.length} entries`,
        `${this.n} (length of x0)`,
      );
    }
    out.set(returned);
  }
}

/** Copies x0 and checks that it is a finite vector. */
export function startPoint(where: string, x0: ArrayLike<number>): Float64Array {
  requireList(where, "x0", x0);
  const x = Float64Array.from(x0);
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]!)) throw valueError(where, "x0", `holds ${x[i]} at index ${i}`);
  }
  return x;
}
