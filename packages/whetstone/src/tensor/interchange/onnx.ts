import { modelBytes, nodeMessage, valueMessage } from "../../contract/onnx-file.ts";
import { argumentError, WhetstoneError } from "../../errors.ts";
import { flush, read } from "../engine.ts";
import { type Node, topological } from "../graph/node.ts";
import { Tensor } from "../tensor.ts";
import { OnnxGraph, TYPES } from "./onnx-graph.ts";
import { operators } from "./onnx-operators.ts";

/** The ends of the graph that becomes an ONNX model. */
export interface OnnxExport {
  /** What varies, by name: tensors that the outputs were computed from. Their values do not matter. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** What the model gives, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/**
 * The computation of `outputs` from `inputs` as an ONNX file (opset 18), for other runtimes. Shapes are those of the
 * tensors given. Everything that does not depend on an input, parameters among it, becomes a constant of the file.
 * Outputs must not have been read before: without gradients, a value that was read has forgotten where it came from.
 *
 * Indices out of range, which give zeros here, and whole numbers divided by zero are errors there.
 *
 * @example
 * const w = Tensor.from([[1], [2]], { requiresGrad: true });
 * const x = Tensor.from([[3, 4]]);
 * const file = exportOnnx({ inputs: { x }, outputs: { y: x.matmul(w).relu() } });
 * file.length > 100; // true
 */
export function exportOnnx({ inputs, outputs }: OnnxExport): Uint8Array {
  const where = "exportOnnx";
  const [given, wanted] = [entriesOf("inputs", inputs), entriesOf("outputs", outputs)];
  const both = Object.keys(inputs).find((name) => Object.hasOwn(outputs, name));
  if (both !== undefined) throw argumentError(where, "outputs", both, "names that no input has");
  flush(); // parameters that wait for an update
  const varying = new Set(given.map(([, { node }]) => node));
  const order = topological(
    wanted.map(([, { node }]) => node),
    (node) => varying.has(node),
  );
  const reached = new Set(order);
  for (const [name, { node }] of given) {
    if (reached.has(node)) continue;
    const why =
      node.op === "const"
        ? "is a constant (of zeros, ones or full); make it with Tensor.from"
        : "is not what the outputs were computed from, or they were read before and have forgotten it";
    throw new WhetstoneError("value", { where, argument: `inputs.${name}` }, `inputs.${name} ${why}`);
  }
  const graph = new OnnxGraph((graph, node) => {
    // Only a node that has forgotten its inputs is a constant: others may depend on what varies.
    if (node.inputs.length === 0 && node.storage)
      return graph.array(read(node, where), node.shape, node.dtype);
    const rule = operators[node.op] as (w: OnnxGraph, node: Node) => string;
    return rule(graph, node);
  });
  for (const [name, { node }] of given) graph.name(node, name);
  // Each node after its inputs, so that deep graphs do not make deep calls.
  const needed = new Set<Node>();
  for (const node of order) if (!lazy(node)) needed.add(node);
  for (const node of order) if (needed.has(node)) graph.value(node);
  for (const [name, { node }] of wanted) {
    graph.nodes.push(nodeMessage("Identity", [graph.value(node)], [name]));
  }
  const info = ([name, { shape, dtype }]: [string, Tensor]) => valueMessage(name, shape, TYPES[dtype]);
  return modelBytes({
    ...{ nodes: graph.nodes, initializers: graph.initializers },
    ...{ inputs: given.map(info), outputs: wanted.map(info) },
  });
}

/** What ONNX broadcasts by itself is written only where something else asks for it. */
const lazy = (node: Node): boolean => node.op === "const" || node.op === "expand";

function entriesOf(argument: string, record: Readonly<Record<string, Tensor>>): [string, Tensor][] {
  const entries = Object.entries(record ?? {});
  if (entries.length === 0)
    throw argumentError("exportOnnx", argument, record, "tensors by name, at least one");
  for (const [name, tensor] of entries) {
    if (!(tensor instanceof Tensor))
      throw argumentError("exportOnnx", `${argument}.${name}`, tensor, "a Tensor");
  }
  return entries;
}
