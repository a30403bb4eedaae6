import { cond, Matrix, multiply, norm, svd } from "whetstone/math";
import { bars, card, slider } from "../../index.ts";

export default card({
  id: "math/svd",
  title: "Every matrix is a rotation, a stretch and a rotation",
  formula: String.raw`X=U\Sigma V^\top,\quad U^\top U=V^\top V=I,\quad \sigma_1\ge\sigma_2\ge\dots\ge0`,
  ask: "What does the singular value decomposition give, and which quantities can be read off Σ?",
  answer:
    "X = UΣVᵀ with orthonormal U and V and sorted non-negative singular values. From Σ alone: rank (how many are above rounding), condition number σmax/σmin, spectral norm σmax and Frobenius norm √Σσ².",
  pitfall:
    "Singular vectors are unique only up to sign, and within a group of equal singular values only up to rotation: never compare them entry by entry.",
  level: "medium",
  whenNot:
    "For the k leading directions of a large matrix use randomised or Lanczos methods; for symmetric matrices an eigendecomposition costs less.",
  followUps: [
    {
      ask: "How is it computed?",
      answer:
        "Reduce to bidiagonal by Householder reflections, then iterate (QR or divide and conquer): O(mn²) for m ≥ n. Never through XᵀX, which squares κ.",
    },
    {
      ask: "Why does the image of a unit ball help to see it?",
      answer:
        "V turns, Σ stretches the axes, U turns: the ball becomes an ellipsoid whose half-axes are the singular values.",
    },
  ],
  derivation: String.raw`$X^\top X$ is symmetric and positive semi-definite: $X^\top X=V\Lambda V^\top$ with $\lambda_i=\sigma_i^2\ge0$. For $\sigma_i>0$ set $u_i=Xv_i/\sigma_i$. Then $u_i^\top u_j=v_i^\top X^\top Xv_j/(\sigma_i\sigma_j)=\delta_{ij}$; completed to a basis this gives $XV=U\Sigma$.

$\lVert X\rVert_F^2=\operatorname{tr}X^\top X=\sum\sigma_i^2$, $\max_{\lVert v\rVert=1}\lVert Xv\rVert=\sigma_1$, and the rank is the number of non-zero $\sigma_i$; in floats those above about $\max(m,n)\,\varepsilon\,\sigma_1$.`,
  covers: ["math/svd", "claim-a-013"],
  verifiedAgainst: ["SciPy 1.10 linalg.svdvals", "reconstruction and orthogonality"],
  budget: "quick",
  controls: {
    rows: slider(2, 60, 30, { label: "rows" }),
    cols: slider(2, 30, 8, { label: "columns" }),
    rank: slider(1, 8, 5, { label: "rank put in" }),
  },
  run(lab, { rows, cols, rank }) {
    const random = lab.random();
    const r = Math.min(rank, rows, cols);
    const normal = (m: number, n: number) =>
      new Matrix(
        Float64Array.from({ length: m * n }, () => random.normal()),
        m,
        n,
      );
    const X = multiply(normal(rows, r), normal(r, cols));
    const { U, s, Vt } = svd(X);
    const largest = s[0]!;
    lab.plot(
      bars(Object.fromEntries(Array.from(s, (v, i) => [`σ${i + 1}`, Math.max(v, 1e-18)])), {
        y: { label: "singular value", scale: "log" },
        alt: `${s.length} singular values on a log scale: ${r} are large, the others are at rounding level.`,
      }),
    );
    const gap = (A: Matrix, B: Matrix) => Math.max(...A.data.map((v, i) => Math.abs(v - B.data[i]!)));
    const scaled = new Matrix(
      U.data.map((v, i) => v * s[i % s.length]!),
      U.rows,
      U.cols,
    );
    const k = s.length;
    lab.check("largest error of UΣVᵀ, relative", gap(multiply(scaled, Vt), X) / largest, { atMost: 1e-13 });
    lab.check("largest error of UᵀU = I", gap(multiply(U, U, { transA: true }), Matrix.identity(k)), {
      atMost: 1e-13,
    });
    lab.check("largest error of VᵀV = I", gap(multiply(Vt, Vt, { transB: true }), Matrix.identity(k)), {
      atMost: 1e-13,
    });
    lab.check(
      "sorted and non-negative",
      s.every((v, i) => v >= 0 && (i === 0 || v <= s[i - 1]!)),
      { equals: true },
    );
    lab.check("rank read off Σ", svd(X).rank(), { equals: r });
    lab.check("Frobenius norm is √Σσ²", Math.hypot(...s), { equals: norm(X, "fro"), relative: 1e-12 });
    lab.check("spectral norm is σ₁", largest, { equals: norm(X, 2), relative: 1e-12 });
    const square = multiply(normal(6, 6), Matrix.diagonal([1, 1, 1, 1, 1, 1e-3]));
    const values = svd(square).s;
    lab.check("condition number is σmax/σmin", cond(square), {
      equals: values[0]! / values[5]!,
      relative: 1e-9,
    });
  },
});
