import { makeFriedman1 } from "whetstone/data";
import { HistGradientBoostingRegressor } from "whetstone/ensemble";
import { mse } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "tree/goss",
  title: "GOSS keeps the rows that still hurt and samples the rest",
  formula: String.raw`\tilde G=\sum_{i\in A}g_i+\frac{1-a}{b}\sum_{i\in B}g_i,\qquad |A|=an,\ |B|=bn`,
  ask: "How does gradient-based one-side sampling choose rows, and why multiply some by (1 − a)/b?",
  answer:
    "It keeps the share a of rows with the largest gradients, draws a share b of all rows from the others, and multiplies those by (1 − a)/b, so that the sums behind every split gain keep their expectation. A tree sees (a + b)n rows but none of the badly fitted ones is missing.",
  pitfall:
    "Without the factor the tree would fit a different population, one in which hard rows are common. And for absolute error all gradients are ±1: nothing tells rows apart.",
  level: "hard",
  whenNot:
    "On few rows: dropping any adds noise for no time that matters. With absolute or quantile loss all gradients are alike in size: plain row sampling does as well.",
  followUps: [
    {
      ask: "Why does GOSS keep a + b = 0.3 of the rows and lose so little?",
      answer:
        "The rows with large gradients hold a big part of the sums that decide splits, and they are all kept. Only the small, alike remainder is estimated from a sample.",
    },
    {
      ask: "How does it differ from subsample in stochastic boosting?",
      answer:
        "Plain sampling treats all rows alike and estimates every sum with noise. GOSS samples only where noise is cheap; its variance is usually lower at the same number of rows.",
    },
  ],
  derivation: String.raw`Let $A$ be the $an$ rows with the largest $|g_i|$ and $B$ a uniform draw of $bn$ from the other $(1-a)n$. Each of those is in $B$ with probability $b/(1-a)$.

So $\mathbb E\sum_{i\in B}g_i=\frac b{1-a}\sum_{i\notin A}g_i$, and multiplying by $(1-a)/b$ makes the sum unbiased: $\mathbb E\tilde G=\sum_ig_i$. The same holds for the rows of every node, hence for each histogram bin and for $H$.

The error comes from $B$ only: its variance grows with the spread of the small gradients and with $\frac{(1-a)^2}{b}$. Taking the largest out of the draw removes the rows that would cause most of it.`,
  covers: ["tree/goss"],
  verifiedAgainst: [
    "a + b = 1 gives the unsampled model exactly",
    "sums over 64 seeds keep their expectation",
  ],
  budget: "quick",
  controls: {
    top: slider(0.05, 0.5, 0.2, { label: "share a kept for large gradients", step: 0.05 }),
    other: slider(0.05, 0.5, 0.1, { label: "share b drawn from the rest", step: 0.05 }),
    rounds: slider(5, 60, 30, { label: "trees" }),
  },
  run(lab, { top, other, rounds }) {
    const train = makeFriedman1({ nSamples: 800, noise: 1, seed: 2 * lab.seed });
    const test = makeFriedman1({ nSamples: 1000, noise: 1, seed: 2 * lab.seed + 1 });
    // 64 bins are as good as 255 on 800 rows, and a split is found in less time.
    const spec = new HistGradientBoostingRegressor({
      maxIter: rounds,
      minSamplesLeaf: 5,
      maxBins: 64,
      seed: lab.seed,
    });
    const curve = (s: HistGradientBoostingRegressor) =>
      Array.from(s.fit(train.X, train.y).stagedPredict(test.X), (p) => mse(test.y, p));
    const own = curve(spec.with({ topRate: top, otherRate: other }));
    const share = Math.min(1, top + other);
    lab.plot(
      figure(
        [
          { type: "line", name: "all rows", x: range(rounds), y: curve(spec), dashed: true },
          { type: "line", name: `GOSS, ${Math.round(100 * share)} % of the rows`, x: range(rounds), y: own },
          {
            type: "line",
            name: "as many at random",
            x: range(rounds),
            y: curve(spec.with({ subsample: share })),
          },
        ],
        {
          x: { label: "trees" },
          y: { label: "error on new rows", scale: "log" },
          alt: "Error on new rows by number of trees for all rows, one-side sampling, and as many rows at random.",
        },
      ),
    );
    const first = spec.with({ maxIter: 5 }).fit(train.X, train.y).predict(train.X);
    const size = Array.from(train.y, (v, i) => Math.abs(v - first[i]!)).sort((a, b) => b - a);
    const total = size.reduce((a, b) => a + b, 0);
    let sum = 0;
    const lorenz = size.map((s) => (sum += s) / total);
    lab.plot(
      figure(
        [
          { type: "line", x: linspace(1 / 800, 1, 800), y: lorenz },
          { type: "rule", x: top, label: "a" },
        ],
        {
          title: "Part of all gradients that the largest hold",
          x: { label: "share of rows", percent: true },
          y: { label: "share of summed gradients", percent: true },
          alt: "The largest gradients hold more than their share of the sum: the curve runs above the diagonal.",
        },
      ),
    );
    lab.check("the top fifth of the rows holds of all gradients", lorenz[159]!, { above: 0.3 });
    const base = spec.with({ maxIter: 10, loss: "poisson" });
    const counts = train.y.map((v) => Math.max(0, Math.round(v)));
    const all = base.fit(train.X, counts).predict(test.X);
    const both = base.with({ topRate: 0.25, otherRate: 0.75 }).fit(train.X, counts).predict(test.X);
    lab.check(
      "a + b = 1: largest gap to the unsampled model",
      Math.max(...all.map((v, i) => Math.abs(v - both[i]!))),
      {
        equals: 0,
      },
    );
    const errorOf = (s: HistGradientBoostingRegressor) =>
      mse(test.y, s.fit(train.X, train.y).predict(test.X));
    const long = spec.with({ maxIter: 30 });
    const seeds = range(4);
    const goss = mean(seeds.map((k) => errorOf(long.with({ topRate: 0.2, otherRate: 0.1, seed: k }))));
    const random = mean(seeds.map((k) => errorOf(long.with({ subsample: 0.3, seed: k }))));
    lab.check("error with a = 0.2, b = 0.1, of all rows", goss / errorOf(long), { below: 1.5 });
    lab.check("and of as many rows at random", goss / random, { below: 1 });
    // The factor: a leaf must keep the mean of its rows. With skewed targets the largest gradients are nearly all
    // positive, so that without the factor the leaf would lie 0.3 or more too high.
    const stream = lab.random("skewed");
    const skewed = Float64Array.from({ length: 800 }, () => -Math.log(1 - stream.uniform()));
    const one = spec.with({ maxIter: 1, learningRate: 1, maxLeafNodes: 2, minSamplesLeaf: 20 });
    const X = range(800).map((i) => [i % 2]);
    const whole = one.fit(X, skewed).predict([[0]])[0]!;
    const leaves = range(40).map(
      (k) =>
        one
          .with({ topRate: 0.2, otherRate: 0.2, seed: k })
          .fit(X, skewed)
          .predict([[0]])[0]!,
    );
    lab.check(
      "skewed targets: mean of a leaf over 40 draws less its value on all rows",
      mean(leaves) - whole,
      {
        between: [-0.1, 0.1],
      },
    );
  },
});
