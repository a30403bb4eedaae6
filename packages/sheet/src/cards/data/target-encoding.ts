import { OneHotEncoder, Pipeline, Table, TargetEncoder } from "whetstone/data";
import { HistGradientBoostingRegressor } from "whetstone/ensemble";
import { mse } from "whetstone/metrics";
import { correlation, mean } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/target-encoding",
  title: "Target encoding: category means, shrunk and out of fold",
  formula: String.raw`\mu_c=\frac{\sum_{i:\,c_i=c}y_i+m\,\bar y}{n_c+m},\qquad \text{training rows: from folds without them}`,
  ask: "How does target encoding work, why is it smoothed, and how does it avoid leaking the label?",
  answer:
    "Replace a category by the mean target of its rows: one dense column whatever the number of levels. Small categories are shrunk towards the overall mean, as if m rows of it were added. Training rows get the mean of other folds; with their own, a category seen once would simply be its label.",
  pitfall:
    "fit and then transform on the training rows leaks: the model learns to trust a column that is partly the answer, and fails on new rows. Use fitTransform, or a pipeline that does.",
  level: "medium",
  whenNot:
    "With few levels one-hot is simpler and leaks nothing. With levels that matter only in combination, use embeddings or native categories. Under drift of the means, encode by recent time only.",
  followUps: [
    {
      ask: "How does the encoding of new rows differ from that of training rows?",
      answer:
        "New rows get the mean over all training rows, training rows the mean of the other folds. The latter is a little noisier, which the model has to be used to.",
    },
    {
      ask: "What happens with m = 0 and one row per category?",
      answer:
        "In sample the code is the label itself and correlates perfectly; out of fold no category has been seen, so all rows get the overall mean and the column is useless, which is the truth about such an id.",
    },
  ],
  derivation: String.raw`Let category $c$ have the true mean $\theta_c$, spread around $\bar y$ with variance $\tau^2$, and rows $y_i=\theta_c+\varepsilon_i$ with noise $\sigma^2$. The mean $\bar y_c$ of $n_c$ rows has variance $\sigma^2/n_c$ around $\theta_c$.

Guess $\bar y+w(\bar y_c-\bar y)$. Its expected squared error is $(1-w)^2\tau^2+w^2\sigma^2/n_c$; the derivative is zero at $w=\frac{\tau^2}{\tau^2+\sigma^2/n_c}=\frac{n_c}{n_c+\sigma^2/\tau^2}$. With $m=\sigma^2/\tau^2$ the guess is $\frac{n_c\bar y_c+m\bar y}{n_c+m}$, the formula above: much noise, or little difference between categories, asks for more shrinkage.

Why out of fold: in sample the code of a row contains $y_i$ with weight $\frac1{n_c+m}$. Without any effect its covariance with $y_i$ is still $\frac{\sigma^2}{n_c+m}$, and a model learns to trust it. From other folds that covariance is 0.`,
  covers: ["data/target-encoder", "claim-b-298"],
  answers: ["q-b-309"],
  verifiedAgainst: ["the formula, category by category", "a loop over folds by hand", "pure noise ids"],
  budget: "quick",
  controls: {
    smooth: slider(0, 50, 10, { label: "smoothing m, in rows" }),
    levels: slider(20, 400, 150, { label: "categories", step: 10 }),
    effect: slider(0, 2, 1, { label: "spread τ of the category effects", step: 0.1 }),
  },
  run(lab, { smooth, levels, effect }) {
    const random = lab.random();
    const n = 600;
    const world = (K: number, tau: number, rows: number) => {
      const effects = range(K).map(() => tau * random.normal());
      const draw = () => {
        const c = range(rows).map(() => random.int(K));
        const y = c.map((k) => effects[k]! + random.normal());
        return { c, y, table: Table.fromColumns({ c: c.map((k) => `k${k}`) }) };
      };
      return { effects, train: draw(), test: draw() };
    };
    const { effects, train } = world(levels, effect, n);
    const encoder = (m: number) => new TargetEncoder({ smooth: m, target: "continuous", seed: lab.seed });
    const model = encoder(smooth).fit(train.table, train.y);
    const seen = [...new Set(train.c)];
    const encodingOf = (m: typeof model, k: number) =>
      m.transform(Table.fromColumns({ c: [`k${k}`] })).at(0, 0);
    const raw = encoder(0).fit(train.table, train.y);
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "plain mean",
            x: seen.map((k) => effects[k]!),
            y: seen.map((k) => encodingOf(raw, k)),
            size: 2,
          },
          {
            type: "points",
            name: `smoothed, m = ${smooth}`,
            x: seen.map((k) => effects[k]!),
            y: seen.map((k) => encodingOf(model, k)),
            size: 2,
          },
          { type: "line", name: "perfect", x: [-2.5, 2.5], y: [-2.5, 2.5], dashed: true },
        ],
        {
          x: { label: "true effect of the category" },
          y: { label: "encoding" },
          alt: "Encoding against true effect of each category: plain means scatter widely around the diagonal, smoothed ones are pulled towards the overall mean and scatter less.",
        },
      ),
    );
    const overall = mean(train.y);
    const byHand = (k: number, m: number) => {
      const own = train.y.filter((_, i) => train.c[i] === k);
      return (own.reduce((a, b) => a + b, 0) + m * overall) / (own.length + m);
    };
    lab.check(
      "largest gap to the formula",
      Math.max(...seen.slice(0, 40).map((k) => Math.abs(encodingOf(model, k) - byHand(k, smooth)))),
      {
        atMost: 1e-12,
      },
    );
    lab.check(
      "an unseen category gets the overall mean",
      model.transform(Table.fromColumns({ c: ["new"] })).at(0, 0),
      {
        equals: overall,
        within: 1e-12,
      },
    );
    const fixed = world(150, 0.7, 600);
    const guess = (m: number) => {
      const fitted = encoder(m).fit(fixed.train.table, fixed.train.y);
      const levelsSeen = [...new Set(fixed.train.c)];
      return mse(
        levelsSeen.map((k) => fixed.effects[k]!),
        levelsSeen.map((k) => encodingOf(fitted, k)),
      );
    };
    lab.check("4 rows per category: error of smoothed over plain means", guess(2) / guess(0), {
      below: 0.95,
    });

    // Leak: categories without any effect. Own labels make the encoding look predictive.
    const blind = world(200, 0, 400);
    const inSample = encoder(0).fit(blind.train.table, blind.train.y).transform(blind.train.table).col(0);
    const crossed = encoder(0).fitTransform(blind.train.table, blind.train.y).transformed.col(0);
    const later = encoder(0).fit(blind.train.table, blind.train.y).transform(blind.test.table).col(0);
    lab.table({
      columns: ["encoding of categories without effect", "correlation with y"],
      rows: [
        ["training rows, own labels included", Number(correlation(inSample, blind.train.y).toFixed(2))],
        ["training rows, out of fold", Number(correlation(crossed, blind.train.y).toFixed(2))],
        ["new rows", Number(correlation(later, blind.test.y).toFixed(2))],
      ],
    });
    lab.check("no effect: correlation of in-sample encoding and y", correlation(inSample, blind.train.y), {
      above: 0.5,
    });
    lab.check("out of fold", Math.abs(correlation(crossed, blind.train.y)), { below: 0.2 });
    lab.check("on new rows", Math.abs(correlation(later, blind.test.y)), { below: 0.2 });
    // Boosting: a split on a one-hot column separates one level, a split on the encoded column half of them.
    const trees = new HistGradientBoostingRegressor({ maxIter: 20, maxLeafNodes: 8, minSamplesLeaf: 2 });
    const compare = (K: number) => {
      const wide = world(K, 1, 1000);
      const flat = mse(
        wide.test.y,
        wide.test.y.map(() => mean(wide.train.y)),
      );
      const [encoded, oneHot] = [
        new TargetEncoder({ target: "continuous", seed: lab.seed }),
        new OneHotEncoder({ handleUnknown: "ignore" }),
      ].map((step) => {
        const fitted = new Pipeline({
          steps: [
            ["encode", step],
            ["trees", trees],
          ],
        }).fit(wide.train.table, wide.train.y);
        // The noise has variance 1, so flat - 1 is what can be removed.
        return (flat - mse(wide.test.y, fitted.predict(wide.test.table))) / (flat - 1);
      });
      return { encoded: encoded!, oneHot: oneHot! };
    };
    const [few, many] = [compare(6), compare(250)];
    lab.table({
      columns: ["levels", "one-hot", "target encoding"],
      rows: [
        [6, Number(few.oneHot.toFixed(2)), Number(few.encoded.toFixed(2))],
        [250, Number(many.oneHot.toFixed(2)), Number(many.encoded.toFixed(2))],
      ],
      caption: "Share of the removable error that 20 boosted trees of 8 leaves remove on new rows.",
    });
    lab.check("6 levels, boosted: one-hot removes of the removable error", few.oneHot, { above: 0.8 });
    lab.check("250 levels: one-hot removes", many.oneHot, { below: 0.5 });
    lab.check("250 levels: target encoding removes more by", many.encoded - many.oneHot, { above: 0.15 });
  },
});
