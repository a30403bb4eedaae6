import { KFold, TimeSeriesSplit, trainTestSplit } from "whetstone/data";
import { HistGradientBoostingRegressor } from "whetstone/ensemble";
import { mae } from "whetstone/metrics";
import { crossValidate } from "whetstone/selection";
import { mean } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/split",
  title: "Split rows as the model will meet them: in time, the test comes last",
  formula: String.raw`\text{exchangeable rows: shuffle};\qquad \text{ordered rows: }\max t_{\text{train}}<\min t_{\text{test}}`,
  ask: "When must rows be shuffled before a split, and when must they not be?",
  answer:
    "Shuffle when order is an accident, such as rows sorted by class. Never when rows follow time and you will forecast: a shuffled test row sits between training rows an hour away, so the score measures interpolation. The honest test comes after the training rows, with a rolling split for several folds. Stratify to keep class shares.",
  pitfall:
    "A great random-split score on a drifting series says nothing about next month. The same holds for groups: patients or users must not be on both sides.",
  level: "easy",
  whenNot:
    "Pure random splits are right for exchangeable rows; splitting by time wastes data there. With few rows use cross-validation in place of one split.",
  followUps: [
    {
      ask: "How large should the test set be?",
      answer: String.raw`Large enough for the difference that matters: an accuracy of 0.9 on $n$ rows has standard error $\sqrt{0.09/n}$, about 1 point at 900 rows.`,
    },
    {
      ask: "Why leave a gap between training and test in time?",
      answer:
        "If the label needs 30 days to be known, or features average over a week, rows close to the border share information with the test. Leave out at least that span.",
    },
  ],
  derivation: String.raw`Take a series with autocorrelation $\rho^k$ at lag $k$. A shuffled test row has training rows one step away on either side; copying the neighbour has squared error $2(1-\rho)\sigma^2$: at $\rho=0.99$ that is 2 % of the variance, with no skill at forecasting.

A test block after the training rows has its nearest training row $h$ steps back. The best forecast has error $(1-\rho^{2h})\sigma^2$, near $\sigma^2$ for far horizons. The first number is what shuffling reports, the second what life gives.

If $\rho=0$ the rows are exchangeable and both agree: then shuffling leaks nothing.`,
  errata: [
    {
      claim: "claim-a-228",
      claimed: "Shuffle before splitting because the data may hold temporal patterns.",
      truth:
        "Temporal patterns are the reason not to shuffle: it leaks the future into training. Shuffling is right for rows that are sorted by class or by source.",
    },
  ],
  covers: ["data/train-test-split", "claim-a-227", "claim-a-228"],
  answers: ["q-a-195", "q-a-196", "q-b-354"],
  verifiedAgainst: [
    "scikit-learn 1.2 TimeSeriesSplit and KFold, fold by fold",
    "exact counts of stratified splits",
  ],
  budget: "quick",
  controls: {
    memory: slider(0, 0.995, 0.99, { label: "memory of the series (autocorrelation)", step: 0.005 }),
    split: choice(["shuffled", "in time"], "shuffled", { label: "split shown" }),
    testShare: slider(0.1, 0.5, 0.25, { label: "share of test rows", step: 0.05 }),
  },
  run(lab, { memory, split, testShare }) {
    const random = lab.random();
    const n = 400;
    const walk = (rho: number) => {
      let level = 0;
      return range(n).map(() => {
        level = rho * level + Math.sqrt(1 - rho ** 2) * random.normal();
        return level;
      });
    };
    const X = range(n).map((t) => [t]);
    const spec = new HistGradientBoostingRegressor({ maxIter: 20, learningRate: 0.2, minSamplesLeaf: 3 });
    const fitted = (y: number[], shuffle: boolean) => {
      const { train, test, rows } = trainTestSplit(
        { X, y },
        { shuffle, testSize: testShare, seed: lab.seed },
      );
      const model = spec.fit(train.X, train.y);
      const constant = mean(train.y);
      return {
        rows,
        curve: [...model.predict(X)],
        error:
          mae(test.y, model.predict(test.X)) /
          mae(
            test.y,
            test.y.map(() => constant),
          ),
      };
    };
    const y = walk(memory);
    const own = fitted(y, split === "shuffled");
    const of = (rows: Int32Array) => Array.from(rows);
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "training",
            x: of(own.rows.train),
            y: of(own.rows.train).map((i) => y[i]!),
            size: 1.5,
          },
          {
            type: "points",
            name: "test",
            x: of(own.rows.test),
            y: of(own.rows.test).map((i) => y[i]!),
            size: 2.5,
          },
          { type: "line", name: "model", x: range(n), y: own.curve },
        ],
        {
          title: `${split}: error ${own.error.toFixed(2)} of the mean's`,
          x: { label: "time" },
          y: { label: "value" },
          alt:
            split === "shuffled"
              ? "A wandering series with test points strewn among training points: the model passes through all of them."
              : "A wandering series whose last part is the test: after the last training point the model stays flat and misses.",
        },
      ),
    );
    const ratios = range(24).map(() => {
      const series = walk(0.99);
      return { shuffled: fitted(series, true).error, later: fitted(series, false).error };
    });
    const shuffled = mean(ratios.map((r) => r.shuffled));
    const later = mean(ratios.map((r) => r.later));
    lab.table({
      columns: ["split of 24 series with memory 0.99", "error over that of the training mean"],
      rows: [
        ["shuffled", Number(shuffled.toFixed(2))],
        ["in time", Number(later.toFixed(2))],
      ],
    });
    lab.check("memory 0.99, shuffled: error over that of the mean", shuffled, { below: 0.5 });
    lab.check("the same series, test in the future", later, { above: 0.8 });
    lab.check("the shuffled score is too good by the factor", later / shuffled, { above: 2 });
    const white = range(12).map(() => fitted(walk(0), true).error);
    lab.check("no memory: shuffling has nothing to leak", mean(white), { above: 0.95 });
    const rolling = new TimeSeriesSplit({ nSplits: 5 }).split(n);
    lab.check(
      "rolling split: every training row lies before every test row",
      rolling.every(({ train, test }) => Math.max(...train) < Math.min(...test)),
      { equals: true },
    );
    const series = walk(0.99);
    const score = (cv: KFold | TimeSeriesSplit) =>
      crossValidate(spec, X, series, { cv, scoring: "mae" }).mean.mae!;
    lab.check(
      "cross-validated error, rolling over shuffled folds",
      score(new TimeSeriesSplit({ nSplits: 5 })) / score(new KFold({ shuffle: true, seed: lab.seed })),
      { above: 2 },
    );
    // Rows sorted by class: here shuffling is right, and stratifying better.
    const labels = range(100).map((i) => (i < 80 ? "no" : "yes"));
    const share = (options: Parameters<typeof trainTestSplit>[1]) =>
      mean(
        trainTestSplit({ labels }, { testSize: 0.2, seed: lab.seed, ...options }).test.labels.map(
          (v) => +(v === "yes"),
        ),
      );
    lab.check("sorted by class, unshuffled: positives in the test", share({ shuffle: false }), { equals: 1 });
    lab.check("stratified: exactly the share of all rows", share({ stratify: labels }), { equals: 0.2 });
    const price = range(200).map(() => Math.exp(random.normal()));
    const { test } = trainTestSplit({ price }, { testSize: 0.5, stratify: price, bins: 10, seed: lab.seed });
    const decile = [...price].sort((a, b) => a - b)[180]!;
    lab.check(
      "numeric target over 10 bins: test rows of the top decile",
      test.price.filter((v) => v >= decile).length,
      {
        equals: 10,
      },
    );
    const draw = (seed: number) => trainTestSplit(50, { seed }).test.join();
    const [first, again, other] = [7, 7, 8].map(draw);
    lab.check("a seed repeats its split, another gives another", first === again && first !== other, {
      equals: true,
    });
  },
});
