import { writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { allCases, dtypesOf, graphOf, leaf, usesFloat64 } from "../src/tensor/backends/conformance-check.ts";
import { referenceBackend } from "../src/tensor/backends/reference/index.ts";
import * as b from "../src/tensor/graph/build.ts";
import type { Answer, Verdict } from "./webgpu-page.ts";
import { type Elementary, elementary, more, trainPerceptron } from "./webgpu-shared.ts";

const find = (verdicts: readonly Verdict[], name: string, dtype: string) =>
  verdicts.find((v) => v.name === name && v.dtype === dtype);

/** float64 is left out on WebGPU: WGSL has no such type, and kernels with it are refused. */
const computable = [...allCases, ...more].map(
  ([name, c]) => [name, dtypesOf(c).filter((d) => !usesFloat64(graphOf(name, c, d)))] as const,
);

/** The tests of everything that is computed on a GPU, wherever that is. */
export function checkAnswer(run: () => Promise<Answer>): void {
  let answer: Answer;
  beforeAll(async () => {
    answer = await run();
    if (process.env.WEBGPU_REPORT) writeFileSync(process.env.WEBGPU_REPORT, JSON.stringify(answer));
  }, 300_000);

  test.each(computable)("%s", (name, dtypes) => {
    for (const dtype of dtypes) {
      expect(find(answer.conformance, name, dtype)?.wrong, dtype).toBeNull();
      if (dtype === "f32" && name.endsWith(" 1"))
        expect(find(answer.crowded, name, dtype)?.wrong, "two bindings").toBeNull();
    }
  });

  /** Stated for WebGPU on float32; the language itself promises less. */
  test.each(elementary().map((one, i) => [`${one.op}${i}`, one, i] as const))("error of %s", (_, one, i) => {
    const { worst, at, wrong } = errorOf(one, answer.functions[i]!);
    expect(wrong).toEqual([]);
    expect(worst, at).toBeLessThanOrEqual(one.ulps);
  });

  test("a training loop gives what it gives on the wasm backend", async () => {
    const here = await trainPerceptron();
    expect(answer.training.losses).toHaveLength(20);
    // Two random tensors, and steps that are all alike.
    expect(answer.plans).toBeLessThanOrEqual(4);
    expect(here.losses.at(-1)!).toBeLessThan(0.9 * here.losses[0]!);
    answer.training.losses.forEach((loss, i) => {
      expect(Math.abs(loss - here.losses[i]!)).toBeLessThan(1e-5 * here.losses[i]!);
    });
    here.parameters.forEach((values, i) => {
      values.forEach((value, j) => {
        expect(Math.abs(answer.training.parameters[i]![j]! - value)).toBeLessThan(1e-4);
      });
    });
  });

  test("what a GPU cannot do is said in a sentence", () => {
    const { data, float64, elsewhere } = answer.sentences;
    expect(data).toContain("webgpu backend can only be read asynchronously; use await tensor.read()");
    expect(float64).toContain("float64 tensors cannot be computed on a GPU");
    expect(elsewhere).toContain("make a new tensor of what await tensor.read() gives");
  });
}

/** Largest error over ordinary results, and where NaN, an infinity or a zero is not what it should be. */
function errorOf({ op, inputs }: Elementary, actual: readonly number[]) {
  const [x, y] = inputs.map((values) => leaf([values.length], "f64", values));
  const node = op === "pow" ? b.binary(op, x!, y!) : b.unary(op, x!);
  referenceBackend.realize([{ node, replaces: null }]);
  const exact = node.storage!.host!;
  let worst = 0;
  let at = "";
  const wrong: string[] = [];
  for (const [i, value] of exact.entries()) {
    const size = Math.abs(Math.fround(value));
    // Numbers below the normal range may count as 0, as operands and as results.
    if (size > 0 && size < 2 ** -125) continue;
    if (Number.isFinite(size) && size > 0) {
      const unit = 2 ** (Math.floor(Math.log2(size)) - 23);
      const error = Math.abs(actual[i]! - value) / unit;
      if (error > worst) at = `${op}(${inputs.map((v) => v[i])}): ${actual[i]}, expected ${value}`;
      worst = Math.max(worst, error);
    } else if (!Object.is(actual[i]! + 0, Math.fround(value) + 0)) {
      wrong.push(`${op}(${inputs.map((v) => v[i])}): ${actual[i]}, expected ${value}`);
    }
    if (Number.isNaN(worst)) throw new Error(`${op}(${inputs.map((v) => v[i])}) is ${actual[i]}`);
  }
  return { worst, at, wrong };
}
