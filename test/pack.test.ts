import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "./chromium.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
let folder = "";

/** A step of a newcomer: must end with code 0. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 120_000,
  });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error ?? `code ${status}`}\n${stdout}${stderr}`);
  return stdout;
}

const pack = (name: string) => {
  run("npm", ["pack", "--silent", "--pack-destination", folder, join(root, "packages", name)], folder);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-pack-"));
  for (const name of ["whetstone", "sheet", "studio", "cli"]) pack(name);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function emptyProject(name: string, packed: readonly string[]): string {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  const files = readdirSync(folder).filter((f) => f.endsWith(".tgz"));
  const wanted = packed.map((p) => join(folder, files.find((f) => f.startsWith(p))!));
  run(
    "npm",
    ["install", "--silent", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", ...wanted],
    project,
  );
  return project;
}

const LEARN = `
import { loadBreastCancer } from "whetstone/datasets";
import { StandardScaler, Pipeline } from "whetstone/data";
import { LogisticRegression } from "whetstone/linear";
import { load } from "whetstone";
export async function learn() {
  const { X, y } = loadBreastCancer();
  const spec = new Pipeline({ steps: [["scale", new StandardScaler()], ["model", new LogisticRegression()]] });
  const share = (model) => model.predict(X).filter((v, i) => v === y[i]).length / y.length;
  const model = spec.fit(X, y);
  return [share(model), share(load(model.save())), share(await spec.fitAsync(X, y))];
}
`;

test("the library installs into an empty project and learns there", () => {
  const project = emptyProject("node-user", ["whetstone-0"]);
  writeFileSync(join(project, "learn.js"), LEARN);
  writeFileSync(
    join(project, "main.js"),
    `import { learn } from "./learn.js"; console.log(JSON.stringify(await learn()));`,
  );
  const shares = JSON.parse(run(process.execPath, ["main.js"], project)) as number[];
  expect(shares).toHaveLength(3);
  for (const share of shares) expect(share).toBeGreaterThan(0.97);
});

test("the command installs into an empty project", () => {
  const project = emptyProject("cli-user", [
    "whetstone-0",
    "whetstone-sheet",
    "whetstone-studio",
    "whetstone-cli",
  ]);
  writeFileSync(
    join(project, "xor.csv"),
    `a,b,y\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${(i % 7) + 2 * (i % 5)}`).join("\n")}\n`,
  );
  const bin = join(project, "node_modules/.bin/whetstone");
  const report = JSON.parse(run(bin, ["train", "xor.csv", "--target", "y", "--json"], project));
  expect(report.task).toBe("regression");
  expect(run(bin, ["predict", report.out, "xor.csv"], project).trim().split("\n")).toHaveLength(61);
  expect(run(bin, ["verify", "math/softmax"], project)).toContain("1 of 1 cards hold");
});

const browser = findChromium();
if (!browser) console.log(NO_CHROMIUM);
describe.skipIf(!browser)("a page built by Vite", () => {
  test.each([true, false])("learns, on threads and in a worker (isolated: %s)", async (isolated) => {
    const project = emptyProject(`page-user-${isolated}`, ["whetstone-0"]);
    writeFileSync(join(project, "learn.js"), LEARN);
    writeFileSync(
      join(project, "index.html"),
      `<!doctype html><title>page</title><script type="module" src="./main.js"></script>`,
    );
    writeFileSync(
      join(project, "main.js"),
      `import { learn } from "./learn.js"; import { kernelInfo } from "whetstone/kernels";
       learn().then((shares) => { window.answer = { shares, info: kernelInfo() }; }, (error) => { window.answer = { error: String(error.stack ?? error) }; });`,
    );
    await build({ root: project, logLevel: "error", configFile: false, worker: { format: "es" } });
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      const file = join(project, "dist", path === "/" ? "index.html" : path);
      const type = file.endsWith(".js") ? "text/javascript" : "text/html";
      const isolation = isolated
        ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }
        : {};
      if (existsSync(file))
        response.writeHead(200, { "content-type": type, ...isolation }).end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const chrome = await chromium.launch({ executablePath: browser!, args: CHROMIUM_FLAGS });
    try {
      const page = await chrome.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const handle = await page.waitForFunction(() => (globalThis as { answer?: unknown }).answer, null, {
        timeout: 60_000,
      });
      const answer = (await handle.jsonValue()) as {
        error?: string;
        shares: number[];
        info: { threads: number; simd: boolean };
      };
      expect(answer.error).toBeUndefined();
      expect(answer.shares).toHaveLength(3);
      for (const share of answer.shares) expect(share).toBeGreaterThan(0.97);
      expect(answer.info.simd).toBe(true);
      if (isolated) expect(answer.info.threads).toBeGreaterThanOrEqual(1);
      else expect(answer.info.threads).toBe(1);
    } finally {
      await chrome.close();
      server.close();
    }
  });
});
