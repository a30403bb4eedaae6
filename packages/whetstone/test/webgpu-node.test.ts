import { afterAll, describe } from "vitest";
import { openDevice } from "../src/tensor/backends/webgpu/device.ts";
import { getBackend, setBackend } from "../src/tensor/index.ts";
import { checkAnswer } from "./webgpu-checks.ts";
import { answer } from "./webgpu-page.ts";

/** Why WebGPU cannot be had in this Node, or null. */
const reason = await openDevice({}).then(
  (device) => void device.destroy(),
  (error: Error) => error.message,
);
if (reason) console.log(`WebGPU tests in Node left out: ${reason}`);

describe.skipIf(reason)("webgpu in Node", () => {
  const before = getBackend();
  afterAll(() => setBackend(before));
  checkAnswer(answer);
});
