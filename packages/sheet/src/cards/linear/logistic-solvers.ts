import { LogisticRegression, SGDClassifier } from "whetstone/linear";
import { Matrix, sigmoid, softmax } from "whetstone/math";
import { logLoss } from "whetstone/metrics";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/logistic-solvers",
  title: "One logistic loss, many solvers and penalties",
  formula: String.raw`\min_{w,b}\ C\sum_i\log\!\big(1+e^{-y_i(w^\top x_i+b)}\big)+\rho\lVert w\rVert_1+\tfrac{1-\rho}2\lVert w\rVert_2^2`,
  ask: "How is logistic regression trained, what do L1 and L2 do to it, and how do sigmoid and softmax relate?",
  answer:
    "By minimising cross-entropy, which is convex: Newton (IRLS), quasi-Newton and stochastic gradient steps all reach one solution. L2 shrinks, L1 makes exact zeros. Two-class softmax of the logits [z, 0] is the sigmoid of z, and the decision boundary is where z = 0, P = 0.5.",
  pitfall:
    "C is the inverse strength: small C is a strong penalty. Without penalty separable classes push coefficients to infinity.",
  level: "medium",
  whenNot:
    "For boundaries that are not lines in the given columns: add features, or use trees or kernels. For rankings only, the probability model is more than needed.",
  followUps: [
    {
      ask: "Which solver for which data?",
      answer:
        "Small and dense: Newton. Many columns: L-BFGS. L1: coordinate descent or SAGA. Streams or millions of sparse rows: SGD or dual coordinate descent.",
    },
    {
      ask: "Why is C the inverse strength?",
      answer:
        "It multiplies the data term, as in the SVM: a large C trusts the rows. λ = 1/C for the sum, 1/(nC) for the mean of losses.",
    },
  ],
  derivation: String.raw`The loss $\log(1+e^{-m})$ of the margin $m=y\,w^\top x$ has second derivative $\sigma(m)\sigma(-m)>0$: convex in $w$, so all solvers that converge reach the same value, and with an L2 term the same $w$.

Newton: $w\leftarrow w-(X^\top SX+\Lambda)^{-1}\nabla$ with $S=\operatorname{diag}(p(1-p))$, i.e. weighted least squares on $z=Xw+S^{-1}(y-p)$.

Softmax of $(z,0)$ is $\frac{e^z}{e^z+1}=\sigma(z)$. With L1 the minimum has $|C\,x_j^\top(y-p)|\le\rho$ where $w_j=0$: whole columns stay out.`,
  covers: ["linear/logistic-regression"],
  verifiedAgainst: [
    "scikit-learn 1.2 LogisticRegression with saga: L1 and elastic net",
    "scikit-learn 1.2 SGDClassifier, step by step",
  ],
  budget: "quick",
  controls: {
    penalty: choice(["l1", "l2", "elasticnet"], "l1", { label: "penalty" }),
    strength: slider(0.01, 10, 0.1, { label: "C", scale: "log" }),
  },
  run(lab, { penalty, strength }) {
    const random = lab.random();
    const [n, d] = [400, 8];
    const X = new Matrix(random.fillNormal(new Float64Array(n * d)), n, d);
    const truth = [2, -1.5, 1, 0, 0, 0, 0, 0];
    const y = Array.from(X.matVec(truth), (z): number => (random.bernoulli(sigmoid(z)) ? 1 : 0));
    const tight = { tol: 1e-10 };
    const cs = range(25).map((i) => 10 ** (-2.5 + i / 6));
    const paths = cs.map((C) => new LogisticRegression({ penalty, C }).fit(X, y).coef.row(0));
    lab.plot(
      figure(
        [
          ...range(d).map((j) => ({
            type: "line" as const,
            name: truth[j] === 0 ? "does not matter" : "matters",
            x: cs.map(Math.log10),
            y: paths.map((w) => w[j]!),
          })),
          { type: "rule", x: Math.log10(strength), label: "C" },
        ],
        {
          x: { label: "log₁₀ C" },
          y: { label: "coefficient" },
          alt: `Coefficients of logistic regression by C with penalty ${penalty}: ${penalty === "l2" ? "they shrink smoothly" : "with a strong penalty they are exactly zero"}.`,
        },
      ),
    );
    const net = { penalty: "elasticnet", l1Ratio: 0.4, C: 0.2 } as const;
    const byLbfgs = new LogisticRegression({ solver: "lbfgs", ...tight }).fit(X, y);
    const byNewton = new LogisticRegression({ solver: "newtonCholesky", ...tight }).fit(X, y);
    const byDescent = new LogisticRegression({ solver: "coordinateDescent", ...tight }).fit(X, y);
    const apart = (a: Matrix, b: Matrix) => Math.max(...a.data.map((v, i) => Math.abs(v - b.data[i]!)));
    lab.check("Newton (IRLS) and L-BFGS agree", apart(byLbfgs.coef, byNewton.coef), { atMost: 1e-6 });
    lab.check("coordinate descent and L-BFGS agree", apart(byLbfgs.coef, byDescent.coef), { atMost: 1e-6 });
    const P = (m: { predictProba(X: Matrix): Matrix }) => Array.from(m.predictProba(X).col(1));
    const sgd = new SGDClassifier({
      loss: "logLoss",
      alpha: 1 / n,
      seed: lab.seed,
      maxIter: 400,
      tol: null,
    }).fit(X, y);
    lab.check(
      "stochastic gradient steps: log loss above the optimum",
      logLoss(y, P(sgd)) - logLoss(y, P(byLbfgs)),
      { between: [-0.005, 0.02] },
    );
    const sparse = new LogisticRegression({ penalty: "l1", C: 0.05, ...tight }).fit(X, y).coef.row(0);
    lab.check(
      "L1 at C = 0.05: exact zeros among the five that do not matter",
      sparse.slice(3).filter((v) => v === 0).length,
      { atLeast: 3 },
    );
    lab.check(
      "L2 at the same C: exact zeros",
      new LogisticRegression({ C: 0.05 })
        .fit(X, y)
        .coef.row(0)
        .filter((v) => v === 0).length,
      { equals: 0 },
    );
    const mixed = new LogisticRegression({ ...net, ...tight }).fit(X, y);
    const p = P(mixed);
    const w = mixed.coef.row(0);
    const slope = X.transposedMatVec(p.map((v, i) => v - y[i]!));
    lab.check(
      "elastic net: largest breach of its optimality conditions",
      Math.max(
        ...w.map((v, j) =>
          v === 0
            ? Math.max(0, Math.abs(net.C * slope[j]!) - 0.4)
            : Math.abs(net.C * slope[j]! + 0.4 * Math.sign(v) + 0.6 * v),
        ),
      ),
      { atMost: 1e-5 },
    );
    const z = byLbfgs.decisionFunction(X).col(0);
    lab.check(
      "sigmoid(z) is the softmax of [z, 0]",
      Math.max(...z.map((v) => Math.abs(sigmoid(v) - (softmax([v, 0]) as ArrayLike<number>)[0]!))),
      { atMost: 1e-12 },
    );
    lab.check(
      "label 1 exactly where P > 0.5, that is z > 0",
      byLbfgs.predict(X).filter((label, i) => (label === 1) !== z[i]! > 0).length,
      { equals: 0 },
    );
    const three = range(n).map((i) => (X.at(i, 0) > 0.5 ? "a" : X.at(i, 1) > 0 ? "b" : "c"));
    const soft = new LogisticRegression({ penalty: "l1", C: 0.3 }).fit(X, three);
    lab.check(
      "multinomial with L1: rows of probabilities sum to 1",
      Math.max(
        ...range(n).map((i) =>
          Math.abs(
            soft
              .predictProba(X)
              .row(i)
              .reduce((a, v) => a + v, 0) - 1,
          ),
        ),
      ),
      { atMost: 1e-12 },
    );
  },
});
