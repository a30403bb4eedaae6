/** The built command as a person starts it. Built by `npm test` before the tests run. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { writeCsv } from "whetstone/data";
import { loadBreastCancer, loadDigits } from "whetstone/datasets";
import { workFolder } from "./command.ts";

const bin = fileURLToPath(new URL("../bin/whetstone.js", import.meta.url));
const built = existsSync(fileURLToPath(new URL("../dist/commands/train.js", import.meta.url)));
const folder = workFolder();
const cwd = folder.path(".");
folder.write("cancer.csv", writeCsv(loadBreastCancer().table()));

describe.skipIf(!built)("the built command", () => {
  const whetstone = (...args: string[]) =>
    spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", cwd, timeout: 120_000 });

  test("trains into models/FILE-TARGET and predicts from it", () => {
    const trained = whetstone("train", "cancer.csv", "--target", "diagnosis");
    expect(trained.stderr).toMatch(/fitting 18\/18/);
    expect(trained.stdout).toMatch(/Predict with: whetstone predict models\/cancer-diagnosis NEW\.csv\n$/);
    expect(trained.status).toBe(0);
    const predicted = whetstone("predict", "models/cancer-diagnosis", "cancer.csv");
    expect(predicted.stdout.split("\n")).toHaveLength(571);
    expect(predicted.stdout).toMatch(/^predicted_diagnosis,probability_benign,probability_malignant\n/);
    expect(predicted.stderr).toBe("");
    expect(predicted.status).toBe(0);
  });

  test("prints one JSON object and nothing else", () => {
    const { stdout } = whetstone(
      "train",
      "cancer.csv",
      "--target",
      "diagnosis",
      "--json",
      "--out",
      "json-model",
    );
    expect(JSON.parse(stdout)).toMatchObject({ task: "classification", out: "json-model", seed: 0 });
  });

  test("Ctrl-C leaves no folder behind", async () => {
    const digits = loadDigits().table();
    mkdirSync(folder.path("stopped"));
    folder.write("stopped/big.csv", writeCsv(digits.concat(digits, digits, digits)));
    const args = ["train", "big.csv", "--target", "digit", "--folds", "10"];
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: folder.path("stopped"),
      stdio: ["ignore", "pipe", "pipe"],
    });
    await once(child.stderr, "data");
    child.kill("SIGINT");
    const [code, signal] = await once(child, "exit");
    expect(code === 130 || signal === "SIGINT").toBe(true);
    expect(readdirSync(folder.path("stopped"))).toEqual(["big.csv"]);
  });

  test("a reader that stops early is no failure", async () => {
    const child = spawn(process.execPath, [bin, "predict", "models/cancer-diagnosis", "cancer.csv"], { cwd });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    await once(child, "exit");
    expect(stderr).not.toMatch(/EPIPE|at /);
  });
});
