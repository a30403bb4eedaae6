/**
 * How time and memory grow with rows: one process for each method and size, from 1,000 rows up to a million or until a
 * fit is expected to take longer than the cap. Results are merged into docs/scale.json, the page docs/scale.md is
 * written from it.
 * usage: node bench/scale.mjs [--only NAME[,NAME]] [--cap SECONDS] [--page]
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DBSCAN, HDBSCAN, KMeans, MiniBatchKMeans } from "whetstone/cluster";
import { HistGradientBoostingClassifier, RandomForestClassifier } from "whetstone/ensemble";
import { setThreads } from "whetstone/kernels";
import { TSNE, UMAP } from "whetstone/manifold";
import { Matrix, randomStream } from "whetstone/math";
import { KNeighborsClassifier } from "whetstone/neighbors";
import { LinearSVC, SVC } from "whetstone/svm";
import { DecisionTreeClassifier } from "whetstone/tree";

const here = fileURLToPath(import.meta.url);
const JSON_FILE = fileURLToPath(new URL("../docs/scale.json", import.meta.url));
const PAGE = fileURLToPath(new URL("../docs/scale.md", import.meta.url));
const SIZES = [1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

/** Rows in `groups` normal clouds; classes are the parities of the clouds, one label in twenty is turned. */
function clouds(n, d, groups, spread) {
  const random = randomStream("clouds");
  const centres = random.fillNormal(new Float64Array(groups * d));
  const X = random.fillNormal(new Float64Array(n * d));
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const g = random.int(groups);
    for (let j = 0; j < d; j++) X[i * d + j] = centres[g * d + j] + spread * X[i * d + j];
    y[i] = random.uniform() < 0.05 ? (g + 1) % 2 : g % 2;
  }
  return { X: new Matrix(X, n, d), y };
}
const wide = (n) => clouds(n, 16, 20, 0.7);
const flat = (n) => clouds(n, 2, 20, 0.1);

const METHODS = [
  {
    name: "decision-tree",
    what: "decision tree",
    data: wide,
    fit: ({ X, y }) => new DecisionTreeClassifier({ maxDepth: 12 }).fit(X, y),
    bound: "one sort of each column at the start, then one pass over all columns for each level",
  },
  {
    name: "forest",
    what: "random forest, 50 trees",
    data: wide,
    fit: ({ X, y }) => new RandomForestClassifier({ nEstimators: 50 }).fit(X, y),
    bound: "trees grow to pure leaves: deeper with every row, and rows of a leaf lie further apart in memory",
  },
  {
    name: "boosting",
    what: "boosted trees, 50 rounds",
    data: wide,
    fit: ({ X, y }) => new HistGradientBoostingClassifier({ maxIter: 50, earlyStopping: false }).fit(X, y),
    bound: "passes over one byte a value; small fits pay for the 255 bins of every leaf",
  },
  {
    name: "k-means",
    what: "k-means, 20 groups",
    data: wide,
    fit: ({ X }) => new KMeans({ nClusters: 20, nInit: 1 }).fit(X),
    bound: "rounds times distances to 20 centres; the number of rounds grows a little with rows",
  },
  {
    name: "mini-batch-k-means",
    what: "mini-batch k-means, 20 groups",
    data: wide,
    fit: ({ X }) => new MiniBatchKMeans({ nClusters: 20 }).fit(X),
    bound: "steps do not depend on rows; the final pass that labels all rows does",
  },
  {
    name: "dbscan",
    what: "DBSCAN, 2 columns, about 20 neighbours",
    data: flat,
    fit: ({ X }) => new DBSCAN({ eps: Math.sqrt(20 / X.rows) * 0.6, minSamples: 5 }).fit(X),
    bound: "a few distances a row while the radius shrinks with rows, in cells that lie close in memory",
  },
  {
    name: "hdbscan",
    what: "HDBSCAN, 2 columns",
    data: flat,
    fit: ({ X }) => new HDBSCAN({ minClusterSize: 50 }).fit(X),
    bound:
      "the 50 nearest rows of each row, then a spanning tree by rounds through a k-d tree, on one thread",
  },
  {
    name: "svc",
    what: "SVC, RBF kernel",
    data: wide,
    fit: ({ X, y }) => new SVC().fit(X, y),
    bound:
      "noise makes a share of all rows support vectors: steps grow with rows, and each reads kernel rows of all",
  },
  {
    name: "linear-svc",
    what: "linear SVC",
    data: wide,
    fit: ({ X, y }) => new LinearSVC({ maxIter: 100 }).fit(X, y),
    bound: "passes over all rows, at most 100 here: classes of clouds are not separable by a plane",
  },
  {
    name: "tsne-barnes-hut",
    what: "t-SNE, Barnes–Hut, 300 iterations",
    data: wide,
    fit: ({ X }) => new TSNE({ method: "barnesHut", maxIter: 300 }).fit(X),
    bound: "a walk through the tree for each row and iteration, on one thread",
  },
  {
    name: "tsne-fft",
    what: "t-SNE, FFT, 300 iterations",
    data: wide,
    fit: ({ X }) => new TSNE({ method: "fft", maxIter: 300 }).fit(X),
    bound: "the grid at first, which hardly grows; beyond 30,000 rows the exact search for 90 neighbours",
  },
  {
    name: "umap",
    what: "UMAP",
    data: wide,
    fit: ({ X }) => new UMAP().fit(X),
    bound:
      "epochs over all edges, one edge after the other on one thread; the exact search for neighbours only later",
  },
  {
    name: "k-nn",
    what: "k-NN: 1,000 rows predicted",
    data: wide,
    fit: ({ X, y }) =>
      new KNeighborsClassifier().fit(X, y).predict(X.selectRows(Array.from({ length: 1000 }, (_, i) => i))),
    bound: "distances to all training rows; fitting keeps them and little more",
  },
];

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    cap: { type: "string", default: "60" },
    page: { type: "boolean" },
    child: { type: "string" },
    rows: { type: "string" },
  },
});

