import { type ParamInput, parseParams } from "../contract/params.ts";
import { argumentError, formatError, requireFunction } from "../errors.ts";
import { type DType, flush, noGrad, recorded, Tensor } from "../tensor/index.ts";
import { groupsOf, type Options, type Parameters, type RateTable } from "./parameters.ts";
import type { Rule, Tensors } from "./rule.ts";

/** Parameters that share their options. */
export interface Group<T extends RateTable> {
  readonly params: readonly Tensor[];
  /** As they are now. Schedules change them; a change holds from the next step on. */
  readonly options: Options<T>;
}

/** A state tensor, as plain data. */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly data: ReturnType<Tensor["data"]>;
}

/** Everything an optimizer remembers, as plain data: exact, and independent of the tensors. */
export interface OptimizerState {
  readonly kind: string;
  readonly groups: readonly { readonly count: number; readonly options: Readonly<Record<string, unknown>> }[];
  /** One entry per parameter, in order. */
  readonly params: readonly {
    readonly step: number;
    readonly values: Readonly<Record<string, SavedTensor>>;
  }[];
  /** What belongs to no single parameter. */
  readonly extra?: unknown;
}

export interface Memory {
  /** Steps taken on this parameter. */
  step: number;
  state: Record<string, Tensor>;
}

/** Averages of float16 parameters are kept, and their updates computed, in float32. */
export const workType = (p: Tensor): DType => (p.dtype === "f64" ? "f64" : "f32");

/** A tensor that is computed already, for values that are assigned from step to step. */
export const filled = (shape: readonly number[], value: number, dtype: DType): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return Tensor.from(new Float64Array(size).fill(value), { shape, dtype });
};

/** The same values in memory of their own: `assign` of a bare tensor could leave two tensors in one. */
export const copyOf = (x: Tensor): Tensor => x.mul(Tensor.from(1, { dtype: x.dtype }));

/** Groups with their options checked and filled in. */
export function makeGroups<T extends RateTable>(
  name: string,
  table: T,
  params: Parameters<T>,
  options: ParamInput<T>,
): Group<T>[] {
  return groupsOf(name, params).map((group) => ({
    params: group.params,
    options: { ...parseParams(name, table, { ...options, ...group.given }) } as Options<T>,
  }));
}

/**
 * What every optimizer has: groups of parameters with their options, `zeroGrad`, `step`, and a state that can be saved
 * and loaded. `lr` is the rate of the first group.
 */
export abstract class Optimizer<T extends RateTable = RateTable> {
  /** Kind of optimizer; a saved state must be of the same. */
  readonly name: string;
  /** Parameters with their options as they are now. */
  readonly groups: readonly Group<T>[];
  protected readonly memory = new Map<Tensor, Memory>();

  constructor(name: string, groups: readonly Group<T>[]) {
    this.name = name;
    this.groups = groups;
  }

  /** Parameters of all groups. */
  get params(): Tensor[] {
    return this.groups.flatMap((g) => g.params);
  }

  /** Whether `step` has to be given a closure. */
  get needsClosure(): boolean {
    return false;
  }

  /** Rate of the first group. Setting it sets all groups. */
  get lr(): number {
    return this.groups[0]!.options.lr;
  }

  set lr(value: number) {
    if (!(value >= 0)) throw argumentError(`${this.name}.lr`, "lr", value, "a number >= 0");
    for (const group of this.groups) group.options.lr = value;
  }

  /** Forgets the gradients. */
  zeroGrad(): void {
    for (const p of this.params) p.grad = null;
  }

  /**
   * One step along the gradients that `backward` left; parameters without one stay. `closure` computes the loss anew
   * (zeroGrad, forward, backward) and returns it: needed by L-BFGS and SAM, which ask for it several times. Gradients
   * and values computed from the old parameters must be read before the step (see `Tensor.keep`).
   */
  abstract step(closure?: () => Tensor): Tensor | undefined;

