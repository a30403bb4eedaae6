/** Call kernels as entries of a tape: which kernel, how many chunks, which numbers. */
import { expectWorkOnTape, gemmEntries, type TapeEntry, tensorKernels } from "../../../kernels/index.ts";
import type { DType } from "../../dtype.ts";
import { sizeOf } from "../../graph/shape.ts";
import type { CallKernel, Operand } from "../../schedule/kernel.ts";
import { bytesOf } from "./elements.ts";

/** An argument of an entry that is a place in memory: `slot` plus bytes, or `work` plus bytes. */
export interface Pointer {
  readonly argument: number;
  readonly slot: number | "work";
  readonly offset: number;
}

export interface CallEntry extends TapeEntry {
  readonly pointers: readonly Pointer[];
}

export interface Call {
  readonly entries: readonly CallEntry[];
  readonly workBytes: number;
}

/** Most threads that are worth a part of the work memory each. */
const mostParts = 16;

/** Numbers set and added that make a chunk worth while. */
const scatterWork = 2 ** 13;

const suffix = (dtype: DType): "F32" | "F64" | "I32" =>
  dtype === "f64" ? "F64" : dtype === "i32" ? "I32" : "F32";

export function callEntries(kernel: CallKernel): Call {
  switch (kernel.op) {
    case "matmul":
      return product(kernel);
    case "conv":
    case "convInput":
    case "convWeight":
      return convolution(kernel);
    case "cumsum": {
      const { axis, reverse } = kernel.attrs;
      const { length, inner, block, chunks } = lines(kernel.output.shape, axis);
      return simple(
        `cumsum${suffix(kernel.output.dtype)}`,
        chunks,
        [kernel.inputs[0]!.slot, kernel.output.slot],
        [length, inner, reverse ? 1 : 0, block],
      );
    }
    case "scatterAdd": {
      const { axis } = kernel.attrs;
      const { inner, block, chunks: units } = lines(kernel.output.shape, axis);
      const [source, index] = kernel.inputs as [Operand, Operand];
      const [from, to] = [source.view.shape[axis]!, kernel.output.shape[axis]!];
      const each = Math.max(1, Math.min(units, Math.floor(scatterWork / (block * (from + to)))));
      return simple(
        `scatterAdd${suffix(kernel.output.dtype)}`,
        Math.ceil(units / each),
        [source.slot, index.slot, kernel.output.slot],
        [from, to, inner, block, units, each],
      );
    }
    case "fold": {
      const { axis, length, stride, dilation } = kernel.attrs;
      const { inner, block, chunks } = lines(kernel.output.shape, axis);
      const from = kernel.inputs[0]!.view.shape;
      return simple(
        `fold${suffix(kernel.output.dtype)}`,
        chunks,
        [kernel.inputs[0]!.slot, kernel.output.slot],
        [from[axis]!, from.at(-1)!, length, inner, stride, dilation, block],
      );
    }
    case "argsort": {
      const { axis, descending } = kernel.attrs;
      const { outer, length, inner } = lines(kernel.output.shape, axis);
      const [x] = kernel.inputs as [Operand];
      return simple(
        `argsort${suffix(x.dtype)}`,
        outer,
        [x.slot, kernel.output.slot, "work"],
        [length, inner, descending ? 1 : 0],
        outer * length * 8,
      );
    }
  }
}

/** One entry with a kernel of the tensor set, whose first arguments are places. */
function simple(
  name: string,
  chunks: number,
  slots: readonly (number | "work")[],
  rest: readonly number[],
  workBytes = 0,
): Call {
  const pointers = slots.map((slot, argument): Pointer => ({ argument, slot, offset: 0 }));
  const args = [...slots.map(() => 0), ...rest];
  return { entries: [{ program: tensorKernels, name, chunks, args, pointers }], workBytes };
}

/** The sizes before, along and after an axis, and blocks of inner places that make enough chunks. */
function lines(shape: readonly number[], axis: number) {
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const block = outer >= 4 ? inner : Math.max(16, Math.ceil(inner / 8 / 16) * 16);
  return { outer, length: shape[axis]!, inner, block, chunks: outer * Math.ceil(inner / block) };
}

/** Places are written as numbers far apart, by which they are found again among the arguments. */
const marks = { a: 2 ** 40, b: 2 ** 41, c: 2 ** 42, work: 2 ** 43 };

