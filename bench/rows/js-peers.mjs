/** The classical methods against what JavaScript users have today, on sizes that the peers finish. */
import { GaussianNB } from "whetstone/bayes";
import { AgglomerativeClustering, DBSCAN, KMeans } from "whetstone/cluster";
import { readCsv } from "whetstone/data";
import { PCA } from "whetstone/decomposition";
import { HistGradientBoostingClassifier, RandomForestClassifier } from "whetstone/ensemble";
import { setThreads } from "whetstone/kernels";
import { TSNE, trustworthiness, UMAP } from "whetstone/manifold";
import { Matrix, randomStream } from "whetstone/math";
import { KNeighborsClassifier } from "whetstone/neighbors";
import { SVC } from "whetstone/svm";
import { DecisionTreeClassifier } from "whetstone/tree";
import { higgsLike } from "../higgs-like.mjs";

/** One row: `load` imports the peer, `data` is made once, and `compare` sees what the last round of each side returned. */
function row({ name, peer, packages, load, data: make, ours, theirs, compare, rounds = 5, warmUp = 1 }) {
  let data;
  let library;
  let mine;
  let other;
  return {
    name,
    peer,
    rounds,
    warmUp,
    async prepare() {
      library = await load().catch(() => null);
      if (library === null) return `${packages} is not installed (npm ci in bench/)`;
      data = make();
    },
    ours() {
      setThreads(2);
      mine = ours(data);
    },
    async theirs() {
      other = await theirs(data, library);
    },
    quality: () => compare(mine, other, data),
  };
}

/** What a CommonJS package exports, however it was wrapped. */
const whole = (module) => module.default?.default ?? module.default ?? module;

/** A package that loads its WebAssembly with `fetch` and, in Node, prints that it had to read the file instead. */
async function quietly(load) {
  const { log, error, warn } = console;
  console.log = console.error = console.warn = () => {};
  try {
    return await load();
  } finally {
    Object.assign(console, { log, error, warn });
  }
}

const nested = (X) => Array.from({ length: X.rows }, (_, i) => Array.from(X.row(i)));

/** Training and test rows of the problem shaped like HIGGS, as matrices and as arrays of arrays. */
function labelled(train, test) {
  const { X, y } = higgsLike(train + test);
  const all = new Matrix(Float64Array.from(X), train + test, 28);
  const part = (from, to) => {
    const P = all.selectRows(Array.from({ length: to - from }, (_, i) => from + i));
    return { X: P, rows: nested(P), y: Int32Array.from(y.subarray(from, to)) };
  };
  const [fitted, held] = [part(0, train), part(train, train + test)];
  return { ...fitted, labels: Array.from(fitted.y), held };
}

/** Overlapping normal clusters. */
function blobs(n, d, k, spread = 1) {
  const random = randomStream(`peers ${n} ${d} ${k}`);
  const centres = random.fillNormal(new Float64Array(k * d)).map((v) => 2 * v);
  const y = new Int32Array(n);
  const X = Matrix.zeros(n, d);
  for (let i = 0; i < n; i++) {
    y[i] = random.int(k);
    for (let j = 0; j < d; j++) X.row(i)[j] = centres[y[i] * d + j] + spread * random.normal();
  }
  return { X, y, labels: Array.from(y), rows: nested(X), k };
}

const share = (predicted, truth) =>
  truth.reduce((sum, v, i) => sum + (v === predicted[i] ? 1 : 0), 0) / truth.length;
const percent = (v) => `${(100 * v).toFixed(2)} %`;

/** Held-out accuracy of both, ours no more than half a point below. */
function accuracies(mine, other, { held }) {
  const [ours, theirs] = [share(mine, held.y), share(other, held.y)];
  return { ok: ours >= theirs - 0.005, text: `accuracy ${percent(ours)}, theirs ${percent(theirs)}` };
}

/** How well neighbours in the map are neighbours in the data. */
function trusted(mine, other, { X }) {
  const [ours, theirs] = [mine, other].map((map) => trustworthiness(X, map, { nNeighbors: 10 }));
  return {
    ok: ours >= theirs - 0.01,
    text: `trustworthiness ${ours.toFixed(3)}, theirs ${theirs.toFixed(3)}`,
  };
}

/** Shares of clusterings' pairs that agree do not depend on how clusters are numbered. */
function sameClusters(mine, other) {
  const names = new Map();
  const same = mine.every((c, i) => {
    if (!names.has(c)) names.set(c, other[i]);
    return names.get(c) === other[i];
  });
  const text = same ? "equal clusters" : "clusters differ";
  return { ok: same && names.size === new Set(other).size, text };
}

/** Eight columns of numbers, words and dates: 40,000 lines. */
function csvText() {
  const random = randomStream("peers csv");
  const words = ["north", "south", "east", "west"];
  let text = "id,a,b,c,region,note,day,flag\n";
  for (let i = 0; i < 40_000; i++) {
    const [a, b] = [random.normal(), random.normal() * 1000];
    const day = `2024-0${1 + random.int(9)}-1${random.int(10)}`;
    text += `${i},${a.toFixed(6)},${b.toFixed(2)},${random.int(1000)},${words[random.int(4)]},"n ${random.int(99)}, x",${day},${random.int(2) ? "true" : "false"}\n`;
  }
  return text;
}

