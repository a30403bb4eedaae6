import { rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { serveStudio } from "../server/index.js";
import { buildStudio } from "./studio-build.ts";

const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);

/** With every card of the sheet, as a browser asks for it. */
it.skipIf(executablePath === null)(
  "shows the home page of the whole sheet with less than 80 KB of script",
  async () => {
    const folder = buildStudio();
    const server = await serveStudio({ port: 0, root: folder });
    const browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
    const sizes: [string, number][] = [];
    try {
      const page = await (await browser.newContext({ serviceWorkers: "block" })).newPage();
      const measured: Promise<unknown>[] = [];
      page.on("response", (response) => {
        if (response.request().resourceType() !== "script") return;
        measured.push(response.body().then((body) => sizes.push([response.url(), gzipSync(body).length])));
      });
      await page.goto(server.url, { waitUntil: "networkidle" });
      await page.getByRole("heading", { level: 1 }).waitFor();
      await Promise.all(measured);
    } finally {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
    const bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes, sizes.map(([url, size]) => `${url}: ${size}`).join("\n")).toBeLessThan(80_000);
  },
);