function product(kernel: Extract<CallKernel, { op: "matmul" }>): Call {
  const [x, y] = kernel.inputs as [Operand, Operand];
  const { shape, dtype, slot } = kernel.output;
  const [m, n] = shape.slice(-2) as [number, number];
  const k = x.view.shape.at(-1)!;
  const type = dtype === "f64" ? "f64" : "f32";
  const size = bytesOf(dtype);
  const lead = shape.slice(0, -2);
  const [u, v] = [x.view, y.view];
  const r = lead.length;
  const sides = {
    ...{ m, n, k, aStride: u.strides[r]!, aStep: u.strides[r + 1]! },
    ...{ bStride: v.strides[r + 1]!, bStep: v.strides[r]!, ldc: n },
  };
  // Batch axes that step evenly are one; the last two are the kernel's, the others are walked here.
  const axes: { count: number; a: number; b: number }[] = [];
  lead.forEach((count, i) => {
    const [a, b] = [u.strides[i]!, v.strides[i]!];
    const before = axes.at(-1);
    if (count === 1) return;
    if (before && before.a === a * count && before.b === b * count)
      axes[axes.length - 1] = { count: before.count * count, a, b };
    else axes.push({ count, a, b });
  });
  const inner = axes.pop() ?? { count: 1, a: 0, b: 0 };
  const outer = axes.pop() ?? { count: 1, a: 0, b: 0 };
  const batch = outer.count * inner.count;
  const members = sizeOf(axes.map((l) => l.count));
  const entries: CallEntry[] = [];
  let workBytes = 0;
  for (let member = 0; member < members; member++) {
    let [rest, a, b] = [member, u.offset, v.offset];
    for (let i = axes.length - 1; i >= 0; i--) {
      const at = rest % axes[i]!.count;
      rest = (rest - at) / axes[i]!.count;
      a += at * axes[i]!.a;
      b += at * axes[i]!.b;
    }
    const c = member * batch * m * n;
    const made = gemmEntries(
      type,
      {
        ...sides,
        a: marks.a + a * size,
        b: marks.b + b * size,
        c: marks.c + c * size,
        batch,
        inner: inner.count,
        aBatch: inner.a,
        bBatch: inner.b,
        aOuter: outer.a,
        bOuter: outer.b,
        cBatch: m * n,
      },
      marks.work,
    );
    workBytes = Math.max(workBytes, made.workBytes);
    for (const entry of made.entries)
      entries.push(located(entry, { a: x.slot, b: y.slot, c: slot, work: "work" }));
  }
  return { entries, workBytes };
}

/** An entry with its marked arguments as places. */
function located(entry: TapeEntry, slots: Readonly<Record<keyof typeof marks, number | "work">>): CallEntry {
  const pointers: Pointer[] = [];
  const half = 2 ** 39;
  entry.args.forEach((value, argument) => {
    if (value < half) return;
    const name = (Object.keys(marks) as (keyof typeof marks)[]).find(
      (m) => Math.abs(value - marks[m]) < half,
    )!;
    pointers.push({ argument, slot: slots[name], offset: value - marks[name] });
  });
  return { ...entry, pointers };
}

