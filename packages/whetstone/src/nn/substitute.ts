/** Runs a net with other tensors in the places of its parameters. */
import { requireFunction } from "../errors.ts";
import { Tensor } from "../tensor/index.ts";
import type { AnyModule } from "./module.ts";

/**
 * Runs `fn` while each parameter is replaced by `replace(name, parameter)`; gradients flow into what was put there,
 * and through it into the parameters where it was computed from them.
 *
 * @example
 * const layer = new Linear(2, 2, { seed: 0, bias: false });
 * const y = substitute(layer, (_, p) => p.mul(0), () => layer.forward(Tensor.ones([1, 2])));
 * y.toArray(); // [[0, 0]]
 */
export function substitute<R>(
  net: AnyModule,
  replace: (name: string, parameter: Tensor) => Tensor,
  fn: () => R,
): R {
  requireFunction("substitute", "replace", replace);
  requireFunction("substitute", "fn", fn);
  const given = new Map(net.namedParameters().map(([name, p]) => [p, replace(name, p)]));
  const undo: (() => void)[] = [];
  for (const module of net.modules()) {
    for (const holder of [module, ...Object.values(module).filter(Array.isArray)]) {
      const slots = holder as unknown as Record<string, unknown>;
      for (const [key, value] of Object.entries(slots)) {
        const put = value instanceof Tensor ? given.get(value) : undefined;
        if (!put) continue;
        slots[key] = put;
        undo.push(() => {
          slots[key] = value;
        });
      }
    }
  }
  try {
    return fn();
  } finally {
    for (const restore of undo) restore();
  }
}
