/**
 * Graphs that are made again from other inputs: the nodes are those that the code made the first time, without its
 * checks, its search for what may be left out, and its search for signatures. An optimizer's update is the same graph
 * at every step.
 */
import type { DType } from "../dtype.ts";
import { gradEnabled, Node } from "./node.ts";
import type { AttrsOf, Primitive } from "./primitives.ts";
import { type Shape, sameShape } from "./shape.ts";

interface Made {
  readonly op: Primitive;
  readonly attrs: AttrsOf[Primitive];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly signature: number;
  /** Places of its inputs among all nodes: the recording's inputs, then what depends on none, then what is made. */
  readonly inputs: readonly number[];
}

type Like = Pick<Node, "shape" | "dtype" | "requiresGrad">;

export class Recording {
  readonly #inputs: readonly Like[];
  /** Nodes without inputs of the recording among those they depend on: constants. They serve every time. */
  readonly #fixed: readonly Node[];
  readonly #made: readonly Made[];
  readonly #outputs: readonly number[];
  readonly #gradients = gradEnabled();

  private constructor(inputs: readonly Like[], fixed: readonly Node[], made: Made[], outputs: number[]) {
    this.#inputs = inputs.map(({ shape, dtype, requiresGrad }) => ({ shape, dtype, requiresGrad }));
    this.#fixed = fixed;
    this.#made = made;
    this.#outputs = outputs;
  }

  /**
   * The recording of a graph from `inputs` to `outputs` whose nodes have numbers above `since`; null where the graph
   * needs more than its inputs, or depends on what one of them is (a constant may have been computed with).
   */
  static of(inputs: readonly Node[], outputs: readonly Node[], since: number): Recording | null {
    const known = new Set(inputs);
    if (known.size < inputs.length || inputs.some((x) => x.op === "const" && x.storage === null)) return null;
    const inner = new Set<Node>();
    const stack = outputs.filter((x) => !known.has(x));
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (inner.has(node)) continue;
      inner.add(node);
      const plain = node.storage === null && node.op !== "buffer" && node.op !== "custom";
      if (!plain || (node.id <= since && node.op !== "const")) return null;
      for (const input of node.inputs) if (!known.has(input)) stack.push(input);
    }
    const order = [...inner].sort((a, b) => a.id - b.id);
    const moving = new Set<Node>(inputs);
    for (const node of order) if (node.inputs.some((x) => moving.has(x))) moving.add(node);
    const fixed = order.filter((x) => !moving.has(x));
    const made = order.filter((x) => moving.has(x));
    const place = new Map([...inputs, ...fixed, ...made].map((node, i) => [node, i]));
    const placesOf = (nodes: readonly Node[]) => nodes.map((x) => place.get(x)!);
    const steps = made.map(
      (x): Made => ({
        op: x.op,
        attrs: x.attrs,
        shape: x.shape,
        dtype: x.dtype,
        signature: x.signature,
        inputs: placesOf(x.inputs),
      }),
    );
    return new Recording(inputs, fixed, steps, placesOf(outputs));
  }

  /** Whether the code would make the same graph of these. */
  fits(inputs: readonly Node[]): boolean {
    if (inputs.length !== this.#inputs.length || gradEnabled() !== this.#gradients) return false;
    for (let i = 0; i < inputs.length; i++) {
      const [x, like] = [inputs[i]!, this.#inputs[i]!];
      if (x.dtype !== like.dtype || x.requiresGrad !== like.requiresGrad) return false;
      if (x.shape !== like.shape && !sameShape(x.shape, like.shape)) return false;
    }
    return true;
  }

  /** The graph from other inputs, which {@link fits}. */
  make(inputs: readonly Node[]): Node[] {
    const nodes = [...inputs, ...this.#fixed];
    for (const { op, attrs, shape, dtype, signature, inputs: places } of this.#made) {
      const own: Node[] = [];
      for (let i = 0; i < places.length; i++) own.push(nodes[places[i]!]!);
      nodes.push(new Node(op, attrs, own, shape, dtype, false, signature));
    }
    return this.#outputs.map((place) => nodes[place]!);
  }
}