  /** State that a parameter starts with: tensors of its shape, filled with a number. */
  protected remember(p: Tensor, state: Readonly<Record<string, number>>): Memory {
    let found = this.memory.get(p);
    if (!found) {
      const names = Object.entries(state);
      found = {
        step: 0,
        state: Object.fromEntries(names.map(([n, value]) => [n, filled(p.shape, value, workType(p))])),
      };
      this.memory.set(p, found);
    }
    return found;
  }

  /** Everything remembered, as plain data; `loadStateDict` goes on from it exactly. */
  stateDict(): OptimizerState {
    flush();
    const save = (t: Tensor): SavedTensor => ({ shape: [...t.shape], data: t.data() });
    const extra = this.saveExtra();
    return {
      kind: this.name,
      groups: this.groups.map((g) => ({ count: g.params.length, options: { ...g.options } })),
      params: this.params.map((p) => {
        const { step, state } = this.memory.get(p) ?? { step: 0, state: {} };
        return { step, values: Object.fromEntries(Object.entries(state).map(([n, t]) => [n, save(t)])) };
      }),
      ...(extra !== undefined && { extra }),
    };
  }

  /** Goes on exactly where `stateDict` was taken, with the options of then. */
  loadStateDict(saved: OptimizerState): void {
    const where = `${this.name}.loadStateDict`;
    const params = this.params;
    if (saved?.kind !== this.name) {
      throw formatError(where, `the state is of ${saved?.kind}, expected ${this.name}`);
    }
    const [theirs, ours] = [saved.groups.map((g) => g.count), this.groups.map((g) => g.params.length)];
    if (theirs.join() !== ours.join() || saved.params.length !== params.length) {
      throw formatError(
        where,
        `the state is of groups of ${theirs.join(" + ")} parameters, expected ${ours.join(" + ")}`,
      );
    }
    const states = saved.params.map(({ step, values }, i) => {
      const known = this.memory.get(params[i]!)?.state ?? {};
      const [found, wanted] = [Object.keys(values).sort().join(), Object.keys(known).sort().join()];
      if (found !== wanted) {
        throw formatError(
          where,
          `parameter ${i} has states ${found || "none"}, expected ${wanted || "none"}`,
        );
      }
      const state = Object.entries(values).map(([name, { shape, data }]) => {
        const own = known[name]!;
        if (shape.join() !== own.shape.join()) {
          throw formatError(where, `${name} of parameter ${i} has shape [${shape}], expected [${own.shape}]`);
        }
        return [name, Tensor.from(data, { shape })];
      });
      return { step, state: Object.fromEntries(state) as Record<string, Tensor> };
    });
    this.loadExtra(saved.extra);
    saved.groups.forEach((g, i) => {
      Object.assign(this.groups[i]!.options, g.options);
    });
    states.forEach((state, i) => {
      this.memory.set(params[i]!, state);
    });
  }

  protected saveExtra(): unknown {
    return undefined;
  }

  protected loadExtra(_extra: unknown): void {}
}

/** An optimizer that applies one rule to each parameter by itself. */
export class RuleOptimizer<T extends RateTable> extends Optimizer<T> {
  readonly #rule: Rule<Options<T>>;
  /** Numbers of each group that have been the same in every step so far, by name. */
  readonly #constants = new Map<Group<T>, Map<string, number>>();
  readonly #updates = new Map<Tensor, Update>();
  readonly #keys = new Map<Group<T>, readonly unknown[]>();

  constructor(name: string, table: T, rule: Rule<Options<T>>, params: Parameters<T>, options: ParamInput<T>) {
    super(name, makeGroups(name, table, params, options));
    this.#rule = rule;
    for (const { params, options } of this.groups) {
      for (const p of params) this.remember(p, rule.state(options));
    }
  }

  override step(closure?: () => Tensor): Tensor | undefined {
    if (closure !== undefined) requireFunction(`${this.name}.step`, "closure", closure);
    const loss = closure?.();
    noGrad(() => {
      for (const group of this.groups) this.#stepGroup(group);
    });
    flush();
    return loss;
  }

