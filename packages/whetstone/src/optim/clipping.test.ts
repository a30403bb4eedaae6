import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problem } from "../../test/optim-problem.ts";
import { Tensor } from "../tensor/index.ts";
import { clipGradNorm, clipGradValue, gradientNorm, SGD } from "./index.ts";

const golden = (
  JSON.parse(
    readFileSync(new URL("../../../../reference/values/torch/optim.json", import.meta.url), "utf8"),
  ) as { clipping: { value: number[] } & Record<"1" | "2" | "inf", { norm: number; grads: number[] }> }
).clipping;

const grads = ({ W, b }: ReturnType<typeof problem>) => [...W.grad!.data(), ...b.grad!.data()];

test.each([
  ["2", 2],
  ["1", 1],
  ["inf", Number.POSITIVE_INFINITY],
] as const)("torch.nn.utils.clip_grad_norm_, norm %s", (name, p) => {
  const at = problem();
  at.loss().backward();
  const norm = clipGradNorm([at.W, at.b], 0.7, p);
  expect(norm.item()).toBeCloseTo(golden[name].norm, 12);
  grads(at).forEach((g, i) => {
    expect(g).toBeCloseTo(golden[name].grads[i]!, 12);
  });
});

test("torch.nn.utils.clip_grad_value_", () => {
  const at = problem();
  at.loss().backward();
  clipGradValue([at.W, at.b], 0.3);
  grads(at).forEach((g, i) => {
    expect(g).toBeCloseTo(golden.value[i]!, 12);
  });
});

test("small gradients pass unchanged, no gradient has norm 0, and the norm can be read after the step", () => {
  const at = problem();
  at.loss().backward();
  const before = grads(at);
  clipGradNorm([at.W, at.b], 1e6);
  expect(grads(at)).toEqual(before);
  expect(gradientNorm([Tensor.ones([2], { requiresGrad: true })]).item()).toBe(0);
  const optimizer = new SGD([at.W, at.b], { lr: 0.1 });
  optimizer.zeroGrad();
  at.loss().backward();
  const norm = clipGradNorm([at.W, at.b], 0.7);
  optimizer.step();
  expect(norm.item()).toBeCloseTo(golden["2"].norm, 12);
});
