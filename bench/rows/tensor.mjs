/** Training steps (forward, backward, optimizer, the loss read) and a chain of elementwise operations. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setThreads } from "whetstone/kernels";
import { randomStream } from "whetstone/math";
import { Adam, AdamW } from "whetstone/optim";
import { attention, conv2d, maxPool2d, Tensor } from "whetstone/tensor";
import { findPython, startPython } from "../python.mjs";
import { FIRST, jaxMlp, tfjsMlp } from "../tensor-peers.mjs";

/** Initial weights by name: normal of the given deviation, or a constant. */
function makeWeights(specs, seed) {
  const random = randomStream(`tensor ${seed}`);
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, sd = 0, fill = 0 }]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: size }, () => (sd > 0 ? sd * random.normal() : fill));
      return [name, { shape, data }];
    }),
  );
}

const dense = (name, from, to, sd = Math.sqrt(2 / from)) => ({
  [`${name}.weight`]: { shape: [from, to], sd },
  [`${name}.bias`]: { shape: [to] },
});
const norm = (name, d) => ({ [`${name}.weight`]: { shape: [d], fill: 1 }, [`${name}.bias`]: { shape: [d] } });

const crossEntropy = (scores, labels) =>
  scores
    .logSoftmax()
    .gather(1, labels.reshape([-1, 1]))
    .mean()
    .neg();

const images = (random) => ({
  x: Float32Array.from({ length: 64 * 784 }, () => random.uniform()),
  y: Int32Array.from({ length: 64 }, () => Math.floor(10 * random.uniform())),
});

const mlp = {
  kind: "mlp",
  data: images,
  weights: makeWeights({ ...dense("1", 784, 256), ...dense("2", 256, 128), ...dense("3", 128, 10) }, "mlp"),
  loss(w, x, y) {
    let h = Tensor.from(x).reshape([64, 784]);
    for (const name of ["1", "2", "3"]) {
      h = h.matmul(w[`${name}.weight`]).add(w[`${name}.bias`]);
      if (name !== "3") h = h.relu();
    }
    return crossEntropy(h, Tensor.from(y));
  },
};

const filters = (name, from, to) => ({
  [`${name}.weight`]: { shape: [to, from, 3, 3], sd: Math.sqrt(2 / (9 * from)) },
  [`${name}.bias`]: { shape: [to] },
});

const cnn = {
  kind: "cnn",
  data: images,
  weights: makeWeights({ ...filters("1", 1, 16), ...filters("2", 16, 32), ...dense("3", 1568, 10) }, "cnn"),
  loss(w, x, y) {
    let h = Tensor.from(x).reshape([64, 1, 28, 28]);
    for (const name of ["1", "2"]) {
      const mapped = conv2d(h, w[`${name}.weight`], w[`${name}.bias`], { padding: 1 });
      h = maxPool2d(mapped.relu(), 2);
    }
    const scores = h.reshape([64, 1568]).matmul(w["3.weight"]).add(w["3.bias"]);
    return crossEntropy(scores, Tensor.from(y));
  },
};

const [D, LAYERS, HEADS, T, B, VOCABULARY] = [128, 4, 4, 128, 16, 256];

const blocks = Array.from({ length: LAYERS }, (_, i) => ({
  ...norm(`${i}.n1`, D),
  ...dense(`${i}.qkv`, D, 3 * D, 0.05),
  ...dense(`${i}.out`, D, D, 0.05),
  ...norm(`${i}.n2`, D),
  ...dense(`${i}.up`, D, 4 * D, 0.05),
  ...dense(`${i}.down`, 4 * D, D, 0.05),
}));

function layerNorm(x, weight, bias) {
  const centred = x.sub(x.mean(-1, true));
  return centred.mul(centred.square().mean(-1, true).add(1e-5).rsqrt()).mul(weight).add(bias);
}

const gelu = (x) =>
  x.mul(0.5).mul(
    x
      .add(x.mul(x).mul(x).mul(0.044715))
      .mul(Math.sqrt(2 / Math.PI))
      .tanh()
      .add(1),
  );

