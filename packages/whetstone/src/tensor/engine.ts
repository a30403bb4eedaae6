/**
 * When graphs are computed, and by what. Operations only build nodes; `realize` computes the asked ones together with
 * everything that waits: assignments (parameter updates, running statistics) and losses whose gradients were taken.
 */
import { WhetstoneError } from "../errors.ts";
import type { Backend, Output } from "./backends/backend.ts";
import { wasmBackend } from "./backends/wasm/index.ts";
import type { TypedArray } from "./dtype.ts";
import { type Node, newWalk } from "./graph/node.ts";
import { showShape } from "./graph/shape.ts";
import type { Storage } from "./graph/storage.ts";

/** Something to compute at the next realisation. */
interface Effect {
  readonly node: Node;
  /** The storage that the new value takes over, if the old one was computed already. */
  readonly replaces: Storage | null;
  /** Its history is not needed any more once it has a value. */
  readonly forget: boolean;
}

const none: readonly Node[] = [];
let active: Backend = wasmBackend;
let effects: Effect[] = [];
let inspector: ((outputs: readonly Output[]) => void) | null = null;

/** The backend that computes from now on. */
export function setBackend(backend: Backend): void {
  active = backend;
}

/**
 * The backend that computes now; WebAssembly unless {@link setBackend} or {@link withBackend} say otherwise.
 *
 * @example
 * getBackend().name; // "wasm"
 */
export const getBackend = (): Backend => active;

/**
 * Runs `fn` on another backend; what is still to be computed when it returns is computed there.
 *
 * @example
 * withBackend(referenceBackend, () => getBackend().name); // "reference"
 */
export function withBackend<R>(backend: Backend, fn: () => R): R {
  const before = active;
  flush();
  active = backend;
  try {
    const result = fn();
    flush();
    return result;
  } finally {
    active = before;
  }
}

/** Adds something to compute at the next realisation. */
export function addEffect(effect: Effect): void {
  effects.push(effect);
}

/** Computes what waits. */
export function flush(): void {
  if (effects.length > 0) realize([], "realize");
}

/** Lets a function look at what is about to be computed (anomaly mode). */
export function setInspector(fn: typeof inspector): typeof inspector {
  const before = inspector;
  inspector = fn;
  return before;
}

/** Computes nodes, and all effects that wait. */
export function realize(nodes: readonly Node[], where: string): void {
  const waiting = effects;
  effects = [];
  const outputs: Output[] = [];
  for (const { node, replaces } of waiting) if (!node.storage) outputs.push({ node, replaces });
  for (const node of nodes) if (!node.storage) outputs.push({ node, replaces: null });
  if (outputs.length > 0) {
    refuseReplaced(outputs, where);
    inspector?.(outputs);
    active.realize(outputs);
  }
  for (const { node, forget } of waiting) if (forget) node.inputs = none;
  for (const { node } of outputs) if (!node.requiresGrad) node.inputs = none;
}

/** Looks at every node that is needed; they have no order here, which makes it cheap. */
function refuseReplaced(outputs: readonly Output[], where: string): void {
  const walk = newWalk();
  const stack = outputs.map((o) => o.node);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (node.mark === walk) continue;
    node.mark = walk;
    if (node.storage === null) {
      for (let i = 0; i < node.inputs.length; i++) {
        const input = node.inputs[i]!;
        if (input.mark !== walk) stack.push(input);
      }
    } else if (node.storage.replaced) {
      throw new WhetstoneError(
        "value",
        { where, shape: node.shape },
        `this depends on a tensor of shape ${showShape(node.shape)} that has since been updated (by an optimizer step or assign), so its old value is gone; read results before the update, or compute them again`,
      );
    }
  }
}

/** The elements of a realised node, as a copy. */
export function read(node: Node, where: string): TypedArray {
  const storage = checkedStorage(node, where);
  const array = storage.host?.slice() ?? storage.device?.read() ?? active.read(storage);
  if (array) return array;
  throw new WhetstoneError(
    "unsupported",
    { where },
    `the ${active.name} backend can only be read asynchronously; use await tensor.read()`,
  );
}

export async function readAsync(node: Node, where: string): Promise<TypedArray> {
  const storage = checkedStorage(node, where);
  return storage.host?.slice() ?? (await (storage.device?.readAsync() ?? active.readAsync(storage)));
}

function checkedStorage(node: Node, where: string): Storage {
  if (node.storage!.replaced) refuseReplaced([{ node, replaces: null }], where);
  return node.storage!;
}
