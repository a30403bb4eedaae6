/**
 * Where the time of a training step goes: kernels of each kind, what they reach, and what bounds them.
 *
 *     node bench/roofline.mjs [mlp cnn gpt]
 */
import { gemmF32, setThreads } from "whetstone/kernels";
import { randomStream } from "whetstone/math";
import { profileKernels } from "whetstone/tensor";
import { models, ourSteps } from "./rows/tensor.mjs";

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : Object.keys(models);
setThreads(1);

const fastest = (run) => {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 15; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
};

/** The most that one thread reaches here: of arithmetic, by a large product; of memory, by a copy. */
const n = 768;
const [A, C] = [new Float32Array(n * n).fill(1), new Float32Array(n * n)];
const peak = (2 * n ** 3) / fastest(() => gemmF32(false, false, n, n, n, 1, A, A, 0, C)) / 1e6;
const [from, to] = [new Float32Array(4 << 20), new Float32Array(4 << 20)];
const bandwidth = (2 * from.byteLength) / fastest(() => to.set(from)) / 1e6;
console.log(
  `one thread: ${peak.toFixed(0)} GFLOP/s in a product of ${n}, ${bandwidth.toFixed(0)} GB/s in a copy of 16 MB\n`,
);

for (const name of names) {
  const model = models[name];
  const step = ourSteps(model, model.data(randomStream("roofline")), 0);
  for (let i = 0; i < (name === "gpt" ? 6 : 30); i++) step();
  const whole = fastest(step);
  const runs = Array.from({ length: 7 }, () => profileKernels(step));
  const kernels = runs[0].map((k, i) => ({ ...k, ms: Math.min(...runs.map((r) => r[i].ms)) }));
  const total = kernels.reduce((sum, k) => sum + k.ms, 0);
  console.log(
    `### ${name}: step ${whole.toFixed(2)} ms on one thread, kernels ${total.toFixed(2)} ms in ${kernels.length}\n`,
  );
  console.log("| kind | kernels | ms | share | GFLOP/s | GB/s | of what the machine allows |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const kind of ["product", "convolution", "loop", "other"]) {
    const own = kernels.filter((k) => k.kind === kind);
    if (own.length === 0) continue;
    const sum = (of) => own.reduce((s, k) => s + of(k), 0);
    const ms = sum((k) => k.ms);
    const gflops = sum((k) => k.operations) / ms / 1e6;
    const gbs = sum((k) => k.bytes) / ms / 1e6;
    const share = kind === "loop" || kind === "other" ? gbs / bandwidth : gflops / peak;
    console.log(
      `| ${kind} | ${own.length} | ${ms.toFixed(2)} | ${((100 * ms) / whole).toFixed(0)} % | ${gflops.toFixed(1)} | ${gbs.toFixed(1)} | ${(100 * share).toFixed(0)} % of ${kind === "loop" || kind === "other" ? "bandwidth" : "arithmetic"} |`,
    );
  }
  const left = Math.max(0, whole - total);
  console.log(
    `| JavaScript: graph, plan, dispatch | | ${left.toFixed(2)} | ${((100 * left) / whole).toFixed(0)} % | | | |`,
  );
  const slow = [...kernels].sort((a, b) => b.ms - a.ms).slice(0, 5);
  console.log(`\nSlowest: ${slow.map((k) => `${k.line.slice(0, 80)} (${k.ms.toFixed(2)} ms)`).join("; ")}\n`);
}
