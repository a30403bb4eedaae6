import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";
import { beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../../test/chromium.ts";
import { allCases, dtypesOf, graphOf, leaf, usesFloat64 } from "../src/tensor/backends/conformance-check.ts";
import { referenceBackend } from "../src/tensor/backends/reference/index.ts";
import * as b from "../src/tensor/graph/build.ts";
import type { Answer, Verdict } from "./webgpu-page.ts";
import { type Elementary, elementary, more, trainPerceptron } from "./webgpu-shared.ts";

const browser = findChromium();
if (!browser) console.log("WebGPU tests left out: no Chromium found (set CHROMIUM_PATH to use one)");

/** WebGPU in software: slow, and the same everywhere. */
const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** Bundles the page, runs it in Chromium and waits for what it found. */
async function runPage(): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-webgpu-"));
  try {
    const page = fileURLToPath(new URL("webgpu-page.ts", import.meta.url));
    writeFileSync(
      join(folder, "main.js"),
      `import { answer } from ${JSON.stringify(page)};
answer().then((a) => { window.answer = a; }, (e) => { window.answer = { error: String(e?.stack ?? e) }; });`,
    );
    writeFileSync(
      join(folder, "index.html"),
      `<!doctype html><title>page</title><script type="module" src="./main.js"></script>`,
    );
    await build({ root: folder, logLevel: "error", configFile: false, worker: { format: "es" } });
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      const type = path.endsWith(".js") ? "text/javascript" : "text/html";
      try {
        const body = readFileSync(join(folder, "dist", path === "/" ? "index.html" : path));
        response.writeHead(200, { "content-type": type }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const chrome = await chromium.launch({ executablePath: browser!, args: flags });
    try {
      const tab = await chrome.newPage();
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const handle = await tab.waitForFunction(() => (globalThis as { answer?: unknown }).answer, null, {
        timeout: 280_000,
      });
      const answer = (await handle.jsonValue()) as Answer;
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    } finally {
      await chrome.close();
      server.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const find = (verdicts: readonly Verdict[], name: string, dtype: string) =>
  verdicts.find((v) => v.name === name && v.dtype === dtype);

/** float64 is left out on WebGPU: WGSL has no such type, and kernels with it are refused. */
const computable = [...allCases, ...more].map(
  ([name, c]) => [name, dtypesOf(c).filter((d) => !usesFloat64(graphOf(name, c, d)))] as const,
);

describe.skipIf(!browser)("webgpu", () => {
  let answer: Answer;
  beforeAll(async () => {
    answer = await runPage();
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
});

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
