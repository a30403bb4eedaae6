import { beforeAll, describe, expect, test } from "vitest";
import { installed, left, loadRuntime, type Runtime, type Value } from "../../../test/onnx-runtime.ts";
import { fieldsOf, graphOf } from "../../../test/read-onnx.ts";
import { randomStream } from "../../math/index.ts";
import * as nn from "../../nn/index.ts";
import { cases } from "../backends/conformance-cases.ts";
import { referenceBackend } from "../backends/reference/index.ts";
import { type DType, makeArray, writeElement } from "../dtype.ts";
import { flush } from "../engine.ts";
import { type Primitive, primitives } from "../graph/primitives.ts";
import { sizeOf } from "../graph/shape.ts";
import { attention, conv2d, exportOnnx, maxPool2d, noGrad, Tensor } from "../index.ts";

const names: Partial<Record<DType, string>> = { f32: "float32", i32: "int32", u8: "uint8", bool: "bool" };

let runtime: Runtime;

async function run(
  inputs: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Value>> {
  const bytes = exportOnnx({ inputs, outputs });
  const session = await runtime.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, t]) => [
      name,
      new runtime.Tensor(names[t.dtype]!, t.data(), [...t.shape]),
    ]),
  );
  return session.run(feeds);
}

/** Largest difference relative to the largest element. */
function gap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [worst, size] = [0, 1e-30];
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] !== expected[i]) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
    size = Math.max(size, Math.abs(expected[i]!));
  }
  return worst / size;
}

const randn = (shape: readonly number[], seed: number, sd = 1) =>
  Tensor.from(Tensor.randn(shape, { seed }).mul(sd).data(), { shape });
const weight = (shape: readonly number[], seed: number) =>
  Tensor.from(randn(shape, seed, 0.3).data(), { shape, requiresGrad: true });

const layerNorm = (x: Tensor, g: Tensor, b: Tensor) => {
  const centred = x.sub(x.mean(-1, true));
  return centred.mul(centred.square().mean(-1, true).add(1e-5).rsqrt()).mul(g).add(b);
};
const gelu = (x: Tensor) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));

const nets: Record<string, () => { inputs: Record<string, Tensor>; outputs: Record<string, Tensor> }> = {
  mlp() {
    const x = randn([5, 8], 1);
    const h = x
      .matmul(weight([8, 16], 2))
      .add(weight([16], 3))
      .relu();
    const scores = h.matmul(weight([16, 3], 4)).add(weight([3], 5));
    return { inputs: { x }, outputs: { scores, probabilities: scores.softmax(-1) } };
  },
  cnn() {
    const image = randn([2, 3, 12, 12], 1);
    const h = maxPool2d(conv2d(image, weight([8, 3, 3, 3], 2), weight([8], 3), { padding: 1 }).relu(), 2);
    const deep = conv2d(h, weight([6, 8, 3, 3], 4), weight([6], 5), { stride: 2, padding: 1 });
    const pooled = maxPool2d(deep.tanh(), 2, { stride: 1, padding: 1 });
    return { inputs: { image }, outputs: { label: pooled.flatten(1).argmax(-1), pooled } };
  },
  attention() {
    const [x, g, b] = [randn([2, 7, 16], 1), weight([16], 2).add(1), weight([16], 3)];
    const split = (m: Tensor) => m.reshape([2, 7, 4, 4]).permute([0, 2, 1, 3]);
    const h = layerNorm(x, g, b);
    const [q, k, v] = [4, 5, 6].map((seed) => split(h.matmul(weight([16, 16], seed)))) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const seen = attention(q, k, v, { causal: true }).permute([0, 2, 1, 3]).reshape([2, 7, 16]);
    const y = x.add(seen.matmul(weight([16, 16], 7)));
    return { inputs: { x }, outputs: { y: y.add(gelu(layerNorm(y, g, b)).matmul(weight([16, 16], 8))) } };
  },
  embedding() {
    const tokens = Tensor.from([
      [3, 1, 4],
      [1, 5, 9],
    ]).to("i32");
    const input = Tensor.from(tokens.data(), { shape: [2, 3] });
    const places = weight([3, 4], 2);
    const mean = weight([10, 4], 1).take(input).add(places).mean(1);
    return { inputs: { tokens: input }, outputs: { mean, norm: mean.square().sum(-1).sqrt() } };
  },
};

/** Layers as users have them, in evaluation mode. */
const modules: typeof nets = {
  "a convolutional network of layers"() {
    const net = new nn.Sequential(
      new nn.Conv2d(3, 6, 3, { padding: 1, seed: 1 }),
      new nn.BatchNorm2d(6),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Dropout(0.5),
      new nn.Linear(6 * 16, 4, { seed: 2 }),
    );
    net.forward(randn([8, 3, 8, 8], 3)).realize(); // running statistics
    net.eval();
    const x = randn([2, 3, 8, 8], 4);
    return { inputs: { x }, outputs: { y: net.forward(x) } };
  },
  "a transformer block"() {
    const block = nn.seeded(1, () => new nn.TransformerEncoderLayer(16, 4));
    block.eval();
    const x = randn([2, 5, 16], 2);
    return { inputs: { x }, outputs: { y: block.forward(x) } };
  },
  "a recurrent network"() {
    const net = nn.seeded(1, () => new nn.GRU(3, 5));
    const x = randn([2, 4, 3], 2);
    return { inputs: { x }, outputs: { y: net.forward(x).output } };
  },
};

