/** What a layer and a net are: named parameters and buffers, found by looking at the object's properties. */
import { formatError, requireFunction } from "../errors.ts";
import { type DType, flush, type Shape, Tensor } from "../tensor/index.ts";
import { DrawCounter, type DrawState } from "./seed.ts";

/** A module of any signature. */
export type AnyModule = Module<readonly unknown[], unknown>;

/** Values by name, as `stateDict` gives and safetensors files hold. */
export type StateDict = Readonly<Record<string, Tensor>>;

/** Names that did not match when a state was loaded; both lists are empty where all did. */
export interface LoadReport {
  /** Names of the module that the state lacks: they keep their values. */
  readonly missing: string[];
  /** Names of the state that the module lacks. */
  readonly unexpected: string[];
}

const known = new WeakSet<Tensor>();

/**
 * A parameter: a leaf with a copy of `value`, whose gradient is wanted.
 *
 * @example
 * parameter(Tensor.from([1, 2])).requiresGrad; // true
 */
export function parameter(value: Tensor): Tensor {
  const leaf = new Tensor(value.node).become(value, true);
  known.add(leaf);
  return leaf;
}

const isParameter = (t: Tensor): boolean => t.requiresGrad || known.has(t);

const sameSizes = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/**
 * Base of layers and nets. Tensors in public properties are parameters if they require a gradient (see
 * {@link parameter}) and buffers otherwise; modules in properties, also in arrays, are children. Private `#fields` are
 * not seen.
 *
 * @example
 * class Scale extends Module {
 *   gain = parameter(Tensor.ones([3]));
 *   forward(x) { return x.mul(this.gain); }
 * }
 * new Scale().namedParameters().map(([name]) => name); // ["gain"]
 */
export abstract class Module<I extends readonly unknown[] = [x: Tensor], O = Tensor> {
  /** Name of the class in reports, which a minifier may not change. Empty: the class's own name. */
  static readonly typeName: string = "";

  /** Name of this module's class. */
  get typeName(): string {
    return (this.constructor as typeof Module).typeName || this.constructor.name;
  }

  /** Read by layers that do otherwise while training (dropout, batch normalisation). It does not stop gradients. */
  training = true;

  abstract forward(...inputs: I): O;

  /** Child modules by property name; those in arrays as `name.0`, `name.1`, ... */
  namedChildren(): [name: string, child: AnyModule][] {
    return entries(this).filter((e): e is [string, AnyModule] => e[1] instanceof Module);
  }

  /** This module (under the empty name) and all below it, each once. */
  namedModules(): [name: string, module: AnyModule][] {
    const found: [string, AnyModule][] = [];
    const seen = new Set<AnyModule>();
    const visit = (name: string, module: AnyModule) => {
      if (seen.has(module)) return;
      seen.add(module);
      found.push([name, module]);
      for (const [key, child] of module.namedChildren()) visit(name === "" ? key : `${name}.${key}`, child);
    };
    visit("", this);
    return found;
  }

  modules(): AnyModule[] {
    return this.namedModules().map(([, module]) => module);
  }

