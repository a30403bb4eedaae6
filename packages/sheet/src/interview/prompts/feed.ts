import type { Prompt } from "../prompt.ts";

export const feed: Prompt = {
  id: "feed",
  title: "Recommendation feed",
  ask: "Design the home feed of an app with 50 million daily users and 100 million items.",
  steps: {
    clarify: {
      points: [
        "What the feed is for: time well spent, sales, or return visits.",
        "How fresh items must be, and what new users and items see.",
        "The time allowed: about 200 ms at the 99th percentile.",
      ],
      next: "What would you leave out of the first version?",
    },
    metrics: {
      points: [
        "Online: return after a week and satisfied views, not clicks alone.",
        "Offline: recall at k for retrieval, NDCG for ranking, on a split by time.",
        "Guards: latency, hides and reports, share of creators seen.",
      ],
      next: "Offline NDCG rises and return visits fall. Why?",
      number: {
        calculator: "sample-size",
        ask: "Users per variant to see a return rate of 20 % move by half a point?",
        inputs: { baseline: 20, difference: 0.5, perDay: 50000 },
        between: [90_000, 115_000],
      },
    },
    data: {
      points: [
        "Impressions with position, not clicks alone: what was not shown is no negative.",
        "Features as they were at the time of the impression.",
        "A small random slice of traffic measures the bias of the rest.",
      ],
      next: "How do you keep the future out of a training row?",
    },
    model: {
      points: [
        "Two towers retrieve some hundred items, a heavier ranker orders them.",
        "One ranker with several heads; their weights are a product decision.",
        "A last pass for variety, rules and exploration.",
      ],
      next: "Why not rank everything with the heavy model?",
      number: {
        calculator: "vector-index",
        ask: "GB of all item vectors, 128 float32 dimensions, before the links of HNSW?",
        inputs: { millions: 100, dims: 128, bytesPerValue: 4, M: 16 },
        between: [50, 53],
      },
    },
    serving: {
      points: [
        "Item vectors are computed ahead, the user's at request time.",
        "Features come from one store that training reads too.",
        "If the ranker is late, a cached or popular list is shown.",
      ],
      next: "Which stage do you cut first when the 99th percentile is too high?",
      number: {
        calculator: "latency",
        ask: "Mean of retrieval 20, ranking 60 and the rest 30 ms, and its tail?",
        inputs: { retrieve: 20, retrieveSd: 10, rank: 60, rankSd: 25, rest: 30, restSd: 15 },
        between: [109, 111],
      },
    },
    monitoring: {
      points: [
        "Drift of features and scores, and calibration by segment.",
        "A holdout that keeps the old ranking for months.",
        "Loops: does the model see only what it has shown?",
      ],
      next: "What makes you roll back without a meeting?",
    },
  },
};
