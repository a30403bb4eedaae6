/** Reverse-mode differentiation: walks the graph from outputs to inputs and builds the graph of the gradients. */
import * as b from "./build.ts";
import { gradientRules } from "./gradients.ts";
import { type Node, newWalk, topological, withGradMode } from "./node.ts";
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
    const order = topological(outputs, (node) => !node.requiresGrad);
    // Gradients lie at the places of their nodes in the order. Places are looked up before any rule runs, as the rules
    // of custom nodes may walk through the graph and mark it.
    const mark = newWalk();
    for (let i = 0; i < order.length; i++) {
      order[i]!.mark = mark;
      order[i]!.note = i;
    }
    const placeOf = (node: Node) => (node.mark === mark ? node.note : -1);
    const inputsOf = order.map((node) => (node.requiresGrad ? node.inputs.map(placeOf) : []));
    const places = inputs.map(placeOf);
    const wanted = new Uint8Array(order.length);
    for (const place of places) if (place >= 0) wanted[place] = 1;
    const leads = leadsTo(inputsOf, wanted);
    const total = new Array<Node | undefined>(order.length).fill(undefined);
    const give = (place: number, g: Node) => {
      const before = total[place];
      total[place] = before === undefined ? g : b.add(before, g);
    };
    outputs.map(placeOf).forEach((place, i) => {
      give(place, seeds[i]!);
    });
    for (let i = order.length - 1; i >= 0; i--) {
      const g = total[i];
      if (g === undefined || leads[i] === 0 || inputsOf[i]!.length === 0) continue;
      const node = order[i]!;
      if (wanted[i] === 0) total[i] = undefined; // for the garbage collector: gradients of intermediates
      const parts =
        node.op === "custom"
          ? [null, ...((node as Node<"custom">).attrs.rule(g, node) as readonly (Node | null)[])]
          : ruleOf(node)(g, node, ...node.inputs);
      inputsOf[i]!.forEach((place, j) => {
        const part = parts[j];
        if (part && leads[place] === 1 && node.inputs[j]!.requiresGrad) give(place, part);
      });
    }
    return places.map((place) => (place < 0 ? null : (total[place] ?? null)));
  });
}

const ruleOf = (node: Node) =>
  gradientRules[node.op] as (g: Node, y: Node<Primitive>, ...inputs: Node[]) => readonly (Node | null)[];

/** 1 for the nodes from which a wanted one can be reached: only they need gradients. */
function leadsTo(inputsOf: readonly (readonly number[])[], wanted: Uint8Array): Uint8Array {
  const found = wanted.slice();
  for (let i = 0; i < inputsOf.length; i++) {
    for (const place of inputsOf[i]!) if (found[place] === 1) found[i] = 1;
  }
  return found;
}