function convolution(kernel: Extract<CallKernel, { op: "conv" | "convInput" | "convWeight" }>): Call {
  const { stride, dilation, padding, groups } = kernel.attrs;
  const [first, second] = kernel.inputs as [Operand, Operand];
  const { shape, dtype, slot } = kernel.output;
  // The three arrays, whichever of them is the output.
  const x = kernel.op === "convInput" ? { slot, shape } : { slot: first.slot, shape: first.view.shape };
  const w = kernel.op === "convWeight" ? { slot, shape } : { slot: second.slot, shape: second.view.shape };
  const y =
    kernel.op === "conv"
      ? { slot, shape }
      : kernel.op === "convInput"
        ? { slot: first.slot, shape: first.view.shape }
        : { slot: second.slot, shape: second.view.shape };
  const [images, channels, height, width] = x.shape as [number, number, number, number];
  const [filters, planes, kh, kw] = w.shape as [number, number, number, number];
  const [oh, ow] = y.shape.slice(2) as [number, number];
  const sizes = [images, channels, height, width, filters, kh, kw, oh, ow, ...stride];
  const geometry = [...sizes, padding[0], padding[2], ...dilation, groups];
  const slots = [x.slot, w.slot, y.slot];
  if (dtype === "f64") {
    const which = { conv: 0, convInput: 1, convWeight: 2 }[kernel.op];
    return simple("convF64", which === 2 ? filters : images, slots, [...geometry, which]);
  }
  expectWorkOnTape("f32", sizeOf(y.shape) * planes * kh * kw);
  const perChunk = Math.ceil(images / Math.min(images, mostParts));
  const chunks = Math.ceil(images / perChunk);
  const part = workOf(kernel.op, { channels, filters, planes, kh, kw, oh, ow, groups, stride, dilation });
  const run = (name: string, from: typeof slots, sizes: readonly number[], bytes: number): Call => {
    const call = simple(name, chunks, from, [...sizes, perChunk, 0, bytes], chunks * bytes);
    return { ...call, entries: [withWork(call.entries[0]!, sizes.length + 4, 0)] };
  };
  if (kernel.op === "conv") return run("convF32", slots, geometry, part);
  if (kernel.op === "convInput" && stride[0] === 1 && stride[1] === 1) {
    // With stride 1 the adjoint is a convolution too, with the weights turned round and channels and filters swapped.
    const [padH, padW] = [dilation[0] * (kh - 1) - padding[0], dilation[1] * (kw - 1) - padding[2]];
    if (padH >= 0 && padW >= 0) {
      const turned = [
        images,
        filters,
        oh,
        ow,
        channels,
        kh,
        kw,
        height,
        width,
        1,
        1,
        padH,
        padW,
        ...dilation,
        groups,
      ];
      const swapped = {
        channels: filters,
        filters: channels,
        planes: filters / groups,
        kh,
        kw,
        groups,
        stride,
        dilation,
      };
      const bytes = workOf("conv", { ...swapped, oh: height, ow: width });
      const weights = Math.ceil((filters * planes * kh * kw * 4) / 64) * 64;
      const call = simple("convF32", chunks, [y.slot, "work", x.slot], [...turned, perChunk, 0, bytes]);
      const flip = simple("flipWeightsF32", groups, [w.slot, "work"], [filters, planes, kh, kw, groups]);
      const entries = [flip.entries[0]!, withWork(call.entries[0]!, turned.length + 4, weights)];
      return { entries, workBytes: weights + chunks * bytes };
    }
  }
  if (kernel.op === "convInput") return run("convInputF32", slots, geometry, part);
  const depth = planes * kh * kw;
  // Each chunk makes a gradient of its own; they are added in their order.
  const weights = filters * depth;
  const partial = Math.ceil((weights * chunks * 4) / 64) * 64;
  const made = simple("convWeightF32", chunks, [x.slot, "work", y.slot], [...geometry, perChunk, 0, part]);
  const [entry] = made.entries as [CallEntry];
  const add: CallEntry = {
    name: "gemmSumF32",
    chunks: 1,
    args: [0, chunks, 0, 1, weights, weights, 1, 0, 1],
    pointers: [
      { argument: 0, slot: "work", offset: 0 },
      { argument: 2, slot, offset: 0 },
    ],
  };
  return {
    entries: [withWork(entry, geometry.length + 4, partial), add],
    workBytes: partial + chunks * part,
  };
}

interface ConvSizes {
  readonly channels: number;
  readonly filters: number;
  readonly planes: number;
  readonly kh: number;
  readonly kw: number;
  readonly oh: number;
  readonly ow: number;
  readonly groups: number;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/**
 * Bytes that one chunk of a convolution works in: the image with its border and one plane of it (or columns), and both
 * packed operands.
 */
function workOf(op: "conv" | "convInput" | "convWeight", s: ConvSizes): number {
  const up = (n: number) => Math.ceil(n / 8) * 8;
  const depth = up(s.planes * s.kh * s.kw);
  const rows = up(s.filters / s.groups);
  const height = (s.oh - 1) * s.stride[0]! + s.dilation[0]! * (s.kh - 1) + 1;
  const width = (s.ow - 1) * s.stride[1]! + s.dilation[1]! * (s.kw - 1) + 1;
  const places = up(s.ow) * s.oh + 8;
  const copies = op === "convInput" ? depth * places : s.planes * height * width + height * s.ow + 48;
  return Math.ceil((4 * (copies + rows * depth + depth * places + rows * places)) / 64) * 64;
}

const withWork = (entry: CallEntry, argument: number, offset: number): CallEntry => ({
  ...entry,
  pointers: [...entry.pointers, { argument, slot: "work", offset }],
});