export const rows = [
  row({
    name: "tree-1kx28-js",
    peer: "ml-cart",
    packages: "ml-cart",
    load: () => import("ml-cart"),
    data: () => labelled(1000, 5000),
    rounds: 3,
    ours: ({ X, y, held }) => new DecisionTreeClassifier({ maxDepth: 8 }).fit(X, y).predict(held.X),
    theirs({ rows, labels, held }, { DecisionTreeClassifier: Peer }) {
      const tree = new Peer({ gainFunction: "gini", maxDepth: 8, minNumSamples: 2 });
      tree.train(rows, labels);
      return tree.predict(held.rows);
    },
    compare: accuracies,
  }),
  row({
    name: "forest-1kx28-20-trees-js",
    peer: "ml-random-forest",
    packages: "ml-random-forest",
    load: () => import("ml-random-forest"),
    data: () => labelled(1000, 5000),
    rounds: 3,
    ours: ({ X, y, held }) => new RandomForestClassifier({ nEstimators: 20 }).fit(X, y).predict(held.X),
    theirs({ rows, labels, held }, { RandomForestClassifier: Peer }) {
      const forest = new Peer({ nEstimators: 20, maxFeatures: 5, replacement: true, seed: 1, noOOB: true });
      forest.train(rows, labels);
      return forest.predict(held.rows);
    },
    compare: accuracies,
  }),
  row({
    name: "boosting-5kx28-50-trees-js",
    peer: "ml-xgboost (XGBoost as WASM)",
    packages: "ml-xgboost",
    load: () => quietly(async () => await whole(await import("ml-xgboost"))),
    data: () => labelled(5000, 5000),
    rounds: 3,
    ours: ({ X, y, held }) =>
      new HistGradientBoostingClassifier({ maxIter: 50, maxDepth: 5, earlyStopping: false })
        .fit(X, y)
        .predict(held.X),
    theirs({ rows, labels, held }, Peer) {
      const options = {
        booster: "gbtree",
        objective: "binary:logistic",
        max_depth: 5,
        eta: 0.1,
        iterations: 50,
      };
      const model = new Peer({ ...options, silent: 1 });
      model.train(rows, labels);
      const classes = Array.from(model.predict(held.rows), (p) => (p > 0.5 ? 1 : 0));
      model.free();
      return classes;
    },
    compare: accuracies,
  }),
  row({
    name: "knn-5k-1k-d28-js",
    peer: "ml-knn",
    packages: "ml-knn",
    load: () => import("ml-knn"),
    data: () => labelled(5000, 1000),
    ours: ({ X, y, held }) => new KNeighborsClassifier({ nNeighbors: 5 }).fit(X, y).predict(held.X),
    theirs: ({ rows, labels, held }, module) =>
      new (whole(module))(rows, labels, { k: 5 }).predict(held.rows),
    compare: accuracies,
  }),
  row({
    name: "gaussian-nb-20kx28-js",
    peer: "ml-naivebayes",
    packages: "ml-naivebayes",
    load: () => import("ml-naivebayes"),
    data: () => labelled(20_000, 20_000),
    ours: ({ X, y, held }) => new GaussianNB().fit(X, y).predict(held.X),
    theirs({ rows, labels, held }, { GaussianNB: Peer }) {
      const model = new Peer();
      model.train(rows, labels);
      return model.predict(held.rows);
    },
    compare: accuracies,
  }),
  row({
    name: "svc-rbf-2kx28-js",
    peer: "libsvm-js (libsvm as WASM)",
    packages: "libsvm-js",
    load: () => quietly(async () => await whole(await import("libsvm-js"))),
    data: () => labelled(2000, 2000),
    ours: ({ X, y, held }) => new SVC({ C: 1, gamma: 1 / 28 }).fit(X, y).predict(held.X),
    theirs({ rows, labels, held }, Peer) {
      const { KERNEL_TYPES, SVM_TYPES } = Peer;
      const options = {
        kernel: KERNEL_TYPES.RBF,
        type: SVM_TYPES.C_SVC,
        gamma: 1 / 28,
        cost: 1,
        quiet: true,
      };
      const model = new Peer(options);
      model.train(rows, labels);
      const predicted = model.predict(held.rows);
      model.free();
      return predicted;
    },
    compare: accuracies,
  }),
  row({
    name: "kmeans-20kx16-k10-js",
    peer: "ml-kmeans",
    packages: "ml-kmeans",
    load: () => import("ml-kmeans"),
    data: () => blobs(20_000, 16, 10, 1.5),
    ours: ({ X, k }) =>
      new KMeans({ nClusters: k, init: X.selectRows([...Array(k).keys()]), tol: 0, maxIter: 20 }).fit(
        X,
        null,
        {
          onWarning() {},
        },
      ).inertia,
    theirs({ rows, k }, { kmeans }) {
      const found = kmeans(rows, k, { initialization: rows.slice(0, k), maxIterations: 20, tolerance: 0 });
      return rows.reduce(
        (sum, x, i) => sum + x.reduce((s, v, j) => s + (v - found.centroids[found.clusters[i]][j]) ** 2, 0),
        0,
      );
    },
    compare(ours, theirs) {
      const gap = ours / theirs - 1;
      return { ok: gap < 0.005, text: `inertia ${percent(gap)} above` };
    },
  }),
  row({
    name: "dbscan-5kx2-js",
    peer: "density-clustering",
    packages: "density-clustering",
    load: () => import("density-clustering"),
    data: () => blobs(5000, 2, 8, 0.3),
    rounds: 3,
    ours: ({ X }) => new DBSCAN({ eps: 0.15, minSamples: 8 }).fit(X).labels,
    // It asks for more than minPts - 1 neighbours besides the point itself.
    theirs({ rows }, module) {
      const clusters = new (whole(module).DBSCAN)().run(rows, 0.15, 8);
      const labels = new Int32Array(rows.length).fill(-1);
      clusters.forEach((members, c) => {
        for (const i of members) labels[i] = c;
      });
      return labels;
    },
    compare(mine, other) {
      const count = (labels) => new Set(labels).size - (labels.includes(-1) ? 1 : 0);
      const noise = (labels) => labels.reduce((sum, c) => sum + (c < 0 ? 1 : 0), 0);
      return {
        ok: count(mine) === count(other),
        text: `${count(mine)} clusters and ${noise(mine)} noise, theirs ${count(other)} and ${noise(other)}`,
      };
    },
  }),
  row({
    name: "agglomerative-1kx8-js",
    peer: "ml-hclust",
    packages: "ml-hclust",
    load: () => import("ml-hclust"),
    data: () => blobs(1000, 8, 6),
    rounds: 3,
    ours: ({ X, k }) => new AgglomerativeClustering({ nClusters: k, linkage: "average" }).fit(X).labels,
    theirs({ rows, k }, { agnes }) {
      const labels = new Int32Array(rows.length);
      agnes(rows, { method: "average" })
        .group(k)
        .children.forEach((cluster, c) => {
          for (const i of cluster.indices()) labels[i] = c;
        });
      return labels;
    },
    compare: sameClusters,
  }),
  row({
    name: "pca-10kx28-k10-js",
    peer: "ml-pca",
    packages: "ml-pca",
    load: () => import("ml-pca"),
    data: () => blobs(10_000, 28, 6),
    ours: ({ X }) => new PCA({ nComponents: 10 }).fit(X).explainedVarianceRatio,
    theirs: ({ rows }, { PCA: Peer }) =>
      new Peer(rows, { method: "covarianceMatrix" }).getExplainedVariance().slice(0, 10),
    compare(mine, other) {
      const gap = Math.max(...other.map((v, k) => Math.abs(v - mine[k])));
      return { ok: gap < 1e-9, text: `ratios differ by ${gap.toExponential(1)}` };
    },
  }),
  row({
    name: "tsne-500x20-js",
    peer: "tsne-js",
    packages: "tsne-js",
    load: () => import("tsne-js"),
    data: () => blobs(500, 20, 5),
    rounds: 3,
    warmUp: 0,
    ours: ({ X }) => new TSNE().fit(X).embedding,
    theirs({ rows }, module) {
      const model = new (whole(module))({ dim: 2, perplexity: 30, nIter: 1000, metric: "euclidean" });
      model.init({ data: rows, type: "dense" });
      model.run();
      return Matrix.from(model.getOutput());
    },
    compare: trusted,
  }),
  row({
    name: "umap-2kx20-js",
    peer: "umap-js",
    packages: "umap-js",
    load: () => import("umap-js"),
    data: () => blobs(2000, 20, 8),
    rounds: 3,
    ours: ({ X }) => new UMAP().fit(X).embedding,
    theirs({ rows }, { UMAP: Peer }) {
      const random = randomStream("umap peer");
      return Matrix.from(new Peer({ random: () => random.uniform(), nEpochs: 500 }).fit(rows));
    },
    compare: trusted,
  }),
  row({
    name: "csv-40k-lines-js",
    peer: "papaparse, dynamicTyping",
    packages: "papaparse",
    load: () => import("papaparse"),
    data: () => ({ text: csvText() }),
    ours: ({ text }) => readCsv(text).table,
    theirs: ({ text }, module) =>
      whole(module).parse(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data,
    compare(table, records) {
      const same = (name) => records.every((record, i) => record[name] === table.cell(i, name));
      const ok = table.rows === records.length && ["id", "a", "b", "c", "region", "note"].every(same);
      return { ok, text: ok ? "equal columns" : "columns differ" };
    },
  }),
];
