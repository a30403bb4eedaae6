/** Random forest: 100 trees on 20,000 rows of 28 features, held-out accuracy on 20,000 more. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RandomForestClassifier } from "whetstone/ensemble";
import { setThreads } from "whetstone/kernels";
import { Matrix } from "whetstone/math";
import { higgsLike } from "../higgs-like.mjs";
import { findPython, startPython } from "../python.mjs";

const train = 20_000;
const total = 40_000;
const cols = 28;
const trees = 100;

let python;
let folder;
let data;
let X;
let y;
let model;

function accuracy() {
  const held = new Matrix(Float64Array.from(data.X.subarray(train * cols)), total - train, cols);
  const said = model.predict(held);
  return said.filter((label, i) => label === data.y[train + i]).length / said.length;
}

export const rows = [
  {
    name: "forest-20kx28-100-trees",
    peer: "sklearn RandomForestClassifier",
    target: 4,
    rounds: 5,
    warmUp: 1,
    async prepare() {
      const command = findPython(["sklearn"]);
      if (command === null) return "no Python with sklearn was found";
      data = higgsLike(total, cols);
      folder = mkdtempSync(join(tmpdir(), "whetstone-forest-"));
      writeFileSync(join(folder, "x"), data.X);
      writeFileSync(join(folder, "y"), data.y);
      X = new Matrix(Float64Array.from(data.X.subarray(0, train * cols)), train, cols);
      y = data.y.subarray(0, train);
      python = startPython(command, "forest.py", { threads: 2 });
      const files = { x: join(folder, "x"), y: join(folder, "y") };
      await python.call("prepare", { ...files, rows: total, cols, train, trees });
    },
    ours() {
      setThreads(2);
      model = new RandomForestClassifier({ nEstimators: trees }).fit(X, y);
    },
    theirs: () => python.call("run"),
    async quality() {
      const own = accuracy();
      const other = await python.call("quality");
      return {
        ok: own >= other - 0.003,
        text: `accuracy ${(100 * own).toFixed(2)} %, theirs ${(100 * other).toFixed(2)} %`,
      };
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  },
];
