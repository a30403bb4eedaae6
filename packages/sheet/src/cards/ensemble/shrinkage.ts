import { HistGradientBoostingRegressor, RandomForestRegressor } from "whetstone/ensemble";
import { mae, mse, pinball, poissonDeviance } from "whetstone/metrics";
import { mean, variance } from "whetstone/stats";
import {
  brief,
  card,
  dataset,
  figure,
  type Lab,
  type LabData,
  range,
  slider,
  targetsOf,
  toggle,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { rate, patience, stop }: { rate: number; patience: number; stop: boolean },
): void {
  const y = targetsOf(data);
  const rounds = 250;
  const order = lab.random().permutation(y.length);
  const third = Math.floor(y.length / 3);
  const rows = { test: order.slice(0, third), train: order.slice(third) };
  const part = (at: ArrayLike<number>) => ({
    X: data.X.selectRows(at),
    y: Float64Array.from(at, (i) => y[i]!),
  });
  const [train, test] = [part(rows.train), part(rows.test)];
  const params = { maxIter: rounds, maxLeafNodes: 8, minSamplesLeaf: 5, learningRate: rate };
  const model = new HistGradientBoostingRegressor(params).fit(train.X, train.y);
  const errors = (of: typeof train) => Array.from(model.stagedPredict(of.X), (F) => mse(of.y, F));
  const [inside, outside] = [errors(train), errors(test)];
  const stopped = new HistGradientBoostingRegressor({
    ...params,
    earlyStopping: true,
    nIterNoChange: patience,
    validationFraction: 0.25,
    seed: lab.seed,
  }).fit(train.X, train.y);
  const m = range(rounds).map((i) => i + 1);
  lab.plot(
    figure(
      [
        { type: "line", name: "rows kept aside", x: m, y: outside },
        { type: "line", name: "training rows", x: m, y: inside, dashed: true },
        ...(stop ? [{ type: "rule" as const, x: stopped.nIter, label: "stopped" }] : []),
      ],
      {
        title: `${data.name}: best at ${outside.indexOf(Math.min(...outside)) + 1} trees with η = ${brief(rate)}`,
        x: { label: "trees", scale: "log" },
        y: { label: "mean squared error" },
        alt: `Squared error of boosting on ${data.name}, predicting ${data.target}, by number of trees: on the training rows it only falls.`,
      },
    ),
  );
  const scores = [...stopped.validationScore];
  lab.plot(
    figure([{ type: "line", x: range(scores.length), y: scores }], {
      title: `${stopped.nIter} trees, stopped by a quarter of the training rows`,
      x: { label: "trees" },
      y: { label: "half squared error" },
      alt: `Held-out loss by number of trees: training ends ${patience} rounds after its best, or after all rounds.`,
    }),
  );
  const start = variance(train.y);
  lab.check(
    "training error: largest rise in a round, over the variance of the target",
    Math.max(...range(rounds - 1).map((i) => inside[i + 1]! - inside[i]!)) / start,
    { atMost: 1e-6 },
  );
  const since = scores.slice(-patience);
  const reference = scores.at(-1 - patience);
  lab.check(
    "no improvement in the last k rounds, or all rounds used",
    stopped.nIter === rounds ||
      (reference !== undefined && since.every((v) => v >= reference - 1e-6 * Math.abs(reference))),
    { equals: true },
  );
}

