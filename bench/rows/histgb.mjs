/** Histogram gradient boosting: 100 trees on 80,000 rows of 28 features, held-out log loss on 20,000 more. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { setThreads } from "whetstone/kernels";
import { Matrix } from "whetstone/math";
import { higgsLike } from "../higgs-like.mjs";
import { findPython, startPython } from "../python.mjs";

const train = 80_000;
const rows_ = 100_000;
const cols = 28;
const trees = 100;

let data;

function logLoss(model) {
  const { X, y } = data;
  const p = model.predictProba(new Matrix(Float64Array.from(X.subarray(train * cols)), rows_ - train, cols));
  let sum = 0;
  for (let i = 0; i < p.rows; i++) sum -= Math.log(Math.max(1e-15, p.at(i, y[train + i])));
  return sum / p.rows;
}

function row({ name, peer, target, library, module, params }) {
  const spec = new HistGradientBoostingClassifier({ maxIter: trees, earlyStopping: false, ...params });
  let python;
  let folder;
  let X;
  let y;
  let model;
  return {
    name,
    peer,
    target,
    rounds: 9,
    warmUp: 2,
    async prepare() {
      const command = findPython([module]);
      if (command === null) return `no Python with ${module} was found`;
      data ??= higgsLike(rows_, cols);
      folder = mkdtempSync(join(tmpdir(), "whetstone-histgb-"));
      writeFileSync(join(folder, "x"), data.X);
      writeFileSync(join(folder, "y"), data.y);
      X = new Matrix(Float64Array.from(data.X.subarray(0, train * cols)), train, cols);
      y = data.y.subarray(0, train);
      python = startPython(command, "histgb.py", { threads: 2 });
      const files = { x: join(folder, "x"), y: join(folder, "y") };
      await python.call("prepare", { ...files, rows: rows_, cols, train, library, trees });
    },
    ours() {
      setThreads(2);
      model = spec.fit(X, y);
    },
    theirs: () => python.call("run"),
    async quality() {
      const own = logLoss(model);
      const other = await python.call("quality");
      return { ok: own <= 1.01 * other, text: `log loss ${own.toFixed(5)}, theirs ${other.toFixed(5)}` };
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const rows = [
  row({
    name: "histgb-80kx28-100-trees",
    peer: "sklearn HistGradientBoosting",
    target: 1.5,
    library: "sklearn",
    module: "sklearn",
    params: {},
  }),
  row({
    name: "histgb-80kx28-100-depth6",
    peer: "xgboost 1.7 hist",
    target: 1.2,
    library: "xgboost",
    module: "xgboost",
    params: { maxLeafNodes: null, maxDepth: 6, l2Regularization: 1, minSamplesLeaf: 1, minHessianToSplit: 1 },
  }),
];
