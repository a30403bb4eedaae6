import * as capacity from "whetstone/capacity";
import { type Calculator, field, result } from "../calculator.ts";

/** How long requests take, how many machines they need, and what they cost. */
export const SERVING: readonly Calculator[] = [
  {
    id: "latency",
    title: "Latency budget",
    says: "Lognormal stages in turn, convolved. Means and variances add; percentiles added come out too high.",
    fields: [
      field("retrieve", "Retrieval, mean", 20, "ms"),
      field("retrieveSd", "Retrieval, deviation", 10, "ms"),
      field("rank", "Ranking, mean", 30, "ms"),
      field("rankSd", "Ranking, deviation", 15, "ms"),
      field("rest", "The rest, mean", 15, "ms"),
      field("restSd", "The rest, deviation", 10, "ms"),
      field("limit", "Limit", 120, "ms"),
    ],
    compute(v) {
      const budget = capacity.latencyBudget([
        { mean: v.retrieve!, sd: v.retrieveSd! },
        { mean: v.rank!, sd: v.rankSd! },
        { mean: v.rest!, sd: v.restSd! },
      ]);
      const [low, high] = budget.quantileBounds(0.99);
      return [
        result("99th percentile", budget.quantile(0.99), "ms"),
        result("Off by at most", (high - low) / 2, "ms"),
        result("99th percentiles added", budget.sumOfQuantiles(0.99), "ms"),
        result("95th percentile", budget.quantile(0.95), "ms"),
        result("Mean", budget.mean, "ms"),
        result("Within the limit", 100 * budget.shareWithin(v.limit!), "%"),
      ];
    },
  },
  {
    id: "arrival",
    title: "A promised arrival",
    says: "Preparation, handover and ride convolved: the time that the asked share of orders keeps.",
    fields: [
      field("prepare", "Preparation, mean", 14, "min"),
      field("prepareSd", "Preparation, deviation", 6, "min"),
      field("wait", "Handover, mean", 4, "min"),
      field("waitSd", "Handover, deviation", 3, "min"),
      field("ride", "Ride, mean", 12, "min"),
      field("rideSd", "Ride, deviation", 4, "min"),
      field("share", "To be on time", 90, "%"),
      field("promise", "Promise now", 35, "min"),
    ],
    compute(v) {
      const budget = capacity.latencyBudget([
        { mean: v.prepare!, sd: v.prepareSd! },
        { mean: v.wait!, sd: v.waitSd! },
        { mean: v.ride!, sd: v.rideSd! },
      ]);
      const share = v.share! / 100;
      return [
        result("Promise", budget.quantile(share), "min"),
        result("The stages' own, added", budget.sumOfQuantiles(share), "min"),
        result("On time as promised now", 100 * budget.shareWithin(v.promise!), "%"),
        result("Mean", budget.mean, "min"),
      ];
    },
  },
  {
    id: "queue",
    title: "Waiting and replicas",
    says: "Little's law counts the requests in work; Erlang C says how long a request waits for a free server.",
    fields: [
      field("arrivalRate", "Requests", 500, "a second"),
      field("serviceMs", "Work on one", 80, "ms"),
      field("servers", "Servers", 58),
      field("target", "Planned utilisation", 70, "%"),
    ],
    compute({ arrivalRate, serviceMs, servers, target }) {
      const load = { arrivalRate: arrivalRate!, serviceTime: serviceMs! / 1000 };
      const needed = capacity.replicasNeeded({ ...load, targetUtilisation: target! / 100 });
      const queue = capacity.queueWait({ ...load, servers: servers! });
      return [
        result("Servers needed", needed),
        result("Utilisation", 100 * queue.utilisation, "%"),
        result("Have to wait", 100 * queue.waitProbability, "%"),
        result("99th percentile of waits", 1000 * queue.waitQuantile(0.99), "ms"),
      ];
    },
  },
  {
    id: "call-cost",
    title: "Cost per call",
    says: "Tokens times price, with cached input at its own price.",
    fields: [
      field("tokensIn", "Tokens read", 4000),
      field("tokensOut", "Tokens written", 500),
      field("priceIn", "Price in", 3, "$ a million"),
      field("priceOut", "Price out", 15, "$ a million"),
      field("cached", "Input from cache", 50, "%"),
      field("cachedPrice", "Cached price", 10, "% of fresh"),
      field("callsPerDay", "Calls a day", 100000),
    ],
    compute({ cached, cachedPrice, callsPerDay, ...call }) {
      const cost = capacity.callCost({
        ...(call as unknown as capacity.CallPrice),
        cachedShare: cached! / 100,
        cachedPrice: cachedPrice! / 100,
      });
      return [result("One call", 100 * cost, "cents"), result("Thirty days", 30 * callsPerDay! * cost, "$")];
    },
  },
];
