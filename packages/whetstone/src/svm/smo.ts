/**
 * The dual of a support vector machine by sequential minimal optimisation (kernels/assembly/smo.ts makes the steps).
 * Here: memory and when to stop; active.ts has shrinking, kernel-cache.ts the kernel rows. Chang and Lin (2011), LIBSVM,
 * sections 4 and 5.
 */
import { numericalError, unsupported } from "../contract/index.ts";
import { svmKernels, withScratch } from "../kernels/index.ts";
import {
  type Active,
  activate,
  type DualProblem,
  diagonalOf,
  gramBytes,
  shrink,
  shrinkingPays,
  violations,
  writeBack,
} from "./active.ts";
import { evaluate, kernelSums, loadRows, shiftFor } from "./kernel.ts";
import { supply } from "./kernel-cache.ts";

export interface DualSolution {
  readonly alpha: Float64Array;
  /** Qa + p. */
  readonly gradient: Float64Array;
  readonly objective: number;
  /** Largest violation of optimality that is left. */
  readonly violation: number;
  readonly steps: number;
  readonly converged: boolean;
  /** Bytes of kernel values that were kept. */
  readonly cacheBytes: number;
}

/** Steps between two looks at what can be left out. */
const BATCH = 1000;
/** Most steps where no limit is given, and steps per variable: beyond them the values of the kernel leave no optimum. */
const MOST_STEPS = 1_000_000;
const MOST_PER_VARIABLE = 100;
/** A margin below this share of the rows' size counts as none. */
const LEAST_MARGIN = 1e-6;

export function solveDual(problem: DualProblem): DualSolution {
  const { X, d, kernel, rows, y, p, c, where, cacheSize, tol, byClass } = problem;
  const l = rows.length;
  const whole = typeof kernel.kernel === "function";
  const stride = Math.ceil(l / 8) * 8;
  const budget = Math.floor((cacheSize * 2 ** 20) / 8 / stride);
  if (whole && budget < l)
    throw unsupported(
      where,
      `a kernel function needs its whole Gram matrix, ${megabytes(gramBytes(l))} MB for ${l} variables, and cacheSize allows ${cacheSize} MB: raise cacheSize, take fewer rows, or approximate the kernel (Nystroem, RBFSampler)`,
    );
  const slots = whole ? l : Math.max(4, Math.min(l, budget));
  const shift = shiftFor(kernel, X, d);
  return withScratch((s) => {
    const one = (values: Float64Array) => s.f64(values);
    const names = Int32Array.from({ length: l }, (_, i) => i);
    const act: Active = {
      rows: loadRows(s, X, rows, d, shift),
      count: l,
      names,
      y: one(y),
      c: one(c),
      a: one(problem.start),
      g: one(p),
      diagonal: s.f64(l),
      cache: s.f64(slots * stride, false),
      slots,
      stride,
      slotOf: s.i32(Int32Array.from({ length: l }, () => -1)),
      rowIn: new Int32Array(slots).fill(-1),
      free: Array.from({ length: slots }, (_, i) => slots - 1 - i),
      used: s.i32(slots),
      clock: s.i32(1),
    };
    if (whole) fillGram(act, problem);
    diagonalOf(act, problem);
    // The full arrays; those of the active variables are written back when variables return.
    const alpha = problem.start.slice();
    const gradient = p.slice();
    addColumns(problem, shift, alpha, gradient, null, whole ? act.cache.view : null);
    act.g.view.set(gradient);
    let steps = 0;
    let unshrunk = false;
    let converged = false;
    let left = 0; // steps until the next look at what can be left out
    const wanted = s.i32(1);
    const hard = c.some((v) => v === Number.POSITIVE_INFINITY);
    const most = problem.maxIter ?? Math.max(MOST_STEPS, MOST_PER_VARIABLE * l);
    const restore = () => {
      writeBack(act, alpha, gradient);
      if (act.count === l) return;
      const inside = new Uint8Array(l);
      for (const name of act.names) inside[name] = 1;
      gradient.forEach((_, i) => {
        if (!inside[i]) gradient[i] = p[i]!;
      });
      addColumns(problem, shift, alpha, gradient, inside, null);
      activate(act, problem, shift, names, alpha, gradient);
    };
    for (;;) {
      if (left === 0) {
        problem.onSteps(steps + 1);
        left = Math.min(BATCH, Math.max(l, 50), most - steps);
      }
      const made = svmKernels.call(
        "smoSteps",
        act.count,
        act.y.ptr,
        act.c.ptr,
        act.a.ptr,
        act.g.ptr,
        act.diagonal.ptr,
        act.cache.ptr,
        stride,
        act.slotOf.ptr,
        act.used.ptr,
        act.clock.ptr,
        wanted.ptr,
        byClass ? 1 : 0,
        tol,
        left,
      );
      steps += made;
      left -= made;
      if (wanted.view[0]! >= 0) {
        supply(act, problem, wanted.view[0]!);
        continue;
      }
      if (left > 0) {
        if (act.count === l) {
          converged = true;
          break;
        }
        restore();
        left = 0;
        continue;
      }
      if (hard) requireMargin(act, steps, problem.maxIter === null && steps >= most, where);
      if (steps >= most) break;
      if (!problem.shrinking || whole || !shrinkingPays(act, l, steps)) continue;
      const bounds = violations(act, byClass);
      if (!unshrunk && bounds.worst <= 10 * tol) {
        unshrunk = true;
        restore();
      }
      writeBack(act, alpha, gradient);
      shrink(act, problem, bounds, byClass);
    }
    restore();
    const objective = alpha.reduce((sum, v, i) => sum + v * (gradient[i]! + p[i]!), 0) / 2;
    if (!Number.isFinite(objective))
      throw numericalError(
        where,
        "the values of the kernel overflow: scale the columns, or lower degree or C",
      );
    const { worst } = violations({ count: l, y, c, a: alpha, g: gradient }, byClass);
    return {
      alpha,
      gradient,
      objective,
      violation: Math.max(0, worst),
      steps,
      converged,
      cacheBytes: 8 * slots * stride,
    };
  });
}

const megabytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);

/** A user's kernel: all values, into the cache, which then serves as the Gram matrix. */
function fillGram(act: Active, { X, d, kernel, rows, where }: DualProblem): void {
  const f = kernel.kernel as (x: Float64Array, y: Float64Array) => number;
  const l = rows.length;
  const at = Array.from(rows, (r) => X.slice(r * d, (r + 1) * d));
  for (let i = 0; i < l; i++)
    for (let j = 0; j <= i; j++) {
      const v = evaluate(f, at[i]!, at[j]!, where);
      act.cache.view[i * act.stride + j] = v;
      act.cache.view[j * act.stride + i] = v;
    }
  for (let i = 0; i < l; i++) act.slotOf.view[i] = i;
}

/** gradient_t += sum over a_j > 0 of a_j Q_tj, for all t or those not `inside`. */
function addColumns(
  { X, d, kernel, rows, y }: DualProblem,
  shift: Float64Array,
  alpha: Float64Array,
  gradient: Float64Array,
  inside: Uint8Array | null,
  gram: Float64Array | null,
): void {
  const targets = Array.from(alpha.keys()).filter((t) => inside === null || inside[t] === 0);
  const sources = Array.from(alpha.keys()).filter((j) => alpha[j] !== 0);
  if (targets.length === 0 || sources.length === 0) return;
  if (gram !== null) {
    const stride = Math.ceil(rows.length / 8) * 8;
    for (const j of sources)
      for (const t of targets) gradient[t] = gradient[t]! + y[t]! * y[j]! * alpha[j]! * gram[j * stride + t]!;
    return;
  }
  withScratch((inner) => {
    const at = (names: number[]) => Int32Array.from(names, (i) => rows[i]!);
    const T = loadRows(inner, X, at(targets), d, shift);
    const S = loadRows(inner, X, at(sources), d, shift);
    const factors = Float64Array.from(sources, (j) => y[j]! * alpha[j]!);
    const sums = kernelSums(inner, kernel, S, factors, T, d);
    targets.forEach((t, at) => {
      gradient[t] = gradient[t]! + y[t]! * sums[at]!;
    });
  });
}

/**
 * Without bounds on the variables the dual grows forever where no hyperplane separates the classes. Certificate: points
 * of both convex hulls, sum of a x over the classes divided by the sum of a, lie 2 |w| / sum(a) apart, and half of that
 * bounds the margin from above.
 */
function requireMargin(act: Active, steps: number, exhausted: boolean, where: string): void {
  const { a, g, diagonal } = act;
  let sum = 0;
  let square = 0;
  let size = 0;
  for (let i = 0; i < act.count; i++) {
    sum += a.view[i]!;
    square += a.view[i]! * (g.view[i]! + 1);
    size = Math.max(size, diagonal.view[i]!);
  }
  const margin = Math.sqrt(Math.max(0, square)) / sum;
  if (!(margin < LEAST_MARGIN * Math.sqrt(size)) && !exhausted) return;
  throw numericalError(
    where,
    `C is Infinity, and no hyperplane separates the classes (a margin of at most ${margin.toExponential(1)} was left after ${steps} steps): take a finite C or another kernel`,
  );
}

/** The threshold: -y g averaged over the free variables, or the middle of what the bound ones allow. */
export function threshold(
  { y, c }: Pick<DualProblem, "y" | "c">,
  alpha: Float64Array,
  gradient: Float64Array,
  side: -1 | 0 | 1,
): number {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let sum = 0;
  let free = 0;
  for (let i = 0; i < alpha.length; i++) {
    if (side !== 0 && y[i] !== side) continue;
    const f = side === 0 ? y[i]! * gradient[i]! : gradient[i]!;
    const positive = side !== 0 || y[i]! > 0;
    if (alpha[i]! >= c[i]!) {
      if (positive) low = Math.max(low, f);
      else high = Math.min(high, f);
    } else if (alpha[i]! <= 0) {
      if (positive) high = Math.min(high, f);
      else low = Math.max(low, f);
    } else {
      sum += f;
      free++;
    }
  }
  if (free > 0) return sum / free;
  if (low === Number.NEGATIVE_INFINITY) return high === Number.POSITIVE_INFINITY ? 0 : high;
  return high === Number.POSITIVE_INFINITY ? low : (low + high) / 2;
}
