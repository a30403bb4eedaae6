import { lstsq, Matrix, multiply, norm2, nullSpace, pinv } from "whetstone/math";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "math/pseudoinverse",
  title: "The pseudoinverse picks the shortest of all best answers",
  formula: String.raw`X^{+}=V\Sigma^{+}U^\top,\qquad w=X^{+}y=\arg\min\{\lVert w\rVert:\ w\ \text{minimises}\ \lVert Xw-y\rVert\}`,
  ask: "Which of the infinitely many least-squares solutions does the Moore–Penrose pseudoinverse return?",
  answer:
    "The one of least norm: it has no component in the null space of X. Invert the singular values above a tolerance, set the others to zero. With full column rank it is (XᵀX)⁻¹Xᵀ.",
  pitfall:
    "Without a tolerance a singular value of 1e-17 becomes 1e17 and the answer is noise. Never form XᵀX to get there: that squares the condition number.",
  level: "medium",
  whenNot:
    "When singular values fade gradually no cut-off is right: a ridge penalty shrinks small ones smoothly. And for one solve use least squares, not the explicit X⁺.",
  followUps: [
    {
      ask: "What has it to do with gradient descent?",
      answer:
        "From zero, gradient descent on least squares stays in the row space and converges to X⁺y: the least-norm solution. That is its implicit bias.",
    },
    {
      ask: "And with ridge?",
      answer:
        "(XᵀX + λI)⁻¹Xᵀ tends to X⁺ as λ → 0: each factor σ/(σ² + λ) tends to 1/σ, or to 0 where σ = 0.",
    },
  ],
  derivation: String.raw`Write $X=U\Sigma V^\top$ and $w=Vc$. Then $\lVert Xw-y\rVert^2=\sum_i(\sigma_ic_i-u_i^\top y)^2+\text{rest}$. Where $\sigma_i>0$ the best is $c_i=u_i^\top y/\sigma_i$; where $\sigma_i=0$ any $c_i$ does.

$\lVert w\rVert^2=\sum c_i^2$ is least with those free $c_i=0$: $w=V\Sigma^+U^\top y=X^+y$. Every other minimiser adds a vector of the null space, at a right angle, and is longer.

With full column rank $X^\top X=V\Sigma^2V^\top$ is invertible and $(X^\top X)^{-1}X^\top=V\Sigma^{-1}U^\top$.`,
  covers: ["math/pseudoinverse"],
  verifiedAgainst: ["the four Penrose conditions", "SciPy 1.10 linalg.pinv"],
  budget: "quick",
  controls: {
    rows: slider(2, 20, 5, { label: "equations" }),
    cols: slider(2, 20, 8, { label: "unknowns" }),
    rank: slider(1, 10, 3, { label: "rank" }),
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
    const y = Float64Array.from({ length: rows }, () => random.normal());
    const P = pinv(X);
    const w = multiply(P, Matrix.column(y)).data;
    const gap = (A: Matrix, B: Matrix) => Math.max(...A.data.map((v, i) => Math.abs(v - B.data[i]!)));
    const transposed = (A: Matrix) => multiply(A, Matrix.identity(A.rows), { transA: true });
    const XP = multiply(X, P);
    const PX = multiply(P, X);
    const scale = Math.max(...X.data.map(Math.abs)) * Math.max(1, ...P.data.map(Math.abs));
    lab.check("X X⁺ X = X", gap(multiply(XP, X), X) / scale, { atMost: 1e-11 });
    lab.check("X⁺ X X⁺ = X⁺", gap(multiply(PX, P), P) / scale, { atMost: 1e-11 });
    lab.check("X X⁺ is symmetric", gap(XP, transposed(XP)), { atMost: 1e-10 });
    lab.check("X⁺ X is symmetric", gap(PX, transposed(PX)), { atMost: 1e-10 });
    const residual = (v: ArrayLike<number>) =>
      norm2(multiply(X, Matrix.column(v)).data.map((f, i) => f - y[i]!));
    const N = nullSpace(X);
    lab.check("dimension of the null space", N.cols, { equals: cols - r });
    const direction = N.cols > 0 ? N.col(0) : new Float64Array(cols);
    const along = (t: number) => w.map((v, i) => v + t * direction[i]!);
    const ts = linspace(-3, 3, 41);
    lab.plot(
      figure(
        [
          { type: "line", name: "length of w", x: ts, y: ts.map((t) => norm2(along(t))) },
          { type: "line", name: "residual", x: ts, y: ts.map((t) => residual(along(t))) },
          { type: "rule", x: 0, label: "X⁺y" },
        ],
        {
          x: { label: "step along the null space" },
          y: {},
          alt: "Along the null space the residual stays flat while the length of the solution is smallest at the pseudoinverse.",
        },
      ),
    );
    if (N.cols > 0) {
      lab.check(
        "residual after a step along the null space, change",
        Math.abs(residual(along(2)) - residual(w)),
        { atMost: 1e-9 },
      );
      lab.check("length after that step, growth", norm2(along(2)) - norm2(w), { above: 0 });
    }
    lab.check(
      "least squares by SVD gives the same w",
      Math.max(...lstsq(X, y).x.map((v, i) => Math.abs(v - w[i]!))),
      { atMost: 1e-9 },
    );
  },
});
