/** What the conformance tests of all backends share: inputs, and when a result is near enough. */
import { randomStream } from "../../math/index.ts";
import { type DType, makeArray, readElement, type TypedArray, writeElement } from "../dtype.ts";
import * as b from "../graph/build.ts";
import { type Node, topological } from "../graph/node.ts";
import { type Primitive, primitives } from "../graph/primitives.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { Storage } from "../graph/storage.ts";
import { type Case, cases } from "./conformance-cases.ts";

/** Half a unit in the last place of 1. */
export const unit: Readonly<Record<DType, number>> = {
  f32: 2 ** -24,
  f64: 2 ** -53,
  f16: 2 ** -11,
  bf16: 2 ** -8,
  i32: 0,
  u8: 0,
  bool: 0,
};

export const allCases: readonly (readonly [name: string, c: Case])[] = primitives.flatMap((op: Primitive) =>
  cases[op].map((c, i) => [`${op} ${i + 1}`, c] as const),
);

export const dtypesOf = (c: Case): readonly DType[] => c.dtypes ?? ["f32", "f64", "f16", "bf16", "i32"];

export function leaf(shape: Shape, dtype: DType, values: ArrayLike<number>, requiresGrad = false): Node {
  const host = makeArray(dtype, sizeOf(shape));
  for (let i = 0; i < host.length; i++) writeElement(dtype, host, i, values[i]!);
  return b.buffer(new Storage(dtype, host.length, host), shape, requiresGrad);
}

export function numbers(c: Case, seed: string): Float64Array[] {
  const random = randomStream(7).split(seed);
  const [low, high] = c.range ?? [-2, 2];
  return c.inputs.map((shape) =>
    Float64Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform()),
  );
}

/** The graph of a case over its inputs in that dtype: the same one each time. */
export const graphOf = (name: string, c: Case, dtype: DType): Node =>
  c.build(...numbers(c, name).map((v, i) => leaf(c.inputs[i]!, dtype, v)));

export const decoded = (dtype: DType, array: TypedArray): number[] =>
  Array.from(array, (_, i) => readElement(dtype, array, i));

/** Whether anything in the graph is float64. */
export const usesFloat64 = (node: Node): boolean => topological([node]).some((n) => n.dtype === "f64");

/** Largest error in units in the last place, and what is wrong if that is more than the case allows. */
export function compare(
  c: Case,
  dtype: DType,
  expected: readonly number[],
  actual: readonly number[],
): { ulps: number; wrong: string | null } {
  if (actual.length !== expected.length)
    return { ulps: 0, wrong: `${actual.length} elements, expected ${expected.length}` };
  const largest = Math.max(...expected.map(Math.abs).filter(Number.isFinite));
  const allowed = c.ulps ?? 4;
  let ulps = 0;
  let wrong: string | null = null;
  expected.forEach((value, i) => {
    if (Object.is(actual[i], value) || actual[i] === value) return;
    const size = c.absolute ? largest : Math.abs(value);
    const error = Math.abs(actual[i]! - value) / (2 * unit[dtype] * size);
    if (!(error <= allowed)) wrong ??= `element ${i}: ${actual[i]}, expected ${value}`;
    ulps = Math.max(ulps, error);
  });
  return { ulps, wrong };
}
