import { dot, eighvals, gramMatrix, Matrix, polynomialFeatureMap, polynomialKernel } from "whetstone/math";
import { card, choice, figure, slider } from "../../index.ts";

export default card({
  id: "math/kernels",
  title: "A kernel is an inner product in a space you never visit",
  formula: String.raw`k(x,y)=\langle\varphi(x),\varphi(y)\rangle,\quad (\gamma x^\top y+c)^d,\quad e^{-\gamma\lVert x-y\rVert^2}`,
  ask: "What is the kernel trick, and how do you know that a function is a valid kernel?",
  answer:
    "k(x, y) equals an inner product of features φ(x), φ(y), so an algorithm that uses only inner products works in that space without computing φ. Valid means: every Gram matrix is symmetric positive semi-definite (Mercer).",
  pitfall:
    "The RBF kernel has infinitely many features, but its width decides everything: too small and every point is alone, too large and all points look alike.",
  level: "medium",
  whenNot:
    "With many rows the n × n Gram matrix is the limit: use linear models on explicit or random features, or trees. For images and text learn the features.",
  followUps: [
    {
      ask: "Is the sum, the product of two kernels a kernel?",
      answer:
        "Both. Sums stack the features, products take all pairs of them (Schur). A difference need not be one.",
    },
    {
      ask: "What does the representer theorem say?",
      answer:
        "The minimiser of a loss on the rows plus a penalty that grows with the norm lies in the span of k(·, xᵢ): n coefficients are enough even in infinite dimension.",
    },
  ],
  derivation: String.raw`If $k(x,y)=\langle\varphi(x),\varphi(y)\rangle$, then $\sum_{ij}c_ic_jk(x_i,x_j)=\lVert\sum_ic_i\varphi(x_i)\rVert^2\ge0$: Gram matrices are positive semi-definite. Mercer and Moore–Aronszajn give the converse.

$(x^\top y+c)^2=\sum_{ij}x_ix_jy_iy_j+2c\sum_ix_iy_i+c^2$: the features are all products $x_ix_j$, $\sqrt{2c}\,x_i$ and $c$, never formed.

$e^{-\gamma\lVert x-y\rVert^2}=e^{-\gamma\lVert x\rVert^2}e^{-\gamma\lVert y\rVert^2}\sum_k\frac{(2\gamma x^\top y)^k}{k!}$: all polynomial kernels at once, so infinitely many features.`,
  covers: ["math/kernels"],
  verifiedAgainst: ["the explicit polynomial feature map", "eigenvalues of the Gram matrix"],
  budget: "quick",
  controls: {
    kernel: choice(["linear", "polynomial", "rbf"], "rbf", { label: "kernel" }),
    degree: slider(1, 5, 3, { label: "degree" }),
    gamma: slider(0.01, 10, 0.5, { label: "γ", scale: "log" }),
  },
  run(lab, { kernel, degree, gamma }) {
    const random = lab.random();
    const n = 30;
    const X = new Matrix(
      Float64Array.from({ length: 2 * n }, () => random.normal()),
      n,
      2,
    );
    const chosen =
      kernel === "linear"
        ? ({ kind: "linear" } as const)
        : kernel === "rbf"
          ? ({ kind: "rbf", gamma } as const)
          : ({ kind: "polynomial", degree, gamma, coef0: 1 } as const);
    const K = gramMatrix(chosen, X);
    lab.plot(
      figure([{ type: "field", x: [0, n], y: [0, n], cols: n, rows: n, values: Array.from(K.data) }], {
        title: "Gram matrix",
        x: { label: "point" },
        y: { label: "point" },
        square: true,
        alt: `Gram matrix of ${n} points under the ${kernel} kernel: symmetric, largest on the diagonal for RBF.`,
      }),
    );
    const values = eighvals(K);
    lab.check("smallest eigenvalue of the Gram matrix, relative", values[n - 1]! / values[0]!, {
      atLeast: -1e-12,
    });
    lab.check("symmetric", Math.max(...K.data.map((v, i) => Math.abs(v - K.at(i % n, Math.floor(i / n))))), {
      equals: 0,
    });
    const options = { degree, gamma, coef0: 1 };
    const features = polynomialFeatureMap(X, options);
    let gap = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const direct = polynomialKernel(X.row(i), X.row(j), options);
        gap = Math.max(
          gap,
          Math.abs(direct - dot(features.row(i), features.row(j))) / Math.max(1, Math.abs(direct)),
        );
      }
    }
    lab.check(`polynomial kernel against its ${features.cols} explicit features`, gap, { atMost: 1e-10 });
    const far = gramMatrix({ kind: "rbf", gamma: 1000 }, X);
    lab.check("RBF with a tiny width: rank is the number of points", eighvals(far)[n - 1]!, { above: 0 });
    lab.check("RBF of a point with itself", gramMatrix({ kind: "rbf", gamma }, X).at(4, 4), { equals: 1 });
    const linear = gramMatrix({ kind: "linear" }, X);
    lab.check(
      "linear kernel: two features, so the third eigenvalue is 0",
      Math.abs(eighvals(linear)[2]!) / eighvals(linear)[0]!,
      { atMost: 1e-12 },
    );
  },
});
