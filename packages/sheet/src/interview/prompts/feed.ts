import type { Prompt } from "../prompt.ts";

export const feed: Prompt = {
  id: "feed",
  group: "rank",
  title: "Recommendation feed",
  ask: "Design the home feed of an app with 50 million daily users and 100 million items.",
  steps: {
    clarify: {
      points: [
        "What the feed is for: time well spent, sales, or return visits.",
        "How fresh items must be, and what new users and items see.",
        "What may never be shown, and who is harmed by what is shown too often.",
        "The time allowed: about 200 ms at the 99th percentile.",
      ],
      next: "What would you leave out of the first version?",
    },
    metrics: {
      points: [
        "Online: return after a week and satisfied views, not clicks alone.",
        "Offline: recall at k for retrieval, NDCG for ranking, on a split by time.",
        "Offline gains on logs of the old feed are biased to what it showed: they choose what to test, not what to launch.",
        "Guards: latency, hides and reports, share of creators seen.",
      ],
      next: "Offline NDCG rises and return visits fall. Why?",
      number: {
        calculator: "sample-size",
        ask: "Users per variant to see a return rate of 20 % move by half a point?",
        inputs: { baseline: 20, difference: 0.5, perDay: 50_000 },
        between: [99_000, 103_000],
        worked: "16 · 0.2 · 0.8 / 0.005² ≈ 102,000 in each arm, plus the week until they return.",
      },
    },
    data: {
      points: [
        "Impressions with position, not clicks alone: what was not shown is no negative.",
        "Features as they were at the time of the impression.",
        "A small random slice of traffic measures the bias of the rest.",
        "Watching time is censored by the item's length and by leaving the app.",
      ],
      next: "How do you keep the future out of a training row?",
    },
    model: {
      points: [
        "Two towers retrieve a thousand items, beside followed and trending ones; a heavier ranker orders them.",
        "In-batch negatives are popular items: subtract log frequency, or the tower buries what is popular.",
        "One ranker with several heads; their weights are a product decision.",
        "A last pass for variety, rules and exploration.",
      ],
      next: "Why not rank everything with the heavy model?",
      number: {
        calculator: "vector-index",
        ask: "GB of all item vectors, 128 float32 values each, before the links of HNSW?",
        inputs: { millions: 100, dims: 128, bytesPerValue: 4, M: 16 },
        between: [50.5, 52],
        worked: "10⁸ · 512 B = 51 GB; links add 132 B an item, 13 GB. One large machine holds it.",
      },
    },
    serving: {
      points: [
        "Item vectors are computed ahead, the user's at request time.",
        "Features come from one store that training reads too.",
        "If the ranker is late, a cached or popular list is shown.",
        "What was just seen is excluded at the last step, from memory and not from the index.",
      ],
      next: "Which stage do you cut first when the 99th percentile is too high?",
      number: {
        calculator: "latency",
        ask: "The 99th percentile of retrieval 20 ± 10, ranking 60 ± 25 and the rest 30 ± 15 ms?",
        inputs: { retrieve: 20, retrieveSd: 10, rank: 60, rankSd: 25, rest: 30, restSd: 15, limit: 200 },
        between: [200, 206],
        worked:
          "Mean 110, deviation √(100 + 625 + 225) ≈ 31; three of them for the skew: 203, just over 200. Percentiles added say 275.",
      },
    },
    monitoring: {
      points: [
        "Drift of features and scores, and calibration by segment.",
        "A holdout that keeps the old ranking for months.",
        "Loops: does the model see only what it has shown?",
        "How many impressions a new item gets in its first day, and how many never get one.",
      ],
      next: "What makes you roll back without a meeting?",
    },
  },
};