const gpt = {
  kind: "gpt",
  data: (random) => ({
    x: Int32Array.from({ length: B * T }, () => Math.floor(VOCABULARY * random.uniform())),
    y: Int32Array.from({ length: B * T }, () => Math.floor(VOCABULARY * random.uniform())),
  }),
  weights: makeWeights(
    {
      tokens: { shape: [VOCABULARY, D], sd: 0.02 },
      places: { shape: [T, D], sd: 0.02 },
      ...Object.assign({}, ...blocks),
      ...norm("norm", D),
      head: { shape: [D, VOCABULARY], sd: 0.05 },
    },
    "gpt",
  ),
  loss(w, tokens, y) {
    const layer = (x, name) => x.matmul(w[`${name}.weight`]).add(w[`${name}.bias`]);
    const normed = (x, name) => layerNorm(x, w[`${name}.weight`], w[`${name}.bias`]);
    let x = w.tokens.take(Tensor.from(tokens).reshape([B, T])).add(w.places);
    for (let i = 0; i < LAYERS; i++) {
      const qkv = layer(normed(x, `${i}.n1`), `${i}.qkv`)
        .reshape([B, T, 3, HEADS, D / HEADS])
        .permute([2, 0, 3, 1, 4]);
      const seen = attention(qkv.at(0), qkv.at(1), qkv.at(2), { causal: true });
      x = x.add(layer(seen.permute([0, 2, 1, 3]).reshape([B, T, D]), `${i}.out`));
      x = x.add(layer(gelu(layer(normed(x, `${i}.n2`), `${i}.up`)), `${i}.down`));
    }
    return crossEntropy(
      normed(x, "norm")
        .matmul(w.head)
        .reshape([B * T, VOCABULARY]),
      Tensor.from(y),
    );
  },
};

/** The models, and a step of ours, for `roofline.mjs`. */
export const models = { mlp, cnn, gpt };

export function ourSteps(model, data, weightDecay) {
  const w = Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape, data }]) => [
      name,
      Tensor.from(data, { shape, requiresGrad: true }),
    ]),
  );
  const Optimizer = weightDecay > 0 ? AdamW : Adam;
  const optimizer = new Optimizer(Object.values(w), { lr: 1e-3, weightDecay });
  return () => {
    optimizer.zeroGrad();
    const loss = model.loss(w, data.x, data.y);
    loss.backward();
    optimizer.step();
    return loss.item();
  };
}

/** The largest relative difference of losses after the same steps from the same weights. */
function compareLosses(ours, theirs) {
  const gap = Math.max(...ours.map((loss, i) => Math.abs(loss - theirs[i]) / theirs[i]));
  return { ok: gap <= 1e-4, text: `losses of ${ours.length} steps differ by ${gap.toExponential(1)}` };
}

