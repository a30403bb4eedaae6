/** What the scheduler makes of a graph, in numbers and words; and the same graph computed without it, to compare. */

import { requireFunction, WhetstoneError } from "../errors.ts";
import { WasmBackend } from "./backends/wasm/index.ts";
import { dtypes } from "./dtype.ts";
import { getBackend, realize } from "./engine.ts";
import { topological } from "./graph/node.ts";
import { kindOf } from "./graph/primitives.ts";
import { sizeOf } from "./graph/shape.ts";
import { schedule } from "./schedule/index.ts";
import type { Kernel } from "./schedule/kernel.ts";
import type { Tensor } from "./tensor.ts";

/** What fusion and planning make of a graph, before it runs. */
export interface PlanReport {
  /** Operations of the graph that compute something (views and constants do not). */
  readonly operations: number;
  /** Kernels that they become. */
  readonly kernels: number;
  /** One line for each kernel. */
  readonly lines: readonly string[];
  /** Bytes that all results of operations would take. */
  readonly unplannedBytes: number;
  /** Bytes that the plan takes for what it keeps in between. */
  readonly plannedBytes: number;
}

/**
 * How the given tensors would be computed: nothing is.
 *
 * @example
 * const x = Tensor.rand([64, 128], { seed: 1 });
 * const { operations, kernels } = describePlan(x.softmax());
 * kernels < operations; // true
 */
export function describePlan(...tensors: Tensor[]): PlanReport {
  const nodes = tensors.map((t) => t.node).filter((n) => !n.storage);
  const leaves = new Map<object, number>();
  const plan = schedule(
    nodes.map((node) => ({ node, replaces: -1 })),
    (node) => {
      const known = leaves.get(node.storage!);
      if (known !== undefined) return known;
      leaves.set(node.storage!, leaves.size);
      return leaves.size - 1;
    },
  );
  const computing = topological(nodes, (n) => n.storage !== null).filter(
    (n) => !n.storage && !["source", "movement", "marker"].includes(kindOf(n.op)),
  );
  const bytesOf = (n: { shape: readonly number[]; dtype: keyof typeof dtypes }) =>
    sizeOf(n.shape) * dtypes[n.dtype].bytes;
  return {
    operations: computing.length,
    kernels: plan.kernels.length,
    lines: plan.kernels.map(describeKernel),
    unplannedBytes: computing.reduce((sum, n) => sum + bytesOf(n), 0),
    plannedBytes: plan.arena,
  };
}

export function describeKernel(kernel: Kernel): string {
  if (kernel.kind === "call") {
    const from = kernel.inputs.map((i) => `[${i.view.shape.join(", ")}]`).join(" x ");
    return `${kernel.op} ${from} -> [${kernel.output.shape.join(", ")}]`;
  }
  const space = kernel.space.map((n, i) => (kernel.reduced[i] ? `sum over ${n}` : n)).join(", ");
  const steps = kernel.body.flatMap((inst) =>
    inst.op === "alu" ? [inst.fn] : inst.op === "reduce" ? [`reduce ${inst.how}`] : [],
  );
  return `loop [${space.replaceAll("sum over", "reduced")}]: ${steps.join(", ") || "copy"}`;
}

/**
 * The value of a tensor computed operation by operation on the present backend, each result in memory of its own: what
 * an eager library does. For comparisons; `realize` is the way to compute.
 *
 * @example
 * computeUnfused(Tensor.from([1, 2]).mul(3).add(1)).toArray(); // [4, 7]
 */
export function computeUnfused(tensor: Tensor): Tensor {
  for (const node of topological([tensor.node], (n) => n.storage !== null)) {
    if (!node.storage && node.op !== "const") getBackend().realize([{ node, replaces: null }]);
  }
  realize([tensor.node], "computeUnfused");
  return tensor;
}

/** What one kernel did and how long it took. */
export interface KernelTiming {
  /** As in {@link PlanReport.lines}. */
  readonly line: string;
  readonly kind: "product" | "convolution" | "loop" | "other";
  readonly ms: number;
  /** Arithmetic operations, each multiply and each add of a product counted. */
  readonly operations: number;
  /** Bytes of all elements read and written, each once for each place that the kernel walks. */
  readonly bytes: number;
}

/**
 * Runs `fn` on the WASM backend with every kernel run and timed by itself: where the time of a step goes. Slower than a
 * plain run by the dispatch of each kernel.
 */
export function profileKernels(fn: () => void): KernelTiming[] {
  requireFunction("profileKernels", "fn", fn);
  const backend = getBackend();
  if (!(backend instanceof WasmBackend)) {
    throw new WhetstoneError(
      "unsupported",
      { where: "profileKernels" },
      `the ${backend.name} backend does not time kernels`,
    );
  }
  return backend.profile(fn).map(({ kernel, ms }) => ({
    line: describeKernel(kernel),
    kind:
      kernel.kind === "loop"
        ? "loop"
        : kernel.op === "matmul"
          ? "product"
          : kernel.op.startsWith("conv")
            ? "convolution"
            : "other",
    ms,
    operations: operationsOf(kernel),
    bytes: bytesOfKernel(kernel),
  }));
}

function operationsOf(kernel: Kernel): number {
  if (kernel.kind === "loop") {
    const outer = sizeOf(kernel.space.filter((_, i) => !kernel.reduced[i]));
    return kernel.body.reduce((sum, inst) => {
      if (inst.op !== "alu" && inst.op !== "reduce") return sum;
      return sum + (inst.op === "reduce" || inst.level === "full" ? sizeOf(kernel.space) : outer);
    }, 0);
  }
  const [a, b] = kernel.inputs;
  if (kernel.op === "matmul") return 2 * sizeOf(kernel.output.shape) * a!.view.shape.at(-1)!;
  if (kernel.op === "conv") return 2 * sizeOf(kernel.output.shape) * sizeOf(b!.view.shape.slice(1));
  // Adjoints do the work of the convolution that they belong to.
  if (kernel.op === "convInput") return 2 * sizeOf(a!.view.shape) * sizeOf(b!.view.shape.slice(1));
  if (kernel.op === "convWeight") return 2 * sizeOf(b!.view.shape) * sizeOf(kernel.output.shape.slice(1));
  return sizeOf(kernel.output.shape);
}

function bytesOfKernel(kernel: Kernel): number {
  if (kernel.kind === "call") {
    const inputs = kernel.inputs.reduce((sum, i) => sum + sizeOf(i.view.shape) * dtypes[i.dtype].bytes, 0);
    return inputs + sizeOf(kernel.output.shape) * dtypes[kernel.output.dtype].bytes;
  }
  const outer = sizeOf(kernel.space.filter((_, i) => !kernel.reduced[i]));
  return kernel.body.reduce((sum, inst) => {
    if (inst.op !== "load" && inst.op !== "store" && inst.op !== "loadAt") return sum;
    return sum + dtypes[inst.dtype].bytes * (inst.level === "full" ? sizeOf(kernel.space) : outer);
  }, 0);
}
