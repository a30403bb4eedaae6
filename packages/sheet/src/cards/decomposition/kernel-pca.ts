import { KernelPCA, PCA } from "whetstone/decomposition";
import { LogisticRegression } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "decomposition/kernel-pca",
  title: "Kernel PCA straightens what no projection can",
  formula: String.raw`\tilde K=K-\mathbf1K-K\mathbf1+\mathbf1K\mathbf1,\qquad \tilde K\alpha_k=\lambda_k\alpha_k`,
  ask: "When is a linear projection the wrong tool, and what does a kernel change?",
  answer:
    "When the structure is curved: two rings, or a roll, have no direction that tells the parts apart. Kernel PCA takes eigenvectors of the centred Gram matrix, that is PCA in the feature space of the kernel, where rings lie apart along the first axes. With the linear kernel it is PCA again.",
  pitfall:
    "The Gram matrix is n × n, and γ decides everything: too small and the kernel is linear, too large and every point is alone.",
  level: "hard",
  whenNot:
    "With many rows the n × n matrix does not fit: use Nyström or random features. If a picture of neighbours is all you want, t-SNE or UMAP; if the structure is linear, PCA.",
  followUps: [
    {
      ask: "How do you place a new row?",
      answer:
        "Take its kernel values with the training rows, centre them with the training means, and multiply by the scaled eigenvectors. All training rows must be kept.",
    },
    {
      ask: "How do you get from a kernel score back to a row?",
      answer:
        "There is usually no exact preimage: a point of the feature space need not be the image of any row. Learn a map back by ridge regression, or search for the nearest image.",
    },
  ],
  derivation: String.raw`PCA in the space of $\varphi$ seeks $v$ with $\frac1n\sum_i\varphi_i\varphi_i^\top v=\lambda v$ for centred $\varphi_i$. The left side is a combination of the $\varphi_i$, so $v=\sum_i\alpha_i\varphi_i$ for every $\lambda\neq0$.

Put that in and multiply by each $\varphi_j^\top$: only inner products remain, and $\tilde K\alpha=n\lambda\alpha$ gives all solutions that matter. The score of row $j$ is $\varphi_j^\top v=(\tilde K\alpha)_j$, with $\alpha$ scaled so that $v$ has length 1.

Centring: $\varphi_i-\bar\varphi$ has inner products $K_{ij}$ minus the mean of its row, minus the mean of its column, plus the mean of all. That is $\tilde K$, with $\mathbf 1$ the matrix of entries $1/n$.

With $k(x,x')=x^\top x'$ this is $X_cX_c^\top$, whose eigenvalues are the $\sigma^2$ of PCA.`,
  covers: ["decomposition/kernel-pca"],
  verifiedAgainst: ["scikit-learn 1.2 KernelPCA, 1e-8", "PCA for the linear kernel"],
  budget: "quick",
  controls: {
    gamma: slider(0.1, 30, 3, { label: "γ", scale: "log" }),
    gap: slider(0.2, 0.6, 0.3, { label: "radius of the inner ring" }),
  },
  run(lab, { gamma, gap }) {
    const random = lab.random();
    const n = 120;
    const rings = (inner: number) => {
      const labels = range(n).map((i) => (i % 2 ? "outer" : "inner"));
      const X = Matrix.from(
        labels.map((l) => {
          const [r, a] = [l === "outer" ? 1 : inner, random.uniform(0, 2 * Math.PI)];
          return [r * Math.cos(a) + 0.05 * random.normal(), r * Math.sin(a) + 0.05 * random.normal()];
        }),
      );
      return { X, labels };
    };
    const shown = rings(gap);
    const Z = new KernelPCA({ nComponents: 2, kernel: "rbf", gamma }).fit(shown.X).transform(shown.X);
    for (const [title, M] of [
      ["The rows", shown.X],
      [`Kernel PCA, γ = ${gamma.toPrecision(2)}`, Z],
    ] as const)
      lab.plot(
        figure([{ type: "points", x: Array.from(M.col(0)), y: Array.from(M.col(1)), group: shown.labels }], {
          title,
          x: { label: M === Z ? "component 1" : "x" },
          y: { label: M === Z ? "component 2" : "y" },
          alt: `${title}: two groups of points, an inner and an outer ring.`,
        }),
      );
    const { X, labels } = rings(0.3);
    const accuracy = (M: Matrix) => {
      const predicted = new LogisticRegression({ C: 100 }).fit(M, labels, { onWarning() {} }).predict(M);
      return predicted.filter((p, i) => p === labels[i]).length / n;
    };
    lab.check(
      "a line on two principal components tells the rings apart, accuracy",
      accuracy(new PCA().fit(X).transform(X)),
      { atMost: 0.75 },
    );
    const model = new KernelPCA({ nComponents: 2, kernel: "rbf", gamma: 3 }).fit(X);
    lab.check("a line on two kernel components, accuracy", accuracy(model.transform(X)), { atLeast: 0.97 });
    const linear = new KernelPCA({ nComponents: 2 }).fit(X);
    const pca = new PCA({ nComponents: 2 }).fit(X);
    lab.check(
      "linear kernel: eigenvalue over (n − 1), against the variance of PCA",
      linear.eigenvalues[0]! / (n - 1),
      { equals: pca.explainedVariance[0]!, relative: 1e-9 },
    );
    const scores = model.transform(X);
    lab.check(
      "scores of different axes do not correlate",
      Math.abs(scores.col(0).reduce((s, v, i) => s + v * scores.at(i, 1), 0)),
      { atMost: 1e-8 },
    );
    // A roll: where a point lies along it is the hidden coordinate.
    const along = range(n).map((i) => 1.5 * Math.PI * (1 + (2 * i) / n));
    const roll = Matrix.from(along.map((a) => [a * Math.cos(a), 20 * random.uniform(), a * Math.sin(a)]));
    const correlation = (u: ArrayLike<number>) => {
      const mean = (v: ArrayLike<number>) => Array.from(v).reduce((s, x) => s + x, 0) / n;
      const [mu, ma] = [mean(u), mean(along)];
      const sum = (f: (i: number) => number) => range(n).reduce((s, i) => s + f(i), 0);
      return (
        Math.abs(sum((i) => (u[i]! - mu) * (along[i]! - ma))) /
        Math.sqrt(sum((i) => (u[i]! - mu) ** 2) * sum((i) => (along[i]! - ma) ** 2))
      );
    };
    const best = (M: Matrix) => Math.max(...range(M.cols).map((k) => correlation(M.col(k))));
    const flat = best(new PCA().fit(roll).transform(roll));
    const curved = best(
      new KernelPCA({ nComponents: 4, kernel: "rbf", gamma: 0.005 }).fit(roll).transform(roll),
    );
    lab.note(
      `Swiss roll: best correlation of one axis with the position along the roll is ${flat.toFixed(2)} for its three principal components, ${curved.toFixed(2)} for four kernel components.`,
    );
    lab.check("swiss roll: kernel axes follow the roll better than linear ones by", curved - flat, {
      above: 0,
    });
  },
});
