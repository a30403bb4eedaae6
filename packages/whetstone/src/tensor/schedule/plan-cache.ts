/**
 * Plans are found again by the structure of the graph: what is asked, the signatures of all nodes and how they hang
 * together. The second step of a training loop only walks its graph once to find the first step's plan.
 */
import type { Output } from "../backends/backend.ts";
import { type Node, newWalk } from "../graph/node.ts";
import type { Storage } from "../graph/storage.ts";
import { schedule } from "./index.ts";
import type { Schedule } from "./kernel.ts";

export interface Plan<E> {
  readonly schedule: Schedule;
  /** What the backend made of it. */
  readonly executable: E;
}

/** A plan and the storages of one run. */
export interface Bound<E> extends Plan<E> {
  /** By leaf number. */
  readonly leaves: readonly Storage[];
}

const most = 512;

export class PlanCache<E> {
  readonly #compile: (schedule: Schedule) => E;
  readonly #release: (executable: E) => void;
  readonly #plans = new Map<number, Plan<E>[]>();
  #count = 0;
  readonly #keyOf = new WeakMap<Plan<E>, Int32Array>();

  constructor(compile: (schedule: Schedule) => E, release: (executable: E) => void = () => {}) {
    this.#compile = compile;
    this.#release = release;
  }

  /** Plans compiled so far, for tests. */
  get size(): number {
    return this.#count;
  }

  find(outputs: readonly Output[]): Bound<E> {
    const leaves = walk(outputs);
    const hash = hashOfKey();
    const found = this.#plans.get(hash)?.find((plan) => isKey(this.#keyOf.get(plan)!));
    if (found) return { schedule: found.schedule, executable: found.executable, leaves };
    const key = keyBuffer.slice(0, keyLength);
    const numberOf = new Map(leaves.map((storage, i) => [storage, i]));
    const made = schedule(
      outputs.map(({ node, replaces }) => ({
        node,
        replaces: replaces === null ? -1 : (numberOf.get(replaces) ?? -2),
      })),
      (node) => numberOf.get(node.storage!)!,
    );
    const plan = { schedule: made, executable: this.#compile(made) };
    this.#keyOf.set(plan, key);
    this.#remember(hash, plan);
    return { ...plan, leaves };
  }

  #remember(hash: number, plan: Plan<E>): void {
    if (this.#count >= most) {
      for (const list of this.#plans.values()) for (const old of list) this.#release(old.executable);
      this.#plans.clear();
      this.#count = 0;
    }
    this.#plans.set(hash, [...(this.#plans.get(hash) ?? []), plan]);
    this.#count++;
  }
}

/** The key of the graph walked last, in a buffer that is used again. */
let keyBuffer = new Int32Array(1024);
let keyLength = 0;

/** Room for so many more numbers of the key. */
function reserve(count: number): void {
  if (keyLength + count <= keyBuffer.length) return;
  const larger = new Int32Array(2 * (keyLength + count));
  larger.set(keyBuffer);
  keyBuffer = larger;
}

/**
 * Writes the key: numbers that say all about the structure, so that equal keys have equal plans. Nodes in the order of
 * a walk from the outputs: each at its first place, with what it computes and how many inputs follow, and by its
 * number at later ones. Returns the storages that the graph starts from.
 */
function walk(outputs: readonly Output[]): Storage[] {
  const mark = newWalk();
  const leaves: Storage[] = [];
  const stack: Node[] = [];
  let nodes = 0;
  keyLength = 0;
  for (let o = 0; o < outputs.length; o++) {
    stack.push(outputs[o]!.node);
    while (stack.length > 0) {
      const node = stack.pop()!;
      reserve(3);
      if (node.mark === mark) {
        keyBuffer[keyLength++] = -3 - node.note;
        continue;
      }
      node.mark = mark;
      node.note = nodes++;
      const { storage } = node;
      if (storage !== null) {
        if (storage.mark !== mark) {
          storage.mark = mark;
          storage.note = leaves.length;
          leaves.push(storage);
        }
        keyBuffer[keyLength++] = -1;
        keyBuffer[keyLength++] = storage.note;
        keyBuffer[keyLength++] = node.leafSignature;
        continue;
      }
      const { inputs } = node;
      keyBuffer[keyLength++] = node.signature;
      keyBuffer[keyLength++] = inputs.length;
      for (let j = inputs.length - 1; j >= 0; j--) stack.push(inputs[j]!);
    }
  }
  for (let o = 0; o < outputs.length; o++) {
    const { replaces } = outputs[o]!;
    reserve(1);
    keyBuffer[keyLength++] = replaces === null ? -1 : replaces.mark === mark ? replaces.note : -2;
  }
  return leaves;
}

function hashOfKey(): number {
  let a = 0x811c9dc5;
  for (let i = 0; i < keyLength; i++) a = Math.imul(a ^ keyBuffer[i]!, 0x01000193) ^ (a >>> 15);
  return a;
}

function isKey(key: Int32Array): boolean {
  if (key.length !== keyLength) return false;
  for (let i = 0; i < keyLength; i++) if (key[i] !== keyBuffer[i]) return false;
  return true;
}
