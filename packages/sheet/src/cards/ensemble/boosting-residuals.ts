import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "whetstone/ensemble";
import { Matrix, sigmoid } from "whetstone/math";
import { mean } from "whetstone/stats";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

const LOSSES = {
  "squared error": { params: { loss: "squaredError" }, negativeGradient: (residual: number) => residual },
  "absolute error": {
    params: { loss: "absoluteError" },
    negativeGradient: (residual: number) => Math.sign(residual),
  },
  "0.9 quantile": {
    params: { loss: "quantile", quantile: 0.9 },
    negativeGradient: (residual: number) => (residual > 0 ? 0.9 : -0.1),
  },
} as const;

export default card({
  id: "ensemble/boosting-residuals",
  title: "Boosting fits each tree to the negative gradient, not always a residual",
  formula: String.raw`F_t=F_{t-1}+\eta\,h_t,\qquad h_t\approx-\frac{\partial L(y,F)}{\partial F}\Big|_{F_{t-1}}=\begin{cases}y-F&\text{squared error}\\ \operatorname{sign}(y-F)&\text{absolute error}\\y-p&\text{log loss}\end{cases}`,
  ask: "What is each new tree in gradient boosting fitted to, for squared error and for log loss?",
  answer:
    "To the negative gradient of the loss at the current prediction. For squared error that is the residual, exactly; for absolute error its sign; for log loss y − p. The structure follows the gradient, then each leaf takes the value that is best for the loss: a median, a quantile, or a Newton step Σ(y−p)/Σp(1−p).",
  pitfall:
    "“Trees fit residuals” is squared error only. There an outlier dominates the next tree; with absolute error it counts as much as any other row.",
  level: "medium",
  whenNot:
    "With few rows or a linear truth a penalised linear model does better; with trees of full depth there is nothing left to boost. Outliers ask for absolute, Huber or quantile loss.",
  followUps: [
    {
      ask: "Why refit leaf values after the tree was grown on gradients?",
      answer:
        "The gradient gives a direction, not a length: for absolute error all are ±1. The best constant per leaf, a median or a Newton step, uses the actual loss.",
    },
    {
      ask: "What does the first prediction F₀ look like?",
      answer:
        "The best constant: the mean for squared error, the median for absolute error, the log-odds of the base rate for log loss.",
    },
  ],
  derivation: String.raw`The training loss is a function of the $n$ numbers $F(x_1),\dots,F(x_n)$. Steepest descent would move each by $-\partial L(y_i,F)/\partial F$. A tree is fitted to these numbers, so that the step is defined at new rows too: gradient descent in function space.

Squared error $\tfrac12(y-F)^2$: the negative derivative is $y-F$. Absolute error: $\operatorname{sign}(y-F)$. Log loss with $p=\sigma(F)$, $L=-yF+\log(1+e^F)$: it is $y-p$.

In a leaf the best constant $w$ minimises $\sum L(y_i,F_i+w)$. For log loss no closed form exists; one Newton step gives $w=\sum(y-p)/\sum p(1-p)$. Since $p(1-p)\le\tfrac14$ this is at least four times the mean of $y-p$ in size.`,
  covers: ["claim-a-043", "tree/gradient-boosting"],
  answers: ["q-a-320"],
  verifiedAgainst: ["scikit-learn 1.2 HistGradientBoosting, whole trees", "a tree refitted to the residuals"],
  budget: "quick",
  controls: {
    loss: choice(["squared error", "absolute error", "0.9 quantile"], "squared error", { label: "loss" }),
    trees: slider(1, 60, 3, { label: "trees so far", play: true }),
    outlier: slider(0, 15, 0, { label: "added to one target", step: 0.5 }),
  },
  run(lab, { loss, trees, outlier }) {
    const random = lab.random();
    const n = 240;
    const truth = (x: number) => Math.sin(3 * x) + (x > 1 ? 1 : 0);
    const x = Array.from({ length: n }, () => random.uniform(0, 3)).sort((a, b) => a - b);
    const X = Matrix.column(x);
    const clean = Float64Array.from(x, (v) => truth(v) + 0.3 * random.normal());
    const y = clean.slice();
    y[60]! += outlier;
    const rate = 0.3;
    const spec = (name: keyof typeof LOSSES, maxIter: number) =>
      new HistGradientBoostingRegressor({
        ...LOSSES[name].params,
        maxIter,
        learningRate: rate,
        maxDepth: 2,
        maxLeafNodes: null,
        minSamplesLeaf: 5,
        earlyStopping: false,
      });
    const [now, next] = [spec(loss, trees).fit(X, y), spec(loss, trees + 1).fit(X, y)];
    const grid = linspace(0, 3, 240);
    const at = Matrix.column(grid);
    lab.plot(
      figure(
        [
          { type: "points", name: "data", x, y: Array.from(y), size: 2 },
          { type: "line", name: "truth", x: grid, y: grid.map(truth), dashed: true },
          { type: "step", name: `F after ${trees} trees`, x: grid, y: Array.from(now.predict(at)) },
        ],
        {
          title: "So far",
          x: { label: "x" },
          y: { label: "y" },
          alt: `Noisy data around a curve with a jump, and the step function of ${trees} boosted trees for ${loss}.`,
        },
      ),
    );
    const F = now.predict(X);
    const pull = Array.from(y, (v, i) => LOSSES[loss].negativeGradient(v - F[i]!));
    const [a, b] = [now.predict(at), next.predict(at)];
    lab.plot(
      figure(
        [
          { type: "points", name: "negative gradient", x, y: pull, size: 2 },
          { type: "step", name: "the next tree h", x: grid, y: Array.from(b, (v, i) => (v - a[i]!) / rate) },
        ],
        {
          title: "What the next tree is fitted to",
          x: { label: "x" },
          y: { label: "−∂L/∂F" },
          alt: `Negative gradients of ${loss} at the current prediction, ${loss === "squared error" ? "the residuals" : "which take two values only"}, and the next tree.`,
        },
      ),
    );
    const residual = (F: Float64Array) => clean.map((v, i) => v - F[i]!);
    const [seven, eight] = [7, 8].map((t) => spec("squared error", t).fit(X, clean).predict(X)) as [
      Float64Array,
      Float64Array,
    ];
    const refit = spec("squared error", 1).fit(X, residual(seven)).predict(X);
    const base = mean(residual(seven));
    lab.check(
      "squared error: step 8 against a tree fitted to the residuals, largest difference",
      Math.max(...eight.map((v, i) => Math.abs(v - seven[i]! - (refit[i]! - base)))),
      { atMost: 1e-9 },
    );
    // Log loss, one split: the leaf's value is Σ(y − p) / Σp(1 − p), not the mean residual.
    const labels = Array.from(x, (v) => (random.bernoulli(v > 1.5 ? 0.9 : 0.3) ? 1 : 0));
    const share = mean(labels);
    const logit = (p: number) => Math.log(p / (1 - p));
    const stump = new HistGradientBoostingClassifier({
      maxIter: 1,
      learningRate: 1,
      maxLeafNodes: 2,
      minSamplesLeaf: 20,
      earlyStopping: false,
    }).fit(X, labels);
    const p = stump.predictProba(X).col(1);
    const moved = Array.from(p, (q) => logit(q) - logit(share));
    const leaf = range(n).filter((i) => Math.abs(moved[i]! - moved[0]!) < 1e-9);
    const gradient = mean(leaf.map((i) => labels[i]! - share));
    lab.check("log loss: value of the first leaf against Σ(y − p) / Σp(1 − p)", moved[0]!, {
      equals: gradient / (share * (1 - share)),
      relative: 1e-4,
    });
    lab.check("its mean residual y − p is smaller by the factor p(1 − p), at most ¼", gradient / moved[0]!, {
      atMost: 0.2501,
    });
    lab.check("the prediction is the sigmoid of the sum", p[0]!, {
      equals: sigmoid(logit(share) + moved[0]!),
      within: 1e-12,
    });
    // One wild target: how far does it drag the fit?
    const wild = clean.slice();
    wild[60]! += 1000;
    const drag = (name: keyof typeof LOSSES) => {
      const [tame, pulled] = [clean, wild].map((t) => spec(name, 20).fit(X, t).predict(X)) as [
        Float64Array,
        Float64Array,
      ];
      return Math.max(...tame.map((v, i) => Math.abs(v - pulled[i]!)));
    };
    lab.check("one target + 1000, squared error: largest change of the fit", drag("squared error"), {
      above: 10,
    });
    lab.check("the same with absolute error", drag("absolute error"), { below: 1 });
    const quantile = spec("0.9 quantile", 60).fit(X, clean).predict(X);
    lab.check(
      "0.9 quantile loss: share of targets at or below the fit",
      mean(clean.map((v, i) => (v <= quantile[i]! + 1e-12 ? 1 : 0))),
      { equals: 0.9, within: 0.06 },
    );
  },
});
