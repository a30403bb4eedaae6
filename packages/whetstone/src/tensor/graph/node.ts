/** A node of the graph: a primitive applied to other nodes. Immutable but for where its value is kept. */
import { type DType, isFloat } from "../dtype.ts";
import type { AttrsOf, Primitive } from "./primitives.ts";
import type { Shape } from "./shape.ts";
import { leafSignatureOf, signatureOf } from "./signature.ts";
import type { Storage } from "./storage.ts";

let created = 0;
let gradMode = true;
let traceOrigins = false;

export class Node<P extends Primitive = Primitive> {
  /** Creation order, which is a topological order. */
  readonly id: number = ++created;
  readonly op: P;
  readonly attrs: AttrsOf[P];
  readonly shape: Shape;
  readonly dtype: DType;
  inputs: readonly Node[];
  readonly requiresGrad: boolean;
  /** The value, once computed. */
  storage: Storage | null = null;
  /** Where the node was made, in anomaly mode. */
  readonly origin: string | undefined;
  /** Workspace of graph walks: the walk's number and what it noted. */
  mark = 0;
  note = 0;
  #signature: number;
  #leafSignature = -1;

  /** With `signature`, that of an equal node. */
  constructor(
    op: P,
    attrs: AttrsOf[P],
    inputs: readonly Node[],
    shape: Shape,
    dtype: DType,
    leaf = false,
    signature = -1,
  ) {
    this.op = op;
    this.attrs = attrs;
    this.inputs = inputs;
    this.shape = shape;
    this.dtype = dtype;
    this.#signature = signature;
    this.requiresGrad = leaf || (gradMode && op !== "detach" && anyRequires(inputs) && isFloat(dtype));
    this.origin = traceOrigins ? new Error().stack : undefined;
    if (op === "buffer") this.storage = (attrs as AttrsOf["buffer"]).storage;
  }

  /** Signature of any node of that shape and dtype whose value is there already. */
  get leafSignature(): number {
    if (this.#leafSignature < 0) this.#leafSignature = leafSignatureOf(this.shape, this.dtype);
    return this.#leafSignature;
  }

  /** Nodes of equal signature compute the same function of their inputs. */
  get signature(): number {
    if (this.#signature < 0) this.#signature = signatureOf(this.op, this.attrs, this.shape, this.dtype);
    return this.#signature;
  }
}

function anyRequires(nodes: readonly Node[]): boolean {
  for (let i = 0; i < nodes.length; i++) if (nodes[i]!.requiresGrad) return true;
  return false;
}

export type NodeOf<P extends Primitive> = Node<P>;

/** Whether `node` is that primitive, for the type checker. */
export const isOp = <P extends Primitive>(node: Node, op: P): node is Node<P> => (node as Node).op === op;

export const gradEnabled = (): boolean => gradMode;

/** Runs `fn` with recording of gradients on or off. */
export function withGradMode<R>(on: boolean, fn: () => R): R {
  const before = gradMode;
  gradMode = on;
  try {
    return fn();
  } finally {
    gradMode = before;
  }
}

/** Runs `fn` so that each node remembers where it was made. */
export function withOrigins<R>(fn: () => R): R {
  const before = traceOrigins;
  traceOrigins = true;
  try {
    return fn();
  } finally {
    traceOrigins = before;
  }
}

export const lastNodeId = (): number => created;

let walks = 0;

/** A number that no node is marked with yet. */
export const newWalk = (): number => ++walks;

/**
 * The nodes that `outputs` depend on, themselves included, each once, inputs before users. Does not go past
 * nodes for which `stop` holds (they are included).
 */
export function topological(outputs: readonly Node[], stop?: (node: Node) => boolean): Node[] {
  const walk = newWalk();
  const found: Node[] = [];
  const stack: Node[] = [];
  for (const output of outputs) stack.push(output);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (node.mark === walk) continue;
    node.mark = walk;
    found.push(node);
    if (stop?.(node)) continue;
    for (const input of node.inputs) if (input.mark !== walk) stack.push(input);
  }
  return found.sort((a, b) => a.id - b.id);
}
