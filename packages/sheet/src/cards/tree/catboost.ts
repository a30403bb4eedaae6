import { HistGradientBoostingRegressor, orderedTargetStatistics, targetStatistics } from "whetstone/ensemble";
import { mse } from "whetstone/metrics";
import { mean, standardDeviation } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "tree/catboost",
  title: "CatBoost: no row may learn from its own target",
  formula: String.raw`\hat x_i=\frac{\sum_{j\prec i,\,c_j=c_i}y_j+a\,\bar y}{\sum_{j\prec i,\,c_j=c_i}1+a},\qquad r_i=y_i-M_{\prec i}(x_i)`,
  ask: "What leaks in mean encodings and in boosting itself, and how does a random order of the rows stop it?",
  answer:
    "A category's mean target contains the row's own target, and so does every prediction of a model trained on that row. Both make training rows look better than new ones. CatBoost puts the rows in a random order: a row's encoding, and the model that gives its residual, use only rows before it.",
  pitfall:
    "Ordered statistics are for training rows; new rows get the statistic of all of them. And early rows have few predecessors, so their numbers are noisy: several orders, drawn anew for each tree, even that out.",
  level: "hard",
  whenNot:
    "Without categories of many levels, and with many rows, ordinary boosting loses little and trains faster. Where rows follow time use the true order instead of a random one.",
  followUps: [
    {
      ask: "Why several permutations?",
      answer:
        "Early rows of an order have few predecessors, so their statistics are noisy. Drawing another order per tree lets every row be late in some of them.",
    },
    {
      ask: "Why is the prediction shift in boosting itself small on large data?",
      answer:
        "The own row's weight in a leaf value is about one over the leaf's rows; the shift is of order $1/n$ per leaf. It matters with few rows or deep trees.",
    },
  ],
  derivation: String.raw`Let a category have $m$ rows and coin tosses for targets. The greedy statistic is $(\sum y+a\bar y)/(m+a)$, so a row with $y_i=1$ has one that is $1/(m+a)$ larger than a row with $y_i=0$, though the category says nothing.

For the residuals, let $y=3x_1+x_2$ with fair coins $x_1,x_2$. The first stump takes $x_1$ and its leaf values hold the mean of $x_2$ in the leaf, the row's own included. The second stump, on the same rows, finds a slope of $1-1/(n-1)$ in $x_2$ rather than 1; the residual of a single row has the slope $1-2/n$. On new rows, or with a model of the rows before, nothing is missing but what the very first rows lack.`,
  covers: ["tree/catboost"],
  answers: ["q-b-309"],
  verifiedAgainst: [
    "gap of the greedy statistic: 1/(m + a)",
    "theorem 1 of Prokhorenkova et al. (2018): bias −1/(n − 1)",
    "models of each prefix by hand, 1e-10",
  ],
  budget: "quick",
  controls: {
    rows: slider(1, 8, 2, { label: "rows per category m" }),
    prior: slider(0.3, 10, 1, { label: "weight a of the prior", scale: "log" }),
    size: slider(8, 40, 12, { label: "rows n of the small samples" }),
  },
  run(lab, { rows, prior, size }) {
    // Statistics of categories that mean nothing.
    const coins = lab.random("coins");
    const n = 1680; // every m from 1 to 8 divides it
    const y = range(n).map(() => coins.int(2));
    const encodings = (m: number) => {
      const categories = range(n).map((i) => Math.floor(i / m));
      const { values } = targetStatistics(categories, y, { priorWeight: prior });
      const greedy = categories.map((c) => values.get(c)!);
      const ordered = orderedTargetStatistics(categories, y, { priorWeight: prior, seed: lab.seed }).col(0);
      return { greedy, ordered: Array.from(ordered) };
    };
    const gap = (column: number[]) => {
      const of = (label: number) => mean(column.filter((_, i) => y[i] === label));
      return of(1) - of(0);
    };
    const sizes = range(8).map((i) => i + 1);
    const gaps = sizes.map((m) => ({ greedy: gap(encodings(m).greedy), ordered: gap(encodings(m).ordered) }));
    lab.plot(
      figure(
        [
          { type: "line", name: "1 / (m + a)", x: sizes, y: sizes.map((m) => 1 / (m + prior)), dashed: true },
          { type: "points", name: "greedy", x: sizes, y: gaps.map((g) => g.greedy), size: 4 },
          { type: "points", name: "ordered", x: sizes, y: gaps.map((g) => g.ordered), size: 4 },
          { type: "rule", x: rows, label: "your m" },
        ],
        {
          title: "What a meaningless category tells of the row's own target",
          x: { label: "rows per category" },
          y: { label: "mean statistic where y = 1, less where y = 0" },
          alt: "The greedy statistic is larger where the row's own target is 1, most for small categories; the ordered one is not.",
        },
      ),
    );
    const chosen = gaps[rows - 1]!;
    // Four standard errors of a difference of means, for a column of this spread.
    const slack = (column: number[]) => (4 * 2 * standardDeviation(column)) / Math.sqrt(n);
    const { greedy, ordered } = encodings(rows);
    lab.check("greedy: gap that the row's own target makes", chosen.greedy, {
      equals: 1 / (rows + prior),
      within: slack(greedy),
    });
    lab.check("ordered: the same gap", chosen.ordered, { equals: 0, within: slack(ordered) + 1e-12 });

    // What that does to a model.
    const world = lab.random("rows");
    const levels = Math.floor(600 / rows);
    const draw = (count: number) => {
      const X = range(count).map((i) => [i % levels, world.normal()] as [number, number]);
      return { X, y: X.map(([, v]) => v + world.normal()) };
    };
    const [train, test] = [draw(600), draw(1200)];
    const spec = new HistGradientBoostingRegressor({
      ...{ maxIter: 40, maxLeafNodes: 8, minSamplesLeaf: 10, seed: lab.seed },
    });
    const statistics = targetStatistics(
      train.X.map(([c]) => c),
      train.y,
      { priorWeight: prior },
    );
    const encode = (X: [number, number][]) =>
      X.map(([c, v]) => [statistics.values.get(c) ?? statistics.prior, v]);
    const leaky = spec.fit(encode(train.X), train.y);
    const byOrder = spec.with({ categoricalFeatures: [0], categoryEncoding: "ordered", priorWeight: prior });
    const safe = byOrder.fit(train.X, train.y);
    const catboost = byOrder.with({ boosting: "ordered" }).fit(train.X, train.y);
    const curve = (staged: Iterable<Float64Array>, target: number[]) =>
      Array.from(staged, (p) => mse(target, p));
    const trees = range(40).map((t) => t + 1);
    const curves: [string, number[]][] = [
      ["greedy", curve(leaky.stagedPredict(encode(test.X)), test.y)],
      ["ordered statistics", curve(safe.stagedPredict(test.X), test.y)],
      ["and ordered boosting", curve(catboost.stagedPredict(test.X), test.y)],
    ];
    const inside = curve(leaky.stagedPredict(encode(train.X)), train.y);
    lab.plot(
      figure(
        [
          ...curves.map(([name, values]) => ({ type: "line" as const, name, x: trees, y: values })),
          { type: "line", name: "greedy, training rows", x: trees, y: inside, dashed: true },
        ],
        {
          title: `Categories of ${rows} without meaning, and one number that has some`,
          x: { label: "trees" },
          y: { label: "squared error on new rows (noise alone: 1)" },
          alt: "With greedy statistics the training error falls below the noise while the error on new rows stays high; ordered statistics and ordered boosting come close to the noise.",
        },
      ),
    );
    const last = (values: number[]) => values[values.length - 1]!;
    const error = Object.fromEntries(curves.map(([name, values]) => [name, last(values)]));
    lab.check("greedy: training error, of the error on new rows", last(inside) / error.greedy!, {
      below: 0.85,
    });
    lab.check(
      "ordered boosting: error of its ordered predictions, of that on new rows",
      mse(train.y, catboost.orderedPredictions!.data) / error["and ordered boosting"]!,
      { between: [0.75, 1.3] },
    );
    lab.check(
      "error on new rows, ordered statistics of greedy",
      error["ordered statistics"]! / error.greedy!,
      {
        below: 1,
      },
    );
    lab.check("the same with ordered boosting", error["and ordered boosting"]! / error.greedy!, { below: 1 });

    // Prediction shift.
    const runs = 240;
    const toss = lab.random("shift");
    const samples = range(runs + 1).map(() =>
      range(size).map(() => [toss.int(2), toss.int(2)] as [number, number]),
    );
    const target = (X: [number, number][]) => X.map(([a, b]) => 3 * a + b);
    const stump = spec.with({
      maxIter: 1,
      learningRate: 1,
      maxLeafNodes: 2,
      minSamplesLeaf: 1,
      permutations: 8,
    });
    const varies = (X: [number, number][]) => [0, 1].every((j) => new Set(X.map((row) => row[j])).size === 2);
    const found = range(runs).flatMap((run) => {
      const X = samples[run]!;
      const others = samples[run + 1]!;
      if (!varies(X) || !varies(others)) return [];
      const first = stump.fit(X, target(X));
      // The second stump, on the residuals of the same rows or of others.
      const second = (rows: [number, number][]) => {
        const guess = first.predict(rows);
        const rest = stump.fit(
          rows.map(([, b]) => [b]),
          target(rows).map((v, i) => v - guess[i]!),
        );
        const [low, high] = rest.predict([[0], [1]]) as unknown as [number, number];
        return high - low;
      };
      const honest = stump.with({ boosting: "ordered", seed: run }).fit(X, target(X))
        .orderedPredictions!.data;
      const slope = (guess: ArrayLike<number>) =>
        mean(target(X).map((v, i) => 4 * (v - guess[i]!) * (X[i]![1] - 0.5)));
      return [
        { same: second(X), fresh: second(others), plain: slope(first.predict(X)), honest: slope(honest) },
      ];
    });
    const kinds = ["same", "fresh", "plain", "honest"] as const;
    const names = {
      same: "second stump, same rows",
      fresh: "second stump, new rows",
      plain: "a row's residual, plain",
      honest: "a row's residual, ordered",
    };
    const truth = { same: 1 - 1 / (size - 1), fresh: 1, plain: 1 - 2 / size, honest: 1 };
    const far = range(found.length).slice(19);
    const running = (values: number[]) => {
      let sum = 0;
      const means = values.map((v, i) => (sum += v) / (i + 1));
      return far.map((i) => means[i]!);
    };
    lab.plot(
      figure(
        [
          ...kinds.map((kind) => ({
            type: "line" as const,
            name: names[kind],
            x: far.map((i) => i + 1),
            y: running(found.map((f) => f[kind])),
          })),
          { type: "rule", y: 1, label: "the truth" },
          { type: "rule", y: truth.same, label: "1 − 1/(n − 1)" },
          { type: "rule", y: truth.plain, label: "1 − 2/n" },
        ],
        {
          title: "Slope in x₂ that the first stump leaves",
          x: { label: "samples averaged" },
          y: { label: "mean slope" },
          alt: "Averaged over samples, the slopes from the same rows settle below 1, those from new rows and from ordered models at 1.",
        },
      ),
    );
    for (const kind of kinds) {
      const values = found.map((f) => f[kind]);
      lab.check(names[kind], mean(values), {
        equals: truth[kind],
        // Rows without a predecessor in their leaf lack up to 1 / n² of it.
        within: (4 * standardDeviation(values)) / Math.sqrt(values.length) + 3 / size ** 2,
      });
    }
    const lift = found.map((f) => f.honest - f.plain);
    lab.check("ordered residuals keep more of the slope", mean(lift), { above: 0 });
  },
});
