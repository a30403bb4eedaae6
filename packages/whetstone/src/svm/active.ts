/** The variables that SMO works on at present, on kernel memory, and how some are left out and come back. */
import { type F64Block, type I32Block, svmKernels, withScratch } from "../kernels/index.ts";
import type { KernelSpec, LoadedRows } from "./kernel.ts";

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

/** Steps that cost as much as the kernel values of one support vector at as many variables. */
const STEPS_PER_VECTOR = 4;
/** Bytes of the cache that cacheSize is by default. */
const USUAL_CACHE = 200 * 2 ** 20;
/** Bytes of a whole Gram matrix of n rows: n^2 float64 numbers. */
export const gramBytes = (n: number): number => 8 * n * n;

/** Everything of the active variables, on kernel memory. */
export interface Active {
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

export function diagonalOf(act: Active, { kernel }: DualProblem): void {
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

export function writeBack(act: Active, alpha: Float64Array, gradient: Float64Array): void {
  for (let i = 0; i < act.count; i++) {
    alpha[act.names[i]!] = act.a.view[i]!;
    gradient[act.names[i]!] = act.g.view[i]!;
  }
}

/** Makes these variables the active ones; their kernel rows are forgotten. */
export function activate(
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

export interface Bounds {
  /** Largest -y g of those that may rise, and largest y g of those that may fall, per class where pairs are. */
  readonly up: readonly [number, number];
  readonly down: readonly [number, number];
  readonly worst: number;
}

export interface Columns {
  readonly count: number;
  readonly y: Float64Array;
  readonly c: Float64Array;
  readonly a: Float64Array;
  readonly g: Float64Array;
}

export function violations(from: Active | Columns, byClass: boolean): Bounds {
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
export function shrinkingPays({ a, count }: Active, l: number, steps: number): boolean {
  if (gramBytes(l) > USUAL_CACHE) return true;
  let vectors = 0;
  for (let i = 0; i < count; i++) if (a.view[i]! > 0) vectors++;
  return steps > STEPS_PER_VECTOR * vectors;
}

/** Leaves out variables at a bound that the present gradient holds there. Their values must be written back before. */
export function shrink(act: Active, { d }: DualProblem, { up, down }: Bounds, byClass: boolean): void {
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
