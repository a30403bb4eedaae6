/** A look at what the modules of a net give out while it runs. */
import { requireFunction } from "../errors.ts";
import { Tensor } from "../tensor/index.ts";
import type { AnyModule } from "./module.ts";

/** What a module gave out: a tensor, or whatever else its forward returns. */
export type Observer = (name: string, module: AnyModule, output: unknown, inputs: readonly unknown[]) => void;

/**
 * Runs `fn` and reports each forward pass of each module below `net` (itself under the name "").
 *
 * @example
 * const seen = [];
 * const net = new Sequential(new Linear(2, 3), new ReLU());
 * observe(net, (name) => seen.push(name), () => net.forward(Tensor.ones([1, 2])));
 * seen.length; // 3: both layers and the whole
 */
export function observe<R>(net: AnyModule, observer: Observer, fn: () => R): R {
  requireFunction("observe", "observer", observer);
  requireFunction("observe", "fn", fn);
  const undo: (() => void)[] = [];
  for (const [name, module] of net.namedModules()) {
    const own = Object.getOwnPropertyDescriptor(module, "forward");
    const forward = module.forward;
    const watched = (...inputs: readonly unknown[]) => {
      const output = forward.apply(module, [...inputs]);
      observer(name, module, output, inputs);
      return output;
    };
    Object.defineProperty(module, "forward", { value: watched, configurable: true, writable: true });
    undo.push(() => {
      if (own) Object.defineProperty(module, "forward", own);
      else Reflect.deleteProperty(module, "forward");
    });
  }
  try {
    return fn();
  } finally {
    for (const restore of undo) restore();
  }
}

/**
 * Outputs that are tensors, of modules without children, in order.
 *
 * @example
 * const net = new Sequential(new Linear(2, 3), new ReLU());
 * leafOutputs(net, () => net.forward(Tensor.ones([1, 2]))).map(([, layer]) => layer.constructor.typeName); // ["Linear", "ReLU"]
 */
export function leafOutputs(
  net: AnyModule,
  fn: () => unknown,
): [name: string, module: AnyModule, output: Tensor][] {
  const found: [string, AnyModule, Tensor][] = [];
  observe(
    net,
    (name, module, output) => {
      if (output instanceof Tensor && module.namedChildren().length === 0) found.push([name, module, output]);
    },
    fn,
  );
  return found;
}
