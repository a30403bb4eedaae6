/**
 * A loop kernel as a nest of loops: which axes are walked outside and inside, merged where they lie evenly in memory,
 * and which one fills the vector lanes.
 */
import { dtypes } from "../dtype.ts";
import { storeStrides } from "./body.ts";
import type { Instruction, LoopKernel } from "./kernel.ts";
import type { Range } from "./view.ts";

/** How one instruction moves through memory (or through numbers, for iota): strides by axis of the nest, in elements. */
export interface Access {
  readonly strides: number[];
  readonly offset: number;
  /** null: all is real. */
  readonly mask: (Range | null)[] | null;
  /** Nothing is real: all is 0. */
  readonly empty: boolean;
}

export interface Nest {
  readonly sizes: readonly number[];
  /** Axes walked outside, and axes reduced, outermost first. */
  readonly outer: readonly number[];
  readonly inner: readonly number[];
  /** The axis whose neighbours share a vector, the last of its list; -1 where there is none. */
  readonly vector: number;
  readonly vectorInside: boolean;
  readonly accesses: ReadonlyMap<number, Access>;
}

export function nestOf(kernel: LoopKernel, lanes: number): Nest {
  const { space, reduced, body } = kernel;
  const accesses = new Map<number, Access>();
  body.forEach((inst, i) => {
    const access = accessOf(inst, kernel);
    if (access) accesses.set(i, access);
  });
  const list = [...accesses.values()];
  const sizes = [...space];
  const walk = (wanted: boolean) =>
    merge(
      space.flatMap((n, i) => (reduced[i] === wanted && n !== 1 ? [i] : [])),
      sizes,
      list,
    );
  const outer = walk(false);
  const inner = walk(true);
  const vector = chooseVector(kernel, sizes, outer, inner, accesses, lanes);
  const vectorInside = inner.includes(vector);
  const last = (axes: number[]) =>
    axes.includes(vector) ? [...axes.filter((a) => a !== vector), vector] : axes;
  return { sizes, outer: last(outer), inner: last(inner), vector, vectorInside, accesses };
}

function accessOf(inst: Instruction, { space, reduced }: LoopKernel): Access | null {
  if (inst.op === "store") {
    return { strides: storeStrides(space, reduced, inst.level), offset: 0, mask: null, empty: false };
  }
  if (!("view" in inst) || !inst.view) return null;
  const { strides, offset, mask, shape } = inst.view;
  return {
    empty: mask?.some(([low, high], i) => Math.max(low, 0) >= Math.min(high, shape[i]!)) ?? false,
    strides: inst.op === "const" ? strides.map(() => 0) : strides.map((s, i) => (shape[i] === 1 ? 0 : s)),
    offset: inst.op === "const" ? 0 : offset,
    mask:
      mask?.map(([low, high], i): Range | null => (low <= 0 && high >= shape[i]! ? null : [low, high])) ??
      null,
  };
}

/** Joins neighbours of the list into the later one where every access steps evenly across both. */
function merge(axes: number[], sizes: number[], accesses: readonly Access[]): number[] {
  const out: number[] = [];
  for (const axis of axes) {
    const before = out.at(-1);
    const even =
      before !== undefined &&
      accesses.every(
        ({ strides, mask }) =>
          strides[before] === strides[axis]! * sizes[axis]! && !mask?.[before] && !mask?.[axis],
      );
    if (!even) {
      out.push(axis);
      continue;
    }
    sizes[axis] = sizes[axis]! * sizes[before]!;
    sizes[before] = 1;
    for (const access of accesses) access.strides[before] = 0;
    out[out.length - 1] = axis;
  }
  return out;
}

/** The axis along which loads and stores are cheapest per element. */
function chooseVector(
  { body, reduced }: LoopKernel,
  sizes: readonly number[],
  outer: readonly number[],
  inner: readonly number[],
  accesses: ReadonlyMap<number, Access>,
  lanes: number,
): number {
  // The order of a sum may depend on sizes only: the last axis that fills two vectors, whatever else is computed.
  if (inner.length > 0) {
    const axes = [...inner, ...outer].sort((a, b) => b - a);
    return axes.find((a) => sizes[a]! >= 2 * lanes) ?? axes.sort((a, b) => sizes[b]! - sizes[a]!)[0]!;
  }
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const axis of [...inner, ...outer]) {
    const n = sizes[axis]!;
    let cost = 1;
    body.forEach((inst, i) => {
      const access = accesses.get(i);
      if (!access || inst.op === "const" || inst.op === "iota") return;
      if (inst.level === "outer" && reduced[axis]) return;
      const stride = access.strides[axis]!;
      const each = stride === 0 ? 0.5 : stride === 1 ? 1 : 4;
      cost += (inst.op === "store" && stride !== 1 ? 6 : each) * (dtypes[inst.dtype].bytes === 8 ? 1.5 : 1);
    });
    const passes = Math.floor(n / lanes) + (n % lanes);
    cost *= (passes * lanes) / n;
    if (cost < least - 1e-9) {
      least = cost;
      best = axis;
    }
  }
  return best;
}
