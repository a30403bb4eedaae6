/** Least squares and logistic regression: 100,000 rows of 28 features against scikit-learn, fewer against ml.js. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setThreads } from "whetstone/kernels";
import { Lasso, LinearRegression, LogisticRegression } from "whetstone/linear";
import { Matrix, randomStream, softplus } from "whetstone/math";
import { findPython, startPython } from "../python.mjs";

const d = 28;

/** Features of different scales with a common part, and either a noisy score or a label drawn from it. */
function generate(kind, n) {
  const random = randomStream(`linear ${kind}`);
  const truth = Float64Array.from({ length: d }, () => random.normal());
  const X = new Float64Array(n * d);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const common = random.normal();
    let score = 0.5;
    for (let j = 0; j < d; j++) {
      const v = (1 + j / 10) * (random.normal() + 0.5 * common);
      X[i * d + j] = v;
      score += (truth[j] * v) / 4;
    }
    y[i] =
      kind !== "logistic" ? score + random.normal() : random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  return { X: new Matrix(X, n, d), y };
}

/** Mean log loss of a linear score, accurate in both tails. */
function logLoss({ X, y }, coef, intercept) {
  const n = y.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let score = intercept;
    for (let j = 0; j < d; j++) score += coef[j] * X.data[i * d + j];
    sum += softplus(y[i] === 1 ? -score : score);
  }
  return sum / n;
}

/** Duality gap of the lasso objective, from the rows themselves. */
function lassoGap({ X, y }, coef, intercept, alpha) {
  const n = y.length;
  const r = y.map((v, i) => {
    let p = intercept;
    for (let j = 0; j < d; j++) p += coef[j] * X.data[i * d + j];
    return v - p;
  });
  const mean = y.reduce((a, v) => a + v, 0) / n;
  const off = r.reduce((a, v) => a + v, 0) / n;
  const pull = new Float64Array(d);
  let rr = 0;
  let rb = 0;
  for (let i = 0; i < n; i++) {
    const e = r[i] - off;
    rr += e * e;
    rb += e * (y[i] - mean);
    for (let j = 0; j < d; j++) pull[j] += e * X.data[i * d + j];
  }
  const most = Math.max(...pull.map(Math.abs));
  const c = Math.min(1, (alpha * n) / most);
  const size = coef.reduce((a, v) => a + Math.abs(v), 0);
  return (0.5 * rr * (1 + c * c) - c * rb) / n + alpha * size;
}

/** A row against scikit-learn in a process of its own. */
function pythonRow({ name, peer, target, kind, spec, compare }) {
  const n = 100_000;
  let data;
  let folder;
  let python;
  let model;
  return {
    name,
    peer,
    target,
    rounds: 11,
    async prepare() {
      const command = findPython(["sklearn"]);
      if (command === null) return "no Python with sklearn was found";
      data = generate(kind, n);
      folder = mkdtempSync(join(tmpdir(), "whetstone-linear-"));
      writeFileSync(join(folder, "x"), data.X.data);
      writeFileSync(join(folder, "y"), data.y);
      python = startPython(command, "linear.py", { threads: 2 });
      await python.call("prepare", { x: join(folder, "x"), y: join(folder, "y"), rows: n, cols: d, kind });
    },
    ours() {
      setThreads(2);
      model = spec.fit(data.X, data.y);
    },
    theirs: () => python.call("run"),
    async quality() {
      return compare(data, model, await python.call("found"));
    },
    close() {
      python.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const rows = [
  pythonRow({
    name: "ols-100kx28",
    peer: "sklearn LinearRegression",
    target: 3,
    kind: "ols",
    spec: new LinearRegression(),
    compare(_, model, found) {
      const gap = Math.max(...found.coef.map((v, j) => Math.abs(v - model.coef[j])));
      return { ok: gap < 1e-9, text: `coefficients differ by ${gap.toExponential(1)}` };
    },
  }),
  pythonRow({
    name: "logistic-100kx28",
    peer: "sklearn LogisticRegression(lbfgs)",
    target: 1.5,
    kind: "logistic",
    spec: new LogisticRegression(),
    compare(data, model, found) {
      const ours = logLoss(data, model.coef.row(0), model.intercept[0]);
      const theirs = logLoss(data, found.coef, found.intercept);
      return { ok: ours <= theirs + 1e-6, text: `log loss ${ours.toFixed(7)}, theirs ${theirs.toFixed(7)}` };
    },
  }),
  pythonRow({
    name: "lasso-100kx28",
    peer: "sklearn Lasso(0.01)",
    target: 2,
    kind: "lasso",
    spec: new Lasso({ alpha: 0.01, tol: 1e-10 }),
    compare(data, model, found) {
      const ours = lassoGap(data, model.coef, model.intercept, 0.01);
      const theirs = lassoGap(data, found.coef, found.intercept, 0.01);
      return {
        ok: ours <= theirs,
        text: `duality gap ${ours.toExponential(1)}, theirs ${theirs.toExponential(1)}`,
      };
    },
  }),
  {
    name: "ols-20kx28-js",
    peer: "ml-regression-multivariate-linear",
    rounds: 7,
    async prepare() {
      const peer = await import("ml-regression-multivariate-linear").catch(() => null);
      if (!peer) return "ml-regression-multivariate-linear is not installed (npm ci in bench/)";
      const data = generate("ols", 20_000);
      const rowsOf = data.X.toArray();
      const targets = Array.from(data.y, (v) => [v]);
      let ours;
      let theirs;
      this.ours = () => {
        setThreads(2);
        ours = new LinearRegression().fit(data.X, data.y);
      };
      this.theirs = () => {
        theirs = new peer.default(rowsOf, targets);
      };
      this.quality = () => {
        const gap = Math.max(...Array.from(ours.coef, (v, j) => Math.abs(v - theirs.weights[j][0])));
        return { ok: gap < 1e-9, text: `coefficients differ by ${gap.toExponential(1)}` };
      };
      return undefined;
    },
  },
  {
    name: "logistic-2kx28-js",
    peer: "ml-logistic-regression, 200 steps",
    rounds: 7,
    async prepare() {
      const peer = await import("ml-logistic-regression").catch(() => null);
      if (!peer) return "ml-logistic-regression is not installed (npm ci in bench/)";
      const { Matrix: PeerMatrix } = await import("ml-matrix");
      const data = generate("logistic", 2000);
      const Logistic = peer.default.default ?? peer.default;
      const features = PeerMatrix.from1DArray(2000, d, data.X.data);
      const target = PeerMatrix.columnVector(Array.from(data.y));
      let ours;
      let theirs;
      this.ours = () => {
        setThreads(2);
        ours = new LogisticRegression().fit(data.X, data.y);
      };
      this.theirs = () => {
        theirs = new Logistic({ numSteps: 200, learningRate: 1e-4 });
        theirs.train(features, target);
      };
      this.quality = () => {
        const own = logLoss(data, ours.coef.row(0), ours.intercept[0]);
        // It has no intercept, and fits one classifier per class: the second is the probability of class 1.
        const other = logLoss(
          data,
          Float64Array.from(theirs.classifiers.at(-1).weights.to1DArray(), (v) => -v),
          0,
        );
        const best = Math.min(
          other,
          logLoss(data, Float64Array.from(theirs.classifiers.at(-1).weights.to1DArray()), 0),
        );
        return { ok: own <= best, text: `log loss ${own.toFixed(4)}, theirs ${best.toFixed(4)}` };
      };
      return undefined;
    },
  },
];
