/**
 * The dual of a support vector machine by sequential minimal optimisation (kernels/assembly/smo.ts makes the steps).
 * Here: memory, the cache of kernel rows, shrinking, and when to stop. Chang and Lin (2011), LIBSVM, sections 4 and 5.
 */
import { numericalError, unsupported } from "../contract/index.ts";
import { type F64Block, type I32Block, svmKernels, withScratch } from "../kernels/index.ts";
import {
  evaluate,
  type KernelSpec,
  kernelRows,
  kernelSums,
  type LoadedRows,
  loadRows,
  shiftFor,
} from "./kernel.ts";

/** min 1/2 a'Qa + p'a with 0 <= a <= c and y'a as at the start, Q_ij = y_i y_j k(rows i, j). */
export interface DualProblem {
  readonly X: Float64Array;
  readonly d: number;
  readonly kernel: KernelSpec;
  /** The row of X behind each variable. */
  readonly rows: Int32Array;
  readonly y: Float64Array;
  readonly p: Float64Array;
  readonly c: Float64Array;
  readonly start: Float64Array;
  /** Pairs of variables come from one class (nu machines). */
  readonly byClass: boolean;
  readonly tol: number;
  /** Null for a limit that only problems without an optimum reach. */
  readonly maxIter: number | null;
  readonly shrinking: boolean;
  /** Megabytes for kernel values. */
  readonly cacheSize: number;
  readonly where: string;
  /** Called between batches of steps with the steps made. */
  readonly onSteps: (steps: number) => void;
}

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
/** Steps that cost as much as the kernel values of one support vector at as many variables. */
const STEPS_PER_VECTOR = 4;
/** Bytes of the cache that cacheSize is by default. */
const USUAL_CACHE = 200 * 2 ** 20;
/** Kernel rows that are computed at a time: the one that is wanted and those that will probably be. */
const ROWS_AHEAD = 16;
/** A margin below this share of the rows' size counts as none. */
const LEAST_MARGIN = 1e-6;

/** Bytes of a whole Gram matrix of n rows: n^2 float64 numbers. */
export const gramBytes = (n: number): number => 8 * n * n;

/** Everything of the active variables, on kernel memory. */
interface Active {
  rows: LoadedRows;
  count: number;
  /** Numbers of the variables, in the order of the arrays. */
  names: Int32Array;
  readonly y: F64Block;
  readonly c: F64Block;
  readonly a: F64Block;
  readonly g: F64Block;
  readonly diagonal: F64Block;
  readonly cache: F64Block;
  readonly slots: number;
  readonly stride: number;
  readonly slotOf: I32Block;
  /** The variable whose kernel row is in each place, -1 where none is. */
  readonly rowIn: Int32Array;
  /** Places with no row. */
  free: number[];
  readonly used: I32Block;
  readonly clock: I32Block;
}

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

/** Computes a kernel row that is missing, and with it, where there is room, those that will probably be wanted next. */
function supply(act: Active, { d, kernel, byClass }: DualProblem, wanted: number): void {
  const ahead = Math.min(ROWS_AHEAD, act.free.length) - 1;
  const names = [wanted, ...(ahead > 0 ? mostViolating(act, byClass, wanted, ahead) : [])];
  const slots = names.map((name) => {
    const slot = act.free.pop() ?? oldest(act);
    const before = act.rowIn[slot]!;
    if (before >= 0) act.slotOf.view[before] = -1;
    act.rowIn[slot] = name;
    act.slotOf.view[name] = slot;
    act.used.view[slot] = act.clock.view[0]!;
    return slot;
  });
  withScratch((s) => {
    const chosen = { which: s.i32(names), slots: s.i32(slots), count: names.length };
    kernelRows(kernel, act.rows, chosen, act.rows, d, act.cache.ptr, act.stride);
  });
}

/** The place whose row was used longest ago. */
function oldest({ used }: Active): number {
  let at = 0;
  for (let s = 1; s < used.view.length; s++) if (used.view[s]! < used.view[at]!) at = s;
  return at;
}