/** Starts PyTorch on the weights and data of a model. */
async function torch(model, data, { steps, weightDecay }) {
  const command = findPython(["torch", "numpy"]);
  if (command === null) return "no Python with torch was found";
  const folder = mkdtempSync(join(tmpdir(), "whetstone-tensor-"));
  const file = (which) => join(folder, which);
  const entries = Object.entries(model.weights);
  writeFileSync(file("w"), Buffer.concat(entries.map(([, { data }]) => Buffer.from(data.buffer))));
  writeFileSync(file("x"), data.x);
  writeFileSync(file("y"), data.y);
  const python = startPython(command, "torch_steps.py", { threads: 2 });
  const found = await python.call("prepare", {
    kind: model.kind,
    weights: file("w"),
    names: entries.map(([name]) => name),
    shapes: entries.map(([, { shape }]) => shape),
    x: file("x"),
    y: file("y"),
    integers: data.x instanceof Int32Array,
    first: FIRST,
    steps,
    weight_decay: weightDecay,
  });
  return {
    losses: found.losses,
    note: `torch ${found.torch}, ${found.threads} threads`,
    restart: () => python.call("restart"),
    run: (count) => python.call("run", { steps: count }),
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Both sides begin again from the first weights after about so many steps. After some 700, averages in Adam of units that no
 * image reaches any more are subnormal, and libraries that compute on with them take a third longer.
 */
const LIFETIME = 400;

/** A row of training steps: `start` readies the peer as {@link torch} does. */
function row({ name, peer, target, model, steps, weightDecay = 0, warmUp, start }) {
  let data;
  let step;
  let losses;
  let theirs;
  let rounds = 0;
  const restart = () => {
    step = ourSteps(model, data, weightDecay);
    return Array.from({ length: FIRST }, () => step());
  };
  return {
    name,
    peer,
    target,
    rounds: 11,
    warmUp,
    async prepare() {
      data = model.data(randomStream(`data of ${model.kind}`));
      const started = await start(model, data, { steps, weightDecay }).catch(
        (reason) => `${peer} does not start: ${reason.message}`,
      );
      if (typeof started === "string") return started;
      theirs = started;
      setThreads(2);
      losses = restart();
      return undefined;
    },
    async before() {
      if (++rounds % Math.ceil(LIFETIME / steps) !== 0) return;
      restart();
      await theirs.restart();
    },
    ours() {
      setThreads(2);
      for (let i = 0; i < steps; i++) step();
    },
    theirs: () => theirs.run(steps),
    quality() {
      const { ok, text } = compareLosses(losses, theirs.losses);
      return { ok, text: theirs.note ? `${text} (${theirs.note})` : text };
    },
    close: () => theirs?.close?.(),
  };
}

/** Ten operations on four million numbers, each of which a library without fusion reads and writes. */
function chainRow() {
  const n = 4_000_000;
  const steps = 2;
  let x;
  let y;
  let python;
  let folder;
  let note;
  const chain = (v) =>
    v.mul(1.5).add(0.5).tanh().mul(v).sub(0.25).abs().add(1e-3).sqrt().mul(-2).exp().add(v);
  return {
    name: "elementwise-chain-10-ops-4M",
    peer: "torch",
    target: 2,
    rounds: 11,
    warmUp: 12, // as long as fresh memory is touched: a page fault can cost 10 us, 40 ms for one result
    async prepare() {
      const command = findPython(["torch", "numpy"]);
      if (command === null) return "no Python with torch was found";
      const random = randomStream("chain");
      const values = Float32Array.from({ length: n }, () => 4 * random.uniform() - 2);
      folder = mkdtempSync(join(tmpdir(), "whetstone-chain-"));
      writeFileSync(join(folder, "x"), values);
      python = startPython(command, "torch_steps.py", { threads: 2 });
      const found = await python.call("prepare_chain", { x: join(folder, "x"), steps });
      note = `torch ${found.torch}, ${found.threads} threads`;
      x = Tensor.from(values);
      return undefined;
    },
    ours() {
      setThreads(2);
      for (let i = 0; i < steps; i++) {
        y = chain(x).realize();
        y.at(1).item();
      }
    },
    theirs: () => python.call("run", { steps }),
    async quality() {
      await python.call("result", { file: join(folder, "y") });
      const bytes = readFileSync(join(folder, "y"));
      const other = new Float32Array(bytes.buffer, bytes.byteOffset, n);
      const own = y.data();
      let gap = 0;
      // Relative to 1 where the result is smaller: it is a sum that can cancel.
      for (let i = 0; i < n; i++)
        gap = Math.max(gap, Math.abs(own[i] - other[i]) / Math.max(1, Math.abs(other[i])));
      return { ok: gap < 1e-5, text: `results differ by ${gap.toExponential(1)} (${note})` };
    },
    close() {
      python?.close();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const mlpName = "mlp-784-256-128-10-b64-adam-step";

export const rows = [
  row({ name: mlpName, peer: "torch", target: 1, model: mlp, steps: 20, warmUp: 60, start: torch }),
  row({
    name: `${mlpName}-tfjs`,
    peer: "tfjs-backend-wasm",
    target: 4,
    model: mlp,
    steps: 10,
    warmUp: 100,
    start: tfjsMlp,
  }),
  row({
    name: `${mlpName}-jax`,
    peer: "jax-js wasm jit",
    target: 4,
    model: mlp,
    steps: 20,
    warmUp: 60,
    start: jaxMlp,
  }),
  row({
    name: "cnn-1-16-32-28x28-b64-adam-step",
    peer: "torch",
    target: 1,
    model: cnn,
    steps: 4,
    start: torch,
  }),
  row({
    name: "gpt-d128-l4-h4-t128-b16-adamw-step",
    peer: "torch",
    target: 0.9,
    model: gpt,
    steps: 1,
    weightDecay: 0.01,
    start: torch,
  }),
  chainRow(),
];