  #stepGroup(group: Group<T>): void {
    const { params, options } = group;
    const scalars = new Map<string, Scalars>();
    for (const p of params) {
      if (!p.grad) continue;
      const type = workType(p);
      const memory = this.memory.get(p) ?? this.remember(p, this.#rule.state(options));
      const t = ++memory.step;
      const key = `${t} ${type}`;
      let k = scalars.get(key);
      if (!k) scalars.set(key, (k = this.#scalarsOf(group, t, type)));
      const { names, make } = this.#updateOf(group, p, memory.state, k);
      const inputs = [p.grad, p];
      for (const name of names) inputs.push(memory.state[name]!);
      for (const number of k.tensors) inputs.push(number);
      const next = make(...inputs);
      names.forEach((name, i) => {
        const [before, after] = [memory.state[name]!, next[i + 1]!];
        if (after.node !== before.node) before.assign(after);
      });
      p.assign(next[0]!);
    }
  }

  /** The function of gradient, parameter, states and changing numbers that gives the next parameter and states. */
  #updateOf(group: Group<T>, p: Tensor, state: Tensors, { key, constants, changing }: Scalars): Update {
    const known = this.#updates.get(p);
    if (known?.key === key) return known;
    const names = Object.keys(state);
    const rule = this.#rule;
    const make = recorded((grad, parameter, ...rest) => {
      const type = workType(parameter);
      const before = Object.fromEntries(names.map((name, i) => [name, rest[i]!]));
      const k: Record<string, Tensor> = {};
      for (const [name, value] of constants) k[name] = Tensor.full([], value, { dtype: type });
      changing.forEach((name, i) => {
        k[name] = rest[names.length + i]!;
      });
      const old = parameter.to(type);
      const { direction, state: after } = rule.update(grad.to(type), old, before, k, group.options);
      const moved = old.sub(direction.mul(k.lr!));
      const settled = rule.settle?.(moved, k, group.options) ?? moved;
      return [settled.to(parameter.dtype), ...names.map((name) => after[name] ?? before[name]!)];
    });
    const update = { key, names, make };
    this.#updates.set(p, update);
    return update;
  }

  /**
   * The numbers of a step: constants of the plan where they stay the same, which makes smaller graphs; tensors, which
   * need no new plan, where they depend on the step or have changed before. The rate may always change.
   */
  #scalarsOf(group: Group<T>, t: number, dtype: DType): Scalars {
    const { lr, ...options } = group.options;
    const numbers: Record<string, number> = { ...this.#rule.scalars(t, group.options) };
    let known = this.#constants.get(group);
    if (!known) {
      known = new Map(Object.entries(numbers));
      this.#constants.set(group, known);
      const next: Record<string, number> = { ...this.#rule.scalars(t + 1, group.options) };
      for (const name in next) if (next[name] !== numbers[name]) known.delete(name);
    }
    numbers.lr = lr;
    const constants: [string, number][] = [];
    const changing: string[] = [];
    const tensors: Tensor[] = [];
    for (const name in numbers) {
      const value = numbers[name]!;
      if (known.has(name) && !Object.is(known.get(name), value)) known.delete(name);
      if (known.has(name)) constants.push([name, value]);
      else {
        changing.push(name);
        tensors.push(Tensor.from(value, { dtype }));
      }
    }
    // All that the graph of an update depends on beside its tensors; the same array while nothing of it changes.
    const now = [...Object.values(options).flat(), ...changing];
    const before = this.#keys.get(group);
    const key = before !== undefined && sameList(before, now) ? before : now;
    this.#keys.set(group, key);
    return { key, constants, changing, tensors };
  }
}

/** The numbers of a step: those that have always been the same, and the others. */
interface Scalars {
  /** Changes with the options and with what is constant. */
  readonly key: readonly unknown[];
  readonly constants: readonly (readonly [name: string, value: number])[];
  readonly changing: readonly string[];
  /** The values of the changing ones. */
  readonly tensors: readonly Tensor[];
}

/** The update of a parameter as a graph that is made again. */
interface Update {
  readonly key: readonly unknown[];
  /** Its states. */
  readonly names: readonly string[];
  /** From gradient, parameter, states and changing numbers to the next parameter and states. */
  readonly make: (...inputs: Tensor[]) => readonly Tensor[];
}

const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((x, i) => Object.is(x, b[i]));
