/** Linear classifiers on sparse rows against scikit-learn: a million rows of 10,000 columns that store 20 numbers each. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setThreads } from "whetstone/kernels";
import { LogisticRegression } from "whetstone/linear";
import { randomStream, SparseMatrix, softplus } from "whetstone/math";
import { LinearSVC } from "whetstone/svm";
import { findPython, startPython } from "../python.mjs";

const [d, each] = [10_000, 20];

/** Frequent columns first, as words are; the label is a noisy sign of a linear score. */
function generate(n) {
  const random = randomStream(`sparse rows ${n}`);
  const truth = random.fillNormal(new Float64Array(d));
  const values = new Float64Array(n * each);
  const indices = new Int32Array(n * each);
  const y = new Int32Array(n);
  const block = d / each;
  for (let i = 0; i < n; i++) {
    let score = 0;
    for (let k = 0, at = i * each; k < each; k++, at++) {
      // One column of each block, so that columns ascend and none repeats.
      const j = k * block + Math.floor(block * random.uniform() ** 3);
      indices[at] = j;
      values[at] = 1 / Math.sqrt(each);
      score += truth[j] * values[at];
    }
    y[i] = score + 0.3 * random.normal() > 0 ? 1 : 0;
  }
  const starts = Int32Array.from({ length: n + 1 }, (_, i) => i * each);
  return { X: new SparseMatrix(values, indices, starts, n, d), y };
}

/** |w|^2 / 2 (the intercept too where it is a column) plus C times the summed loss. */
function objective({ X, y }, coef, intercept, C, loss, penalised) {
  const scores = X.matVec(coef);
  let sum = penalised ? (intercept * intercept) / 2 : 0;
  for (const w of coef) sum += (w * w) / 2;
  for (let i = 0; i < y.length; i++) sum += C * loss((y[i] === 1 ? 1 : -1) * (scores[i] + intercept));
  return sum;
}

function row({ name, peer, kind, rows, rounds, spec, loss, penalised }) {
  let data;
  let folder;
  let python;
  let model;
  return {
    name,
    peer,
    rounds,
    warmUp: 0,
    async prepare() {
      const command = findPython(["sklearn"]);
      if (command === null) return "no Python with sklearn was found";
      data = generate(rows);
      folder = mkdtempSync(join(tmpdir(), "whetstone-sparse-"));
      writeFileSync(join(folder, "values"), data.X.values);
      writeFileSync(join(folder, "indices"), data.X.indices);
      writeFileSync(join(folder, "y"), data.y);
      python = startPython(command, "sparse.py", { threads: 2 });
      await python.call("prepare", { folder, rows, cols: d, each, kind });
    },
    ours() {
      setThreads(2);
      model = spec.fit(data.X, data.y);
    },
    theirs: () => python.call("run"),
    async quality() {
      const found = await python.call("found");
      const of = (coef, intercept) =>
        objective(data, Float64Array.from(coef), intercept, 0.1, loss, penalised);
      const ours = of(model.coef.data, model.intercept[0]);
      const theirs = of(found.coef, found.intercept);
      return {
        ok: ours <= theirs * 1.001,
        text: `objective ${ours.toFixed(1)}, theirs ${theirs.toFixed(1)}`,
      };
    },
    async memory() {
      return { ours: process.memoryUsage().rss, theirs: await python.call("memory") };
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const rows = [
  row({
    name: "linear-svm-1Mx10k-sparse",
    peer: "sklearn LinearSVC (liblinear)",
    kind: "svm",
    rows: 1_000_000,
    rounds: 1,
    spec: new LinearSVC({ loss: "hinge", C: 0.1, tol: 1e-3 }),
    loss: (margin) => Math.max(0, 1 - margin),
    penalised: true,
  }),
  row({
    name: "logistic-100kx10k-sparse",
    peer: "sklearn LogisticRegression(lbfgs)",
    kind: "logistic",
    rows: 100_000,
    rounds: 3,
    spec: new LogisticRegression({ C: 0.1, tol: 1e-5 }),
    loss: (margin) => softplus(-margin),
    penalised: false,
  }),
];
