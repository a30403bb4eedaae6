import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { findChromium } from "../../../test/chromium.ts";
import { runPage } from "./run-page.ts";
import { checkAnswer } from "./webgpu-checks.ts";

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

describe.skipIf(!browser)("webgpu", () => {
  checkAnswer(() => runPage(browser!, fileURLToPath(new URL("webgpu-page.ts", import.meta.url)), { flags }));
});
