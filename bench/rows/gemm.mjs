/** Square matrix products on plain typed arrays: what a caller pays, copies into kernel memory included. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gemmF32, gemmF64, setThreads } from "whetstone/kernels";
import { findPython, startPython } from "../python.mjs";

/** A repeatable matrix of uniform numbers from -1 to 1. */
function matrix(View, n, seed) {
  const out = new View(n * n);
  let state = seed;
  for (let i = 0; i < out.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state / 2 ** 31 - 1;
  }
  return out;
}

/** Largest error over sampled entries, relative to the sum of the sizes of the terms. */
function error(A, B, C, n) {
  let worst = 0;
  for (let sample = 0; sample < 500; sample++) {
    const i = (sample * 7919) % n;
    const j = (sample * 104729 + (sample >> 3)) % n;
    let sum = 0;
    let size = 0;
    for (let p = 0; p < n; p++) {
      const term = A[i * n + p] * B[p * n + j];
      sum += term;
      size += Math.abs(term);
    }
    worst = Math.max(worst, Math.abs(C[i * n + j] - sum) / size);
  }
  return worst;
}

/** A row: `start(A, B)` readies the peer and gives `{ run, result, close? }`, or a sentence why it is not there. */
function row({ name, peer, target, n, View, threads, tolerance, start }) {
  const gemm = View === Float64Array ? gemmF64 : gemmF32;
  const A = matrix(View, n, 1);
  const B = matrix(View, n, 2);
  const C = new View(n * n);
  let theirs;
  return {
    name,
    peer,
    target,
    rounds: 15,
    warmUp: 5,
    async prepare() {
      const started = await start(A, B, n).catch((reason) => `${peer} does not start: ${reason.message}`);
      if (typeof started === "string") return started;
      theirs = started;
    },
    ours() {
      setThreads(threads);
      gemm(false, false, n, n, n, 1, A, B, 0, C);
    },
    theirs: () => theirs.run(),
    async quality() {
      const own = error(A, B, C, n);
      const other = error(A, B, await theirs.result(), n);
      const ok = own <= tolerance && other <= 100 * tolerance; // a peer far off computes something else
      return { ok, text: `error ${own.toExponential(1)}, theirs ${other.toExponential(1)}` };
    },
    close: () => theirs.close?.(),
  };
}

async function tfjs(A, B, n) {
  const tf = await import("@tensorflow/tfjs-core");
  const { setThreadsCount } = await import("@tensorflow/tfjs-backend-wasm");
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  const a = tf.tensor2d(A, [n, n]);
  const b = tf.tensor2d(B, [n, n]);
  const c = tf.matMul(a, b);
  return {
    run() {
      const product = tf.matMul(a, b);
      product.dataSync();
      product.dispose();
    },
    result: () => c.dataSync(),
    close: () => tf.dispose([a, b, c]),
  };
}

async function jax(A, B, n) {
  const { blockUntilReady, defaultDevice, init, numpy } = await import("@jax-js/jax");
  await init("wasm");
  defaultDevice("wasm");
  const a = numpy.array(A, { shape: [n, n] });
  const b = numpy.array(B, { shape: [n, n] });
  return {
    async run() {
      const product = numpy.matmul(a.ref, b.ref);
      await blockUntilReady(product.ref);
      product.dispose();
    },
    result: async () => await numpy.matmul(a.ref, b.ref).data(),
    close() {
      a.dispose();
      b.dispose();
    },
  };
}

async function mlMatrix(A, B, n) {
  const { Matrix } = await import("ml-matrix");
  const a = Matrix.from1DArray(n, n, A);
  const b = Matrix.from1DArray(n, n, B);
  let c;
  return {
    run() {
      c = a.mmul(b);
    },
    result: () => Float64Array.from(c.to1DArray()),
  };
}

async function openblas(A, B, n) {
  const command = findPython(["numpy"]);
  if (command === null) return "no Python with numpy was found";
  const folder = mkdtempSync(join(tmpdir(), "whetstone-gemm-"));
  const file = (which) => join(folder, which);
  writeFileSync(file("a"), A);
  writeFileSync(file("b"), B);
  const python = startPython(command, "gemm.py", { threads: 1 });
  await python.call("prepare", { a: file("a"), b: file("b"), n });
  return {
    run: () => python.call("run"),
    async result() {
      await python.call("result", { file: file("c") });
      const bytes = readFileSync(file("c"));
      return new Float32Array(bytes.buffer, bytes.byteOffset, n * n);
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const single = { View: Float32Array, n: 1024, tolerance: 1e-6 };

export const rows = [
  row({
    ...single,
    name: "gemm-f32-1024-1t",
    peer: "tfjs-backend-wasm 1 thread",
    target: 2.3,
    threads: 1,
    start: tfjs,
  }),
  row({ ...single, name: "gemm-f32-1024-2t", peer: "jax-js wasm", target: 4.5, threads: 2, start: jax }),
  row({
    ...single,
    name: "gemm-f32-1024-2t-blas",
    peer: "numpy OpenBLAS 1 thread",
    target: 0.85,
    threads: 2,
    start: openblas,
  }),
  row({
    name: "gemm-f64-512-1t",
    peer: "ml-matrix",
    target: 20,
    n: 512,
    View: Float64Array,
    threads: 1,
    tolerance: 1e-14,
    start: mlMatrix,
  }),
];
