import { KFold, LeaveOneOut } from "whetstone/data";
import { LinearRegression } from "whetstone/linear";
import { mse } from "whetstone/metrics";
import { crossValidate } from "whetstone/selection";
import { mean, standardDeviation } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "selection/k-fold",
  title: "Cross-validation scores a model trained on a little less data",
  formula: String.raw`\mathrm{CV}_K=\frac1K\sum_{k=1}^K L\big(\hat f^{(-k)},\text{fold }k\big)\;\approx\;\mathrm{Err}\Big(n\big(1-\tfrac1K\big)\Big)\;\ge\;\mathrm{Err}(n)`,
  ask: "How does k-fold cross-validation work, in which direction is it biased, and how does leave-one-out compare?",
  answer:
    "Cut the rows into K folds, train on K − 1, test on the one left out, rotate, average. Each model sees only n(1 − 1/K) rows, so the error comes out slightly too high: the smaller K, the more. Leave-one-out is nearly unbiased and costs n fits; that its variance is the highest is folklore, not a law.",
  pitfall:
    "The folds' scores share training rows, so their spread over √K is no honest standard error. And a score used to choose among models is optimistic for the chosen one: estimate that with an outer loop.",
  level: "easy",
  whenNot:
    "With time order, groups or near-duplicates plain folds leak: use time-ordered or group folds. With very large data one validation split is as good and K times cheaper.",
  followUps: [
    {
      ask: "Which K?",
      answer:
        "5 or 10: little bias, bearable cost. Leave-one-out where fits are cheap by formula (ridge). For small data repeat K-fold with other shuffles to see the scatter.",
    },
    {
      ask: "What does nested cross-validation estimate?",
      answer:
        "The error of the whole procedure, tuning included. The inner loop chooses, the outer scores on rows that took no part in the choice.",
    },
  ],
  derivation: String.raw`Fold $k$ is new to $\hat f^{(-k)}$, so its mean loss is an unbiased estimate of the risk of a model fitted to $m=n(1-\tfrac1K)$ rows; the mean over folds is one too, whatever their correlation. Hence $\mathbb E\,\mathrm{CV}_K=\mathrm{Err}(m)$, and the bias as an estimate of $\mathrm{Err}(n)$ is a piece of the learning curve, $\mathrm{Err}(m)-\mathrm{Err}(n)\ge0$ where more rows help.

One curve is known exactly: least squares with an intercept on $p$ standard normal features and noise $\sigma^2$. A new row $x_0$ has the error $\varepsilon_0-\bar\varepsilon-(x_0-\bar x)^\top(\hat\beta-\beta)$. The first two terms cost $\sigma^2(1+\tfrac1m)$. $\hat\beta-\beta$ has covariance $\sigma^2S^{-1}$ with $S=X_c^\top X_c$ and $\mathbb ES^{-1}=\frac1{m-p-2}I$ (inverse Wishart), $x_0-\bar x$ has covariance $(1+\tfrac1m)I$: together $\sigma^2(1+\tfrac1m)\big(1+\tfrac p{m-p-2}\big)=\sigma^2\frac{(m+1)(m-2)}{m(m-p-2)}$.`,
  covers: ["selection/k-fold", "claim-b-350"],
  answers: ["q-a-224", "q-b-374"],
  verifiedAgainst: [
    "scikit-learn 1.2 KFold, fold by fold",
    "a loop by hand",
    "closed form for least squares on normal features",
  ],
  budget: "quick",
  controls: {
    rows: slider(24, 60, 30, { label: "rows n", step: 6 }),
    features: slider(1, 7, 5, { label: "features p" }),
    datasets: slider(50, 300, 120, { label: "data sets averaged", step: 10 }),
  },
  run(lab, { rows: n, features: p, datasets }) {
    const random = lab.random();
    const draw = (m: number) => {
      const X = range(m).map(() => range(p).map(() => random.normal()));
      return { X, y: X.map((r) => r.reduce((sum, v) => sum + v, 0) + random.normal()) };
    };
    const spec = new LinearRegression();
    const foldCounts = [2, 3, 6, n];
    const estimates = foldCounts.map(() => [] as number[]);
    const truth: number[] = [];
    for (let r = 0; r < datasets; r++) {
      const { X, y } = draw(n);
      foldCounts.forEach((k, c) => {
        const cv = k === n ? new LeaveOneOut() : new KFold({ nSplits: k });
        estimates[c]!.push(crossValidate(spec, X, y, { cv, scoring: "mse" }).mean.mse!);
      });
      // Error on new rows: noise plus the squared distance of the coefficients, as features are standard normal.
      const model = spec.fit(X, y);
      truth.push(1 + model.intercept ** 2 + model.coef.reduce((sum, c) => sum + (c - 1) ** 2, 0));
    }
    const expected = (m: number) => ((m + 1) * (m - 2)) / (m * (m - p - 2));
    const seen = foldCounts.map((k) => n - n / k);
    const curve = range(n - Math.floor(n / 2) + 1).map((i) => Math.floor(n / 2) + i);
    const means = estimates.map((e) => mean(e));
    const error = estimates.map((e) => standardDeviation(e) / Math.sqrt(datasets));
    lab.plot(
      figure(
        [
          { type: "line", name: "expected error after m rows", x: curve, y: curve.map(expected) },
          {
            type: "band",
            name: "± 2 standard errors",
            x: seen,
            low: means.map((v, i) => v - 2 * error[i]!),
            high: means.map((v, i) => v + 2 * error[i]!),
          },
          { type: "points", name: "mean of cross-validation", x: seen, y: means, size: 4 },
          { type: "rule", name: "what is wanted: all n rows", y: expected(n) },
          {
            type: "text",
            x: seen,
            y: means.map((v) => v + 0.04),
            text: foldCounts.map((k) => (k === n ? "leave one out" : `K = ${k}`)),
          },
        ],
        {
          x: { label: "training rows of each fold, n(1 − 1/K)" },
          y: { label: "mean squared error" },
          alt: "Cross-validation averages lie on the learning curve at the number of rows each fold trains on: highest for two folds, almost at the true error for leave-one-out.",
        },
      ),
    );
    lab.table({
      columns: ["folds", "fits", "mean estimate", "bias", "standard deviation over data sets"],
      rows: foldCounts.map((k, c) => [
        k === n ? "leave one out" : k,
        k,
        Number(means[c]!.toFixed(3)),
        Number((means[c]! - expected(n)).toFixed(3)),
        Number(standardDeviation(estimates[c]!).toFixed(3)),
      ]),
      caption: `Error of the model trained on all ${n} rows: ${expected(n).toFixed(3)} expected, ${mean(truth).toFixed(3)} in these data sets.`,
    });

    foldCounts.forEach((k, c) => {
      lab.check(
        `${k === n ? "leave one out" : `K = ${k}`}: mean estimate against the error after ${seen[c]} rows, in standard errors`,
        Math.abs(means[c]! - expected(seen[c]!)) / error[c]!,
        { atMost: 4.5 },
      );
    });
    lab.check("K = 2 is pessimistic: its excess over leave-one-out", means[0]! - means[3]!, { above: 0 });
    lab.check("leave-one-out: bias as a share of the error", (expected(n - 1) - expected(n)) / expected(n), {
      below: 0.03,
    });
    lab.check(
      "variance over data sets: leave-one-out over two folds",
      (standardDeviation(estimates[3]!) / standardDeviation(estimates[0]!)) ** 2,
      { below: 1 },
    );
    const { X, y } = draw(n);
    const splits = new KFold({ nSplits: 6 }).split(n);
    const times = range(n).map((i) => splits.filter((s) => s.test.includes(i)).length);
    lab.check("each row is tested once", Math.min(...times) === 1 && Math.max(...times) === 1, {
      equals: true,
    });
    const byHand = splits.map(({ train, test }) => {
      const model = spec.fit(
        Array.from(train, (i) => X[i]!),
        Array.from(train, (i) => y[i]!),
      );
      return mse(
        Array.from(test, (i) => y[i]!),
        model.predict(Array.from(test, (i) => X[i]!)),
      );
    });
    lab.check(
      "crossValidate is the loop by hand",
      crossValidate(spec, X, y, { cv: new KFold({ nSplits: 6 }), scoring: "mse" }).mean.mse!,
      { equals: mean(byHand), relative: 1e-12 },
    );
  },
});