  #tensors(): [string, Tensor][] {
    return this.namedModules().flatMap(([path, module]) =>
      entries(module).flatMap(([name, value]) =>
        value instanceof Tensor ? [[path === "" ? name : `${path}.${name}`, value] as [string, Tensor]] : [],
      ),
    );
  }

  /** Parameters by name, frozen ones too; one that several modules share comes once. */
  namedParameters(): [name: string, parameter: Tensor][] {
    const seen = new Set<Tensor>();
    return this.#tensors().filter(([, t]) => isParameter(t) && !seen.has(t) && seen.add(t));
  }

  /** All parameters, or only those that are not frozen. */
  parameters(options: { readonly trainable?: boolean } = {}): Tensor[] {
    const all = this.namedParameters().map(([, t]) => t);
    return options.trainable ? all.filter((t) => t.requiresGrad) : all;
  }

  namedBuffers(): [name: string, buffer: Tensor][] {
    return this.#tensors().filter(([, t]) => !isParameter(t));
  }

  buffers(): Tensor[] {
    return this.namedBuffers().map(([, t]) => t);
  }

  /** Number of parameters (elements, not tensors). */
  parameterCount(options: { readonly trainable?: boolean } = {}): number {
    return this.parameters(options).reduce((total, p) => total + p.size, 0);
  }

  /** Sets {@link training} here and below. */
  train(on = true): this {
    for (const module of this.modules()) module.training = on;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const p of this.parameters()) p.grad = null;
  }

  /** Freezes the parameters (`false`) or thaws them: frozen ones get no gradient and optimizers leave them. */
  requireGrad(on = true): this {
    for (const p of this.parameters()) this.trainable(p, on);
    return this;
  }

  /** Freezes or thaws one parameter. */
  trainable(parameter: Tensor, on: boolean): void {
    known.add(parameter);
    if (parameter.requiresGrad !== on) parameter.become(parameter, on);
  }

  /** Changes the dtype of floating-point parameters and buffers. */
  to(dtype: DType): this {
    for (const [, t] of this.#tensors()) if (t.dtype !== dtype && t.dtype !== "i32") t.become(t.to(dtype));
    return this;
  }

  /** Calls `fn` with each module, children first. */
  apply(fn: (module: AnyModule) => void): this {
    requireFunction("Module.apply", "fn", fn);
    for (const module of this.modules().reverse()) fn(module);
    return this;
  }

  /** Copies of all parameters and buffers by name. */
  stateDict(): Record<string, Tensor> {
    flush();
    return Object.fromEntries(this.#tensors().map(([name, t]) => [name, t.clone()]));
  }

  /**
   * Takes over values by name. With `strict` (the default) names that are missing or unexpected are an error; without,
   * they are reported. Shapes must agree; dtypes are the module's.
   */
  loadStateDict(state: StateDict, options: { readonly strict?: boolean } = {}): LoadReport {
    const where = "Module.loadStateDict";
    const own = this.#tensors();
    const names = new Set(own.map(([name]) => name));
    const missing = own.flatMap(([name]) => (Object.hasOwn(state, name) ? [] : [name]));
    const unexpected = Object.keys(state).filter((name) => !names.has(name));
    const misfits = own.flatMap(([name, t]) => {
      const given = Object.hasOwn(state, name) ? state[name] : undefined;
      return given && !sameSizes(given.shape, t.shape)
        ? [`${name} has shape [${given.shape.join(", ")}], expected [${t.shape.join(", ")}]`]
        : [];
    });
    if (misfits.length > 0) throw formatError(where, misfits.join("; "));
    if ((options.strict ?? true) && missing.length + unexpected.length > 0) {
      const parts = [
        missing.length > 0 ? `the state lacks ${missing.join(", ")}` : "",
        unexpected.length > 0 ? `the module has no ${unexpected.join(", ")}` : "",
      ];
      throw formatError(where, parts.filter((p) => p !== "").join("; "));
    }
    flush();
    for (const [name, t] of own) if (Object.hasOwn(state, name)) t.become(state[name]!.to(t.dtype));
    return { missing, unexpected };
  }

  /** Where the random layers are in their sequences, by name: with it a resumed run draws the same masks. */
  randomState(): Record<string, DrawState> {
    return Object.fromEntries(this.#counters().map(([name, c]) => [name, c.state]));
  }

  loadRandomState(state: Readonly<Record<string, DrawState>>): void {
    for (const [name, counter] of this.#counters()) {
      if (!Object.hasOwn(state, name)) throw formatError("Module.loadRandomState", `the state lacks ${name}`);
      counter.state = state[name]!;
    }
  }

  #counters(): [string, DrawCounter][] {
    return this.namedModules().flatMap(([path, module]) =>
      Object.entries(module).flatMap(([name, value]) =>
        value instanceof DrawCounter
          ? [[path === "" ? name : `${path}.${name}`, value] as [string, DrawCounter]]
          : [],
      ),
    );
  }
}

/** Public properties, and elements of those that are arrays. */
function entries(module: AnyModule): [string, unknown][] {
  return Object.entries(module).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.map((item, i) => [`${key}.${i}`, item] as [string, unknown])
      : [[key, value]],
  );
}
