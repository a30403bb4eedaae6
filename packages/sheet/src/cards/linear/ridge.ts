import { LinearRegression, Ridge, ridgePath } from "whetstone/linear";
import { eighvals, Matrix, numericalHessian } from "whetstone/math";
import { estimatorProperties } from "whetstone/stats";
import {
  card,
  dataset,
  figure,
  type Lab,
  type LabData,
  range,
  scaled,
  slider,
  targetsOf,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(lab: Lab, data: LabData, lambda: number): void {
  const Z = scaled(data);
  const y = targetsOf(data);
  const strengths = range(31).map((i) => 10 ** (-3 + i / 5));
  const path = ridgePath(Z, y, strengths);
  lab.plot(
    figure(
      [
        ...data.columns.slice(0, 12).map((name, j) => ({
          type: "line" as const,
          name,
          x: strengths,
          y: Array.from(path.coefs.col(j)),
        })),
        { type: "rule", x: lambda, label: "λ" },
      ],
      {
        title: `${data.name}: weights of scaled columns`,
        x: { label: "λ", scale: "log" },
        y: { label: "coefficient" },
        alt: `Weights of the columns of ${data.name} by λ, predicting ${data.target}: all shrink to 0.`,
      },
    ),
  );
  const model = new Ridge({ alpha: lambda }).fit(Z, y);
  const off = model.predict(Z).map((p, i) => p - y[i]!);
  const slope = Z.transposedMatVec(off).map((g, j) => g + lambda * model.coef[j]!);
  const size = Math.hypot(...y) * Math.sqrt(y.length);
  lab.check(
    "Zᵀ(Zw + b − y) + λw at the fit, largest entry over ‖y‖√n",
    Math.max(...slope.map(Math.abs)) / size,
    {
      atMost: 1e-8,
    },
  );
  lab.check("residuals add to 0: sum over ‖y‖√n", Math.abs(off.reduce((a, b) => a + b, 0)) / size, {
    atMost: 1e-8,
  });
  const longer = Math.hypot(...new Ridge({ alpha: lambda / 2 }).fit(Z, y).coef);
  lab.check("length of the weights over that at λ/2", Math.hypot(...model.coef) / longer, {
    atMost: 1 + 1e-9,
  });
}

export default card({
  id: "linear/ridge",
  title: "Ridge lifts every eigenvalue, and leaves the intercept alone",
  formula: String.raw`\hat w=(X^\top X+\lambda I)^{-1}X^\top y,\qquad \lambda_{\min}(X^\top X+\lambda I)\ge\lambda`,
  ask: "Why does an L2 penalty help even without overfitting, and why is the intercept not penalised?",
  answer:
    "It adds λ to every eigenvalue of XᵀX, so the system is well conditioned however correlated the columns: twins share one weight instead of exploding with opposite signs. The intercept only sets the level; penalised, it would pull predictions to zero and depend on the target's origin.",
  pitfall:
    "Conventions differ: λ‖w‖² adds 2λI to the Hessian of the plain sum, ½λ‖w‖² adds λI; a sum and a mean of losses differ by n. Compare penalties only after that.",
  level: "easy",
  whenNot:
    "If few columns matter and the rest is noise, lasso; if the scale of columns is arbitrary, standardise first or the penalty is meaningless.",
  followUps: [
    {
      ask: "How do you choose λ without refitting?",
      answer:
        "From one SVD leave-one-out errors for every λ are cheap: eᵢ/(1 − Hᵢᵢ(λ)); generalised cross-validation replaces Hᵢᵢ by its mean.",
    },
    {
      ask: "What are the effective degrees of freedom?",
      answer:
        "tr H(λ) = Σ σⱼ²/(σⱼ² + λ): p at λ = 0, falling to 0. One per direction, counted by how much it is kept.",
    },
  ],
  derivation: String.raw`$\nabla\big(\lVert y-Xw\rVert^2+\lambda\lVert w\rVert^2\big)=0$ gives $(X^\top X+\lambda I)w=X^\top y$. Every eigenvalue rises by $\lambda$, so the smallest is at least $\lambda$, and the condition number falls from $\frac{d_1}{d_p}$ to $\frac{d_1+\lambda}{d_p+\lambda}$.

In the axes of the SVD $w_j=\frac{\sigma_j}{\sigma_j^2+\lambda}u_j^\top y$: weak directions, where noise would be multiplied by $1/\sigma_j$, are damped most.

An unpenalised intercept satisfies $\sum(y-\hat y)=0$, so adding 100 to $y$ moves it by 100 and nothing else. Penalised it would shrink towards an arbitrary origin.`,
  errata: [
    {
      claim: "claim-b-331",
      claimed: "Ridge regression is inconsistent for the true coefficients.",
      truth:
        "With a fixed λ on the sum of squares it is consistent: the data outgrow the penalty. Only a penalty that grows with n, as λ on the mean loss, keeps its bias.",
    },
  ],
  covers: ["linear/ridge", "claim-a-038", "claim-b-331", "claim-b-322"],
  answers: ["q-a-199", "q-a-219", "q-b-330"],
  verifiedAgainst: ["scikit-learn 1.2 Ridge", "closed forms"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "diabetes"], "numbers"),
    lambda: slider(0.001, 1000, 1, { label: "λ", scale: "log" }),
    twins: slider(0.5, 0.9999, 0.999, {
      label: "correlation of the two features",
      step: 0.0001,
      simulated: true,
    }),
  },
  run(lab, { data, lambda, twins }) {
    if (data) {
      onTable(lab, data, lambda);
      return;
    }
    const random = lab.random();
    const n = 40;
    const pair = (rows: number, rho: number, stream = random) =>
      stream.multivariateNormal(
        [0, 0],
        [
          [1, rho],
          [rho, 1],
        ],
        rows,
      );
    const X = pair(n, twins);
    const y = Float64Array.from({ length: n }, (_, i) => X.at(i, 0) + X.at(i, 1) + random.normal());
    const strengths = range(49).map((i) => 10 ** (-3 + i / 8));
    const path = ridgePath(X, y, strengths);
    lab.plot(
      figure(
        [
          { type: "line", name: "first", x: strengths, y: Array.from(path.coefs.col(0)) },
          { type: "line", name: "second", x: strengths, y: Array.from(path.coefs.col(1)) },
          { type: "rule", name: "truth", y: 1 },
          { type: "rule", x: lambda, label: "λ" },
        ],
        {
          title: "Two nearly equal features, both with true weight 1",
          x: { label: "λ", scale: "log" },
          y: { label: "coefficient" },
          alt: "Coefficients of two correlated features by λ: far apart at small λ, both near 1 in the middle, shrinking together to 0.",
        },
      ),
    );
    const G = X.transpose().matmul(X);
    const system = (l: number) =>
      Matrix.from(range(2).map((i) => range(2).map((j) => G.at(i, j) + (i === j ? l : 0))));
    lab.check("smallest eigenvalue of XᵀX + λI, over λ", eighvals(system(lambda)).at(-1)! / lambda, {
      atLeast: 1 - 1e-9,
    });
    const ratio = (A: Matrix) => {
      const v = eighvals(A);
      return v[0]! / v.at(-1)!;
    };
    lab.check("condition number with λ over that without", ratio(system(lambda)) / ratio(G), { below: 1 });
    const twin = new Ridge({ alpha: 1 }).fit(Matrix.from(range(n).map((i) => [X.at(i, 0), X.at(i, 0)])), y);
    lab.check("exact twins share the weight: difference", Math.abs(twin.coef[0]! - twin.coef[1]!), {
      atMost: 1e-9,
    });

    // The Hessian of Σe² + λ|w|² is 2XᵀX + 2λI.
    const loss = (l: number) => (w: Float64Array) =>
      X.matVec(w).reduce((s, p, i) => s + (p - y[i]!) ** 2, 0) + l * (w[0]! ** 2 + w[1]! ** 2);
    const [with3, without] = [numericalHessian(loss(3), [0.5, -0.5]), numericalHessian(loss(0), [0.5, -0.5])];
    lab.check("λ‖w‖² with λ = 3 adds to the Hessian's diagonal", with3.at(0, 0) - without.at(0, 0), {
      equals: 6,
      within: 1e-3,
    });

    const shifted = y.map((v) => v + 100);
    const [a, b] = [new Ridge({ alpha: lambda }).fit(X, y), new Ridge({ alpha: lambda }).fit(X, shifted)];
    lab.check(
      "y + 100, free intercept: weights move by",
      Math.max(...a.coef.map((v, j) => Math.abs(v - b.coef[j]!))),
      { atMost: 1e-9 },
    );
    lab.check("and the intercept by", b.intercept - a.intercept, { equals: 100, within: 1e-9 });
    const ones = Matrix.from(range(n).map((i) => [X.at(i, 0), X.at(i, 1), 1]));
    const penalised = new Ridge({ alpha: n, fitIntercept: false }).fit(ones, shifted);
    const average = (v: ArrayLike<number>) => Array.from(v).reduce((s, x) => s + x, 0) / v.length;
    lab.check(
      "intercept penalised with λ = n: average prediction over average target",
      average(penalised.predict(ones)) / average(shifted),
      { below: 0.6 },
    );

    // Consistency: the error of the first weight as n grows, λ fixed on the sum or on the mean.
    const error = (onMean: boolean, rows: number) =>
      estimatorProperties(
        (sample: { X: Matrix; y: Float64Array }) =>
          new Ridge({ alpha: onMean ? rows : 1 }).fit(sample.X, sample.y).coef[0]!,
        (stream, size) => {
          const Z = new Matrix(stream.fillNormal(new Float64Array(size * 2)), size, 2);
          return {
            X: Z,
            y: Float64Array.from({ length: size }, (_, i) => Z.at(i, 0) - Z.at(i, 1) + stream.normal()),
          };
        },
        { truth: 1, n: rows, repetitions: 40, seed: lab.seed },
      )[0]!.mse ** 0.5;
    const sizes = [20, 80, 320, 1280];
    const [sum, meanLoss] = [sizes.map((m) => error(false, m)), sizes.map((m) => error(true, m))];
    lab.plot(
      figure(
        [
          { type: "line", name: "λ = 1 on the sum", x: sizes, y: sum },
          { type: "line", name: "λ = 1 on the mean", x: sizes, y: meanLoss },
        ],
        {
          title: "Is ridge consistent? It depends on what λ multiplies",
          x: { label: "rows", scale: "log" },
          y: { label: "root mean squared error of a weight", scale: "log" },
          alt: "Error of a ridge weight by sample size: with λ fixed on the sum of squares it falls to zero, with λ on the mean it levels off.",
        },
      ),
    );
    lab.check("λ on the sum: error at 1280 rows over that at 20", sum.at(-1)! / sum[0]!, { below: 0.25 });
    lab.check("λ on the mean: error at 1280 rows stays near the bias ½", meanLoss.at(-1)!, {
      equals: 0.5,
      within: 0.05,
    });
    const tiny = new Ridge({ alpha: 1e-10 }).fit(X, y);
    lab.check(
      "λ → 0 is least squares",
      Math.max(
        ...new LinearRegression().fit(X, y).coef.map((v, j) => Math.abs(v - tiny.coef[j]!) / Math.abs(v)),
      ),
      { atMost: 1e-4 },
    );
  },
});
