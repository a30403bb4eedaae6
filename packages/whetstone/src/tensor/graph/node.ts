/** A node of the graph: a primitive applied to other nodes. Immutable but for where its value is kept. */
import { type DType, isFloat } from "../dtype.ts";
import { type AttrsOf, type Primitive, primitiveNumber } from "./primitives.ts";
import type { Shape } from "./shape.ts";
import type { Storage } from "./storage.ts";

let created = 0;
let gradMode = true;
let traceOrigins = false;

/** Nodes of equal signature compute the same function of their inputs: same primitive, attributes, shape, dtype. */
const signatures = new Map<string, number>();
/** Numbers of signatures without attributes, by primitive, dtype and number of the shape. */
const plain = new Map<number, number>();
const shapes = new Map<string, number>();
/** Shapes are passed on from node to node, so most arrays have been numbered before. */
const shapeNumbers = new WeakMap<Shape, number>();
const dtypeNumbers: Readonly<Record<DType, number>> = {
  f32: 0,
  f64: 1,
  i32: 2,
  u8: 3,
  bool: 4,
  f16: 5,
  bf16: 6,
};

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
  #signature = -1;
  #leafSignature = -1;

  constructor(op: P, attrs: AttrsOf[P], inputs: readonly Node[], shape: Shape, dtype: DType, leaf = false) {
    this.op = op;
    this.attrs = attrs;
    this.inputs = inputs;
    this.shape = shape;
    this.dtype = dtype;
    this.requiresGrad = leaf || (gradMode && op !== "detach" && inputs.some(requires) && isFloat(dtype));
    this.origin = traceOrigins ? new Error().stack : undefined;
    if (op === "buffer") this.storage = (attrs as AttrsOf["buffer"]).storage;
  }

  /** Signature of any node of that shape and dtype whose value is there already. */
  get leafSignature(): number {
    if (this.#leafSignature < 0)
      this.#leafSignature = plainSignature(primitiveNumber.size, this.dtype, this.shape);
    return this.#leafSignature;
  }

  get signature(): number {
    if (this.#signature < 0) {
      this.#signature = hasNone(this.attrs)
        ? plainSignature(opNumber(this.op), this.dtype, this.shape)
        : signatureOf(
            `${this.op}|${this.dtype}|${shapeNumber(this.shape)}|${attrsText(this.op, this.attrs)}`,
          );
    }
    return this.#signature;
  }
}

function signatureOf(key: string): number {
  let number = signatures.get(key);
  if (number === undefined) signatures.set(key, (number = signatures.size));
  return number;
}

function plainSignature(op: number, dtype: DType, shape: Shape): number {
  const key = (shapeNumber(shape) * 8 + dtypeNumbers[dtype]) * 64 + op;
  let number = plain.get(key);
  if (number === undefined) plain.set(key, (number = signatureOf(`#${key}`)));
  return number;
}

function shapeNumber(shape: Shape): number {
  let number = shapeNumbers.get(shape);
  if (number === undefined) {
    const key = shape.join();
    number = shapes.get(key);
    if (number === undefined) shapes.set(key, (number = shapes.size));
    shapeNumbers.set(shape, number);
  }
  return number;
}

function hasNone(attrs: object): boolean {
  for (const _ in attrs) return false;
  return true;
}

function attrsText(op: Primitive, attrs: object): string {
  if (op === "const") {
    const { value } = attrs as AttrsOf["const"];
    return Object.is(value, -0) ? "-0" : String(value);
  }
  return op === "custom" || op === "buffer" ? "" : JSON.stringify(attrs);
}

const requires = (node: Node): boolean => node.requiresGrad;

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

export const opNumber = (op: Primitive): number => primitiveNumber.get(op)!;
