import { hatMatrix, influence, LinearRegression, leverages } from "whetstone/linear";
import { eighvals, Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/hat-matrix",
  title: "Fitted values are a projection, and leverage is its diagonal",
  formula: String.raw`\hat y=Hy,\quad H=X(X^\top X)^{-1}X^\top,\quad H=H^\top=H^2,\quad \operatorname{tr}H=\operatorname{rank}X`,
  ask: "Show that least-squares predictions are a projection. What are the hat matrix's properties, and what is a leverage?",
  answer:
    "ŷ = Hy with H = X(XᵀX)⁻¹Xᵀ. H is symmetric and idempotent, so it projects y onto the column space; its eigenvalues are 0 and 1 and its trace is the rank. Hᵢᵢ, the leverage, is how far ŷᵢ moves per unit of yᵢ: between 0 and 1, large for unusual x.",
  pitfall:
    "A point with high leverage has a small residual because it pulls the line to itself: look at Cook's distance or leave-one-out residuals eᵢ/(1−Hᵢᵢ), not at raw residuals.",
  level: "medium",
  whenNot:
    "For penalised or nonlinear fits H is no projection: use the smoother matrix's trace as effective degrees of freedom, or leave-one-out by refitting.",
  followUps: [
    {
      ask: "How do you get leave-one-out errors in one fit?",
      answer: "eᵢ/(1 − Hᵢᵢ): exact for least squares and ridge (with its own H). Their mean square is PRESS.",
    },
    {
      ask: "What is Cook's distance?",
      answer:
        "How far all fitted values move when a row is dropped: (eᵢ²/(p s²))·Hᵢᵢ/(1 − Hᵢᵢ)². Large only if residual and leverage are.",
    },
  ],
  derivation: String.raw`The fit has $X^\top(y-\hat y)=0$ with $\hat y$ in the column space: $\hat y$ is the foot of the perpendicular from $y$, $\hat y=X(X^\top X)^{-1}X^\top y=Hy$.

$H^\top=H$ and $H^2=X(X^\top X)^{-1}X^\top X(X^\top X)^{-1}X^\top=H$, so $Hv=\lambda v$ gives $\lambda^2=\lambda$: eigenvalues 0 and 1, and the trace counts the ones: the rank.

$H_{ii}=\sum_jH_{ij}^2\ge H_{ii}^2$, so $0\le H_{ii}\le1$; the mean leverage is $p/n$. A residual has variance $\sigma^2(1-H_{ii})$: small where leverage is large.`,
  covers: ["linear/hat-matrix", "claim-b-341"],
  answers: ["q-b-357"],
  verifiedAgainst: ["statsmodels 0.13 OLSInfluence", "the properties of a projection"],
  budget: "quick",
  controls: {
    far: slider(0, 10, 6, { label: "x of one point", step: 0.25 }),
    height: slider(-6, 10, -2, { label: "its y", step: 0.25 }),
  },
  run(lab, { far, height }) {
    const random = lab.random();
    const n = 25;
    const x = [...Array.from({ length: n - 1 }, () => random.uniform(0, 3)), far];
    const y = [...x.slice(0, -1).map((v) => 1 + v + 0.4 * random.normal()), height];
    const X = Matrix.column(x);
    const { residuals, leverages: h, cooksDistance } = influence(X, y);
    const [all, without] = [
      new LinearRegression().fit(X, y),
      new LinearRegression().fit(Matrix.column(x.slice(0, -1)), y.slice(0, -1)),
    ];
    const line = (m: typeof all) => [0, 10].map((v) => m.intercept + m.coef[0]! * v);
    lab.plot(
      figure(
        [
          { type: "points", name: "others", x: x.slice(0, -1), y: y.slice(0, -1), size: 3 },
          { type: "points", name: "the point", x: [far], y: [height], size: 6 },
          { type: "line", name: "with it", x: [0, 10], y: line(all) },
          { type: "line", name: "without it", x: [0, 10], y: line(without), dashed: true },
        ],
        {
          title: `leverage ${h[n - 1]!.toFixed(2)}, residual ${residuals[n - 1]!.toFixed(2)}, Cook's distance ${cooksDistance[n - 1]!.toFixed(2)}`,
          x: { label: "x" },
          y: { label: "y", domain: [-7, 12] },
          alt: `A cloud on a line and one point at (${far}, ${height}); the fit with it is pulled away from the fit without it. Its leverage is ${h[n - 1]!.toFixed(2)}.`,
        },
      ),
    );
    lab.plot(
      figure([{ type: "points", x, y: Array.from(h), size: 4 }], {
        title: "Leverage grows with the distance from the mean of x",
        x: { label: "x" },
        y: { label: "leverage Hᵢᵢ", domain: [0, 1] },
        alt: "Leverages against x: a parabola, lowest at the mean and highest for the point far out.",
      }),
    );
    const Z = new Matrix(random.fillNormal(new Float64Array(n * 4)), n, 4);
    // A fifth column that is the sum of two others adds nothing to the rank.
    const dependent = new Matrix(
      Float64Array.from({ length: n * 5 }, (_, i) =>
        i % 5 < 4 ? Z.at(Math.floor(i / 5), i % 5) : Z.at(Math.floor(i / 5), 0) + Z.at(Math.floor(i / 5), 1),
      ),
      n,
      5,
    );
    const H = hatMatrix(dependent);
    const trace = range(n).reduce((s, i) => s + H.at(i, i), 0);
    const gap = (A: Matrix, B: Matrix) => Math.max(...A.data.map((v, i) => Math.abs(v - B.data[i]!)));
    lab.check("trace: 4 independent columns + intercept", trace, { equals: 5, within: 1e-10 });
    lab.check("H² = H", gap(H.matmul(H), H), { atMost: 1e-12 });
    lab.check("symmetric", gap(H.transpose(), H), { atMost: 1e-14 });
    const values = eighvals(H);
    lab.check(
      "distance of its eigenvalues from 0 or 1",
      Math.max(...values.map((v) => Math.min(Math.abs(v), Math.abs(v - 1)))),
      { atMost: 1e-12 },
    );
    const t = random.fillNormal(new Float64Array(n));
    const fitted = new LinearRegression().fit(Z, t).predict(Z);
    lab.check(
      "Hy against the fitted values",
      Math.max(
        ...hatMatrix(Z)
          .matVec(t)
          .map((v, i) => Math.abs(v - fitted[i]!)),
      ),
      { atMost: 1e-10 },
    );
    lab.check(
      "(I − H)y is orthogonal to the fit",
      t.reduce((s, v, i) => s + (v - fitted[i]!) * fitted[i]!, 0),
      { equals: 0, within: 1e-10 },
    );
    lab.check("leverages lie in [0, 1]", Math.max(...leverages(Z).map((v) => Math.max(-v, v - 1))), {
      atMost: 1e-12,
    });
    // Leave one row out without refitting.
    const last = y[n - 1]! - (without.intercept + without.coef[0]! * far);
    lab.check("left-out residual against e/(1 − H)", residuals[n - 1]! / (1 - h[n - 1]!), {
      equals: last,
      within: 1e-9,
    });
  },
});
