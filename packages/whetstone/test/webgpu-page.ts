/** Runs in the page of webgpu.test.ts: everything that is computed on the GPU, and the reference beside it. */
import type { Backend } from "../src/tensor/backends/backend.ts";
import type { Case } from "../src/tensor/backends/conformance-cases.ts";
import {
  allCases,
  compare,
  decoded,
  dtypesOf,
  graphOf,
  leaf,
  usesFloat64,
} from "../src/tensor/backends/conformance-check.ts";
import { referenceBackend } from "../src/tensor/backends/reference/index.ts";
import { openDevice } from "../src/tensor/backends/webgpu/device.ts";
import { WebgpuBackend } from "../src/tensor/backends/webgpu/index.ts";
import type { DType } from "../src/tensor/dtype.ts";
import * as b from "../src/tensor/graph/build.ts";
import type { Node } from "../src/tensor/graph/node.ts";
import { setBackend, Tensor } from "../src/tensor/index.ts";
import { type Elementary, elementary, more, trainPerceptron } from "./webgpu-shared.ts";

type Wanted = readonly [name: string, c: Case, dtype: DType, node: Node];

export interface Verdict {
  readonly name: string;
  readonly dtype: string;
  readonly ulps: number;
  readonly wrong: string | null;
}

export interface Answer {
  readonly error?: string;
  readonly conformance: readonly Verdict[];
  /** The first case of each primitive with so few bindings that most operands are copied into the arena. */
  readonly crowded: readonly Verdict[];
  /** Results of elementary functions, in the order of the table. */
  readonly functions: readonly (readonly number[])[];
  readonly training: Awaited<ReturnType<typeof trainPerceptron>>;
  /** Plans that were compiled for it. */
  readonly plans: number;
  readonly sentences: { readonly data: string; readonly float64: string; readonly elsewhere: string };
  readonly milliseconds: number;
}

async function compute(backend: Backend, node: Node): Promise<number[]> {
  if (!node.storage) backend.realize([{ node, replaces: null }]);
  return decoded(node.dtype, await backend.readAsync(node.storage!));
}

/** All are queued before the first is read: programs are compiled while the reference computes. */
async function conformance(backend: Backend, wanted: readonly Wanted[]): Promise<Verdict[]> {
  const queued = wanted.map(([name, c, dtype, node]) => ({
    ...{ name, c, dtype, node },
    actual: compute(backend, graphOf(name, c, dtype)).catch(String),
  }));
  const found: Verdict[] = [];
  for (const { name, c, dtype, node, actual } of queued) {
    const expected = await compute(referenceBackend, node);
    const values = await actual;
    const verdict =
      typeof values === "string" ? { ulps: 0, wrong: values } : compare(c, node.dtype, expected, values);
    found.push({ name, dtype, ...verdict });
  }
  return found;
}

async function evaluate(backend: Backend, { op, inputs }: Elementary): Promise<number[]> {
  const [x, y] = inputs.map((values) => leaf([values.length], "f32", values));
  return compute(backend, op === "pow" ? b.binary(op, x!, y!) : b.unary(op, x!));
}

async function sentenceOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return "";
  } catch (error) {
    return String(error);
  }
}

export async function answer(): Promise<Answer> {
  const start = performance.now();
  const device = await openDevice({});
  const backend = new WebgpuBackend(device);
  const wanted = [...allCases, ...more].flatMap(([name, c]) =>
    dtypesOf(c)
      .map((dtype): Wanted => [name, c, dtype, graphOf(name, c, dtype)])
      .filter(([, , , node]) => !usesFloat64(node)),
  );
  const checked = await conformance(backend, wanted);
  const crowded = await conformance(
    new WebgpuBackend(device, 2),
    wanted.filter(([name, , dtype]) => dtype === "f32" && name.endsWith(" 1")),
  );
  const functions: number[][] = [];
  for (const one of elementary()) functions.push(await evaluate(backend, one));
  setBackend(backend);
  const before = backend.statistics.plans;
  const training = await trainPerceptron();
  const plans = backend.statistics.plans - before;
  const onDevice = Tensor.from([1, 2]).add(1).realize();
  const sentences = {
    data: await sentenceOf(() => onDevice.add(1).toArray()),
    float64: await sentenceOf(() => Tensor.from(Float64Array.of(1, 2)).add(1).realize()),
    elsewhere: await sentenceOf(() => compute(referenceBackend, onDevice.mul(2).node)),
  };
  return {
    conformance: checked,
    crowded,
    functions,
    training,
    plans,
    sentences,
    milliseconds: performance.now() - start,
  };
}
