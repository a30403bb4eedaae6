import { bayesRule } from "whetstone/bayes";
import { LogisticRegression } from "whetstone/linear";
import { Matrix, type RandomStream } from "whetstone/math";
import { GaussianMixture } from "whetstone/mixture";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "bayes/generative-vs-discriminative",
  title: "Few labels: model the features. Many: model the boundary",
  formula: String.raw`\text{generative: }p(x\mid y)\,p(y),\qquad\text{discriminative: }p(y\mid x)`,
  ask: "Generative or discriminative classifier: what does each model, and which tends to win with few or with many labels?",
  answer:
    "A generative classifier learns how each class looks, p(x|y) and p(y), and turns it round by Bayes' rule; a discriminative one learns p(y|x) directly. With few labels the stronger assumptions pay and it is ahead; where they are wrong, the discriminative one overtakes it as labels grow (Ng and Jordan).",
  pitfall:
    "Neither wins everywhere: with a correct model the generative one stays ahead, so the crossing depends on how wrong it is.",
  level: "medium",
  whenNot:
    "When new inputs, gaps or unlabelled rows must be handled, the generative model has an answer even if it is less accurate. With plenty of labels and only p(y|x) wanted, it solves a harder problem.",
  followUps: [
    {
      ask: "Which pair did Ng and Jordan compare?",
      answer: String.raw`Naive Bayes and logistic regression: same linear form, fitted to $p(x,y)$ and to $p(y\mid x)$. The first needs of order $\log d$ rows to come near its limit, the second of order $d$.`,
    },
    {
      ask: "How can unlabelled rows help a generative model?",
      answer:
        "They inform p(x), the sum over classes of p(x|y)p(y): EM uses them in estimating p(x|y). If the model is wrong they can hurt, pulling classes to clusters that are not labels.",
    },
  ],
  derivation: String.raw`Generative fitting maximises $\sum\log p(x_i,y_i)=\sum\log p(y_i\mid x_i)+\sum\log p(x_i)$; discriminative fitting maximises the first sum only. If the model holds, the second sum is extra information and lowers the variance of the estimates.

For Gaussian classes with one covariance, $\log\frac{p(1\mid x)}{p(0\mid x)}$ is linear in $x$: the same family as logistic regression. With rows without end logistic regression reaches the linear log odds of least log loss for any data; the generative fit reaches them only if its assumptions hold. So the log loss has two parts: a limit, lower or equal for the discriminative model, and an estimation part, smaller for the generative one. Few rows: the second decides. Many: the first. If both limits agree they never cross.`,
  covers: ["bayes/generative-vs-discriminative"],
  answers: ["q-b-338"],
  verifiedAgainst: ["held-out error over repeated draws"],
  budget: "costly",
  controls: { correlation: slider(0, 0.95, 0.7, { label: "correlation that the generative model ignores" }) },
  run(lab, { correlation }) {
    const d = 12;
    const draw = (n: number, random: RandomStream, rho = correlation) => {
      const y = range(n).map((i) => i % 2);
      const X = Matrix.zeros(n, d);
      y.forEach((c, i) => {
        // Half of the columns share one noise: the generative model takes them for independent witnesses.
        const common = random.normal();
        for (let j = 0; j < d; j++) {
          const own = random.normal();
          const noise = j < 6 ? Math.sqrt(rho) * common + Math.sqrt(1 - rho) * own : own;
          X.set(i, j, noise + (c === 1 ? 0.8 : 0));
        }
      });
      return { X, y };
    };
    const test = draw(3000, lab.random("test"));
    const generative = (X: Matrix, y: number[], on = test) => {
      const parts = [0, 1].map((c) => {
        const rows = range(y.length).filter((i) => y[i] === c);
        const model = new GaussianMixture({ covarianceType: "spherical", regCovar: 1e-3 }).fit(
          X.selectRows(rows),
          null,
          { onWarning() {} },
        );
        return { logs: model.scoreSamples(on.X), prior: rows.length / y.length };
      });
      return (
        on.y.filter((c, i) => {
          const top = Math.max(...parts.map((p) => p.logs[i]!));
          const { posterior } = bayesRule(
            parts.map((p) => p.prior),
            parts.map((p) => Math.exp(p.logs[i]! - top)),
          );
          return (posterior[1]! > 0.5 ? 1 : 0) !== c;
        }).length / 3000
      );
    };
    const discriminative = (X: Matrix, y: number[], on = test) => {
      const model = new LogisticRegression({ C: 1000 }).fit(X, y, { onWarning() {} });
      return model.predict(on.X).filter((p, i) => p !== on.y[i]).length / 3000;
    };
    const sizes = [16, 24, 40, 80, 200, 600, 2000];
    const repeats = (n: number) => (n <= 80 ? 12 : 4);
    const curves = sizes.map((n) => {
      const runs = range(repeats(n)).map((r) => {
        const { X, y } = draw(n, lab.random(`${n} ${r}`));
        return [generative(X, y), discriminative(X, y)] as const;
      });
      return [0, 1].map((k) => runs.reduce((s, v) => s + v[k]!, 0) / runs.length) as [number, number];
    });
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "generative (normal features, Bayes' rule)",
            x: sizes,
            y: curves.map((c) => c[0]),
          },
          {
            type: "line",
            name: "discriminative (logistic regression)",
            x: sizes,
            y: curves.map((c) => c[1]),
          },
        ],
        {
          x: { label: "labelled rows", scale: "log" },
          y: { label: "held-out error", percent: true },
          alt: "Held-out error of both classifiers by number of labelled rows.",
        },
      ),
    );
    lab.table({
      columns: ["rows", "generative", "discriminative"],
      rows: sizes.map((n, i) => [n, curves[i]![0], curves[i]![1]]),
    });
    const change = (k: number) => curves[0]![k]! - curves.at(-1)![k]!;
    lab.check(
      "more labels help the discriminative model more than the generative one, by",
      change(1) - change(0),
      { above: 0 },
    );
    // Whatever the control says: a right model on few rows, a wrong one on many.
    const ahead = (n: number, rho: number, repeats: number) => {
      const on = draw(3000, lab.random(`on ${rho}`), rho);
      const gaps = range(repeats).map((r) => {
        const { X, y } = draw(n, lab.random(`${rho} ${n} ${r}`), rho);
        return discriminative(X, y, on) - generative(X, y, on);
      });
      return gaps.reduce((s, v) => s + v, 0) / repeats;
    };
    lab.check("model right, 16 rows: the generative one's error is smaller by", ahead(16, 0, 16), {
      above: 0,
    });
    lab.check("model wrong, 1000 rows: it is larger by", -ahead(1000, 0.8, 4), { above: 0.02 });
  },
});
