import { LogisticRegression } from "whetstone/linear";
import { Matrix, numericalGradient, sigmoid, softmax, softplus } from "whetstone/math";
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
  { logC, solver }: { logC: number; solver: "lbfgs" | "newtonCholesky" },
): void {
  const [Z, y] = [scaled(data), labelsOf(data)];
  const model = new LogisticRegression({ C: 10 ** logC, solver, tol: 1e-8, maxIter: 2000 }).fit(Z, y);
  const said = model.predict(Z);
  const proba = model.predictProba(Z);
  mistakesOnTable(lab, data, said, `C = ${10 ** logC}`, proba);
  lab.check(
    "the free intercept makes mean probabilities the shares of the classes, largest gap",
    Math.max(
      ...model.classes.map(
        (c, j) =>
          Math.abs(proba.col(j).reduce((a, b) => a + b, 0) - y.filter((v) => v === c).length) / y.length,
      ),
    ),
    { atMost: 1e-3 },
  );
}

export default card({
  id: "linear/logistic",
  title: "Logistic regression: a line in log-odds, a boundary where P = 0.5",
  formula: String.raw`P(y=1\mid x)=\sigma(w^\top x+b),\qquad \log\frac{P}{1-P}=w^\top x+b,\qquad \nabla_w\mathcal L=\tfrac1n X^\top(p-y)`,
  ask: "How does logistic regression turn a linear score into a class, and how is it fitted?",
  answer:
    "The score is the log-odds; the sigmoid makes it a probability, and 0.5 is reached where the score is 0: a hyperplane. It is fitted by minimising cross-entropy, the Bernoulli likelihood: convex, gradient Xᵀ(p − y), solved by Newton (IRLS) or L-BFGS. Several classes use a softmax; two-class softmax of (z, 0) is the sigmoid.",
  pitfall:
    "0.5 is the right cut only if both errors cost the same. On separable data the unpenalised weights grow without end. In scikit-learn's convention C is the inverse strength.",
  level: "easy",
  whenNot:
    "For curved boundaries or strong interactions without hand-made features: trees, kernels, nets. For three ordered classes an ordinal model.",
  followUps: [
    {
      ask: "How do you read a coefficient?",
      answer:
        "One unit of xⱼ adds wⱼ to the log-odds, so it multiplies the odds by exp(wⱼ), others held fixed; not a fixed change of probability.",
    },
    {
      ask: "One-vs-rest or softmax?",
      answer:
        "Softmax fits all classes together, with probabilities that sum to one. One-vs-rest fits separate problems: simpler, and fine for ranking.",
    },
  ],
  derivation: String.raw`Each label is Bernoulli with $p=\sigma(z)$, $z=w^\top x+b$. Minus the log likelihood is $-\sum y\log p+(1-y)\log(1-p)$. With $\sigma'=\sigma(1-\sigma)$: $\frac{\partial}{\partial z}=-y(1-p)+(1-y)p=p-y$, so $\nabla_w=\tfrac1nX^\top(p-y)$.

The Hessian $\tfrac1nX^\top\operatorname{diag}(p(1-p))X$ is positive semi-definite: convex.

$p\ge\tfrac12$ exactly if $z\ge0$: the boundary is a hyperplane. If a hyperplane separates the classes, scaling $w$ up always lowers the loss: no finite minimum without a penalty.`,
  errata: [
    {
      claim: "claim-b-304",
      claimed: "The link function of multinomial regression is the softmax.",
      truth:
        "Softmax is the inverse link. The link maps probabilities to scores: log-odds against a reference class (multinomial logit).",
    },
  ],
  covers: ["claim-a-050", "claim-b-304"],
  answers: ["q-a-498"],
  verifiedAgainst: ["scikit-learn 1.2 LogisticRegression", "statsmodels 0.13 Logit, GLM and MNLogit"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "classes"),
    gap: slider(0, 4, 2, { label: "distance of the class centres", step: 0.1, simulated: true }),
    logC: slider(-3, 3, 0, { label: "C = 10^k, inverse strength", step: 0.5 }),
    solver: choice(["lbfgs", "newtonCholesky"], "lbfgs", { label: "solver" }),
  },
  run(lab, { data, gap, logC, solver }) {
    if (data) {
      onTable(lab, data, { logC, solver });
      return;
    }
    const random = lab.random();
    const n = 160;
    const labels = range(n).map((i) => (i % 2 === 0 ? "no" : "yes"));
    const X = new Matrix(
      Float64Array.from(
        { length: 2 * n },
        (_, i) => random.normal() + (labels[i >> 1] === "yes" ? gap / 2 : -gap / 2) * (i % 2 === 0 ? 1 : 0.4),
      ),
      n,
      2,
    );
    const C = 10 ** logC;
    const model = new LogisticRegression({ C, solver, tol: 1e-10 }).fit(X, labels);
    const [w, b] = [model.coef.row(0), model.intercept[0]!];
    const which = (c: string) => range(n).filter((i) => labels[i] === c);
    const points = (c: string) => ({
      type: "points" as const,
      name: c,
      x: which(c).map((i) => X.at(i, 0)),
      y: which(c).map((i) => X.at(i, 1)),
      size: 3,
    });
    lab.plot(
      figure(
        [
          field((u, v) => sigmoid(w[0]! * u + w[1]! * v + b), [-4.5, 4.5], [-4.5, 4.5], {
            contours: [0.1, 0.25, 0.5, 0.75, 0.9],
            centre: 0.5,
          }),
          points("no"),
          points("yes"),
        ],
        {
          title: "P(yes): parallel lines of equal probability",
          x: { domain: [-4.5, 4.5] },
          y: { domain: [-4.5, 4.5] },
          square: true,
          alt: "Two clouds and straight, parallel contours of the probability; the contour 0.5 is the boundary between them.",
        },
      ),
    );
    // Points on the boundary: X w + b = 0.
    const norm = Math.hypot(w[0]!, w[1]!);
    const on = range(21).map((i) => {
      const t = (i - 10) / 2;
      return [(-b * w[0]!) / norm ** 2 - (t * w[1]!) / norm, (-b * w[1]!) / norm ** 2 + (t * w[0]!) / norm];
    });
    const p = model.predictProba(on);
    lab.check(
      "points with Xw + b = 0: largest distance of P from 0.5",
      Math.max(...range(21).map((i) => Math.abs(p.at(i, 1) - 0.5))),
      { atMost: 1e-12 },
    );
    const proba = model.predictProba(X);
    const predicted = model.predict(X);
    lab.check(
      "rows where “yes” is predicted although P < 0.5, or the reverse",
      range(n).filter((i) => (predicted[i] === "yes") !== proba.at(i, 1) > 0.5).length,
      { equals: 0 },
    );
    // Optimality: C Xᵀ(p − y) + w = 0.
    const slope = X.transposedMatVec(range(n).map((i) => proba.at(i, 1) - (labels[i] === "yes" ? 1 : 0)));
    lab.check(
      "gradient C·Xᵀ(p − y) + w at the fit, largest entry over C·n",
      Math.max(...slope.map((g, j) => Math.abs(C * g + w[j]!))) / (C * n),
      { atMost: 1e-7 },
    );
    const loss = (v: Float64Array) =>
      range(n).reduce(
        (s, i) =>
          s + softplus((labels[i] === "yes" ? -1 : 1) * (v[0]! * X.at(i, 0) + v[1]! * X.at(i, 1) + b)),
        0,
      );
    const numeric = numericalGradient(loss, [0.3, -0.2]);
    const formula = X.transposedMatVec(
      range(n).map((i) => sigmoid(0.3 * X.at(i, 0) - 0.2 * X.at(i, 1) + b) - (labels[i] === "yes" ? 1 : 0)),
    );
    lab.check(
      "gradient Xᵀ(p − y) against finite differences",
      Math.max(...numeric.map((g, j) => Math.abs(g - formula[j]!))),
      { atMost: 1e-5 },
    );
    const other = new LogisticRegression({
      C,
      solver: solver === "lbfgs" ? "newtonCholesky" : "lbfgs",
      tol: 1e-10,
    }).fit(X, labels);
    lab.check(
      "the other solver finds the same weights",
      Math.max(...other.coef.row(0).map((v, j) => Math.abs(v - w[j]!))),
      { atMost: 1e-4 },
    );
    const z = model.decisionFunction(X).at(0, 0);
    lab.check("sigmoid of a score against softmax of (score, 0)", sigmoid(z), {
      equals: softmax([z, 0])[0]!,
      within: 1e-15,
    });

    // Three classes: scores to probabilities and back.
    const three = range(n).map((i) => (i % 3 === 0 ? "a" : i % 3 === 1 ? "b" : "c"));
    const Z = new Matrix(
      Float64Array.from(
        { length: 2 * n },
        (_, i) =>
          random.normal() +
          1.5 *
            (i % 2 === 0
              ? Math.cos((2 * Math.PI * ((i >> 1) % 3)) / 3)
              : Math.sin((2 * Math.PI * ((i >> 1) % 3)) / 3)),
      ),
      n,
      2,
    );
    const multi = new LogisticRegression().fit(Z, three);
    const [scores, q] = [multi.decisionFunction(Z), multi.predictProba(Z)];
    const apart = (f: (i: number) => number) => Math.max(...range(n).map((i) => Math.abs(f(i))));
    lab.check(
      "three classes: probabilities are the softmax of the scores (inverse link)",
      apart((i) => Math.max(...softmax(scores.row(i)).map((v, k) => Math.abs(v - q.at(i, k))))),
      { atMost: 1e-12 },
    );
    lab.check(
      "the link: log P(b)/P(a) is the difference of scores",
      apart((i) => Math.log(q.at(i, 1) / q.at(i, 0)) - (scores.at(i, 1) - scores.at(i, 0))),
      { atMost: 1e-9 },
    );
    const bare = (rate: number) =>
      new LogisticRegression({ C: rate }).fit([[-2], [-1], [1], [2]], [0, 0, 1, 1]).coef.at(0, 0);
    lab.check("separable data: weight at C = 10⁶ over that at C = 1", bare(1e6) / bare(1), { above: 5 });
  },
});
