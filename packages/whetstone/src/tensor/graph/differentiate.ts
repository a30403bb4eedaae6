/** Reverse-mode differentiation: walks the graph from outputs to inputs and builds the graph of the gradients. */
import * as b from "./build.ts";
import { gradientRules } from "./gradients.ts";
import { type Node, topological, withGradMode } from "./node.ts";
import type { Primitive } from "./primitives.ts";

/**
 * Gradients of sum_i <seeds[i], outputs[i]> for each of `inputs`; null where nothing depends on it.
 * The gradients can be differentiated themselves if `createGraph`.
 */
export function gradients(
  outputs: readonly Node[],
  seeds: readonly Node[],
  inputs: readonly Node[],
  createGraph: boolean,
): (Node | null)[] {
  return withGradMode(createGraph, () => {
    const total = new Map<Node, Node>();
    const give = (node: Node, g: Node) => {
      const before = total.get(node);
      total.set(node, before === undefined ? g : b.add(before, g));
    };
    outputs.forEach((output, i) => {
      give(output, seeds[i]!);
    });
    const wanted = new Set(inputs);
    const order = topological(outputs, (node) => !node.requiresGrad);
    const leads = leadsTo(order, wanted);
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i]!;
      const g = total.get(node);
      if (g === undefined || !leads.has(node) || node.inputs.length === 0) continue;
      if (!wanted.has(node)) total.delete(node); // for the garbage collector: gradients of intermediates
      const parts =
        node.op === "custom"
          ? [null, ...((node as Node<"custom">).attrs.rule(g, node) as readonly (Node | null)[])]
          : ruleOf(node)(g, node, ...node.inputs);
      node.inputs.forEach((input, j) => {
        const part = parts[j];
        if (part && input.requiresGrad && leads.has(input)) give(input, part);
      });
    }
    return inputs.map((input) => total.get(input) ?? null);
  });
}

const ruleOf = (node: Node) =>
  gradientRules[node.op] as (g: Node, y: Node<Primitive>, ...inputs: Node[]) => readonly (Node | null)[];

/** The nodes from which a wanted one can be reached: only they need gradients. */
function leadsTo(order: readonly Node[], wanted: ReadonlySet<Node>): Set<Node> {
  const found = new Set<Node>();
  for (const node of order) {
    if (wanted.has(node) || (node.requiresGrad && node.inputs.some((input) => found.has(input))))
      found.add(node);
  }
  return found;
}
