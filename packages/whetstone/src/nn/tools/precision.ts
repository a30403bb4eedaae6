import type { DType } from "../../tensor/index.ts";
import type { AnyModule } from "../module.ts";
import { substitute } from "../substitute.ts";

/**
 * Runs `fn` with the net's parameters rounded to a lower precision: float32 masters, a float16 or bfloat16 pass whose
 * every result is rounded, and gradients that come back to the masters. Feed inputs of that dtype too.
 *
 * @example
 * const layer = new Linear(2, 1, { seed: 0 });
 * inPrecision(layer, "bf16", () => layer.forward(Tensor.ones([1, 2]).to("bf16"))).dtype; // "bf16"
 */
export function inPrecision<R>(net: AnyModule, dtype: DType, fn: () => R): R {
  return substitute(net, (_, p) => p.to(dtype), fn);
}
