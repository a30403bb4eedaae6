import { Lasso, LinearRegression, lassoPath, Ridge, ridgePath } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import {
  card,
  choice,
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
function onTable(
  lab: Lab,
  data: LabData,
  { strength, show }: { strength: number; show: "lasso" | "ridge" },
): void {
  const [Z, y] = [scaled(data), targetsOf(data)];
  const [n, d] = [Z.rows, Z.cols];
  const most = lassoPath(Z, y).alphas[0]!;
  const exponents = range(31).map((i) => -3 + i / 10);
  const strengths = exponents.map((e) => most * 10 ** e);
  // lassoPath answers in falling order.
  const lassos = show === "lasso" ? lassoPath(Z, y, { alphas: strengths, tol: 1e-8 }).coefs : null;
  const ridges = ridgePath(
    Z,
    y,
    strengths.map((s) => s * n),
  ).coefs;
  lab.plot(
    figure(
      [
        ...data.columns.slice(0, 12).map((name, j) => ({
          type: "line" as const,
          name,
          x: exponents,
          y: exponents.map((_, i) => lassos?.at(strengths.length - 1 - i, j) ?? ridges.at(i, j)),
        })),
        { type: "rule", x: strength, label: "λ" },
      ],
      {
        title: `${data.name}: ${show} path of scaled columns`,
        x: { label: "log₁₀ of the strength, relative to the largest" },
        y: { label: "coefficient" },
        alt: `Coefficients of the columns of ${data.name} by strength, predicting ${data.target}: ${show === "lasso" ? "with falling strength they leave zero one after another" : "they shrink smoothly together"}.`,
      },
    ),
  );
  const alpha = most * 10 ** strength;
  const lasso = new Lasso({ alpha, tol: 1e-10, maxIter: 5000 }).fit(Z, y, { onWarning() {} });
  const kept = range(d).filter((j) => lasso.coef[j] !== 0);
  lab.table({
    columns: ["column", "lasso at λ", "ridge at nλ"],
    rows: range(d)
      .sort((a, b) => Math.abs(lasso.coef[b]!) - Math.abs(lasso.coef[a]!))
      .slice(0, 12)
      .map((j) => [data.columns[j]!, lasso.coef[j]!, new Ridge({ alpha: alpha * n }).fit(Z, y).coef[j]!]),
    caption: `Lasso keeps ${kept.length} of ${d} columns`,
  });
  const said = lasso.predict(Z);
  const slopes = Z.transposedMatVec(y.map((v, i) => (v - said[i]!) / n));
  lab.check(
    "optimality: largest breach over the largest λ",
    Math.max(
      ...slopes.map((g, j) =>
        lasso.coef[j] === 0 ? Math.abs(g) - alpha : Math.abs(g - alpha * Math.sign(lasso.coef[j]!)),
      ),
    ) / most,
    { atMost: 1e-3 },
  );
  const above = new Lasso({ alpha: most * 1.0001 }).fit(Z, y);
  lab.check(
    "just above the largest λ: coefficients that are not 0",
    above.coef.filter((v) => v !== 0).length,
    {
      equals: 0,
    },
  );
  const l1 = (w: Float64Array) => w.reduce((s, v) => s + Math.abs(v), 0);
  const half = new Lasso({ alpha: alpha / 2, tol: 1e-10, maxIter: 5000 }).fit(Z, y, { onWarning() {} });
  lab.check("sum of |coefficients| over that at λ/2", l1(lasso.coef) / (l1(half.coef) || 1), {
    atMost: 1.001,
  });
}

export default card({
  id: "linear/lasso",
  title: "Lasso selects, ridge shrinks: the two paths",
  formula: String.raw`\min_w\tfrac1{2n}\lVert y-Xw\rVert^2+\lambda\lVert w\rVert_1\quad\text{vs}\quad\lVert y-Xw\rVert^2+\lambda\lVert w\rVert_2^2`,
  ask: "How do L1 and L2 differ in what they do to coefficients, and what do their regularisation paths look like?",
  answer:
    "L1 drives weak coefficients to exactly zero, so it selects; L2 makes all of them smaller and keeps every feature. As λ falls, lasso coefficients enter one by one (now and then one leaves again) along straight pieces with kinks; ridge coefficients grow along smooth curves and are never exactly zero.",
  pitfall:
    "Scale the features first: the penalty compares coefficients in their units. And the set that lasso keeps is not “the truth”: correlated columns replace one another from sample to sample.",
  level: "easy",
  whenNot:
    "If all columns matter a little, ridge predicts better; if columns come in correlated groups, the elastic net; if inference is wanted, naive intervals after selection are wrong.",
  followUps: [
    {
      ask: "How do you debias a lasso fit?",
      answer:
        "Refit least squares on the kept columns (relaxed lasso), or use a concave penalty (SCAD, MCP). Judge by held-out rows: the bias also guards against noise.",
    },
    {
      ask: "Why scale the columns?",
      answer:
        "The penalty compares coefficients in their units: a length in metres has a coefficient a thousand times that in millimetres and is penalised as much more.",
    },
  ],
  derivation: String.raw`With standardised orthogonal columns the objective splits: $\tfrac12(w_j-z_j)^2+\lambda|w_j|$. For $w_j>0$ the slope is $w_j-z_j+\lambda$, zero at $z_j-\lambda$; if $|z_j|\le\lambda$ no sign fits and $w_j=0$. With $\lambda w_j^2$ in place of $\lambda|w_j|$ it is $z_j/(1+2\lambda)$: never zero.

In general coordinate descent applies this map to the partial residual of one column after another; the objective is convex and its non-smooth part separable, so it converges to a minimum.

Everything is zero once $\lambda\ge\max_j|x_j^\top y|/n$: then the gradient at 0 lies within the subgradient $[-\lambda,\lambda]$ of every coordinate.`,
  covers: ["linear/lasso", "claim-a-036", "claim-a-037", "claim-b-037", "claim-b-370"],
  answers: ["q-a-011", "q-a-218", "q-b-337"],
  verifiedAgainst: ["scikit-learn 1.2 Lasso, zeros included", "optimality (KKT) conditions", "duality gap"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "diabetes"], "numbers"),
    strength: slider(-3, 0, -1, { label: "strength λ, 10^k of the largest", step: 0.05 }),
    show: choice(["lasso", "ridge"], "lasso", { label: "path" }),
    signal: slider(1, 12, 3, { label: "features that matter, of 12", simulated: true }),
  },
  run(lab, { data, strength, show, signal }) {
    if (data) {
      onTable(lab, data, { strength, show });
      return;
    }
    const random = lab.random();
    const [n, d] = [100, 12];
    const X = new Matrix(random.fillNormal(new Float64Array(n * d)), n, d);
    const truth = range(d).map((j) => (j < signal ? (j % 2 === 0 ? 1 : -1) * (2 - j / 12) : 0));
    const y = X.matVec(truth).map((v) => v + random.normal());
    // The least strength at which every coefficient is zero.
    const mean = y.reduce((a, b) => a + b, 0) / n;
    const most = lassoPath(X, y).alphas[0]!;
    const exponents = range(61).map((i) => -3 + i / 20);
    const strengths = exponents.map((e) => most * 10 ** e);
    const lassos = lassoPath(X, y, { alphas: strengths, tol: 1e-10 });
    const ridges = ridgePath(
      X,
      y,
      strengths.map((s) => s * n),
    );
    // lassoPath answers in falling order.
    const lassoAt = (i: number) => lassos.coefs.row(strengths.length - 1 - i);
    const curves = (at: (i: number) => Float64Array) =>
      range(d).map((j) => ({
        type: "line" as const,
        name: j < signal ? "matters" : "does not",
        x: exponents,
        y: exponents.map((_, i) => at(i)[j]!),
      }));
    lab.plot(
      figure(
        [
          ...curves(show === "lasso" ? lassoAt : (i) => ridges.coefs.row(i)),
          { type: "rule", x: strength, label: "λ" },
        ],
        {
          title: show === "lasso" ? "Lasso: straight pieces, exact zeros" : "Ridge: smooth, no zeros",
          x: { label: "log₁₀ of the strength, relative to the largest" },
          y: { label: "coefficient" },
          alt: `Coefficients of 12 features by strength: ${show === "lasso" ? "with falling strength they leave zero one after another" : "they shrink smoothly together and never reach zero"}.`,
        },
      ),
    );
    const alpha = most * 10 ** strength;
    const lasso = new Lasso({ alpha, tol: 1e-12, maxIter: 10_000 }).fit(X, y);
    const ridge = new Ridge({ alpha: alpha * n }).fit(X, y);
    const zeros = (w: Float64Array) => w.filter((v) => v === 0).length;
    lab.note(
      `At your λ: ${zeros(lasso.coef)} lasso coefficients are exactly 0, ${zeros(ridge.coef)} of ridge.`,
    );
    const mid = new Lasso({ alpha: most / 5, tol: 1e-12, maxIter: 10_000 }).fit(X, y);
    lab.check("lasso at a fifth of the largest λ: exact zeros", zeros(mid.coef), {
      atLeast: Math.max(0, Math.min(6, 11 - signal)),
    });
    lab.check("the strongest features are kept", mid.coef[0] !== 0, { equals: true });
    lab.check(
      "ridge: exact zeros at all 61 strengths",
      range(61).reduce((s, i) => s + zeros(ridges.coefs.row(i)), 0),
      { equals: 0 },
    );
    lab.check(
      "ridge a thousand times stronger: smallest |coefficient|",
      Math.min(...new Ridge({ alpha: 1000 * most * n }).fit(X, y).coef.map(Math.abs)),
      { above: 0 },
    );
    lab.check(
      "lasso just above the largest λ: all zero",
      zeros(new Lasso({ alpha: most * 1.0001 }).fit(X, y).coef),
      { equals: d },
    );
    // KKT: |correlation with the residual| is λ on the active set, at most λ elsewhere.
    const fitted = lasso.predict(X);
    const slopes = X.transposedMatVec(y.map((v, i) => (v - fitted[i]!) / n));
    lab.check(
      "optimality: largest breach, relative",
      Math.max(
        ...slopes.map(
          (g, j) =>
            (lasso.coef[j] === 0 ? Math.abs(g) - alpha : Math.abs(g - alpha * Math.sign(lasso.coef[j]!))) /
            alpha,
        ),
      ),
      { atMost: 1e-4 },
    );
    // Piecewise linear: second differences vanish except at kinks; on a smooth curve nowhere.
    const even = range(81).map((i) => most * (0.02 + (0.9 * i) / 80));
    const bends = (w: (i: number) => number) =>
      range(79).map((i) => Math.abs(w(i) - 2 * w(i + 1) + w(i + 2)));
    const path = lassoPath(X, y, { alphas: even, tol: 1e-13, maxIter: 100_000 });
    const kinks = range(79).filter((i) =>
      range(d).some((j) => bends((k) => path.coefs.at(80 - k, j))[i]! > 1e-6),
    ).length;
    lab.check("lasso in even steps of λ: of 79 places, those where any coefficient bends", kinks, {
      atMost: 2 * d + 4,
    });
    const smooth = ridgePath(
      X,
      y,
      even.map((v) => v * n),
    );
    lab.check(
      "ridge: places where the first coefficient bends",
      bends((k) => smooth.coefs.at(k, 0)).filter((v) => v > 1e-6).length,
      { atLeast: 70 },
    );
    lab.check(
      "λ → 0 gives least squares",
      Math.max(
        ...new Lasso({ alpha: 1e-9, tol: 1e-14, maxIter: 10_000 })
          .fit(X, y)
          .coef.map((v, j) => Math.abs(v - new LinearRegression().fit(X, y).coef[j]!)),
      ),
      { atMost: 1e-5 },
    );
    lab.check("the mean is not penalised: intercept against mean of residuals", lasso.intercept, {
      equals:
        mean -
        X.transposedMatVec(new Float64Array(n).fill(1 / n)).reduce((s, m, j) => s + m * lasso.coef[j]!, 0),
      within: 1e-10,
    });
  },
});
