/**
 * Fits every estimator of scikit-learn's families and ours on the same five datasets and writes docs/parity.md.
 * usage: node reference/parity/make_parity.mjs [--only NAME] (needs a Python with scikit-learn, and `npm run setup`)
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDesign } from "whetstone/contract";
import { setThreads } from "whetstone/kernels";
import { Matrix } from "whetstone/math";
import { estimators } from "whetstone/registry";
import { findPython, startPython } from "../../bench/python.mjs";
import { dataOf, names } from "./data.mjs";
import { measureOf, measures } from "./measures.mjs";
import { pageOf } from "./page.mjs";
import { elsewhere, pairs } from "./pairs.mjs";

const { values: options } = parseArgs({ options: { only: { type: "string" } } });
/** Modules in the page's order; wrappers of estimators, text and networks are not among them. */
const modules = [
  ...["linear_model", "discriminant_analysis", "isotonic", "kernel_ridge", "svm", "kernel_approximation"],
  ...[
    "random_projection",
    "tree",
    "ensemble",
    "neighbors",
    "naive_bayes",
    "gaussian_process",
    "cluster",
    "mixture",
  ],
  ...["decomposition", "cross_decomposition", "covariance", "manifold", "semi_supervised", "preprocessing"],
  ...["impute", "feature_selection", "dummy"],
];

const command = findPython(["sklearn"]);
if (command === null) throw new Error("no Python with sklearn was found; BENCH_PYTHON names one");
setThreads(1);
const python = startPython(command, "../../reference/parity/peer.py", { threads: 1 });
const folder = mkdtempSync(join(tmpdir(), "whetstone-parity-"));
const ours = new Map(estimators().map(({ spec }) => [spec.typeName, spec]));
const { version, estimators: theirs } = await python.call("known");

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const snake = (name) => name.replace(/[A-Z]/g, (c) => (name.length === 1 ? c : `_${c.toLowerCase()}`));
const quiet = { onWarning() {} };

const handed = new Map();
/** Hands an array over once; gives its key there. */
async function hand(key, values, cols) {
  if (handed.has(key)) return key;
  const file = join(folder, "handed");
  writeFileSync(file, Float64Array.from(values));
  await python.call("load", { key, file, rows: cols ? values.length / cols : values.length, cols });
  handed.set(key, true);
  return key;
}

/** What our model says of the rows, as a matrix. */
function say(kind, model, X) {
  const column = (values) => new Matrix(Float64Array.from(values), values.length, 1);
  if (kind === "classifier" || kind === "regressor") return column(model.predict(X));
  if (kind === "transformer")
    return readDesign(model.transform(X), "parity", { allowMissing: true, allowInfinite: true }).matrix;
  if (kind === "clusterer") return column(model.labels);
  if (kind === "detector") return column(model.decisionFunction(X));
  if (kind === "density") return column(model.scoreSamples(X));
  return model.embedding;
}

const attempt = async (side, call) => {
  try {
    return await call();
  } catch (cause) {
    throw Object.assign(new Error(String(cause.message).split("\n")[0]), { side });
  }
};

/** One estimator on one dataset: how they agree, and how many times as long theirs takes. */
async function compare(name, params, pair, dataset) {
  const { train, test } = dataOf(dataset, pair);
  const own = typeof pair.ours === "function" ? pair.ours(train) : pair.ours;
  const spec = await attempt("here", () => new (ours.get(pair.as ?? name))({ ...pair.both, ...own }));
  const kind = pair.measure === "likelihood" ? "density" : spec.kind;
  const rows = kind === "clusterer" || kind === "embedding" ? train : test;
  const y = pair.y ?? (kind === "classifier" ? "labels" : kind === "regressor" ? "numbers" : null);
  const key = [dataset, pair.input, pair.rows].join(" ");
  const cols = train.X.cols;
  const call = {
    name,
    params: {
      ...(params.includes("random_state") && { random_state: 0 }),
      ...Object.fromEntries(Object.entries(pair.both ?? {}).map(([k, v]) => [snake(k), v])),
      ...pair.theirs,
    },
    X: await hand(`${key} X`, train.X.data, cols),
    y: y && (await hand(`${key} ${y}`, train[y])),
    labels: y === "labels",
  };
  const target = y && (y === "numbers" ? Float64Array.from(train[y]) : train[y]);
  let model;
  const times = { ours: [], theirs: [] };
  // The first round warms up, and is all there is of what takes long.
  for (let round = 0; round < 4; round++) {
    const start = performance.now();
    model = await attempt("here", () => spec.fit(train.X, target, quiet));
    const spent = performance.now() - start;
    const other = await attempt("there", () => python.call("fit", call));
    if (round === 0 && spent + other < 2000) continue;
    times.ours.push(spent);
    times.theirs.push(other);
    if (round === 0) break;
  }
  const said = await attempt("here", () => say(kind, model, rows.X));
  const file = join(folder, "said");
  const where = await hand(`${key} ${rows === train ? "X" : "test"}`, rows.X.data, cols);
  const shape = await attempt("there", () => python.call("apply", { kind, X: where, file }));
  const bytes = readFileSync(file);
  const data = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8).slice();
  const answer = new Matrix(data, shape[0], shape[1] ?? 1);
  if (answer.rows !== said.rows || answer.cols !== said.cols)
    return { cell: `${said.rows} x ${said.cols}, there ${answer.rows} x ${answer.cols}`, ratio: null };
  const measure = measures[pair.measure ?? measureOf[kind]];
  return { cell: measure(said, answer, rows, kind), ratio: median(times.theirs) / median(times.ours) };
}

const groups = [];
const stops = [];
const used = new Set();
for (const module of modules) {
  const rows = [];
  for (const { name, params } of theirs.filter((t) => t.module === module)) {
    if (options.only && name !== options.only) continue;
    const pair = pairs[name] ?? {};
    const own = pair.as ?? name;
    if (!ours.has(own)) {
      rows.push({ name, ours: null, cells: [], ratio: null, why: elsewhere[name] ?? "" });
      continue;
    }
    used.add(own);
    const found = [];
    for (const dataset of names) {
      try {
        found.push(await compare(name, params, pair, dataset));
      } catch (cause) {
        if (!cause.side) throw cause;
        console.error(`${name} on ${dataset}, ${cause.side}: ${cause.message}`);
        stops.push({ name, dataset, side: cause.side, sentence: cause.message });
        found.push({ cell: `stops ${cause.side}`, ratio: null });
      }
    }
    const ratios = found.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
    const ratio = ratios.length > 0 ? median(ratios) : null;
    rows.push({
      name,
      ours: own,
      cells: found.map(({ cell }) => cell),
      ratio,
      measure: pair.measure,
      why: pair.why ?? "",
    });
    console.error([name, ...found.map(({ cell }) => cell), ratio?.toFixed(2)].join("  "));
  }
  groups.push({ module, rows });
}
python.close();
rmSync(folder, { recursive: true });
if (!options.only) {
  const alone = [...ours.keys()].filter((name) => !used.has(name));
  const page = pageOf({ version, node: process.versions.node, names, groups, stops, alone });
  writeFileSync(new URL("../../docs/parity.md", import.meta.url), page);
}
process.exit(0);
