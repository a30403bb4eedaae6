/** Principal components, mixtures, maps and Gaussian processes against scikit-learn. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PCA } from "whetstone/decomposition";
import {
  constantKernel,
  GaussianProcessRegressor,
  productKernel,
  rbf,
  sumKernel,
  whiteKernel,
} from "whetstone/gaussian-process";
import { setThreads } from "whetstone/kernels";
import { TSNE } from "whetstone/manifold";
import { Matrix, randomStream } from "whetstone/math";
import { GaussianMixture } from "whetstone/mixture";
import { findPython, startPython } from "../python.mjs";

/** Rows that mix `rank` hidden sources of falling size, plus noise. */
function mixed(n, d, rank) {
  const random = randomStream(`mixed ${n} ${d}`);
  const sources = new Matrix(random.fillNormal(new Float64Array(n * rank)), n, rank);
  const loadings = Matrix.zeros(rank, d).map((_, at) => random.normal() / (1 + Math.floor(at / d)));
  const X = sources.matmul(loadings);
  return { X: X.map((v, at) => v + 0.1 * random.normal() + (at % d)) };
}

/** Rows of k overlapping normal clusters. */
function clusters(n, d, k) {
  const random = randomStream(`clusters ${n} ${d} ${k}`);
  const centres = Matrix.zeros(k, d).map(() => 0.5 * random.normal());
  const mix = Array.from({ length: k }, () => Matrix.zeros(d, d).map(() => random.normal() / Math.sqrt(d)));
  const X = Matrix.zeros(n, d);
  for (let i = 0; i < n; i++) {
    const c = random.int(k);
    const z = random.fillNormal(new Float64Array(d));
    X.row(i).set(mix[c].matVec(z).map((v, j) => v + 0.3 * random.normal() + centres.at(c, j)));
  }
  return { X };
}

/** A row against scikit-learn in a process of its own. */
function pythonRow({ name, peer, target, kind, k, data: make, fit, compare, rounds = 7, warmUp }) {
  let data;
  let folder;
  let python;
  let model;
  return {
    name,
    peer,
    target,
    rounds,
    ...(warmUp !== undefined && { warmUp }),
    async prepare() {
      const command = findPython(["sklearn"]);
      if (command === null) return "no Python with sklearn was found";
      data = make();
      const { X, y } = data;
      folder = mkdtempSync(join(tmpdir(), "whetstone-unsupervised-"));
      writeFileSync(join(folder, "x"), X.data);
      if (y) writeFileSync(join(folder, "y"), y);
      python = startPython(command, "unsupervised.py", { threads: 2 });
      const target = y ? { y: join(folder, "y") } : {};
      await python.call("prepare", { x: join(folder, "x"), rows: X.rows, cols: X.cols, kind, k, ...target });
    },
    ours() {
      setThreads(2);
      model = fit(data);
    },
    theirs: () => python.call("run"),
    async quality() {
      return compare(model, await python.call("found"), data);
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const sum = (values) => values.reduce((s, v) => s + v, 0);

export const rows = [
  pythonRow({
    name: "pca-100kx28-k10",
    peer: "sklearn PCA",
    target: 4,
    kind: "pca",
    k: 10,
    data: () => mixed(100_000, 28, 12),
    fit: ({ X }) => new PCA({ nComponents: 10 }).fit(X),
    compare(model, found) {
      const gap = Math.max(...found.ratio.map((v, k) => Math.abs(v - model.explainedVarianceRatio[k])));
      return { ok: gap < 1e-9, text: `ratios differ by ${gap.toExponential(1)}` };
    },
  }),
  pythonRow({
    name: "pca-2000x784-k50",
    peer: "sklearn PCA",
    target: 1,
    kind: "pca",
    k: 50,
    data: () => mixed(2000, 784, 100),
    fit: ({ X }) => new PCA({ nComponents: 50 }).fit(X),
    compare(model, found) {
      const [ours, theirs] = [sum(model.explainedVarianceRatio), sum(found.ratio)];
      return { ok: ours > theirs * 0.999, text: `captured ${ours.toFixed(6)}, theirs ${theirs.toFixed(6)}` };
    },
  }),
  pythonRow({
    name: "gmm-20kx16-k10",
    peer: "sklearn GaussianMixture",
    target: 1.5,
    kind: "gmm",
    k: 10,
    rounds: 5,
    data: () => clusters(20_000, 16, 10),
    fit: ({ X }) => new GaussianMixture({ nComponents: 10 }).fit(X, null, { onWarning() {} }),
    compare(model, found) {
      const ours = model.lowerBounds.at(-1);
      const counts = `${model.nIter} and ${found.iterations} rounds`;
      return {
        ok: ours > found.bound - 1e-3,
        text: `bound ${ours.toFixed(4)}, theirs ${found.bound.toFixed(4)}, ${counts}`,
      };
    },
  }),
  pythonRow({
    name: "tsne-2000x50",
    peer: "sklearn TSNE",
    target: 3,
    kind: "tsne",
    k: 2,
    rounds: 3,
    warmUp: 1,
    data: () => clusters(2000, 50, 10),
    fit: ({ X }) => new TSNE().fit(X),
    compare(model, found) {
      const [ours, theirs] = [model.klDivergence, found.kl];
      return {
        ok: ours <= theirs * 1.02,
        text: `divergence ${ours.toFixed(4)}, theirs ${theirs.toFixed(4)}`,
      };
    },
  }),
  pythonRow({
    name: "gp-1000x5",
    peer: "sklearn GaussianProcessRegressor",
    target: 1,
    kind: "gp",
    k: 0,
    rounds: 3,
    warmUp: 1,
    data() {
      const random = randomStream("gp");
      const X = new Matrix(random.fillUniform(new Float64Array(5000), -2, 2), 1000, 5);
      const y = Float64Array.from({ length: 1000 }, (_, i) => {
        const [a, b, c] = X.row(i);
        return Math.sin(2 * a) + 0.5 * b * c + 0.2 * random.normal();
      });
      return { X, y };
    },
    fit({ X, y }) {
      const kernel = sumKernel(productKernel(constantKernel(1), rbf([1, 1, 1, 1, 1])), whiteKernel(0.1));
      return new GaussianProcessRegressor({ kernel }).fit(X, y);
    },
    compare(model, found) {
      const { value } = model.logMarginalLikelihood();
      return {
        ok: value > found.value - 1e-6 * Math.abs(found.value),
        text: `evidence ${value.toFixed(6)}, theirs ${found.value.toFixed(6)}`,
      };
    },
  }),
];
