import { type ParamInput, parseParams } from "../contract/params.ts";
import { argumentError, formatError, requireFunction } from "../errors.ts";
import { type DType, flush, noGrad, Tensor } from "../tensor/index.ts";
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
    const rule = this.#rule;
    const scalars = new Map<string, Tensors>();
    for (const p of params) {
      if (!p.grad) continue;
      const type = workType(p);
      const memory = this.remember(p, rule.state(options));
      const t = ++memory.step;
      const key = `${t} ${type}`;
      let k = scalars.get(key);
      if (!k) scalars.set(key, (k = this.#scalarsOf(group, t, type)));
      const old = p.to(type);
      const { direction, state } = rule.update(p.grad.to(type), old, memory.state, k, options);
      for (const [name, value] of Object.entries(state)) memory.state[name]!.assign(value);
      const moved = old.sub(direction.mul(k.lr!));
      p.assign((rule.settle?.(moved, k, options) ?? moved).to(p.dtype));
    }
  }

  /**
   * The numbers of a step: constants of the plan where they stay the same, which makes smaller graphs; tensors, which
   * need no new plan, where they depend on the step or have changed before. The rate may always change.
   */
  #scalarsOf(group: Group<T>, t: number, dtype: DType): Tensors {
    const numbers: Record<string, number> = { ...this.#rule.scalars(t, group.options) };
    let known = this.#constants.get(group);
    if (!known) {
      known = new Map(Object.entries(numbers));
      this.#constants.set(group, known);
      const next: Record<string, number> = { ...this.#rule.scalars(t + 1, group.options) };
      for (const name in next) if (next[name] !== numbers[name]) known.delete(name);
    }
    numbers.lr = group.options.lr;
    const found: Record<string, Tensor> = {};
    for (const name in numbers) {
      const value = numbers[name]!;
      if (known.has(name) && !Object.is(known.get(name), value)) known.delete(name);
      found[name] = known.has(name) ? Tensor.full([], value, { dtype }) : Tensor.from(value, { dtype });
    }
    return found;
  }
}
