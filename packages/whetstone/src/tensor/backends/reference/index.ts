/** The oracle: executes a graph node by node in plain JavaScript. */
import { makeArray, readElement, writeElement } from "../../dtype.ts";
import { type Node, topological } from "../../graph/node.ts";
import type { Primitive } from "../../graph/primitives.ts";
import { Storage } from "../../graph/storage.ts";
import { type Backend, hostElements, type Output } from "../backend.ts";
import { evaluators, type Values } from "./evaluate.ts";

/**
 * Computes a graph node by node in plain JavaScript, unfused, every intermediate in float64 and rounded to
 * its dtype: slow, and the oracle that the other backends are tested against.
 *
 * @example
 * withBackend(referenceBackend, () => Tensor.from([1, 2]).mul(3).toArray()); // [3, 6]
 */
export const referenceBackend: Backend = {
  name: "reference",
  realize(outputs: readonly Output[]): void {
    const values = new Map<Node, Values>();
    for (const node of topological(
      outputs.map((o) => o.node),
      (n) => n.storage !== null,
    )) {
      values.set(
        node,
        node.storage ? decode(node.storage) : evaluate(node, ...node.inputs.map((i) => values.get(i)!)),
      );
    }
    for (const { node, replaces } of outputs) {
      if (!node.storage) {
        const result = values.get(node)!;
        const host = makeArray(node.dtype, result.length);
        for (let i = 0; i < result.length; i++) writeElement(node.dtype, host, i, result[i]!);
        node.storage = new Storage(node.dtype, result.length, host);
      }
      if (replaces) replaces.replaced = true;
    }
  },
  read: (storage) => hostElements(storage, "reference").slice(),
  readAsync: async (storage) => hostElements(storage, "reference").slice(),
};

function evaluate(node: Node, ...inputs: Values[]): Values {
  const rule = evaluators[node.op] as (node: Node<Primitive>, ...inputs: Values[]) => Values;
  return rule(node, ...inputs);
}

function decode(storage: Storage): Values {
  const host = hostElements(storage, "reference");
  return Float64Array.from({ length: storage.length }, (_, i) => readElement(storage.dtype, host, i));
}
