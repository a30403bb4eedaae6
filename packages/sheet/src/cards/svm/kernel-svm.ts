import { makeCircles, makeMoons } from "whetstone/data";
import { eighvals, gramMatrix, Matrix, rank } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { gramBytes, SVC } from "whetstone/svm";
import {
  card,
  choice,
  dataset,
  field,
  figure,
  type Lab,
  type LabData,
  labelsOf,
  mistakesOnTable,
  range,
  scaled,
  slider,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { kernel, gamma, logC }: { kernel: "rbf" | "poly" | "linear"; gamma: number; logC: number },
): void {
  const [Z, y] = [scaled(data), labelsOf(data)];
  const spec = new SVC({ kernel, gamma, coef0: 1, C: 10 ** logC, maxIter: 20_000 });
  const model = spec.fit(Z, y, { onWarning() {} });
  const said = model.predict(Z);
  mistakesOnTable(lab, data, said, `${model.support.length} support vectors`);
  lab.check("support vectors, at most all rows", model.support.length, { between: [2, y.length] });
  const again = spec.fit(Z, y, { onWarning() {} }).predict(Z);
  lab.check(
    "rows that a second fit says otherwise",
    range(y.length).filter((i) => again[i] !== said[i]).length,
    {
      equals: 0,
    },
  );
}

