import { describe, expect, test } from "vitest";
import { randomStream } from "../../math/index.ts";
import { type DType, makeArray, readElement, writeElement } from "../dtype.ts";
import * as b from "../graph/build.ts";
import { gradients } from "../graph/differentiate.ts";
import type { Node } from "../graph/node.ts";
import { type Primitive, primitives } from "../graph/primitives.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { Storage } from "../graph/storage.ts";
import type { Backend } from "./backend.ts";
import { type Case, cases } from "./conformance-cases.ts";
import { interpreterBackend } from "./interpreter/index.ts";
import { referenceBackend } from "./reference/index.ts";
import { wasmBackend } from "./wasm/index.ts";

const backends: readonly Backend[] = [interpreterBackend(), wasmBackend];
/** Half a unit in the last place of 1. */
const unit: Record<DType, number> = {
  f32: 2 ** -24,
  f64: 2 ** -53,
  f16: 2 ** -11,
  bf16: 2 ** -8,
  i32: 0,
  u8: 0,
  bool: 0,
};

function leaf(shape: Shape, dtype: DType, values: ArrayLike<number>, requiresGrad = false): Node {
  const host = makeArray(dtype, sizeOf(shape));
  for (let i = 0; i < host.length; i++) writeElement(dtype, host, i, values[i]!);
  return b.buffer(new Storage(dtype, host.length, host), shape, requiresGrad);
}

function numbers(c: Case, seed: string): Float64Array[] {
  const random = randomStream(7).split(seed);
  const [low, high] = c.range ?? [-2, 2];
  return c.inputs.map((shape) =>
    Float64Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform()),
  );
}

function compute(backend: Backend, node: Node): number[] {
  if (!node.storage) backend.realize([{ node, replaces: null }]);
  const array = backend.read(node.storage!)!;
  return Array.from(array, (_, i) => readElement(node.dtype, array, i));
}

const all = primitives.flatMap((op: Primitive) => cases[op].map((c, i) => [`${op} ${i + 1}`, c] as const));

describe.each(backends.map((backend) => [backend.name, backend] as const))("%s", (_, backend) => {
  test.each(all)("%s", (name, c) => {
    for (const dtype of c.dtypes ?? (["f32", "f64", "f16", "bf16", "i32"] as const)) {
      const values = numbers(c, name);
      const graph = () => c.build(...values.map((v, i) => leaf(c.inputs[i]!, dtype, v)));
      const node = graph();
      const expected = compute(referenceBackend, node);
      const actual = compute(backend, graph());
      expect(actual.length).toBe(expected.length);
      const largest = Math.max(...expected.map(Math.abs).filter(Number.isFinite));
      const ulps = 2 * (c.ulps ?? 4) * unit[node.dtype];
      expected.forEach((value, i) => {
        if (Object.is(actual[i], value) || actual[i] === value) return;
        const size = c.absolute ? largest : Math.abs(value);
        expect(
          Math.abs(actual[i]! - value),
          `${dtype}, element ${i}: ${actual[i]}, expected ${value}`,
        ).toBeLessThanOrEqual(ulps * size);
      });
    }
  });
});

/** <weights, f(inputs)> in float64 on the reference. */
function weighed(c: Case, inputs: readonly Node[], seed: string): Node {
  const y = c.build(...inputs);
  const random = randomStream(11).split(seed);
  const w = leaf(
    y.shape,
    "f64",
    Float64Array.from({ length: sizeOf(y.shape) }, () => 2 * random.uniform() - 1),
  );
  const product = b.mul(b.cast(y, "f64"), w);
  return b.reshape(
    b.sum(
      product,
      product.shape.map((_, i) => i),
    ),
    [],
  );
}

describe("gradients agree with finite differences, first and second", () => {
  const differentiable = all.filter(([, c]) => !c.noGradient);
  test.each(differentiable)("%s", (name, c) => {
    const values = numbers(c, name);
    const leaves = (given: readonly ArrayLike<number>[]) =>
      given.map((v, i) => leaf(c.inputs[i]!, "f64", v, true));
    const value = (given: readonly ArrayLike<number>[]) =>
      compute(referenceBackend, weighed(c, leaves(given), name))[0]!;
    /** Directional derivative of the value along v, as a graph. */
    const random = randomStream(13).split(name);
    const v = values.map((x) => x.map(() => 2 * random.uniform() - 1));
    const slope = (given: readonly ArrayLike<number>[]) => {
      const inputs = leaves(given);
      const out = weighed(c, inputs, name);
      const found = gradients([out], [b.like(out, 1)], inputs, true);
      const parts = found.flatMap((g, i) =>
        g
          ? [
              b.sum(
                b.mul(g, leaf(g.shape, "f64", v[i]!)),
                g.shape.map((_, a) => a),
              ),
            ]
          : [],
      );
      return { inputs, along: parts.map((p) => b.reshape(p, [])).reduce(b.add) };
    };
    const h = 1e-5;
    const moved = (t: number) => values.map((x, i) => x.map((p, j) => p + t * v[i]![j]!));
    const { inputs, along } = slope(values);
    const first = compute(referenceBackend, along)[0]!;
    const numeric = (value(moved(h)) - value(moved(-h))) / (2 * h);
    expect(Math.abs(first - numeric)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(numeric)));
    const again = gradients([along], [b.like(along, 1)], inputs, false);
    let second = 0;
    again.forEach((g, i) => {
      if (g) for (const [j, p] of compute(referenceBackend, g).entries()) second += p * v[i]![j]!;
    });
    const change =
      (compute(referenceBackend, slope(moved(h)).along)[0]! -
        compute(referenceBackend, slope(moved(-h)).along)[0]!) /
      (2 * h);
    expect(Math.abs(second - change)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(change)));
  });
});
