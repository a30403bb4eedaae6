/** Random numbers as graph nodes: a function of a seed and of the place in the tensor, the same on every backend. */
import type { DType } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { Storage } from "../graph/storage.ts";

/** A seed as two 32-bit keys, in a buffer: another seed is another input of the same plan. */
export function keyOf(seed: number): Node {
  const host = new Int32Array(2);
  host[0] = seed | 0;
  host[1] = Math.floor(seed / 2 ** 32) ^ 0x5bd1e995;
  return b.buffer(new Storage("i32", 2, host), [2]);
}

const part = (key: Node, i: number, shape: Shape): Node =>
  b.broadcast(b.reshape(b.slice(key, [i], [1], [1]), []), shape);

/** Random i32 for each place, from a key (i32, [2]) and a stream number. */
function bits(key: Node, shape: Shape, stream: number): Node {
  const counter = b.reshape(b.iota(sizeOf(shape)), shape);
  const key1 = b.shift(part(key, 1, shape), Math.imul(stream, 0x61c88647) | 0);
  return b.random(counter, part(key, 0, shape), key1);
}

/** Uniform on [0, 1), multiples of 2^-24. */
export function uniform(key: Node, shape: Shape, dtype: DType, stream = 0): Node {
  const low = b.binary("and", bits(key, shape, stream), b.constant(0xffffff, shape, "i32"));
  return b.scale(b.cast(low, dtype === "f64" ? "f64" : "f32"), 2 ** -24);
}

/** Standard normal, by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v). */
export function normal(key: Node, shape: Shape, dtype: DType): Node {
  const u = b.shift(b.neg(uniform(key, shape, dtype, 1)), 1); // (0, 1]
  const v = uniform(key, shape, dtype, 2);
  const radius = b.unary("sqrt", b.scale(b.unary("log", u), -2));
  return b.mul(radius, b.unary("cos", b.scale(v, 2 * Math.PI)));
}