/** Up to `most` variables with the largest violations, of those whose rows are missing. */
function mostViolating(act: Active, byClass: boolean, wanted: number, most: number): number[] {
  const { up, down } = violations(act, byClass);
  const [y, c, a, g] = [act.y.view, act.c.view, act.a.view, act.g.view];
  const names: number[] = [];
  const sizes: number[] = [];
  for (let i = 0; i < act.count; i++) {
    if (i === wanted || act.slotOf.view[i]! >= 0) continue;
    const side = byClass && y[i]! < 0 ? 1 : 0;
    const f = y[i]! * g[i]!;
    const positive = y[i]! > 0;
    let size = 0;
    if (positive ? a[i]! < c[i]! : a[i]! > 0) size = down[side] - f;
    if (positive ? a[i]! > 0 : a[i]! < c[i]!) size = Math.max(size, up[side] + f);
    if (!(size > 0) || (names.length === most && size <= sizes[most - 1]!)) continue;
    let at = Math.min(names.length, most - 1);
    for (; at > 0 && sizes[at - 1]! < size; at--) {
      sizes[at] = sizes[at - 1]!;
      names[at] = names[at - 1]!;
    }
    sizes[at] = size;
    names[at] = i;
  }
  return names;
}

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

function diagonalOf(act: Active, { kernel }: DualProblem): void {
  if (typeof kernel.kernel === "function") {
    for (let i = 0; i < act.count; i++) act.diagonal.view[i] = act.cache.view[i * act.stride + i]!;
    return;
  }
  const norms = new Float64Array(act.cache.view.buffer, act.rows.norms, act.count);
  for (let i = 0; i < act.count; i++) {
    const v = norms[i]!;
    const { gamma, coef0, degree } = kernel;
    act.diagonal.view[i] =
      kernel.kernel === "rbf"
        ? 1
        : kernel.kernel === "linear"
          ? v
          : kernel.kernel === "poly"
            ? (gamma * v + coef0) ** degree
            : Math.tanh(gamma * v + coef0);
  }
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

function writeBack(act: Active, alpha: Float64Array, gradient: Float64Array): void {
  for (let i = 0; i < act.count; i++) {
    alpha[act.names[i]!] = act.a.view[i]!;
    gradient[act.names[i]!] = act.g.view[i]!;
  }
}

/** Makes these variables the active ones; their kernel rows are forgotten. */
function activate(
  act: Active,
  problem: DualProblem,
  shift: Float64Array,
  names: Int32Array,
  alpha: Float64Array,
  gradient: Float64Array,
): void {
  const { X, d, rows, y, c } = problem;
  act.names = names;
  act.count = names.length;
  const buffer = act.cache.view.buffer;
  const x = new Float64Array(buffer, act.rows.x, names.length * d);
  const norms = new Float64Array(buffer, act.rows.norms, names.length);
  names.forEach((name, i) => {
    let norm = 0;
    for (let j = 0; j < d; j++) {
      const v = X[rows[name]! * d + j]! - shift[j]!;
      x[i * d + j] = v;
      norm += v * v;
    }
    norms[i] = norm;
    act.y.view[i] = y[name]!;
    act.c.view[i] = c[name]!;
    act.a.view[i] = alpha[name]!;
    act.g.view[i] = gradient[name]!;
  });
  repack(act, d);
  act.slotOf.view.fill(-1);
  act.rowIn.fill(-1);
  act.free = Array.from({ length: act.slots }, (_, i) => act.slots - 1 - i);
  act.used.view.fill(0);
  act.clock.view[0] = 0;
  diagonalOf(act, problem);
}

function repack(act: Active, d: number): void {
  withScratch((s) => {
    const order = s.i32(Int32Array.from({ length: act.count }, (_, i) => i));
    svmKernels.call("packRows8", act.rows.x, order.ptr, act.count, d, act.rows.packed);
  });
  act.rows = { ...act.rows, count: act.count };
}

interface Bounds {
  /** Largest -y g of those that may rise, and largest y g of those that may fall, per class where pairs are. */
  readonly up: readonly [number, number];
  readonly down: readonly [number, number];
  readonly worst: number;
}

interface Columns {
  readonly count: number;
  readonly y: Float64Array;
  readonly c: Float64Array;
  readonly a: Float64Array;
  readonly g: Float64Array;
}

function violations(from: Active | Columns, byClass: boolean): Bounds {
  const view = (column: F64Block | Float64Array) => (column instanceof Float64Array ? column : column.view);
  const [y, c, a, g] = [view(from.y), view(from.c), view(from.a), view(from.g)];
  const up = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number];
  const down = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number];
  for (let i = 0; i < from.count; i++) {
    const side = byClass && y[i]! < 0 ? 1 : 0;
    const f = y[i]! * g[i]!;
    const rises = a[i]! < c[i]!;
    const falls = a[i]! > 0;
    if (y[i]! > 0 ? rises : falls) up[side] = Math.max(up[side], -f);
    if (y[i]! > 0 ? falls : rises) down[side] = Math.max(down[side], f);
  }
  return { up, down, worst: Math.max(up[0] + down[0], up[1] + down[1]) };
}

