import { argumentError, requireFunction } from "../errors.ts";
import type { Tensor } from "../tensor/index.ts";
import { type AnyModule, Module } from "./module.ts";

const numbered = (layers: readonly AnyModule[]): [string, AnyModule][] =>
  layers.map((layer, i) => [String(i), layer]);

function requireModules(where: string, layers: readonly unknown[]): void {
  layers.forEach((layer, i) => {
    if (!(layer instanceof Module)) throw argumentError(where, `layers[${i}]`, layer, "a module");
  });
}

/**
 * Layers one after the other. Children are named "0", "1", ...
 *
 * @example
 * const net = new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1));
 * net.forward(Tensor.ones([4, 2])).shape; // [4, 1]
 */
export class Sequential extends Module {
  static override readonly typeName: string = "Sequential";
  readonly layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    requireModules("Sequential", layers);
    this.layers = layers;
  }

  override namedChildren(): [string, AnyModule][] {
    return numbered(this.layers);
  }

  override forward(x: Tensor): Tensor {
    return this.layers.reduce((y, layer) => layer.forward(y), x);
  }
}

/** Modules in a list, for a parent that calls them itself. Children are named "0", "1", ... */
export class ModuleList<M extends AnyModule = Module> extends Module<never[], never> {
  static override readonly typeName: string = "ModuleList";
  readonly layers: readonly M[];

  constructor(layers: readonly M[]) {
    super();
    requireModules("ModuleList", layers);
    this.layers = layers;
  }

  get length(): number {
    return this.layers.length;
  }

  [Symbol.iterator](): Iterator<M> {
    return this.layers[Symbol.iterator]();
  }

  override namedChildren(): [string, AnyModule][] {
    return numbered(this.layers);
  }

  override forward(): never {
    throw argumentError(
      "ModuleList.forward",
      "list",
      this,
      "a call of each layer in it: a list has no order of its own",
    );
  }
}

/** A function as a layer. */
export class Lambda extends Module {
  static override readonly typeName: string = "Lambda";
  readonly fn: (x: Tensor) => Tensor;

  constructor(fn: (x: Tensor) => Tensor) {
    super();
    requireFunction("Lambda", "fn", fn);
    this.fn = fn;
  }

  override forward(x: Tensor): Tensor {
    return this.fn(x);
  }
}

/**
 * y = x + F(x), or `shortcut(x) + F(x)` where sizes change (He et al. 2016, section 3). The Jacobian is I + dF/dx, so
 * that a gradient always has a way through.
 */
export class Residual extends Module {
  static override readonly typeName: string = "Residual";
  readonly body: Module;
  readonly shortcut: Module | null;

  constructor(body: Module, shortcut: Module | null = null) {
    super();
    requireModules("Residual", shortcut ? [body, shortcut] : [body]);
    this.body = body;
    this.shortcut = shortcut;
  }

  override forward(x: Tensor): Tensor {
    return (this.shortcut?.forward(x) ?? x).add(this.body.forward(x));
  }
}

/** Joins the axes from `start` to `end`: [N, ...] -> [N, rest] by default. */
export class Flatten extends Module {
  static override readonly typeName: string = "Flatten";
  readonly start: number;
  readonly end: number;

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  override forward(x: Tensor): Tensor {
    return x.flatten(this.start, this.end);
  }
}
