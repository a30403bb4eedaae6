import type { Prompt } from "../prompt.ts";

export const demand: Prompt = {
  id: "demand",
  group: "plan",
  title: "Demand forecasting",
  ask: "Forecast daily sales of 50,000 products in 400 shops for two weeks. Suppliers are ordered from by the forecast.",
  steps: {
    clarify: {
      points: [
        "The decision is an order that covers lead time and days to the next one: forecast their sum, as a distribution.",
        "Costs of one too few and one too many, by product: milk spoils, batteries wait.",
        "What is known ahead (prices, promotions, holidays) and what is itself a forecast (weather).",
        "20 million series: most sell less than one a day, and need no network of their own.",
      ],
      next: "Do you need daily forecasts at all, if a truck comes twice a week?",
    },
    metrics: {
      points: [
        "Pinball loss at the quantiles that are ordered, weighted by money; then stock-outs and waste in a replay.",
        "WAPE and bias for people. MAPE breaks on zeros and rewards forecasting too low.",
        "Against the seasonal naive forecast, by horizon, over several rolling origins.",
        "Coverage: the 90 % quantile is exceeded one day in ten, also on promotions.",
      ],
      next: "Forecast error fell, and shelves are emptier. How can that be?",
    },
    data: {
      points: [
        "Sales are not demand: an empty shelf censors it. Mark stock-outs and leave those days out or impute them.",
        "Each feature as known at the forecast's origin: planned promotions, not realised ones.",
        "Hierarchy of product, category, shop, region; new products borrow from similar ones.",
        "Calendar: moving holidays, pay days, school breaks by region; the pandemic as an indicator, not as a trend.",
      ],
      next: "A product was out of stock every Saturday. What does the model learn?",
      number: {
        calculator: "storage",
        ask: "TB for two years of 20 million series a day, 40 values of 4 bytes, three copies?",
        inputs: { millions: 20, columns: 40, bytesPerValue: 4, days: 730, copies: 3 },
        between: [6.9, 7.1],
        worked:
          "2·10⁷ · 160 B = 3.2 GB a day, 730 · 3 times that is 7 TB raw; zeros compress it tenfold. One machine can train.",
      },
    },
    model: {
      points: [
        "Baselines that are hard to beat: seasonal naive, exponential smoothing, same weekday's mean.",
        "One global boosted model over all series: lags, rolling means, calendar, price, trained on quantiles.",
        "Counts: Poisson or negative binomial for slow sellers; a least-squares mean of 0.3 orders nothing or too much.",
        "Lags no younger than the horizon, or one model for each; feeding forecasts back compounds their errors.",
        "Quantiles of days do not add up to that of the sum: train on the sum, or sample paths.",
      ],
      next: "When would DeepAR or a temporal transformer earn its place?",
      number: {
        calculator: "order",
        ask: "Units to stock: 20 ± 8 a day, 4 days, one short costs $3, one left $1?",
        inputs: { mean: 20, sd: 8, days: 4, shortage: 3, leftover: 1 },
        between: [90.5, 91],
        worked:
          "Quantile 3/(3 + 1) = 75 %, z = 0.67; deviation 8·√4 = 16: 80 + 11 = 91. Errors that persist add as 8·4 = 32: 102.",
      },
    },
    serving: {
      points: [
        "A nightly batch after the tills close, restartable by shop; orders must leave by six.",
        "Late or missing data: yesterday's forecast stands, and the order says so.",
        "Forecasts are stored with origin and version, so that error by horizon can be computed later.",
        "Planners may override, with a reason; their gain is measured like a model's.",
      ],
      next: "The batch failed for ten shops at five in the morning. What is ordered?",
      number: {
        calculator: "queue",
        ask: "Cores for 20 million series within two hours, 2 ms each, 70 % busy?",
        inputs: { arrivalRate: 2778, serviceMs: 2, servers: 8, target: 70 },
        between: [8, 8],
        worked:
          "2·10⁷ / 7,200 s = 2,778 a second; times 0.002 s, 5.6 are busy; at 70 % that takes 8. No cluster needed.",
      },
    },
    monitoring: {
      points: [
        "Bias by category and shop each week: errors of one sign cost stock, errors of both cancel.",
        "Coverage of the ordered quantiles, promotions and new products apart.",
        "Stock-outs and waste are the goal, and react within days.",
        "Overrides: rising use says that the forecast has lost trust, or that the world has changed.",
      ],
      next: "Only forecasts of promoted products are too low. Data, features or loss?",
    },
  },
};
