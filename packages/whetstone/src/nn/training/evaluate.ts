import { noGrad, type Tensor } from "../../tensor/index.ts";
import type { AnyModule } from "../module.ts";
import { batchSize } from "./batch.ts";

/** Batches to go through once: an array, a {@link DataLoader}, a generator. */
export type Batches<B> = Iterable<B> | AsyncIterable<B>;

/** Runs `fn` in eval mode without gradients, and puts every module's mode back. */
export async function inEvalMode<R>(net: AnyModule, fn: () => Promise<R>): Promise<R> {
  const modes = new Map(net.modules().map((m) => [m, m.training]));
  net.eval();
  try {
    return await fn();
  } finally {
    for (const [module, on] of modes) module.training = on;
  }
}

/**
 * Means over batches, weighted by their sizes, of functions of a batch; in eval mode and without gradients.
 *
 * @example
 * const net = new Linear(1, 1, { seed: 0 });
 * const batches = [Tensor.ones([2, 1]), Tensor.ones([1, 1])];
 * await evaluate(net, batches, { rows: (x) => x.mean() }); // { rows: 1 }
 */
export async function evaluate<B>(
  net: AnyModule,
  batches: Batches<B>,
  measures: Readonly<Record<string, (batch: B) => Tensor>>,
): Promise<Record<string, number>> {
  return inEvalMode(net, async () => {
    const total = new Map<string, number>();
    let rows = 0;
    for await (const batch of batches) {
      const n = batchSize(batch);
      rows += n;
      const found = noGrad(() =>
        Object.entries(measures).map(([name, f]) => [name, f(batch).mean()] as const),
      );
      for (const [name, value] of found) total.set(name, (total.get(name) ?? 0) + n * value.item());
    }
    return Object.fromEntries([...total].map(([name, sum]) => [name, sum / rows]));
  });
}
