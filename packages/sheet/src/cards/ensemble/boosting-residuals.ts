import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "whetstone/ensemble";
import { Matrix, sigmoid } from "whetstone/math";
import { mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "ensemble/boosting-residuals",
  title: "Boosting fits each tree to the negative gradient",
  formula: String.raw`F_t=F_{t-1}+\eta\,h_t,\qquad h_t\approx-\frac{\partial L(y,F)}{\partial F}\Big|_{F_{t-1}}=\begin{cases}y-F&\text{squared error}\\y-p&\text{log loss}\end{cases}`,
  ask: "What is each new tree in gradient boosting fitted to, and what does the learning rate do?",
  answer:
    "To the negative gradient of the loss at the current prediction. For squared error that is exactly the residual; for log loss it is y − p, for quantiles a sign. The learning rate η shrinks each tree: smaller steps need more trees and generalise better; early stopping picks their number.",
  pitfall:
    "“Trees fit residuals” is squared error only. And unlike a forest, boosting does overfit with more trees: watch a validation score.",
  covers: ["tree/gradient-boosting", "claim-a-043"],
  answers: ["q-a-320", "q-a-542", "q-b-308"],
  verifiedAgainst: [
    "scikit-learn 1.2 HistGradientBoosting, tree by tree",
    "a tree refitted to the residuals",
  ],
  budget: "quick",
  controls: {
    trees: slider(1, 200, 10, { label: "trees" }),
    rate: slider(0.02, 1, 0.3, { label: "learning rate η", step: 0.02 }),
    depth: slider(1, 6, 2, { label: "depth" }),
  },
  run(lab, { trees, rate, depth }) {
    const random = lab.random();
    const n = 300;
    const truth = (x: number) => Math.sin(3 * x) + (x > 1 ? 1 : 0);
    const draw = () => {
      const x = Array.from({ length: n }, () => random.uniform(0, 3));
      return { x, X: Matrix.column(x), y: Float64Array.from(x, (v) => truth(v) + 0.3 * random.normal()) };
    };
    const [train, test] = [draw(), draw()];
    const params = { maxDepth: depth, minSamplesLeaf: 5, earlyStopping: false } as const;
    const model = new HistGradientBoostingRegressor({ ...params, maxIter: trees, learningRate: rate }).fit(
      train.X,
      train.y,
    );
    const grid = linspace(0, 3, 200);
    const error = (p: ArrayLike<number>, y: Float64Array) => mean(y.map((v, i) => (v - p[i]!) ** 2));
    lab.plot(
      figure(
        [
          { type: "points", name: "data", x: train.x, y: Array.from(train.y), size: 2 },
          { type: "line", name: "truth", x: grid, y: grid.map(truth), dashed: true },
          {
            type: "step",
            name: `F after ${trees} trees`,
            x: grid,
            y: Array.from(model.predict(Matrix.column(grid))),
          },
        ],
        {
          x: { label: "x" },
          y: { label: "y" },
          alt: `Noisy data around a curve with a jump and the step function after ${trees} trees with learning rate ${rate}.`,
        },
      ),
    );
    const curve = (eta: number) => {
      const full = new HistGradientBoostingRegressor({ ...params, maxIter: 200, learningRate: eta }).fit(
        train.X,
        train.y,
      );
      return Array.from(full.stagedPredict(test.X), (p) => error(p, test.y));
    };
    const rates = [1, 0.3, 0.05];
    const curves = rates.map(curve);
    lab.plot(
      figure(
        rates.map((eta, i) => ({
          type: "line" as const,
          name: `η = ${eta}`,
          x: range(200).map((t) => t + 1),
          y: curves[i]!,
        })),
        {
          title: "Test error: small steps go further",
          x: { label: "trees", scale: "log" },
          y: { label: "mean squared error" },
          alt: "Test error by number of trees for three learning rates: the largest falls fastest and rises again, the smallest falls slowest and stays low.",
        },
      ),
    );
    // Squared error: tree t + 1 is the tree one would fit to the residuals of the first t.
    const of = (t: number) =>
      new HistGradientBoostingRegressor({ ...params, maxIter: t, learningRate: 0.5 }).fit(train.X, train.y);
    const [before, after] = [of(7).predict(train.X), of(8).predict(train.X)];
    const residual = train.y.map((v, i) => v - before[i]!);
    const tree = new HistGradientBoostingRegressor({ ...params, maxIter: 1, learningRate: 0.5 })
      .fit(train.X, residual)
      .predict(train.X);
    lab.check(
      "step 8 against a tree fitted to the residuals, largest difference",
      Math.max(...after.map((v, i) => Math.abs(v - before[i]! - tree[i]!))),
      { atMost: 1e-6 },
    );

    // Log loss, one split: a leaf's value is Σ(y − p) / Σp(1 − p), not the mean residual.
    const labels = Array.from(train.x, (x) => (random.bernoulli(x > 1.5 ? 0.9 : 0.3) ? 1 : 0));
    const share = mean(labels);
    const stump = new HistGradientBoostingClassifier({
      maxIter: 1,
      learningRate: 1,
      maxLeafNodes: 2,
      minSamplesLeaf: 20,
      earlyStopping: false,
    }).fit(train.X, labels);
    const p = stump.predictProba(train.X).col(1);
    const moved = Array.from(p, (q) => Math.log(q / (1 - q)) - Math.log(share / (1 - share)));
    const leaf = range(n).filter((i) => Math.abs(moved[i]! - moved[0]!) < 1e-9);
    const gradients = leaf.map((i) => labels[i]! - share);
    lab.check("log loss, first leaf: Σ(y − p) / Σp(1 − p)", moved[0]!, {
      equals: mean(gradients) / (share * (1 - share)),
      relative: 1e-4,
    });
    lab.check("and not the mean residual: ratio", moved[0]! / mean(gradients), { above: 3.9 });
    lab.check("prediction is the sigmoid of the sum", p[0]!, {
      equals: sigmoid(Math.log(share / (1 - share)) + moved[0]!),
      within: 1e-9,
    });
    const quantile = new HistGradientBoostingRegressor({
      ...params,
      loss: "quantile",
      quantile: 0.9,
      maxIter: 100,
    })
      .fit(train.X, train.y)
      .predict(train.X);
    lab.check(
      "quantile loss 0.9: share of targets below the prediction",
      mean(train.y.map((v, i) => (v <= quantile[i]! ? 1 : 0))),
      { equals: 0.9, within: 0.05 },
    );
    const counts = Float64Array.from(train.x, (x) => random.poisson(Math.exp(x - 1)));
    const poisson = new HistGradientBoostingRegressor({ ...params, loss: "poisson", maxIter: 50 })
      .fit(train.X, counts)
      .predict(train.X);
    lab.check("Poisson loss: mean prediction over mean count", mean(poisson) / mean(counts), {
      equals: 1,
      within: 0.03,
    });
    lab.check(
      "η = 1: test error after 200 trees over its best",
      curves[0]!.at(-1)! / Math.min(...curves[0]!),
      { above: 1.1 },
    );
    lab.check("η = 0.05 after 200 trees over η = 1 after 200", curves[2]!.at(-1)! / curves[0]!.at(-1)!, {
      below: 1,
    });
    const stopped = new HistGradientBoostingRegressor({
      ...params,
      learningRate: 0.5,
      maxIter: 500,
      earlyStopping: true,
      nIterNoChange: 5,
    }).fit(train.X, train.y);
    lab.check("early stopping after 5 rounds without gain: trees, of 500", stopped.nIter, { below: 250 });
  },
});
