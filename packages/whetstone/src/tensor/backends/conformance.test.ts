import { describe, expect, test } from "vitest";
import { randomStream } from "../../math/index.ts";
import * as b from "../graph/build.ts";
import { gradients } from "../graph/differentiate.ts";
import type { Node } from "../graph/node.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Backend } from "./backend.ts";
import type { Case } from "./conformance-cases.ts";
import { allCases, compare, decoded, dtypesOf, graphOf, leaf, numbers } from "./conformance-check.ts";
import { interpreterBackend } from "./interpreter/index.ts";
import { referenceBackend } from "./reference/index.ts";
import { wasmBackend } from "./wasm/index.ts";

const backends: readonly Backend[] = [interpreterBackend(), wasmBackend];
function compute(backend: Backend, node: Node): number[] {
  if (!node.storage) backend.realize([{ node, replaces: null }]);
  const array = backend.read(node.storage!)!;
  return decoded(node.dtype, array);
}

describe.each(backends.map((backend) => [backend.name, backend] as const))("%s", (_, backend) => {
  test.each(allCases)("%s", (name, c) => {
    for (const dtype of dtypesOf(c)) {
      const node = graphOf(name, c, dtype);
      const expected = compute(referenceBackend, node);
      const actual = compute(backend, graphOf(name, c, dtype));
      expect(compare(c, node.dtype, expected, actual).wrong, dtype).toBeNull();
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
  const differentiable = allCases.filter(([, c]) => !c.noGradient);
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