describe(`onnxruntime-web computes the same${left}`, () => {
  beforeAll(() => {
    if (!installed) return;
    runtime = loadRuntime();
  });

  test.skipIf(!installed).each(Object.entries({ ...nets, ...modules }))("%s", async (_, make) => {
    const { inputs, outputs } = make();
    const found = await run(inputs, outputs);
    for (const [key, tensor] of Object.entries(outputs)) {
      expect(found[key]!.dims).toEqual(tensor.shape);
      expect(gap(found[key]!.data, tensor.data()), key).toBeLessThan(2e-6);
    }
  });

  const refused: readonly Primitive[] = ["random", "convWeight"];
  const all = primitives
    .filter((op) => !refused.includes(op))
    .flatMap((op) => cases[op].map((c, i) => [`${op} ${i + 1}`, op, c] as const));

  test.skipIf(!installed).each(all)("%s", async (name, op, c) => {
    for (const dtype of c.dtypes ?? (["f32", "i32"] as const)) {
      if (!names[dtype]) continue;
      const random = randomStream(7).split(name);
      const [least, high] = c.range ?? [-2, 2];
      // A whole number divided by zero is an error there.
      const low = (op === "div" || op === "mod") && dtype === "i32" ? 1 : least;
      const inputs = c.inputs.map((shape) => {
        const host = makeArray(dtype, sizeOf(shape));
        for (let i = 0; i < host.length; i++)
          writeElement(dtype, host, i, low + (high - low) * random.uniform());
        return Tensor.fromStored(host, shape, dtype);
      });
      const y = new Tensor(c.build(...inputs.map((t) => t.node)));
      if (!names[y.dtype]) continue;
      const feeds = Object.fromEntries(inputs.map((t, i) => [`x${i}`, t]));
      const found = await run(feeds, { y }).catch((cause) => {
        throw new Error(`${name} ${dtype}: ${cause}`);
      });
      referenceBackend.realize([{ node: y.node, replaces: null }]);
      expect(found.y!.dims, dtype).toEqual(y.shape);
      expect(gap(found.y!.data, y.data()), `${name} ${dtype}`).toBeLessThan(
        y.dtype === "f32" ? Math.max(3e-6, (c.ulps ?? 4) * 2 ** -23) : 1e-9,
      );
    }
  });
});

describe("the file", () => {
  test.each(Object.keys(nets))("%s: every value is made before it is used, once", (name) => {
    const graph = graphOf(exportOnnx(nets[name]!()));
    const known = new Set([...graph.inputs, ...graph.initializers]);
    for (const node of graph.nodes) {
      for (const input of node.inputs) expect(known.has(input), `${node.op} reads ${input}`).toBe(true);
      for (const output of node.outputs) {
        expect(known.has(output)).toBe(false);
        known.add(output);
      }
    }
    for (const output of graph.outputs) expect(known.has(output)).toBe(true);
  });

  test("numbers and broadcasts are left to ONNX to broadcast, an embedding is one Gather", () => {
    const x = randn([4, 5], 1);
    const y = x
      .mul(2)
      .add(weight([5], 2))
      .maximum(0);
    expect(graphOf(exportOnnx({ inputs: { x }, outputs: { y } })).nodes.map((n) => n.op)).toEqual([
      "Mul",
      "Reshape",
      "Add",
      "Max",
      "Identity",
    ]);
    const embedding = graphOf(exportOnnx(nets.embedding!()));
    expect(embedding.nodes.filter((n) => n.op.startsWith("Gather")).map((n) => n.op)).toEqual(["Gather"]);
  });

  test("a parameter is exported as it is after its update", () => {
    const w = Tensor.from([1, 2], { requiresGrad: true });
    noGrad(() => w.assign(w.mul(10)));
    const x = Tensor.from([1, 1]);
    const file = exportOnnx({ inputs: { x }, outputs: { y: x.mul(w) } });
    const [initializer] = fieldsOf(graphOf(file).body, 5);
    const raw = fieldsOf(initializer!, 9)[0]!;
    expect([...new Float32Array(raw.slice().buffer)]).toEqual([10, 20]);
    flush();
  });

  test("what cannot be exported says why", () => {
    const x = Tensor.from([1, 2]);
    const y = x.mul(2);
    y.data();
    expect(() => exportOnnx({ inputs: { x }, outputs: { y } })).toThrow(
      "inputs.x is not what the outputs were computed from, or they were read before and have forgotten it",
    );
    const zeros = Tensor.zeros([2]);
    expect(() => exportOnnx({ inputs: { zeros }, outputs: { y: zeros.add(x) } })).toThrow(
      "inputs.zeros is a constant",
    );
    const noisy = x.add(Tensor.rand([2], { seed: 1 }));
    expect(() => exportOnnx({ inputs: { x }, outputs: { noisy } })).toThrow(
      "the graph holds random (shape [2]), a random draw; export the network in evaluation mode",
    );
    expect(() => exportOnnx({ inputs: {}, outputs: { y: x } })).toThrow("tensors by name, at least one");
    expect(() => exportOnnx({ inputs: { x }, outputs: { x: x.mul(2) } })).toThrow("names that no input has");
  });
});
