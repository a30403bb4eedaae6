/** Nodes that depend on no other: arrays, constants, sequences, random numbers. */
import { argumentError } from "../../errors.ts";
import { checkDType, type DType, isFloat, makeArray, type TypedArray, writeElement } from "../dtype.ts";
import { realize } from "../engine.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { checkShape, inferShape, type Shape, sizeOf } from "../graph/shape.ts";
import { Storage } from "../graph/storage.ts";
import { oneHot } from "./indexing.ts";
import { keyOf } from "./random.ts";

export function fromHost(
  where: string,
  host: TypedArray,
  shape: Shape,
  dtype: DType,
  requiresGrad: boolean,
): Node {
  checkShape(where, shape);
  if (requiresGrad && !isFloat(dtype)) {
    throw argumentError(where, "requiresGrad", true, `false: a ${dtype} tensor has no gradient`);
  }
  return b.buffer(new Storage(dtype, host.length, host), shape, requiresGrad);
}

export function fromStored(where: string, array: TypedArray, shape: Shape, dtype: DType): Node {
  checkDType(where, dtype);
  const host = makeArray(dtype, sizeOf(inferShape(where, shape, array.length)));
  if (array.constructor !== host.constructor) {
    throw argumentError(where, "array", array, `a ${host.constructor.name}, which holds ${dtype} elements`);
  }
  host.set(array);
  return fromHost(where, host, shape, dtype, false);
}

/** A constant has no memory; a leaf has. */
export function full(where: string, shape: Shape, value: number, given: DType, requiresGrad: boolean): Node {
  checkShape(where, shape);
  const dtype = checkDType(where, given);
  if (!requiresGrad) return b.constant(value, shape, dtype);
  const host = makeArray(dtype, sizeOf(shape));
  for (let i = 0; i < host.length; i++) writeElement(dtype, host, i, value);
  return fromHost(where, host, shape, dtype, true);
}

export function arange(from: number, to: number, step: number, given?: DType): Node {
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!Number.isSafeInteger(count)) {
    throw argumentError("Tensor.arange", "step", step, `a step that leads from ${from} to ${to}`);
  }
  const whole = Number.isInteger(from) && Number.isInteger(step);
  const dtype = checkDType("Tensor.arange", given ?? (whole ? "i32" : "f32"));
  const kind = whole && !isFloat(dtype) ? "i32" : dtype === "f64" ? "f64" : "f32";
  return b.cast(b.shift(b.scale(b.cast(b.iota(count), kind), step), from), dtype);
}

export function linspace(start: number, stop: number, count: number, given: DType): Node {
  checkShape("Tensor.linspace", [count]);
  const dtype = checkDType("Tensor.linspace", given);
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  return b.cast(b.shift(b.scale(b.cast(b.iota(count), "f64"), step), start), dtype);
}

export function eye(n: number, dtype: DType): Node {
  checkShape("Tensor.eye", [n]);
  return b.cast(oneHot(b.iota(n), n), checkDType("Tensor.eye", dtype));
}

/** Drawn from a seed, or from a node (i32, [2]) that holds one; computed at once where it is to be a leaf. */
export function random(
  where: string,
  draw: (key: Node, shape: Shape, dtype: DType) => Node,
  shape: Shape,
  seed: number | Node,
  dtype: DType,
  requiresGrad: boolean,
): Node {
  checkShape(where, shape);
  checkDType(where, dtype);
  if (!isFloat(dtype)) throw argumentError(where, "dtype", dtype, "a floating-point type");
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw argumentError(where, "seed", seed, "a whole number");
  }
  const node = b.cast(draw(typeof seed === "number" ? keyOf(seed) : seed, shape, dtype), dtype);
  if (!requiresGrad) return node;
  realize([node], where);
  return b.buffer(node.storage!, shape, true);
}
