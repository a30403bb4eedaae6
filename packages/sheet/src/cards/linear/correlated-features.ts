import { Lasso, Ridge } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { bootstrapIndices, mean } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/correlated-features",
  title: "Of two twins, lasso picks one by chance; ridge takes both",
  formula: String.raw`x_2\approx x_1:\quad |w_1|+|w_2|\ \text{is the same for every split},\qquad w_1^2+w_2^2\ \text{is smallest at } w_1=w_2`,
  ask: "Two correlated features both predict. Why may lasso do worse than ridge, and why is its selection unstable?",
  answer:
    "For nearly equal columns the L1 norm does not care how a weight of one sign is split, so noise decides: lasso keeps one and drops the other, and a resample swaps them. The L2 norm is smallest when the weight is shared, which also averages the columns' measurement noise.",
  pitfall:
    "Do not read a lasso selection as importance. Count how often each feature is chosen over bootstrap samples, or use the elastic net, which keeps groups together.",
  level: "medium",
  whenNot:
    "When columns are nearly independent the question does not arise, and when a small model is wanted at any price lasso's arbitrary pick may be fine: it predicts alike.",
  followUps: [
    {
      ask: "How would you report a stable selection?",
      answer:
        "Refit on many bootstrap or half samples and give each column's selection frequency (stability selection); treat correlated groups as one.",
    },
    {
      ask: "What does the elastic net do here?",
      answer:
        "Its L2 part makes the objective strictly convex, so coefficients of twins approach each other: the group enters together.",
    },
  ],
  derivation: String.raw`With $x_2=x_1$ predictions depend on $w_1+w_2=s$ only. $|w_1|+|w_2|=s$ for every split with equal signs: lasso has a whole edge of optima, and noise picks an end. $w_1^2+w_2^2$ at fixed $s$ is least at $w_1=w_2=s/2$: ridge has one answer.

If both are noisy readings $x_j=c+\epsilon_j$ of one cause, sharing averages the noise: the mean of $m$ readings has noise variance $\sigma^2/m$, one reading $\sigma^2$. So ridge predicts better, not only more stably.`,
  covers: ["claim-b-351"],
  answers: ["q-b-375"],
  verifiedAgainst: ["scikit-learn 1.2 Lasso and Ridge through the library's own"],
  budget: "quick",
  controls: {
    correlation: slider(0, 0.99, 0.95, { label: "correlation of the twins", step: 0.01 }),
    strength: slider(0.05, 1.2, 0.4, { label: "lasso strength", step: 0.05 }),
  },
  run(lab, { correlation, strength }) {
    const random = lab.random();
    const n = 60;
    const world = (rho: number, rows: number, readings = 2) => {
      const X = new Matrix(new Float64Array(rows * 6), rows, 6);
      const y = new Float64Array(rows);
      for (let i = 0; i < rows; i++) {
        // Noisy readings of one hidden cause, the other columns noise.
        const cause = random.normal();
        for (let j = 0; j < 6; j++)
          X.set(
            i,
            j,
            j < readings ? Math.sqrt(rho) * cause + Math.sqrt(1 - rho) * random.normal() : random.normal(),
          );
        y[i] = cause + 0.7 * random.normal();
      }
      return { X, y };
    };
    const { X, y } = world(correlation, n);
    const bags = 150;
    const resampled = range(bags).map(() => {
      const rows = bootstrapIndices(random, n);
      const [Z, t] = [X.selectRows(rows), Float64Array.from(rows, (i) => y[i]!)];
      return {
        lasso: new Lasso({ alpha: strength }).fit(Z, t).coef,
        ridge: new Ridge({ alpha: 10 }).fit(Z, t).coef,
      };
    });
    const points = (name: "lasso" | "ridge") => ({
      type: "points" as const,
      name,
      x: resampled.map((r) => r[name][0]!),
      y: resampled.map((r) => r[name][1]!),
      size: 3,
    });
    lab.plot(
      figure([points("lasso"), points("ridge")], {
        title: "Weights of the twins over 150 bootstrap samples",
        x: { label: "weight of the first twin" },
        y: { label: "weight of the second twin" },
        square: true,
        alt: "Weights of two correlated features over bootstrap samples: lasso spreads along a line and onto the axes, ridge stays in a cluster on the diagonal.",
      }),
    );
    const share = range(6).map((j) => mean(resampled.map((r) => (r.lasso[j] === 0 ? 0 : 1))));
    lab.plot(
      figure(
        [{ type: "bars", x: ["twin 1", "twin 2", "noise 1", "noise 2", "noise 3", "noise 4"], y: share }],
        {
          title: "How often lasso keeps each feature",
          x: { scale: "band" },
          y: { label: "share of samples", percent: true, domain: [0, 1] },
          alt: `Selection shares: twins ${(100 * share[0]!).toFixed(0)} % and ${(100 * share[1]!).toFixed(0)} %, noise features less.`,
        },
      ),
    );
    // Nearly exact twins: how unequal is the split?
    const close = world(0.999, n);
    const splits = range(80).map(() => {
      const rows = bootstrapIndices(random, n);
      const [Z, t] = [close.X.selectRows(rows), Float64Array.from(rows, (i) => close.y[i]!)];
      const uneven = (w: Float64Array) => Math.abs(w[0]! - w[1]!) / (Math.abs(w[0]!) + Math.abs(w[1]!));
      const lasso = new Lasso({ alpha: 0.1, tol: 1e-8, maxIter: 20_000 }).fit(Z, t).coef;
      return {
        lasso: uneven(lasso),
        ridge: uneven(new Ridge({ alpha: 10 }).fit(Z, t).coef),
        first: Math.abs(lasso[0]!) > Math.abs(lasso[1]!),
      };
    });
    lab.check(
      "correlation 0.999, lasso: samples in which one twin takes (nearly) all",
      mean(splits.map((s) => (s.lasso > 0.95 ? 1 : 0))),
      { above: 0.5 },
    );
    lab.check("ridge: mean unevenness of the split", mean(splits.map((s) => s.ridge)), { below: 0.1 });
    lab.check(
      "resampling changes lasso's favourite: share of the rarer one",
      Math.min(mean(splits.map((s) => (s.first ? 1 : 0))), 1 - mean(splits.map((s) => (s.first ? 1 : 0)))),
      { above: 0 },
    );
    // Both at their best strength, six correlated readings: test error.
    const error = (w: { predict(Z: Matrix): Float64Array }, test: { X: Matrix; y: Float64Array }) =>
      mean(w.predict(test.X).map((v, i) => (v - test.y[i]!) ** 2));
    const test = world(0.6, 1000, 6);
    const gaps = range(15).map(() => {
      const train = world(0.6, 30, 6);
      const lasso = Math.min(
        ...[0.02, 0.05, 0.1, 0.2, 0.3].map((alpha) =>
          error(new Lasso({ alpha }).fit(train.X, train.y), test),
        ),
      );
      const ridge = Math.min(
        ...[0.3, 1, 3, 10, 30].map((alpha) => error(new Ridge({ alpha }).fit(train.X, train.y), test)),
      );
      return lasso - ridge;
    });
    lab.check(
      "six noisy readings of one cause, 30 rows: test error of the best lasso less that of the best ridge",
      mean(gaps),
      { above: 0 },
    );
  },
});