if (options.child !== undefined) {
  const method = METHODS.find((m) => m.name === options.child);
  setThreads(2);
  for (let i = 0; i < 2; i++) method.fit(method.data(1000));
  const data = method.data(Number(options.rows));
  const before = process.memoryUsage.rss() / 2 ** 20;
  const times = [];
  do {
    const start = performance.now();
    method.fit(data);
    times.push(performance.now() - start);
  } while (times.length < 3 && times[0] < 500);
  const ms = times.sort((a, b) => a - b)[times.length >> 1];
  const mb = Math.max(0, process.resourceUsage().maxRSS / 1024 - before);
  console.log(JSON.stringify({ rows: Number(options.rows), ms, mb }));
  process.exit(0);
}

const known = existsSync(JSON_FILE) ? JSON.parse(readFileSync(JSON_FILE, "utf8")) : { methods: {} };

/** Least-squares slope of log time over log rows, over the last four sizes that take 5 ms or more. */
function exponent(points) {
  const used = points.filter((p) => p.ms >= 5).slice(-4);
  if (used.length < 2) return null;
  const x = used.map((p) => Math.log(p.rows));
  const y = used.map((p) => Math.log(p.ms));
  const mean = (v) => v.reduce((s, a) => s + a, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((s, a, i) => s + (a - mx) * (y[i] - my), 0) / x.reduce((s, a) => s + (a - mx) ** 2, 0);
}

function measure(method, cap) {
  const points = [];
  let stop = "measured to the end";
  for (const rows of SIZES) {
    const last = points.at(-1);
    if (last !== undefined) {
      const expected = (last.ms / 1000) * (rows / last.rows) ** Math.max(1, exponent(points) ?? 1);
      if (expected > cap) {
        stop = `${rows.toLocaleString("en")} rows would take about ${Number(expected.toPrecision(2))} s`;
        break;
      }
    }
    const run = spawnSync(process.execPath, [here, "--child", method.name, "--rows", String(rows)], {
      encoding: "utf8",
      timeout: 3000 * cap,
    });
    if (run.status !== 0) {
      const why =
        run.stderr.split("\n").find((line) => /Error/.test(line)) ?? "it took more than three times the cap";
      stop = `${rows.toLocaleString("en")} rows: ${why.trim()}`;
      break;
    }
    points.push(JSON.parse(run.stdout));
    console.log(method.name, run.stdout.trim());
  }
  return { cap, points, stop };
}

if (!options.page) {
  const names = options.only?.split(",");
  for (const method of METHODS) {
    if (names && !names.includes(method.name)) continue;
    known.methods[method.name] = measure(method, Number(options.cap));
    const { model } = cpus()[0];
    known.machine = { cpu: model, cores: cpus().length, gb: Math.round(totalmem() / 2 ** 30) };
    known.node = process.versions.node;
    writeFileSync(JSON_FILE, `${JSON.stringify(known, null, 2)}\n`);
  }
}

const two = (v) => String(Number(v.toPrecision(2)));
const time = (ms) => (ms < 995 ? `${two(ms)} ms` : `${two(ms / 1000)} s`);
const short = (rows) => (rows >= 1e6 ? `${rows / 1e6}M` : `${rows / 1000}k`);
const done = METHODS.filter((m) => known.methods[m.name] !== undefined);
const lines = [
  "# How fits grow with rows",
  "",
  `Written by \`node bench/scale.mjs\`. Machine: ${known.machine.cores} cores of ${known.machine.cpu}, ${known.machine.gb} GB, Node ${known.node}, two threads.`,
  "One process for each number, warmed up by two fits of 1,000 rows; the median of three fits where one takes less than half a",
  "second. Data: 20 normal clouds, 16 columns unless a row says otherwise, two classes with one label in twenty turned.",
  "The exponent is the slope of log time over log rows over the last four sizes that took 5 ms or more: 1 is linear.",
  "Memory is what the process grew by at its peak during the fit of the largest size, beyond the data.",
  "",
  `| method | ${SIZES.map(short).join(" | ")} | exponent | memory |`,
  `| --- | ${SIZES.map(() => "---:").join(" | ")} | ---: | ---: |`,
  ...done.map((m) => {
    const { points } = known.methods[m.name];
    const cells = SIZES.map((rows) => {
      const p = points.find((q) => q.rows === rows);
      return p ? time(p.ms) : "";
    });
    return `| ${m.what} | ${cells.join(" | ")} | ${exponent(points)?.toFixed(2) ?? "–"} | ${points.at(-1).mb.toFixed(0)} MB |`;
  }),
  "",
  "| method | bound by | ends where |",
  "| --- | --- | --- |",
  ...done.map((m) => `| ${m.what} | ${m.bound} | ${known.methods[m.name].stop} |`),
  "",
];
writeFileSync(PAGE, lines.join("\n"));
