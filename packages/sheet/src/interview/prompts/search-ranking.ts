import type { Prompt } from "../prompt.ts";

export const searchRanking: Prompt = {
  id: "search-ranking",
  group: "rank",
  title: "Ranking a shop's search",
  ask: "Rank 80 million products for 5,000 queries a second. Half of the queries have never been seen before.",
  steps: {
    clarify: {
      points: [
        "What a good result is: bought and kept. Clicks alone reward bait.",
        "Head queries have clicks to learn from; the never-seen half must live on text and structure.",
        "Hard rules (stock, region, law) filter; they are no features.",
        "Answer within 200 ms at the 99th percentile, and price and stock current to the minute.",
      ],
      next: "Someone searches “gift”. What is relevant?",
    },
    metrics: {
      points: [
        "Recall at 1,000 for retrieval, NDCG at 10 for ranking, on judged queries sampled by traffic and from the tail.",
        "Online: purchases per search session, reformulations, empty results; margin as a guard.",
        "Interleaving two rankings within a page needs far fewer sessions than an A/B test, but measures preference only.",
        "Report head, torso and tail apart: the mean hides the tail.",
      ],
      next: "NDCG on clicks rises, on judgements it falls. Which do you believe?",
      number: {
        calculator: "sample-size",
        ask: "Sessions per arm to see 3 % of sessions that buy become 3.1 %?",
        inputs: { baseline: 3, difference: 0.1, perDay: 1_000_000 },
        between: [460_000, 480_000],
        worked:
          "16 · 0.03 · 0.97 / 0.001² ≈ 466,000: a day of traffic, and two weeks anyway for the weekdays.",
      },
    },
    data: {
      points: [
        "Clicks fall with position whatever is shown: weight them by 1 / P(examined), from swapped neighbours.",
        "Graded labels: purchase over cart over click; skipped above a click counts as seen, below it does not.",
        "Judges or a checked language model label a fixed sample; agreement is reported.",
        "Query × product history is a feature for the head and a leak where it includes the session itself.",
      ],
      next: "How do you estimate examination without hurting users?",
    },
    model: {
      points: [
        "Understand first: spelling, category, brand and size out of the query; a wrong category costs more than a weak ranker.",
        "BM25 and two towers retrieve together: part numbers need words, “shoes for rain” needs vectors.",
        "LambdaMART on some hundred features ranks a thousand; a cross-encoder reranks the top 50.",
        "Tower negatives: in-batch ones corrected for popularity, then hard ones from ranks 100 to 500.",
      ],
      next: "Why is the loss pairwise or listwise, and what does LambdaMART weight a pair by?",
      number: {
        calculator: "vector-index",
        ask: "GB of vectors for 80 million products, 256 values of 2 bytes?",
        inputs: { millions: 80, dims: 256, bytesPerValue: 2, M: 16 },
        between: [40.5, 41.5],
        worked:
          "8·10⁷ · 512 B ≈ 41 GB, and HNSW's links add 11: it fits one machine, so replicate it instead of sharding.",
      },
    },
    serving: {
      points: [
        "Word index and vector index are asked in parallel; the slower one has a deadline, and ranks are fused (1/(k + rank)).",
        "Head queries come from a cache of minutes, keyed by region; prices are patched in after it.",
        "New products are searchable within minutes: text at once, vector from the stream.",
        "A product's features are stored beside its vector, so that ranking reads no second store.",
      ],
      next: "Your 99th percentile is the slowest of 20 shards. What can you do?",
      number: {
        calculator: "latency",
        ask: "The 99th percentile of retrieval 25 ± 12, ranking 60 ± 25 and the rest 20 ± 10 ms?",
        inputs: {
          retrieve: 25,
          retrieveSd: 12,
          rank: 60,
          rankSd: 25,
          rest: 20,
          restSd: 10,
          limit: 200,
        },
        between: [190, 196],
        worked:
          "Mean 105, deviation √(144 + 625 + 100) ≈ 29.5; 3 deviations up for the skew is 193. Percentiles added say 259.",
      },
    },
    monitoring: {
      points: [
        "Empty results and reformulations by query class; the top new queries of the week read by a person.",
        "Share of answers that came late or from one index only.",
        "Score drift by category after each catalogue load: a renamed field silences a feature.",
        "A weekly judged sample, since clicks agree with whatever ranks them.",
      ],
      next: "Purchases per search fell 2 % on phones only. First three queries you run?",
    },
  },
};
