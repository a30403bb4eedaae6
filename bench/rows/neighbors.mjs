/** Nearest rows, k-means, DBSCAN and a kernel machine against scikit-learn. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DBSCAN, KMeans } from "whetstone/cluster";
import { setThreads } from "whetstone/kernels";
import { Matrix, randomStream } from "whetstone/math";
import { NeighborSearch } from "whetstone/neighbors";
import { SVC } from "whetstone/svm";
import { findPython, startPython } from "../python.mjs";

/** One row; `generate` gives the rows and what goes with them (queries or labels). */
function pythonRow({ name, peer, target, kind, rows, cols, generate, fit, compare }) {
  let data;
  let folder;
  let python;
  let model;
  return {
    name,
    peer,
    target,
    rounds: 7,
    async prepare() {
      const command = findPython(["sklearn"]);
      if (command === null) return "no Python with sklearn was found";
      data = generate(randomStream(`bench ${kind}`), rows, cols);
      folder = mkdtempSync(join(tmpdir(), "whetstone-neighbors-"));
      writeFileSync(join(folder, "x"), data.x);
      if (data.q) writeFileSync(join(folder, "q"), data.q);
      data.X = new Matrix(data.x, rows, cols);
      python = startPython(command, "neighbors.py", { threads: 2 });
      await python.call("prepare", { folder, rows, cols, kind });
    },
    ours() {
      setThreads(2);
      model = fit(data);
    },
    theirs: () => python.call("run"),
    async quality() {
      return compare(model, await python.call("found"));
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Share of entries that are equal. */
function equal(what, ours, theirs) {
  const same = theirs.reduce((sum, v, i) => sum + (v === ours[i] ? 1 : 0), 0);
  return { ok: same === theirs.length, text: `${same} of ${theirs.length} ${what} equal` };
}

export const rows = [
  pythonRow({
    name: "knn-20k-2k-d28",
    peer: "sklearn KNeighbors brute",
    target: 1.2,
    kind: "knn",
    rows: 20_000,
    cols: 28,
    generate: (random, n, d) => ({
      x: random.fillNormal(new Float64Array(n * d)),
      q: random.fillNormal(new Float64Array(2000 * d)),
    }),
    fit: ({ X, q }) => new NeighborSearch(X, { algorithm: "brute" }).kNeighbors(new Matrix(q, 2000, 28), 5),
    compare: (model, theirs) => equal("neighbours", model.indices, theirs),
  }),
  pythonRow({
    name: "kmeans-100kx16-k10",
    peer: "sklearn KMeans(n_init=1)",
    target: 1.2,
    kind: "kmeans",
    rows: 100_000,
    cols: 16,
    generate(random, n, d) {
      const centres = random.fillNormal(new Float64Array(10 * d)).map((v) => 2 * v);
      const x = new Float64Array(n * d);
      for (let i = 0; i < n; i++) {
        const c = random.int(10) * d;
        for (let j = 0; j < d; j++) x[i * d + j] = centres[c + j] + 1.5 * random.normal();
      }
      return { x };
    },
    // From the same start and for as many iterations, so that both sides do the same work.
    fit: ({ X }) =>
      new KMeans({ nClusters: 10, init: X.selectRows([...Array(10).keys()]), tol: 0, maxIter: 30 }).fit(
        X,
        null,
        {
          onWarning() {},
        },
      ),
    compare(model, theirs) {
      const gap = model.inertia / theirs.inertia - 1;
      const text = `inertia ${(100 * gap).toFixed(4)} % above, ${model.nIter} and ${theirs.iterations} iterations`;
      return { ok: gap < 0.005, text };
    },
  }),
  pythonRow({
    name: "dbscan-20kx2",
    peer: "sklearn DBSCAN",
    target: 2,
    kind: "dbscan",
    rows: 20_000,
    cols: 2,
    generate(random, n) {
      const x = new Float64Array(2 * n);
      for (let i = 0; i < n; i++) {
        const c = random.int(20);
        const stray = i % 10 === 0;
        x[2 * i] = stray ? random.uniform(0, 20) : 4 * (c % 5) + 0.5 * random.normal();
        x[2 * i + 1] = stray ? random.uniform(0, 20) : 4 * Math.floor(c / 5) + 0.5 * random.normal();
      }
      return { x };
    },
    fit: ({ X }) => new DBSCAN({ eps: 0.2, minSamples: 10 }).fit(X),
    compare: (model, theirs) => equal("labels", model.labels, theirs),
  }),
  pythonRow({
    name: "svc-rbf-5kx28",
    peer: "sklearn SVC (libsvm)",
    target: 1.5,
    kind: "svc",
    rows: 5000,
    cols: 28,
    generate(random, n, d) {
      const x = random.fillNormal(new Float64Array(n * d));
      const q = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        let score = 1.5 * x[i * d] * x[i * d + 1] + random.normal();
        for (let j = 0; j < 6; j++) score += (j % 2 ? 1 : -1) * x[i * d + j];
        q[i] = score > 0 ? 1 : 0;
      }
      return { x, q };
    },
    fit: ({ X, q }) => new SVC().fit(X, q),
    compare(model, theirs) {
      const gap = Math.abs(model.pairs[0].objective / theirs.objective - 1);
      return { ok: gap < 1e-3, text: `dual objectives differ by ${gap.toExponential(1)} of their value` };
    },
  }),
];
