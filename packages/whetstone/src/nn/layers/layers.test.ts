import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Tensor } from "../../tensor/index.ts";
import * as nn from "../index.ts";

interface Packed {
  readonly shape: number[];
  readonly data: number[];
}
interface Case {
  readonly kind: string;
  readonly args: never[];
  readonly train: boolean;
  readonly params: Record<string, Packed>;
  readonly buffers: Record<string, Packed>;
  readonly after: Record<string, Packed>;
  readonly inputs: Packed[];
  readonly weights: Packed;
  readonly output: Packed;
  readonly inputGrads: Packed[];
  readonly paramGrads: Record<string, Packed>;
  readonly causal?: boolean;
  readonly context?: boolean;
  readonly padding?: number[][];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/torch/nn-layers.json", import.meta.url), "utf8"),
) as { cases: Case[] };

const f64 = ({ shape, data }: Packed, requiresGrad = false) =>
  Tensor.from(Float64Array.from(data), { shape, requiresGrad });

function close(actual: Tensor, expected: Packed, what: string): void {
  expect(actual.shape, what).toEqual(expected.shape);
  const values = actual.data();
  expected.data.forEach((e, i) => {
    expect(Math.abs(values[i]! - e), `${what}[${i}]: ${values[i]} against ${e}`).toBeLessThan(
      1e-9 * (1 + Math.abs(e)),
    );
  });
}

function build({ kind, args }: Case): nn.Module<never[], unknown> {
  if (kind === "SpectralNorm")
    return new nn.SpectralNorm(new nn.Linear(...(args as unknown as [number, number])));
  const Layer = (nn as unknown as Record<string, new (...args: unknown[]) => nn.Module<never[], unknown>>)[
    kind
  ]!;
  return new Layer(...args);
}

function outputOf(layer: nn.Module<never[], unknown>, c: Case, inputs: Tensor[]): Tensor {
  const call = (...given: unknown[]) => layer.forward(...(given as never[]));
  switch (c.kind) {
    case "LSTMCell": {
      const [x, h, cell] = inputs;
      const state = call(x, { h, c: cell }) as nn.LSTMState;
      return Tensor.concat([state.h, state.c], 1);
    }
    case "RNN":
    case "GRU":
    case "LSTM":
      return (call(...inputs) as { output: Tensor }).output;
    case "MultiHeadAttention":
      return call(inputs[0], {
        ...(c.causal && { causal: true }),
        ...(c.context && { context: inputs[1] }),
        ...(c.padding && { padding: Tensor.from(c.padding, { dtype: "bool" }) }),
      }) as Tensor;
    default:
      return call(...inputs) as Tensor;
  }
}

test.each(golden.cases.map((c, i) => [`${i} ${c.kind} ${JSON.stringify(c.args)}`, c] as const))(
  "%s equals PyTorch in value, gradients and buffers",
  (_, c) => {
    const layer = build(c).to("f64");
    const state = Object.fromEntries(
      Object.entries({ ...c.params, ...c.buffers }).map(([name, p]) => [name, f64(p)]),
    );
    expect(layer.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
    layer.train(c.train);
    const inputs = c.inputs.map((p) =>
      c.kind === "Embedding" ? Tensor.from(Int32Array.from(p.data), { shape: p.shape }) : f64(p, true),
    );
    const y = outputOf(layer, c, inputs);
    y.mul(f64(c.weights)).sum().backward();
    close(y.keep(), c.output, "output");
    for (const [i, g] of c.inputGrads.entries()) close(inputs[i]!.grad!, g, `gradient of input ${i}`);
    const params = Object.fromEntries(layer.namedParameters());
    for (const [name, g] of Object.entries(c.paramGrads))
      close(params[name]!.grad!, g, `gradient of ${name}`);
    const buffers = Object.fromEntries(layer.namedBuffers());
    for (const [name, b] of Object.entries(c.after)) close(buffers[name]!, b, `${name} after the pass`);
  },
);
