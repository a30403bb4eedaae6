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
  readonly #plans = new Map<string, Plan<E>[]>();
  #count = 0;
  readonly #keyOf = new WeakMap<Plan<E>, readonly number[]>();

  constructor(compile: (schedule: Schedule) => E, release: (executable: E) => void = () => {}) {
    this.#compile = compile;
    this.#release = release;
  }

  /** Plans compiled so far, for tests. */
  get size(): number {
    return this.#count;
  }

  find(outputs: readonly Output[]): Bound<E> {
    const { key, leaves } = walk(outputs);
    const hash = hashOf(key);
    const found = this.#plans.get(hash)?.find((plan) => equal(this.#keyOf.get(plan)!, key));
    if (found) return { ...found, leaves };
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

  #remember(hash: string, plan: Plan<E>): void {
    if (this.#count >= most) {
      for (const list of this.#plans.values()) for (const old of list) this.#release(old.executable);
      this.#plans.clear();
      this.#count = 0;
    }
    this.#plans.set(hash, [...(this.#plans.get(hash) ?? []), plan]);
    this.#count++;
  }
}

/** Numbers that say all about the structure: equal lists have equal plans. */
function walk(outputs: readonly Output[]): { key: number[]; leaves: Storage[] } {
  const mark = newWalk();
  const nodes: Node[] = [];
  const stack: Node[] = outputs.map((o) => o.node);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (node.mark === mark) continue;
    node.mark = mark;
    nodes.push(node);
    if (node.storage) continue;
    for (let i = 0; i < node.inputs.length; i++)
      if (node.inputs[i]!.mark !== mark) stack.push(node.inputs[i]!);
  }
  nodes.sort((a, b) => a.id - b.id);
  const key: number[] = [];
  const leaves: Storage[] = [];
  const numbers = new Map<Storage, number>();
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    node.note = i;
    if (node.storage) {
      let leaf = numbers.get(node.storage);
      if (leaf === undefined) {
        numbers.set(node.storage, (leaf = leaves.length));
        leaves.push(node.storage);
      }
      key.push(-1, leaf, node.leafSignature);
      continue;
    }
    key.push(node.signature, node.inputs.length);
    for (let j = 0; j < node.inputs.length; j++) key.push(node.inputs[j]!.note);
  }
  for (const { node, replaces } of outputs) {
    key.push(-2, node.note, replaces === null ? -1 : (numbers.get(replaces) ?? -2));
  }
  return { key, leaves };
}

function hashOf(key: readonly number[]): string {
  let a = 0x811c9dc5;
  let c = key.length;
  for (let i = 0; i < key.length; i++) {
    a = Math.imul(a ^ key[i]!, 0x01000193);
    c = (Math.imul(c, 31) + key[i]!) | 0;
  }
  return `${a}:${c}`;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
