import { eigh, Matrix, multiply, svd } from "whetstone/math";
import { card, figure, slider, toggle } from "../../index.ts";

export default card({
  id: "math/eigh",
  title: "PCA is an eigendecomposition, but only of centred data",
  formula: String.raw`A=A^\top\Rightarrow A=V\Lambda V^\top,\qquad \tfrac1{n-1}X_c^\top X_c=V\Lambda V^\top,\quad \lambda_i=\sigma_i^2/(n-1)`,
  ask: "How do the eigenvectors of the covariance and the SVD of the data give the same principal axes?",
  answer:
    "A symmetric matrix has real eigenvalues and orthonormal eigenvectors. For centred X the covariance has eigenvectors V and eigenvalues σ²/(n−1), where X = UΣVᵀ. Without centring, the first axis is drawn to the mean.",
  pitfall:
    "X @ V[:, :k] on raw data projects on the direction of the mean first. Centre, then decompose; and signs of axes are arbitrary.",
  level: "easy",
  whenNot:
    "For wide or ill-scaled data do not form the covariance: it squares the condition number. The SVD of the centred data gives the same axes more exactly.",
  followUps: [
    {
      ask: "Why are the eigenvectors of a symmetric matrix orthogonal?",
      answer:
        "λ₁v₁ᵀv₂ = (Av₁)ᵀv₂ = v₁ᵀAv₂ = λ₂v₁ᵀv₂, so (λ₁ − λ₂)v₁ᵀv₂ = 0. Equal eigenvalues leave a choice, and it can be made orthogonal.",
    },
    {
      ask: "Should you also scale the columns?",
      answer:
        "If units differ, yes: otherwise the column with the largest numbers is the first axis. That is PCA of the correlation matrix.",
    },
  ],
  derivation: String.raw`Let $X_c=U\Sigma V^\top$ be the SVD of the centred data. Then $\frac1{n-1}X_c^\top X_c=\frac1{n-1}V\Sigma U^\top U\Sigma V^\top=V\frac{\Sigma^2}{n-1}V^\top$: eigenvectors $V$, eigenvalues $\sigma_i^2/(n-1)$.

Without centring $X^\top X=X_c^\top X_c+n\,\mu\mu^\top$. If the mean is far from zero the second term dominates and the first eigenvector is close to $\mu/\lVert\mu\rVert$, a direction that says where the data are, not how they vary.`,
  covers: ["math/eigh", "claim-a-014", "claim-a-015"],
  verifiedAgainst: ["SciPy 1.10 linalg.eigvalsh", "reconstruction VΛVᵀ"],
  budget: "quick",
  controls: {
    spread: slider(1, 6, 3, { label: "spread along the long axis" }),
    offset: slider(0, 30, 20, { label: "mean of the second feature" }),
    centre: toggle(true, { label: "centre the data" }),
  },
  run(lab, { spread, offset, centre }) {
    const random = lab.random();
    const n = 200;
    const X = Matrix.zeros(n, 2);
    for (let i = 0; i < n; i++) {
      X.set(i, 0, spread * random.normal());
      X.set(i, 1, offset + 0.5 * random.normal());
    }
    const means = [0, 1].map((j) => X.col(j).reduce((a, b) => a + b, 0) / n);
    const centred = new Matrix(
      X.data.map((v, i) => v - means[i % 2]!),
      n,
      2,
    );
    const gram = (A: Matrix) =>
      new Matrix(
        multiply(A, A, { transA: true }).data.map((v) => v / (n - 1)),
        2,
        2,
      );
    const cov = gram(centred);
    const { values, vectors } = eigh(cov);
    const used = eigh(gram(centre ? centred : X)).vectors;
    const at = centre ? means : [0, 0];
    const length = Math.max(spread, centre ? 0 : offset);
    lab.plot(
      figure(
        [
          { type: "points", x: Array.from(X.col(0)), y: Array.from(X.col(1)), size: 2 },
          {
            type: "arrows",
            name: "first axis",
            x1: [at[0]!],
            y1: [at[1]!],
            x2: [at[0]! + length * used.at(0, 0)],
            y2: [at[1]! + length * used.at(1, 0)],
          },
        ],
        {
          x: { label: "feature 1" },
          y: { label: "feature 2" },
          alt: centre
            ? "A long flat cloud; the first axis lies along it."
            : "The same cloud; without centring the first axis points from the origin to the mean.",
        },
      ),
    );
    const gap = (A: Matrix, B: Matrix) => Math.max(...A.data.map((v, i) => Math.abs(v - B.data[i]!)));
    const VL = multiply(vectors, Matrix.diagonal(values));
    lab.check(
      "largest error of VΛVᵀ, relative",
      gap(multiply(VL, vectors, { transB: true }), cov) / values[0]!,
      { atMost: 1e-13 },
    );
    lab.check("eigenvalues descend", values[0]! >= values[1]!, { equals: true });
    const { s, Vt } = svd(centred);
    lab.check("σ₁²/(n−1) against λ₁", s[0]! ** 2 / (n - 1), { equals: values[0]!, relative: 1e-12 });
    const cosine = Math.abs(Vt.at(0, 0) * vectors.at(0, 0) + Vt.at(0, 1) * vectors.at(1, 0));
    lab.check("|cos| between the first axes of both routes", cosine, { equals: 1, within: 1e-9 });
    // The sheet's example: spread along one axis, mean far away on another.
    const raw = eigh(gram(X)).vectors;
    if (offset >= 2 * spread)
      lab.check("uncentred: the first axis is the direction of the mean, |cos|", Math.abs(raw.at(1, 0)), {
        atLeast: 0.95,
      });
    lab.check("centred: the first axis is the long one, |cos|", Math.abs(vectors.at(0, 0)), { atLeast: 0.9 });
  },
});
