import { mae, mape, mse, r2, rmse, smape, withinTolerance } from "whetstone/metrics";
import { mean, median } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "metrics/regression",
  title: "RMSE, MAE, R², MAPE: what each one rewards",
  formula: String.raw`\text{RMSE}=\sqrt{\tfrac1n\sum e_i^2}\ \ge\ \text{MAE}=\tfrac1n\sum|e_i|,\qquad R^2=1-\frac{\sum e_i^2}{\sum(y_i-\bar y)^2},\qquad \text{MAPE}=\tfrac1n\sum\Big|\frac{e_i}{y_i}\Big|`,
  ask: "What do RMSE, MAE, R² and MAPE each reward, and on which data does each mislead?",
  answer:
    "RMSE is minimised by the mean and weighs large errors most; MAE by the median and weighs all alike. R² compares with predicting the mean and is negative when worse. MAPE divides by the truth: undefined at 0, and cheap for low guesses, since undershooting costs at most 100 %. sMAPE is asymmetric too.",
  pitfall:
    "An RMSE of 5 does not mean “off by 5 on average”: that is MAE, a fifth smaller for Gaussian errors and smaller still with outliers. For “within 10 %” report the share of hits.",
  level: "easy",
  whenNot:
    "If errors have a price that is not symmetric or not additive (stock-outs, delays), none of these: use the price, or a quantile loss at the ratio of the costs.",
  followUps: [
    {
      ask: "Training R² 0.95, validation 0.60: what now?",
      answer:
        "Variance or leakage in training. Check duplicates and time order across the split, draw the learning curve, then regularise or drop features; do not tune on that validation set further.",
    },
    {
      ask: "Can R² be negative?",
      answer:
        "Yes, on new rows or without an intercept: it compares with predicting the mean. It equals the squared correlation only for least squares with an intercept on its training rows.",
    },
  ],
  derivation: String.raw`Minimise over a constant $c$: $\sum(y_i-c)^2$ has slope $-2\sum(y_i-c)$, zero at the mean. $\sum|y_i-c|$ has slope (rows below) − (rows above), zero at the median.

By Jensen $\text{RMSE}^2=\overline{e^2}\ge(\overline{|e|})^2=\text{MAE}^2$, equal only if all errors have one size. For normal errors $\mathbb E|e|=\sigma\sqrt{2/\pi}$, so the ratio is $\sqrt{\pi/2}=1.253$.

MAPE weighs a row by $1/|y_i|$, so its best constant is a weighted median that lies low: for log-normal data $e^{\mu-\sigma^2}$, below the median $e^\mu$.`,
  errata: [
    {
      claim: "claim-b-152",
      claimed: "An RMSE of X means that predictions are off by X on average.",
      truth:
        "That is the MAE. RMSE ≥ MAE, by the factor √(π/2) = 1.253 for Gaussian errors and by more with outliers.",
    },
  ],
  covers: ["metrics/regression", "claim-a-052", "claim-b-152", "claim-b-153", "claim-b-154", "claim-b-155"],
  answers: ["q-a-217", "q-b-153", "q-b-155"],
  verifiedAgainst: ["scikit-learn 1.2 metrics", "closed forms for normal and log-normal data"],
  budget: "quick",
  controls: {
    outlier: slider(0, 50, 20, { label: "size of one error" }),
    skew: slider(0.1, 1.2, 0.8, { label: "skew σ of log-normal demand (second figure)", step: 0.1 }),
  },
  run(lab, { outlier, skew }) {
    const random = lab.random();
    const n = 100;
    const y = range(n).map(() => random.normal(50, 10));
    const p = y.map((v) => v + random.normal(0, 2));
    const withError = (size: number) => p.map((v, i) => (i === 0 ? y[0]! + size : v));
    const sizes = linspace(0, 50, 51);
    lab.plot(
      figure(
        [
          { type: "line", name: "RMSE", x: sizes, y: sizes.map((s) => rmse(y, withError(s))) },
          { type: "line", name: "MAE", x: sizes, y: sizes.map((s) => mae(y, withError(s))) },
          { type: "rule", x: outlier, label: "yours" },
        ],
        {
          title: "One wild prediction among a hundred",
          x: { label: "its error" },
          y: { label: "metric" },
          alt: `RMSE and MAE by the size of one error: RMSE climbs to ${rmse(y, withError(50)).toFixed(1)}, MAE only to ${mae(y, withError(50)).toFixed(1)}.`,
        },
      ),
    );
    const gaussian = range(20_000).map(() => random.normal(0, 5));
    const zeros = gaussian.map(() => 0);
    lab.check("Gaussian errors: RMSE over MAE, √(π/2)", rmse(gaussian, zeros) / mae(gaussian, zeros), {
      equals: Math.sqrt(Math.PI / 2),
      within: 0.02,
    });
    lab.check("RMSE is at least MAE", rmse(y, p) - mae(y, p), { atLeast: 0 });
    lab.check("one error of 50: RMSE grows by the factor", rmse(y, withError(50)) / rmse(y, withError(0)), {
      above: 2,
    });
    lab.check("MAE by the factor", mae(y, withError(50)) / mae(y, withError(0)), { below: 1.6 });
    lab.check("RMSE² is MSE", rmse(y, p) ** 2, { equals: mse(y, p), relative: 1e-12 });
    lab.check(
      "R² of predicting the mean",
      r2(
        y,
        y.map(() => mean(y)),
      ),
      { equals: 0, within: 1e-12 },
    );
    lab.check(
      "R² of predictions on the wrong side: negative",
      r2(
        y,
        y.map((v) => 2 * mean(y) - v),
      ),
      { equals: -3, within: 1e-9 },
    );

    // Skewed demand: which constant does each metric ask for?
    const demand = range(4000).map(() => Math.exp(random.normal(3, skew)));
    const guesses = linspace(1, 60, 119);
    const curve = (f: (a: number[], b: number[]) => number) =>
      guesses.map((g) =>
        f(
          demand,
          demand.map(() => g),
        ),
      );
    const curves = {
      RMSE: curve(rmse),
      MAE: curve(mae),
      MAPE: curve((a, b) => mape(a, b)),
      sMAPE: curve(smape),
    };
    const best = Object.fromEntries(
      Object.entries(curves).map(([name, c]) => [name, guesses[c.indexOf(Math.min(...c))]!]),
    ) as Record<keyof typeof curves, number>;
    lab.plot(
      figure(
        [
          ...Object.entries(curves).map(([name, c]) => ({
            type: "line" as const,
            name,
            x: guesses,
            y: c.map((v) => v / Math.min(...c)).map((v) => Math.min(v, 3)),
          })),
          { type: "points", name: "minima", x: Object.values(best), y: [1, 1, 1, 1], size: 5 },
        ],
        {
          title: "One constant forecast of log-normal demand",
          x: { label: "forecast" },
          y: { label: "metric over its minimum", domain: [1, 3] },
          alt: `Four metrics of a constant forecast: MAPE is lowest at ${best.MAPE.toFixed(0)}, MAE at ${best.MAE.toFixed(0)}, RMSE at ${best.RMSE.toFixed(0)}.`,
        },
      ),
    );
    lab.check("RMSE asks for the mean", best.RMSE, { equals: Math.min(60, mean(demand)), within: 0.6 });
    lab.check("MAE for the median", best.MAE, { equals: median(demand), within: 0.8 });
    lab.check("MAPE for far less: e^(μ − σ²), over the median", best.MAPE / median(demand), {
      equals: Math.exp(-skew * skew),
      within: 0.12,
    });
    lab.check(
      "sMAPE, error of 50 on 100: over- less undershooting",
      smape([100], [150]) - smape([100], [50]),
      { equals: 0.4 - 2 / 3, within: 1e-12 },
    );
    let refused = false;
    try {
      mape([0, 1], [1, 1]);
    } catch {
      refused = true;
    }
    lab.check("MAPE refuses a truth of 0", refused, { equals: true });
    lab.check("within ± 10 %: two of three", withinTolerance([100, 200, 300], [109, 230, 300]), {
      equals: 2 / 3,
      within: 1e-12,
    });
  },
});
