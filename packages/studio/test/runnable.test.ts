import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { slider } from "@whetstone/sheet";
import { transformWithOxc } from "vite";
import { expect, it } from "vitest";
import { runnable } from "../src/code/runnable.ts";

const cards = fileURLToPath(new URL("../../sheet/src/cards/", import.meta.url));
// Inside the repository, so that Node finds the packages as a reader's project would.
const folder = fileURLToPath(new URL("../../../node_modules/.cache/whetstone-runnable/", import.meta.url));

it.each([
  ["math/svd", {}, {}],
  ["optim/gradient-descent", { kappa: 7 }, { kappa: slider(2, 200, 30, { scale: "log" }) }],
])("the file copied from %s runs with Node and prints its checks", async (id, controls, declared) => {
  const source = readFileSync(`${cards}${id}.ts`, "utf8").replaceAll("../../index.ts", "@whetstone/sheet");
  const text = runnable(source, declared, { controls, seed: 3 });
  const { code } = await transformWithOxc(text, "experiment.ts");
  mkdirSync(folder, { recursive: true });
  const file = `${folder}${id.replace("/", "-")}.mjs`;
  writeFileSync(file, code);
  try {
    const { stdout, stderr, status } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line).toMatch(/^holds {2}.+\(expected /);
    if (id === "optim/gradient-descent")
      expect(stdout).toContain(`error kept per step: ${(6 / 8).toFixed(2)}`);
  } finally {
    rmSync(file);
  }
});

it("takes names that the source does not have", () => {
  const text = runnable("const experiment = 1;\nexport default card({});\n", {}, { controls: {}, seed: 0 });
  expect(text).toContain("const experiment_ = card({});");
});