/**
 * What is left out must be had back at the end, at one kernel value for each support vector and each variable left out,
 * which costs as much as some steps would have saved. Where all kernel rows usually have room, that is worth it only once
 * there have been that many steps; otherwise short rows save computing them again and again. The present cache is not
 * asked, so that it does not change results.
 */
function shrinkingPays({ a, count }: Active, l: number, steps: number): boolean {
  if (gramBytes(l) > USUAL_CACHE) return true;
  let vectors = 0;
  for (let i = 0; i < count; i++) if (a.view[i]! > 0) vectors++;
  return steps > STEPS_PER_VECTOR * vectors;
}

/** Leaves out variables at a bound that the present gradient holds there. Their values must be written back before. */
function shrink(act: Active, { d }: DualProblem, { up, down }: Bounds, byClass: boolean): void {
  const { y, c, a, g } = act;
  const kept: number[] = [];
  for (let i = 0; i < act.count; i++) {
    const side = byClass && y.view[i]! < 0 ? 1 : 0;
    const f = y.view[i]! * g.view[i]!;
    const atTop = a.view[i]! >= c.view[i]!;
    const atZero = a.view[i]! <= 0;
    // Neither among those that could still rise nor among those that could still fall.
    const settled =
      (atTop && (y.view[i]! > 0 ? -f > up[side] : f > down[side])) ||
      (atZero && (y.view[i]! > 0 ? f > down[side] : -f > up[side]));
    if (!settled) kept.push(i);
  }
  // Moving everything costs as much as some hundred steps: only for a good part.
  if (kept.length < 2 || kept.length > 0.9 * act.count) return;
  const before = act.count;
  const left = kept.length;
  withScratch((s) => {
    const list = s.i32(Int32Array.from(kept));
    // Rows of variables that are left out themselves need no moving.
    const taken = Int32Array.from(kept, (i) => act.slotOf.view[i]!).filter((slot) => slot >= 0);
    const perChunk = 64;
    svmKernels.parallel(
      "gatherColumns",
      Math.ceil(taken.length / perChunk),
      act.cache.ptr,
      s.i32(taken).ptr,
      taken.length,
      act.stride,
      list.ptr,
      left,
      perChunk,
    );
  });
  const buffer = act.cache.view.buffer;
  const x = new Float64Array(buffer, act.rows.x, before * d);
  const norms = new Float64Array(buffer, act.rows.norms, before);
  const slots = act.slotOf.view.slice(0, before);
  act.rowIn.fill(-1);
  act.slotOf.view.fill(-1);
  kept.forEach((from, to) => {
    x.copyWithin(to * d, from * d, (from + 1) * d);
    norms[to] = norms[from]!;
    for (const column of [y, c, a, g, act.diagonal]) column.view[to] = column.view[from]!;
    const slot = slots[from]!;
    if (slot >= 0) {
      act.slotOf.view[to] = slot;
      act.rowIn[slot] = to;
    }
  });
  act.names = Int32Array.from(kept, (i) => act.names[i]!);
  act.count = left;
  act.free = Array.from(act.rowIn.keys()).filter((slot) => act.rowIn[slot] === -1);
  repack(act, d);
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
