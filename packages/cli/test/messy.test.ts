import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { whetstone, workFolder } from "./command.ts";
import { messyFiles } from "./messy-files.ts";

const folder = workFolder();

describe("every messy file ends with a model or with a sentence", () => {
  test.each(messyFiles().map((file, i) => [file.name, file, i] as const))("%s", async (_, file, i) => {
    const path = folder.write(`messy-${i}.csv`, file.content);
    const out = folder.path(`model-${i}`);
    const { target = "churned", args = [] } = file;
    const found = await whetstone("train", path, "--target", target, "--out", out, ...args);
    const said = found.stdout + found.stderr;
    if (process.env.SHOW)
      console.log(`\n##### ${file.name} -> ${found.code}\n${said.replaceAll(/^fitting.*\n/gm, "")}`);
    expect(said).not.toMatch(/unexpected:|\n\s+at /);
    if (file.refused) {
      expect(found.stderr).toMatch(file.refused.says);
      expect(found.code).toBe(file.refused.code);
      expect(found.stdout).toBe("");
      expect(existsSync(out)).toBe(false);
      return;
    }
    expect(found.code, found.stderr).toBe(0);
    for (const pattern of file.model ?? []) expect(said).toMatch(pattern);
    expect(readdirSync(out).sort()).toEqual(["card.md", "model.json", "weights.safetensors"]);
    // The file that was trained on can be predicted, row by row.
    const predicted = await whetstone("predict", out, path);
    expect(predicted.code, predicted.stderr).toBe(0);
  });
});
