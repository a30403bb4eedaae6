import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/whetstone.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "whetstone-commands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whetstone = (...args: string[]) =>
  spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", cwd: folder, timeout: 120_000 });

test("verify runs the cards named and writes what the coverage count reads", () => {
  const file = join(folder, "verify.json");
  const { status, stdout } = whetstone("verify", "math/svd", "stats", "--json", file, "--verbose");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^holds {2}math\/svd/m);
  expect(stdout).toMatch(
    /(\d+) of \1 cards hold, (\d+) of \2 checks held, \d+ errors of circulating sheets shown, [\d.]+ m?s\n$/,
  );
  const { cards, answers } = JSON.parse(readFileSync(file, "utf8"));
  expect(Array.isArray(answers)).toBe(true);
  const svd = cards.find((card: { id: string }) => card.id === "math/svd");
  expect(svd).toMatchObject({ ok: true, covers: expect.arrayContaining(["math/svd"]) });
  expect(svd.ms).toBeGreaterThan(0);
  for (const check of svd.checks) expect(check).toMatchObject({ name: expect.any(String), ok: true });
});

test("the speed run ends with its closing line and code 0", () => {
  const { status, stdout, stderr } = whetstone("start", "--once");
  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(stdout).toMatch(/cards hold, \d+ of \d+ checks held/);
  expect(stderr).toMatch(/cards \d+\/\d+/);
  expect(status).toBe(0);
});

test.each([
  [["verify", "math/nothing-like-it"], /no card or chapter "math\/nothing-like-it"/],
  [["bogus"], /unknown command/],
  [["studio", "--port", "many"], /--port is "many", expected an integer/],
  [["studio", "--port", "99999"], /at most 65535/],
  [["train"], /required option .--target/],
])("%j is wrong usage: code 2 and a sentence", (args, sentence) => {
  const { status, stderr, stdout } = whetstone(...args);
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/ {4}at /);
  expect(stdout).toBe("");
  expect(status).toBe(2);
});

test.each(["train", "predict", "verify", "studio", "start", "doctor"])(
  "%s explains itself with an example",
  (command) => {
    const { status, stdout } = whetstone(command, "--help");
    expect(status).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}whetstone /);
  },
);

test("doctor says what the machine offers", () => {
  const facts = JSON.parse(whetstone("doctor", "--json").stdout);
  expect(facts).toMatchObject({ simd: true, sharedMemory: true, node: process.versions.node });
  expect(facts.threads).toBeGreaterThanOrEqual(1);
  expect(whetstone("doctor").stdout).toMatch(/Relaxed SIMD {3,}(yes|no)/);
});

test("a taken port is a sentence, not a stack", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [bin, "studio", "--port", String(port)]);
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "exit");
  server.close();
  expect(code).toBe(1);
  expect(stderr).toBe(
    `whetstone: port ${port} is taken; choose another with --port, e.g. --port ${port + 1}.\n`,
  );
});

test("the studio serves until interrupted", async () => {
  const child = spawn(process.execPath, [bin, "studio", "--port", "0"]);
  const [chunk] = await once(child.stdout, "data");
  const url = /http:\/\/localhost:\d+/.exec(String(chunk))?.[0];
  expect(url).toBeDefined();
  const response = await fetch(url!.replace("localhost", "127.0.0.1"));
  expect(response.status).toBe(200);
  expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  expect(await response.text()).toContain("<title>Whetstone</title>");
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
