import type { Prompt } from "../prompt.ts";

export const deliveryEta: Prompt = {
  id: "delivery-eta",
  group: "plan",
  title: "When the food arrives",
  ask: "Promise an arrival time for 40 orders a second at checkout, and keep it current until the door.",
  steps: {
    clarify: {
      points: [
        "Three readers: the list of restaurants, the promise at checkout, the dispatcher. Each wants another statistic.",
        "Being late costs more than being early: the promise is a quantile, and its level follows from the two costs.",
        "A longer promise loses orders: it is a price, and demand answers to it.",
        "Point or window, and how often it may change before trust is gone.",
      ],
      next: "The dispatcher wants the mean and the customer a quantile. Why not the same number?",
    },
    metrics: {
      points: [
        "Share of orders later than promised, against the level chosen, by city, hour and rain.",
        "Pinball loss at that level: it rewards both keeping the promise and keeping it short.",
        "Mean absolute error for the dispatcher; the root of squares if single disasters count.",
        "Online: orders per visit, cancellations, refunds. Tested by city or by time slot: couriers are shared.",
      ],
      next: "Why does an A/B test by customer mislead here?",
      number: {
        calculator: "sample-size",
        ask: "Orders per arm to see the late share fall from 10 % to 9.5 %?",
        inputs: { baseline: 10, difference: -0.5, perDay: 500_000 },
        between: [54_500, 57_700],
        worked:
          "16 · 0.0975 · 0.9025 / 0.005² ≈ 56,000 if independent; with whole time slots as units it takes weeks.",
      },
    },
    data: {
      points: [
        "Time stamps are taps by busy people: “picked up” at the next light. Check against the GPS trace.",
        "Stages apart: accepted, ready, collected, at the door. Each has its own causes and its own model or feature.",
        "Cancelled orders were often the slow ones: leaving them out makes the rest look fast.",
        "State as of the promise: open orders in the kitchen, free couriers nearby; batching with another order.",
      ],
      next: "The kitchen says “ready” when the courier walks in. What does the model learn?",
    },
    model: {
      points: [
        "Baseline: routing engine's time plus the kitchen's median at that hour. Learn the residual of it.",
        "Boosted trees with quantile loss, one model over all cities, place as cells at two resolutions.",
        "Quantiles must not cross, and must be calibrated afterwards by conformal scores from recent days.",
        "Stages add as distributions only if independent; rain slows them all, so condition on it or model the total.",
      ],
      next: "Percentiles of three stages are added. Which way is the promise wrong, and by how much?",
      number: {
        calculator: "arrival",
        ask: "Minutes kept by 90 %: preparation 14 ± 6, handover 4 ± 3, ride 12 ± 4?",
        inputs: {
          prepare: 14,
          prepareSd: 6,
          wait: 4,
          waitSd: 3,
          ride: 12,
          rideSd: 4,
          share: 90,
          promise: 35,
        },
        between: [40, 40.5],
        worked:
          "Mean 30, deviation √(36 + 9 + 16) = 7.8, 90 % lies at 30 + 1.3 · 7.8 = 40. The stages' own 90 % add up to 47.",
      },
    },
    serving: {
      points: [
        "A list shows 50 restaurants: a coarse score from cells and kitchen state, cached for a minute.",
        "At checkout the full model runs once; the promise is stored and never silently moved.",
        "After it, each event (ready, collected, GPS) updates the estimate; small changes are not shown.",
        "When the feature store is down, routing time plus the hour's usual margin stands in.",
      ],
      next: "The routing provider is down. What do customers see?",
      number: {
        calculator: "queue",
        ask: "Workers for 2,000 lists a second, 12 ms for 50 restaurants in one batch, at 60 %?",
        inputs: { arrivalRate: 2000, serviceMs: 12, servers: 40, target: 60 },
        between: [40, 40],
        worked:
          "2,000 · 0.012 s = 24 at work; at 60 % that takes 40. One call each would be 100,000 a second: batch the list.",
      },
    },
    monitoring: {
      points: [
        "Late share against its level by city and hour, within the hour: labels are there in 40 minutes.",
        "Width of promises: an honest quantile may widen in a storm, and someone should know.",
        "The loop: a later promise lets couriers be sent later, and makes itself true.",
        "Kitchens whose “ready” is off, streets where the map is wrong: lists for people to mend.",
      ],
      next: "In one city 30 % are late since noon. Model, couriers or clock?",
    },
  },
};