export default card({
  id: "svm/kernel-svm",
  title: "Kernel machines: bent borders, and a Gram matrix to pay for",
  formula: String.raw`f(x)=\sum_i\alpha_iy_i\,k(x_i,x)+b,\qquad k(x,x')=e^{-\gamma\lVert x-x'\rVert^2},\qquad 8N^2\text{ bytes}`,
  ask: "What does the kernel trick add to an SVM, which space does RBF imply, and how far does it scale?",
  answer:
    "The dual needs only inner products, so k(x, x′) puts the rows in a larger space without going there. RBF's space is infinite: distinct rows always have a Gram matrix of full rank. Its price is that matrix, 8N² bytes: 80 GB for 100,000 rows, 8 TB for a million. Solvers keep part of it, or approximate (Nyström, random features).",
  pitfall:
    "γ large: every row is its own island and training accuracy is perfect. γ small: a straight line. Tune γ and C together, on scaled columns.",
  level: "medium",
  whenNot:
    "Beyond some ten thousand rows, or on wide sparse text, take a linear machine or random features. On plain tables boosted trees need less tuning.",
  followUps: [
    {
      ask: "Which functions are valid kernels?",
      answer:
        "Symmetric ones whose Gram matrix is positive semidefinite for every set of rows (Mercer). Sums, products and positive multiples of kernels are kernels again.",
    },
    {
      ask: "What does prediction cost?",
      answer:
        "One kernel value per support vector and query. On noisy data the support vectors grow in proportion to n, so prediction slows with the training set; a linear machine needs one product.",
    },
  ],
  derivation: String.raw`The dual and the prediction use rows only in $x_i^\top x_j$. Replace it by $k(x_i,x_j)=\varphi(x_i)^\top\varphi(x_j)$ and the same solver fits a plane among the $\varphi(x)$, without computing one.

In two columns $(x^\top x')^2=x_1^2x_1'^2+2x_1x_2x_1'x_2'+x_2^2x_2'^2$, which is the inner product of $(x_1^2,\sqrt2x_1x_2,x_2^2)$. A circle becomes a plane there.

RBF: $e^{-\gamma\lVert x-x'\rVert^2}=e^{-\gamma\lVert x\rVert^2}e^{-\gamma\lVert x'\rVert^2}\sum_m\frac{(2\gamma x^\top x')^m}{m!}$, so all degrees occur and the space is infinite. Distinct rows give a Gram matrix of full rank.

That matrix holds $N^2$ numbers of 8 bytes: $8\cdot10^{12}$ bytes for a million rows.`,
  covers: ["svm/kernel-svm", "claim-a-048", "claim-b-295", "claim-b-339"],
  answers: ["q-a-499", "q-b-306"],
  verifiedAgainst: ["libsvm through scikit-learn 1.2", "rank of Gram matrices"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "classes"),
    kernel: choice(["rbf", "poly", "linear"], "rbf", { label: "kernel" }),
    gamma: slider(0.05, 50, 2, { label: "γ", scale: "log" }),
    logC: slider(-2, 3, 0, { label: "C = 10^k", step: 0.2 }),
  },
  run(lab, { data, kernel, gamma, logC }) {
    if (data) {
      onTable(lab, data, { kernel, gamma, logC });
      return;
    }
    const { X, y } = makeMoons({ nSamples: 150, noise: 0.2, seed: lab.seed });
    const model = new SVC({ kernel, gamma, coef0: 1, C: 10 ** logC, maxIter: 50_000 }).fit(X, y, {
      onWarning: () => {},
    });
    const side = 36;
    const grid = Matrix.from(
      range(side * side).map((c) => [
        -1.8 + ((c % side) + 0.5) * (4.6 / side),
        -1.3 + (Math.floor(c / side) + 0.5) * (3.1 / side),
      ]),
    );
    const f = model.decisionFunction(grid).data;
    const at = (x: number, z: number) =>
      f[
        Math.min(side - 1, Math.floor(((z + 1.3) / 3.1) * side)) * side +
          Math.min(side - 1, Math.floor(((x + 1.8) / 4.6) * side))
      ]!;
    lab.plot(
      figure(
        [
          field((x, z) => Math.max(-2, Math.min(2, at(x, z))), [-1.8, 2.8], [-1.3, 1.8], {
            resolution: side,
            centre: 0,
          }),
          { type: "points", x: Array.from(X.col(0)), y: Array.from(X.col(1)), group: y.map(String), size: 2 },
          {
            type: "points",
            name: "support vectors",
            x: Array.from(model.supportVectors.col(0)),
            y: Array.from(model.supportVectors.col(1)),
            size: 3.5,
          },
        ],
        {
          title: `${model.support.length} support vectors, accuracy ${accuracy(y, model.predict(X)).toFixed(2)}`,
          square: true,
          alt: `Decision values of the ${kernel} machine over two crescents.`,
        },
      ),
    );
    const rings = makeCircles({ nSamples: 200, noise: 0.05, factor: 0.4, seed: lab.seed });
    const score = (k: "rbf" | "linear") =>
      accuracy(rings.y, new SVC({ kernel: k }).fit(rings.X, rings.y).predict(rings.X));
    lab.check("rings: accuracy of the linear machine", score("linear"), { below: 0.75 });
    lab.check("rings: accuracy of the RBF machine", score("rbf"), { atLeast: 0.99 });
    const square = Matrix.from(rings.X.toArray().map(([a, b]) => [a! ** 2, Math.SQRT2 * a! * b!, b! ** 2]));
    const explicit = new SVC({ kernel: "linear", tol: 1e-8 })
      .fit(square, rings.y)
      .decisionFunction(square).data;
    const implicit = new SVC({ kernel: "poly", degree: 2, gamma: 1, tol: 1e-8 })
      .fit(rings.X, rings.y)
      .decisionFunction(rings.X).data;
    lab.check(
      "degree 2: kernel against its three explicit columns",
      Math.max(...explicit.map((v, i) => Math.abs(v - implicit[i]!))),
      { atMost: 1e-4 },
    );
    const random = lab.random();
    const ranks = [5, 10, 20].map((n) =>
      rank(
        gramMatrix(
          { kind: "rbf", gamma: 5 },
          Matrix.zeros(n, 2).map(() => 3 * random.normal()),
        ),
      ),
    );
    lab.check("RBF Gram matrices of 5, 10, 20 rows: ranks", ranks.join(" "), { equals: "5 10 20" });
    const flat = gramMatrix(
      { kind: "linear" },
      Matrix.zeros(20, 2).map(() => random.normal()),
    );
    lab.check(
      "linear kernel in two columns: third eigenvalue, relative",
      Math.abs(eighvals(flat)[2]!) / eighvals(flat)[0]!,
      { atMost: 1e-12 },
    );
    lab.check("Gram matrix of the fit: bytes", model.gramBytes, { equals: 8 * 150 ** 2 });
    lab.check("of 100,000 rows: GB", gramBytes(1e5) / 1e9, { equals: 80 });
    lab.check("of a million rows: TB", gramBytes(1e6) / 1e12, { equals: 8 });
    const big = makeMoons({ nSamples: 600, noise: 0.2, seed: lab.seed });
    const whole = new SVC({ tol: 1e-5 }).fit(big.X, big.y);
    const part = new SVC({ tol: 1e-5, cacheSize: 0.2 }).fit(big.X, big.y);
    lab.check("with a tenth of it in memory: bytes kept over the whole", part.cacheBytes / part.gramBytes, {
      below: 0.1,
    });
    lab.check(
      "and the same weights: largest difference",
      Math.max(...part.dualCoef.data.map((v, i) => Math.abs(v - whole.dualCoef.data[i]!))),
      { equals: 0 },
    );
    let sentence = "";
    try {
      const own = (a: Float64Array, b: Float64Array) => a[0]! * b[0]! + a[1]! * b[1]!;
      new SVC({ kernel: own, cacheSize: 0.5 }).fit(big.X, big.y);
    } catch (error) {
      sentence = (error as Error).message;
    }
    lab.check(
      "a kernel function past the memory limit is refused by name",
      sentence.includes("Gram matrix"),
      { equals: true },
    );
  },
});
