/** Which tensor a leaf of the graph belongs to, and gradients of all leaves that a tensor depends on. */
import { shapeError, WhetstoneError } from "../errors.ts";
import * as b from "./graph/build.ts";
import { gradients } from "./graph/differentiate.ts";
import type { Node } from "./graph/node.ts";
import { showShape } from "./graph/shape.ts";
import { broadcastTo } from "./ops/coerce.ts";
import type { Tensor } from "./tensor.ts";

/** Leaves by node, so that `backward` finds the tensor whose `grad` to fill. */
const owners = new WeakMap<Node, Tensor>();

/** Says that the gradient of a leaf node belongs to that tensor. */
export function own(tensor: Tensor): Tensor {
  if (tensor.requiresGrad) owners.set(tensor.node, tensor);
  return tensor;
}

export const isLeaf = (tensor: Tensor): boolean => owners.get(tensor.node) === tensor;

/** Leaves that a node depends on, in the order they were made. */
function leavesOf(root: Node): { node: Node; owner: Tensor }[] {
  const found: { node: Node; owner: Tensor }[] = [];
  const seen = new Set<Node>();
  const stack = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node) || !node.requiresGrad) continue;
    seen.add(node);
    // Leaves are arrays, or values that were assigned.
    const owner = node.op === "buffer" || node.op === "detach" ? owners.get(node) : undefined;
    if (owner) found.push({ node, owner });
    for (const input of node.inputs) stack.push(input);
  }
  return found.sort((x, y) => x.node.id - y.node.id);
}

/** The gradient that each leaf gets from a root, seeded with `gradient` (1 for a single number). */
export function leafGradients(
  root: Node,
  gradient: Node | undefined,
  freed: boolean,
  createGraph: boolean,
): { owner: Tensor; gradient: Node }[] {
  const where = "Tensor.backward";
  if (!root.requiresGrad) {
    throw new WhetstoneError(
      "value",
      { where },
      "the tensor does not depend on one that requires a gradient",
    );
  }
  if (freed) {
    throw new WhetstoneError(
      "value",
      { where },
      "its graph was dropped by the first backward; pass retainGraph: true there to go through it again",
    );
  }
  if (!gradient && root.shape.some((n) => n !== 1)) {
    throw shapeError(
      where,
      "tensor",
      `has shape ${showShape(root.shape)}`,
      "one element, or a gradient for each",
    );
  }
  const seed = gradient ? broadcastTo(where, b.cast(gradient, root.dtype), root.shape) : b.like(root, 1);
  const leaves = leavesOf(root);
  const found = gradients(
    [root],
    [seed],
    leaves.map((l) => l.node),
    createGraph,
  );
  return leaves.flatMap(({ owner }, i) => (found[i] ? [{ owner, gradient: found[i] }] : []));
}