export default card({
  id: "ensemble/shrinkage",
  title: "A small learning rate needs more trees and ends up better",
  formula: String.raw`F_m=F_{m-1}+\eta\,h_m,\qquad \text{stop at }m\text{ when }L_{\text{val}}\text{ has not improved for }k\text{ rounds}`,
  ask: "How do learning rate and number of trees trade off in boosting, and what do early-stopping rounds do?",
  answer:
    "Halve η and about twice as many trees reach the same training loss. Many small steps average over more trees and overfit later, so the best validation loss is usually lower, until it saturates. Early stopping watches held-out loss and ends once it has not improved for k rounds, so the number of trees is not tuned.",
  pitfall:
    "Tuning the number of trees at one η and then changing η: the two are one budget. And a test set used for stopping is no test set any more.",
  level: "medium",
  whenNot:
    "When training time is the limit, a rate of 0.1 to 0.3 with fewer trees is a fair price. Very small rates cost trees for gains below the noise of validation.",
  followUps: [
    {
      ask: "Which rows may early stopping watch?",
      answer:
        "A part of the training set kept aside, never the final test set. In cross-validation each fold needs its own; afterwards refit with the mean best number of trees, or keep the fold models.",
    },
    {
      ask: "Does a small rate replace limits on tree size?",
      answer:
        "No. Depth sets which interactions can be learned; the rate sets how much one tree may claim. Both and subsampling regularise in different ways.",
    },
  ],
  derivation: String.raw`In a smooth caricature each round removes the share $\eta c$ of what is left of a component: after $m$ rounds $(1-\eta c)^m\approx e^{-\eta cm}$ remains. The training loss depends on the product $\eta m$: half the rate, twice the trees.

Why better and not just slower? At $\eta=1$ a tree fits its residuals fully, with their noise, and later trees must repair it. At small $\eta$ the next trees see nearly the same residuals, so their sum over $1/\eta$ rounds averages many slightly different trees, which lowers variance.

As $\eta\to0$ the path becomes a smooth curve in $t=\eta m$, so the gain saturates. Early stopping chooses $t$: a small $t$ leaves small components unfitted, much as a penalty does.`,
  covers: ["tree/gradient-boosting", "claim-b-380"],
  answers: ["q-a-542", "q-b-336", "q-a-320"],
  verifiedAgainst: ["scikit-learn 1.2 HistGradientBoosting, whole trees", "finite differences of every loss"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "diabetes"], "numbers", { seeded: true }),
    rate: slider(0.02, 1, 0.1, { label: "learning rate η", scale: "log" }),
    patience: slider(2, 40, 10, { label: "early-stopping rounds k" }),
    stop: toggle(true, { label: "mark where early stopping ends" }),
  },
  run(lab, { data, rate, patience, stop }) {
    if (data) {
      onTable(lab, data, { rate, patience, stop });
      return;
    }
    const random = lab.random();
    const draw = (n: number) => {
      const X = range(n).map(() => range(5).map(() => random.uniform()));
      const y = X.map((r) => truth(r) + 1.5 * random.normal());
      return { X, y };
    };
    const train = draw(300);
    const test = draw(1000);
    const rounds = 250;
    const params = { maxIter: rounds, maxLeafNodes: 8, minSamplesLeaf: 5 };
    const fit = (learningRate: number, maxIter = rounds) =>
      new HistGradientBoostingRegressor({ ...params, learningRate, maxIter }).fit(train.X, train.y);
    const errors = (model: ReturnType<typeof fit>, rows: typeof train) =>
      Array.from(model.stagedPredict(rows.X), (F) => mse(rows.y, F));
    const ownModel = fit(rate);
    const own = { train: errors(ownModel, train), test: errors(ownModel, test) };
    const fast = errors(fit(1), test);
    const slow = errors(fit(0.05), test);
    const stopped = new HistGradientBoostingRegressor({
      ...params,
      learningRate: rate,
      earlyStopping: true,
      nIterNoChange: patience,
      validationFraction: 0.2,
      seed: lab.seed,
    }).fit(train.X, train.y);

    const m = range(rounds).map((i) => i + 1);
    lab.plot(
      figure(
        [
          { type: "line", name: `test, η = ${brief(rate)}`, x: m, y: own.test },
          { type: "line", name: `training, η = ${brief(rate)}`, x: m, y: own.train, dashed: true },
          { type: "line", name: "test, η = 1", x: m, y: fast },
          { type: "line", name: "test, η = 0.05", x: m, y: slow },
          ...(stop ? [{ type: "rule" as const, x: stopped.nIter, label: "stopped" }] : []),
          { type: "rule", name: "noise", y: 1.5 ** 2 },
        ],
        {
          x: { label: "trees", scale: "log" },
          y: { label: "mean squared error", domain: [0, 9] },
          alt: `Test error by number of trees for η = ${brief(rate)}, 1 and 0.05: large steps bottom out early and high, small steps late and low, while training error keeps falling.`,
        },
      ),
    );
    const scores = [...stopped.validationScore];
    lab.plot(
      figure(
        [
          { type: "line", name: "held-out rows", x: range(scores.length), y: scores },
          { type: "rule", x: scores.indexOf(Math.min(...scores)), label: "best" },
        ],
        {
          title: `${stopped.nIter} trees, stopped by the held-out loss`,
          x: { label: "trees" },
          y: { label: "half squared error, held-out rows" },
          alt: `Held-out loss by number of trees: it falls, turns, and training ends ${patience} rounds after its best.`,
        },
      ),
    );

    const least = (c: number[]) => Math.min(...c);
    const best = (c: number[]) => c.indexOf(least(c)) + 1;
    lab.check("best test error at η = 0.05 against η = 1", least(slow) / least(fast), { below: 1 });
    lab.check("trees to that best: η = 0.05 over η = 1", best(slow) / best(fast), { above: 3 });
    const reach = (eta: number) => errors(fit(eta, 120), train).findIndex((e) => e < 1.5) + 1;
    lab.check("half the rate, about twice the trees to a training error of 1.5", reach(0.1) / reach(0.2), {
      between: [1.6, 2.6],
    });
    lab.check("η = 1: test error rises again after its best by the factor", fast.at(-1)! / least(fast), {
      above: 1.1,
    });
    const ended = stopped.nIter < rounds;
    const since = scores.slice(-patience);
    const reference = scores.at(-1 - patience)!;
    lab.check(
      "no improvement in the last k rounds, or all rounds used",
      ended ? since.every((v) => v >= reference - 1e-7) : stopped.nIter === rounds,
      { equals: true },
    );

    // The same machine with other losses: the constant and the trees follow the loss.
    const counts = train.X.map((r) => random.poisson(Math.exp(truth(r) / 4)));
    const boosted = (loss: "poisson" | "quantile" | "absoluteError", y: number[]) =>
      new HistGradientBoostingRegressor({ loss, quantile: 0.9, maxIter: 60, maxLeafNodes: 8 }).fit(
        train.X,
        y,
      );
    const poisson = boosted("poisson", counts).predict(train.X);
    lab.check(
      "Poisson: all predicted rates are positive",
      poisson.every((v) => v > 0),
      { equals: true },
    );
    const flat = new Float64Array(300).fill(mean(counts));
    lab.check(
      "Poisson: deviance against the mean alone",
      poissonDeviance(counts, poisson) / poissonDeviance(counts, flat),
      {
        below: 0.7,
      },
    );
    const high = boosted("quantile", train.y).predict(train.X);
    lab.check("0.9 quantile: share of training rows below", mean(train.y.map((v, i) => +(v <= high[i]!))), {
      equals: 0.9,
      within: 0.06,
    });
    const middle = boosted("absoluteError", train.y).predict(train.X);
    lab.check(
      "each wins its own loss: pinball at 0.9",
      pinball(train.y, high, { alpha: 0.9 }) / pinball(train.y, middle, { alpha: 0.9 }),
      {
        below: 1,
      },
    );
    lab.check("and absolute error", mae(train.y, middle) / mae(train.y, high), { below: 1 });
    lab.check(
      "a random forest has a learning rate",
      Object.keys(RandomForestRegressor.params).includes("learningRate"),
      {
        equals: false,
      },
    );
  },
});

/** A curve, a bend and an interaction of five features (after Friedman, 1991). */
const truth = ([a, b, c, d, e]: readonly number[]): number =>
  3 * Math.sin(Math.PI * a! * b!) + 6 * (c! - 0.5) ** 2 + 3 * d! + 1.5 * e!;
