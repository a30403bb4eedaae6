import { cholesky, cond, inverse, Matrix, multiply, norm2, solve } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "math/linear-solve",
  title: "Solve, never invert; Cholesky when it is positive definite",
  formula: String.raw`A=LL^\top,\quad Lz=b,\quad L^\top x=z,\qquad \frac{\lVert\delta x\rVert}{\lVert x\rVert}\lesssim\kappa(A)\,\varepsilon`,
  ask: "How should Ax = b be solved, and how many digits can the answer have?",
  answer:
    "Factorise (LU in general, Cholesky at half the cost when A is symmetric positive definite), then substitute. The condition number κ bounds the loss: up to about log10 κ of the 16 digits are gone whatever the method.",
  pitfall:
    "Forming A⁻¹ costs three times as much and leaves a larger residual. A failed Cholesky is information: the matrix is not positive definite.",
  level: "easy",
  whenNot:
    "For least squares with nearly dependent columns use QR or SVD, not the normal equations; for huge sparse systems use conjugate gradients.",
  followUps: [
    {
      ask: "How many operations are LU, Cholesky and the inverse?",
      answer:
        "About 2n³/3, n³/3 and 2n³ flops; each further right-hand side costs 2n² once the factors are there.",
    },
    {
      ask: "κ is 10¹². What do you do?",
      answer:
        "Expect about four right digits in float64. Rescale, reformulate (QR in place of normal equations), regularise, or ask whether the question is well posed.",
    },
  ],
  derivation: String.raw`Write $A=LL^\top$ column by column: $L_{jj}=\sqrt{A_{jj}-\sum_{k<j}L_{jk}^2}$ and $L_{ij}=\big(A_{ij}-\sum_{k<j}L_{ik}L_{jk}\big)/L_{jj}$. A root of a number that is not positive appears exactly if $A$ is not positive definite.

Symmetry halves the work of LU: $n^3/3$ flops. Two triangular solves take $n^2$ each.

Perturb $b$: $\delta x=A^{-1}\delta b$, so $\frac{\lVert\delta x\rVert}{\lVert x\rVert}\le\lVert A\rVert\lVert A^{-1}\rVert\frac{\lVert\delta b\rVert}{\lVert b\rVert}$. A backward-stable method acts like such a perturbation of size $\varepsilon$, hence $\kappa\varepsilon$.`,
  covers: ["math/linear-solve"],
  verifiedAgainst: ["SciPy 1.10 linalg.solve and cholesky", "residuals"],
  budget: "quick",
  controls: { size: slider(2, 12, 8, { label: "size of the Hilbert matrix" }) },
  run(lab, { size }) {
    const hilbert = (n: number) => Matrix.from(range(n).map((i) => range(n).map((j) => 1 / (i + j + 1))));
    const error = (n: number) => {
      const H = hilbert(n);
      const ones = new Float64Array(n).fill(1);
      const x = solve(H, multiply(H, Matrix.column(ones)).data);
      return { kappa: cond(H), error: norm2(x.map((v) => v - 1)) / Math.sqrt(n) };
    };
    const runs = range(size - 1).map((i) => error(i + 2));
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "error of x",
            x: runs.map((r) => r.kappa),
            y: runs.map((r) => Math.max(r.error, 1e-17)),
            size: 5,
          },
          {
            type: "line",
            name: "κ · 1.1e-16",
            x: runs.map((r) => r.kappa),
            y: runs.map((r) => r.kappa * 1.1e-16),
            dashed: true,
          },
        ],
        {
          x: { label: "condition number κ", scale: "log" },
          y: { label: "relative error", scale: "log" },
          alt: "Error of the solution by condition number on log axes: it rises along the line κ times machine precision.",
        },
      ),
    );
    lab.check("largest error relative to κ·ε", Math.max(...runs.map((r) => r.error / (r.kappa * 1.1e-16))), {
      atMost: 20,
    });
    const random = lab.random();
    const B = new Matrix(
      Float64Array.from({ length: 36 }, () => random.normal()),
      6,
      6,
    );
    const S = multiply(B, B, { transB: true });
    for (let i = 0; i < 6; i++) S.set(i, i, S.at(i, i) + 0.1);
    const b = Float64Array.from({ length: 6 }, () => random.normal());
    const factor = cholesky(S);
    const residual = (x: ArrayLike<number>) =>
      norm2(multiply(S, Matrix.column(x)).data.map((v, i) => v - b[i]!)) / norm2(b);
    lab.check("residual by Cholesky", residual(factor.solve(b)), { atMost: 1e-13 });
    lab.check("residual by LU", residual(solve(S, b)), { atMost: 1e-13 });
    const LLt = multiply(factor.L, factor.L, { transB: true });
    lab.check("largest error of LLᵀ", Math.max(...LLt.data.map((v, i) => Math.abs(v - S.data[i]!))), {
      atMost: 1e-13 * 100,
    });
    const unit = multiply(S, inverse(S));
    lab.check(
      "largest error of S S⁻¹ = I",
      Math.max(...unit.data.map((v, i) => Math.abs(v - (i % 7 === 0 ? 1 : 0)))),
      { atMost: 1e-10 },
    );
    let refused = "";
    try {
      cholesky(
        Matrix.from([
          [1, 2],
          [2, 1],
        ]),
      );
    } catch (cause) {
      refused = cause instanceof Error ? cause.message : "";
    }
    lab.note(`An indefinite matrix: ${refused}`);
    lab.check("an indefinite matrix is refused", refused.startsWith("cholesky"), { equals: true });
  },
});
