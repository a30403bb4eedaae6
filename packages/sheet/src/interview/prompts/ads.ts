import type { Prompt } from "../prompt.ts";

export const ads: Prompt = {
  id: "ads",
  group: "rank",
  title: "Ad clicks and the auction",
  ask: "Choose ads for 200,000 requests a second within 100 ms. Advertisers bid for clicks and pay what the auction says.",
  steps: {
    clarify: {
      points: [
        "Paid by click, view or purchase: it fixes which probability is predicted, here P(click | shown).",
        "The auction ranks by bid × P(click), so probabilities must be right in size, not only in order.",
        "Three parties: users' patience, advertisers' return, the platform's revenue. Agree on the exchange rate.",
        "Out of scope at first: creatives, conversions after days, fraud rings.",
      ],
      next: "If the model doubles every probability, does the order change? Does the bill?",
    },
    metrics: {
      points: [
        "Offline: log loss over that of the base rate (normalised entropy), and predicted over observed clicks by segment.",
        "ROC AUC sees order only; a model can gain AUC and overcharge a segment by a third.",
        "Online: revenue per thousand requests, advertisers' cost per conversion, hides; guard latency.",
        "Advertisers' budgets couple the arms: split budgets too, or the treatment spends the control's money.",
      ],
      next: "Revenue rises in the test and vanishes at full launch. What happened?",
      number: {
        calculator: "sample-size",
        ask: "Impressions per arm to see a click rate of 1 % move by 1 % of itself?",
        inputs: { baseline: 1, difference: 0.01, perDay: 50_000_000 },
        between: [15_400_000, 15_900_000],
        worked:
          "16 · 0.01 · 0.99 / 0.0001² ≈ 15.8 million if impressions were independent; those of one user are not, so randomise users and widen the interval.",
      },
    },
    data: {
      points: [
        "Impressions join their clicks within a window; a click that comes later was trained on as a negative.",
        "Position and page go in as features at training and are held fixed at scoring, or clicks teach the old layout.",
        "Keep a share w of the negatives, then undo it: q = p / (p + (1 − p)/w).",
        "Counters (user × advertiser clicks) as they stood at the impression, logged at serving, not rebuilt later.",
      ],
      next: "Half the clicks arrive after ten minutes. How fresh can training be?",
      number: {
        calculator: "storage",
        ask: "TB for 30 days of 10 billion impressions a day, 100 values of 4 bytes, two copies?",
        inputs: { millions: 10_000, columns: 100, bytesPerValue: 4, days: 30, copies: 2 },
        between: [239, 241],
        worked:
          "10¹⁰ · 400 B = 4 TB a day, 30 · 2 times that is 240 TB: thinning negatives to a tenth is worth a rack.",
      },
    },
    model: {
      points: [
        "Baseline: logistic regression on hashed crosses, updated online. It is calibrated and hard to beat per millisecond.",
        "Then embeddings for ids with explicit crosses beside a deep part; ids are most of the parameters.",
        "A last calibration (isotonic or Platt) on the last hours, by placement.",
        "The auction picks the overestimated ones (winner's curse): calibrate on what was shown, shrink rare ads to a prior.",
        "New ads get exposure by Thompson sampling on the posterior, with a budget for it.",
      ],
      next: "An ad has 2 clicks in 30 views. Which probability enters the auction?",
      number: {
        calculator: "model-memory",
        ask: "GB to serve tables of 500 million rows with 16 float32 values each?",
        inputs: { billions: 8, bytesPerParameter: 4 },
        between: [31.9, 32.1],
        worked:
          "5·10⁸ · 16 · 4 B = 32 GB: one machine's memory, so hash or drop rare ids before sharding the table.",
      },
    },
    serving: {
      points: [
        "Targeting filters, a light model cuts thousands to some hundred, the heavy one scores those in one batch.",
        "The winner pays the least that keeps its rank: next ad's bid × P(click), over its own P(click).",
        "Pacing throttles each budget over the day; its control loop lies outside the model.",
        "User features are read once a request; ad vectors sit in the scorer's memory.",
      ],
      next: "At 80 ms the heavy model has not answered. Which ads go out, at what price?",
      number: {
        calculator: "queue",
        ask: "Workers for 200,000 requests a second of 8 ms each, planned at 60 %?",
        inputs: { arrivalRate: 200_000, serviceMs: 8, servers: 2667, target: 60 },
        between: [2666, 2668],
        worked:
          "Little: 200,000 · 0.008 s = 1,600 at work; at 60 % that takes 2,667. One millisecond saved frees 333 workers.",
      },
    },
    monitoring: {
      points: [
        "Predicted over observed clicks by placement, device and hour; alert on 5 % off in a large segment.",
        "Age of the model and of each counter: hours of delay cost more than a better architecture gains.",
        "Invalid clicks, share of new ads shown, advertisers that stop spending.",
        "A small slice ranked at random shows what the loop no longer sees.",
      ],
      next: "Calibration is perfect overall and revenue fell. Where do you look?",
    },
  },
};
