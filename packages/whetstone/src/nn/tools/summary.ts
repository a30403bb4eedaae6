import { noGrad, Tensor } from "../../tensor/index.ts";
import type { AnyModule, Module } from "../module.ts";
import { observe } from "../observe.ts";

/** One layer of a net. */
export interface LayerSummary {
  readonly name: string;
  readonly type: string;
  /** Shape of what it gave out; null where that is no tensor. */
  readonly output: readonly number[] | null;
  /** Parameters of its own (elements), without those of children. */
  readonly parameters: number;
}

/** The layers of a net, in the order in which they ran. */
export interface Summary {
  readonly layers: readonly LayerSummary[];
  /** Elements of all parameters; `trainable` counts those that are trained. */
  readonly parameters: number;
  readonly trainable: number;
  /** A table for people. */
  toString(): string;
}

/**
 * Layers in the order they run, their output shapes and parameter counts, found by running the net once in eval mode
 * (nothing is computed: shapes are known beforehand).
 *
 * @example
 * summary(new Linear(3, 2), Tensor.ones([1, 3])).parameters; // 8
 */
export function summary<I extends readonly unknown[]>(net: Module<I, unknown>, ...inputs: I): Summary {
  const layers: LayerSummary[] = [];
  const training = new Map(net.modules().map((m) => [m, m.training]));
  net.eval();
  try {
    observe(
      net as unknown as AnyModule,
      (name, module, output) => {
        const parameters = Object.values(module)
          .flat()
          .filter((t): t is Tensor => t instanceof Tensor && module.parameters().includes(t))
          .reduce((total, t) => total + t.size, 0);
        if (module.namedChildren().length > 0 && parameters === 0) return;
        layers.push({
          name,
          type: module.typeName,
          output: output instanceof Tensor ? output.shape : null,
          parameters,
        });
      },
      () => noGrad(() => net.forward(...inputs)),
    );
  } finally {
    for (const [module, on] of training) module.training = on;
  }
  const total = net.parameterCount();
  const trainable = net.parameterCount({ trainable: true });
  return {
    layers,
    parameters: total,
    trainable,
    toString() {
      const rows = layers.map((l) => [
        l.name,
        l.type,
        l.output ? `[${l.output.join(", ")}]` : "",
        l.parameters.toLocaleString("en"),
      ]);
      const table = [["layer", "type", "output", "parameters"], ...rows];
      const widths = [0, 1, 2, 3].map((c) => Math.max(...table.map((r) => r[c]!.length)));
      const lines = table.map((r) =>
        r.map((cell, c) => (c === 3 ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))).join("  "),
      );
      return [
        ...lines,
        `${total.toLocaleString("en")} parameters, ${trainable.toLocaleString("en")} trainable`,
      ].join("\n");
    },
  };
}
