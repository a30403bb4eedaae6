import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build } from "vite";

/**
 * Bundles a page that imports `answer` from a module, runs it in a Chromium and waits for what it found. `files` are
 * served beside the page.
 */
export async function runPage<Answer>(
  browser: string,
  module: string,
  options: { readonly flags?: readonly string[]; readonly files?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const { flags = [], files = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), "whetstone-page-"));
  try {
    writeFileSync(
      join(folder, "main.js"),
      `import { answer } from ${JSON.stringify(module)};
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
        const body = files[path] ?? readFileSync(join(folder, "dist", path === "/" ? "index.html" : path));
        response.writeHead(200, { "content-type": type }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const chrome = await chromium.launch({ executablePath: browser, args: [...flags] });
    try {
      const tab = await chrome.newPage();
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const handle = await tab.waitForFunction(() => (globalThis as { answer?: unknown }).answer, null, {
        timeout: 280_000,
      });
      const answer = (await handle.jsonValue()) as Answer & { readonly error?: string };
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
