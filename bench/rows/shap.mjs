/** Shapley values of 100 trees of depth 6 for 1,000 rows of 28 features: the same trees, trained by XGBoost. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { treeShap } from "whetstone/explain";
import { importXGBoost } from "whetstone/interchange";
import { setThreads } from "whetstone/kernels";
import { Matrix } from "whetstone/math";
import { higgsLike } from "../higgs-like.mjs";
import { findPython, startPython } from "../python.mjs";

const train = 20_000;
const explained = 1000;
const total = train + explained;
const cols = 28;
const trees = 100;

let python;
let folder;
let X;
let model;
let found;

export const rows = [
  {
    name: "treeshap-100-trees-1000-rows",
    peer: "xgboost pred_contribs",
    target: 1,
    rounds: 9,
    warmUp: 3,
    async prepare() {
      const command = findPython(["xgboost"]);
      if (command === null) return "no Python with xgboost was found";
      const data = higgsLike(total, cols);
      folder = mkdtempSync(join(tmpdir(), "whetstone-shap-"));
      const file = (name) => join(folder, name);
      writeFileSync(file("x"), data.X);
      writeFileSync(file("y"), data.y);
      X = new Matrix(Float64Array.from(data.X.subarray(train * cols)), explained, cols);
      python = startPython(command, "shap.py", { threads: 2 });
      const files = { x: file("x"), y: file("y"), model: file("model.json") };
      await python.call("prepare", { ...files, rows: total, cols, train, explained, trees });
      model = importXGBoost(readFileSync(file("model.json"), "utf8"));
    },
    ours() {
      setThreads(2);
      found = treeShap(model, X);
    },
    theirs: () => python.call("run"),
    async quality() {
      const out = join(folder, "theirs");
      await python.call("quality", { out });
      const theirs = new Float64Array(new Uint8Array(readFileSync(out)).buffer);
      const output = model.decisionFunction(X).data;
      let [gap, sum] = [0, 0];
      for (let i = 0; i < explained; i++) {
        const row = [...found.values[0].row(i), found.baseValues[0]];
        row.forEach((v, j) => void (gap = Math.max(gap, Math.abs(v - theirs[i * (cols + 1) + j]))));
        sum = Math.max(sum, Math.abs(row.reduce((a, b) => a + b, 0) - output[i]));
      }
      return {
        ok: gap < 2e-5 && sum < 1e-12,
        text: `largest difference ${gap.toExponential(1)} (float32), sums off by ${sum.toExponential(1)}`,
      };
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  },
];
