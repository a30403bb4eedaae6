import { cpus, totalmem } from "node:os";
import { gemmF32, kernelInfo } from "whetstone/kernels";
import { print } from "../terminal.ts";

/** What this machine offers to the library. */
export async function doctor(options: { readonly json?: boolean }): Promise<void> {
  const gemmF32GFlops = Math.round(measureGemm());
  const kernels = kernelInfo(); // after the products, whose tile is chosen when there is work for it
  const facts = {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGB: Math.round(totalmem() / 2 ** 30),
    ...kernels,
    gpu: await findGpu(),
    gemmF32GFlops,
  };
  if (options.json) {
    print(JSON.stringify(facts, null, 2));
    return;
  }
  const yes = (value: boolean, without: string) => (value ? "yes" : `no: ${without}`);
  for (const [name, value] of [
    ["Node", `${facts.node} on ${facts.platform}`],
    ["CPU", `${facts.cpu}, ${facts.memoryGB} GB memory`],
    ["SIMD", yes(facts.simd, "this Node cannot run the kernels")],
    ["Relaxed SIMD", yes(facts.relaxedSimd, "products run about a fifth slower")],
    ["Wide vectors", yes(facts.wideVectors, "Node 24 and newer have them on x64 with AVX2")],
    [
      "Threads",
      `${facts.threads} of ${facts.hardwareThreads}${facts.sharedMemory ? "" : " (no shared memory)"}`,
    ],
    ["GPU", facts.gpu],
    ["Matrix product", `${facts.gemmF32GFlops} GFLOP/s (float32, 512 x 512)`],
  ] as const) {
    print(`${name.padEnd(15)} ${value}`);
  }
}

/** WebGPU through the optional package `webgpu`; nothing in the library needs it yet. */
async function findGpu(): Promise<string> {
  const name = "webgpu";
  let create: (flags: string[]) => {
    requestAdapter(): Promise<{ info: { vendor: string; device: string; description: string } } | null>;
  };
  try {
    ({ create } = await import(name));
  } catch {
    return "not looked for: npm install webgpu adds it";
  }
  try {
    const adapter = await create([]).requestAdapter();
    if (!adapter) return "none found";
    const { vendor, device, description } = adapter.info;
    return [vendor, device, description].filter(Boolean).join(" ");
  } catch (error) {
    return `none that works (${error instanceof Error ? error.message : error})`;
  }
}

function measureGemm(): number {
  const n = 512;
  const A = new Float32Array(n * n).fill(0.5);
  const C = new Float32Array(n * n);
  const once = () => gemmF32(false, false, n, n, n, 1, A, A, 0, C);
  const end = performance.now() + 400;
  while (performance.now() < end) once(); // until the optimising compiler has the kernel
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    once();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return (2 * n ** 3) / (times[4]! * 1e6);
}
