/** Gaussian naive Bayes, fit and predict: 100,000 rows of 28 features in five classes, against scikit-learn. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GaussianNB } from "whetstone/bayes";
import { setThreads } from "whetstone/kernels";
import { Matrix, randomStream } from "whetstone/math";
import { findPython, startPython } from "../python.mjs";

const [n, d, K] = [100_000, 28, 5];

function generate() {
  const random = randomStream("naive bayes");
  const centres = random.fillNormal(new Float64Array(K * d));
  const X = new Float64Array(n * d);
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    y[i] = random.int(K);
    for (let j = 0; j < d; j++) X[i * d + j] = 0.3 * centres[y[i] * d + j] + (1 + j / 10) * random.normal();
  }
  return { X: new Matrix(X, n, d), y };
}

let data;
let folder;
let python;
let predicted;

export const rows = [
  {
    name: "gaussian-nb-100kx28",
    peer: "sklearn GaussianNB",
    target: 3,
    rounds: 11,
    async prepare() {
      const command = findPython(["sklearn"]);
      if (command === null) return "no Python with sklearn was found";
      data = generate();
      folder = mkdtempSync(join(tmpdir(), "whetstone-bayes-"));
      writeFileSync(join(folder, "x"), data.X.data);
      writeFileSync(join(folder, "y"), Float64Array.from(data.y));
      python = startPython(command, "naive_bayes.py", { threads: 2 });
      await python.call("prepare", { x: join(folder, "x"), y: join(folder, "y"), rows: n, cols: d });
    },
    ours() {
      setThreads(2);
      predicted = new GaussianNB().fit(data.X, data.y).predict(data.X);
    },
    theirs: () => python.call("run"),
    async quality() {
      const theirs = await python.call("found");
      const differ = theirs.reduce((sum, label, i) => sum + (label === predicted[i] ? 0 : 1), 0);
      return { ok: differ === 0, text: `${differ} of ${n} predictions differ` };
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  },
];
