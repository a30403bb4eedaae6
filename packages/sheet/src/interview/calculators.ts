import * as capacity from "whetstone/capacity";

export interface CalculatorField {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
}

export interface CalculatorResult {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
}

export interface Calculator {
  readonly id: string;
  readonly title: string;
  /** What it computes, as one says it aloud. */
  readonly says: string;
  readonly fields: readonly CalculatorField[];
  compute(values: Readonly<Record<string, number>>): readonly CalculatorResult[];
}

const field = (name: string, label: string, value: number, unit = ""): CalculatorField => ({
  name,
  label,
  unit,
  value,
});
const result = (label: string, value: number, unit = ""): CalculatorResult => ({ label, value, unit });

/** The values of a calculator's fields; what is not given, or is no number, is as the field has it. */
export function calculatorValues(
  { fields }: Calculator,
  given: Readonly<Record<string, string | number>> = {},
): Record<string, number> {
  return Object.fromEntries(
    fields.map(({ name, value }) => {
      const text = Object.hasOwn(given, name) ? String(given[name]).trim() : "";
      return [name, text !== "" && Number.isFinite(Number(text)) ? Number(text) : value];
    }),
  );
}

export const CALCULATORS: readonly Calculator[] = [
  {
    id: "sample-size",
    title: "Sample size of an A/B test",
    says: "Two-sided test of two rates: about 16 p(1 − p)/δ² users in each variant.",
    fields: [
      field("baseline", "Rate today", 5, "%"),
      field("difference", "Change to detect", 1, "points"),
      field("power", "Power", 80, "%"),
      field("alpha", "False positives", 5, "%"),
      field("perDay", "Users a day, both", 10000),
    ],
    compute({ baseline, difference, power, alpha, perDay }) {
      const size = capacity.sampleSizeProportions({
        baseline: baseline! / 100,
        difference: difference! / 100,
        power: power! / 100,
        alpha: alpha! / 100,
      });
      return [
        result("Users per variant", size.perVariant),
        result("Rule of 16", size.ruleOf16),
        ...(perDay! > 0 ? [result("Days to run", size.total / perDay!, "days")] : []),
      ];
    },
  },
  {
    id: "kv-cache",
    title: "KV-cache memory",
    says: "2 · layers · KV heads · head size · tokens · sequences · bytes.",
    fields: [
      field("layers", "Layers", 80),
      field("kvHeads", "KV heads", 8),
      field("headDim", "Head size", 128),
      field("tokens", "Tokens a sequence", 8192),
      field("batch", "Sequences at once", 16),
      field("bytesPerValue", "Width of a value", 2, "bytes"),
    ],
    compute(v) {
      const total = capacity.kvCacheBytes(v as unknown as capacity.KvCacheShape);
      return [
        result("Cache", total / 1e9, "GB"),
        result("Per token", total / v.batch! / v.tokens! / 1e3, "kB"),
      ];
    },
  },
  {
    id: "model-memory",
    title: "Model memory",
    says: "Weights to serve; weights, gradients and Adam's float32 states to train. Activations come on top.",
    fields: [field("billions", "Parameters", 7, "billion"), field("bytesPerParameter", "Width", 2, "bytes")],
    compute({ billions, bytesPerParameter }) {
      const bytes = capacity.trainingBytes({
        parameters: Math.round(billions! * 1e9),
        bytesPerParameter: bytesPerParameter!,
      });
      return [
        result("To serve", bytes.weights / 1e9, "GB"),
        result("To train with Adam", bytes.total / 1e9, "GB"),
      ];
    },
  },
  {
    id: "latency",
    title: "Latency budget",
    says: "Means and variances of the stages add; percentiles do not. The tail is that of a lognormal sum.",
    fields: [
      field("retrieve", "Retrieval, mean", 20, "ms"),
      field("retrieveSd", "Retrieval, deviation", 10, "ms"),
      field("rank", "Ranking, mean", 30, "ms"),
      field("rankSd", "Ranking, deviation", 15, "ms"),
      field("rest", "The rest, mean", 15, "ms"),
      field("restSd", "The rest, deviation", 10, "ms"),
    ],
    compute(v) {
      const budget = capacity.latencyBudget([
        { mean: v.retrieve!, sd: v.retrieveSd! },
        { mean: v.rank!, sd: v.rankSd! },
        { mean: v.rest!, sd: v.restSd! },
      ]);
      return [
        result("Mean", budget.mean, "ms"),
        result("95th percentile", budget.quantile(0.95), "ms"),
        result("99th percentile", budget.quantile(0.99), "ms"),
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
        result("Replicas needed", needed),
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
  {
    id: "storage",
    title: "Storage",
    says: "Rows a day · columns · bytes · days kept · copies, before compression.",
    fields: [
      field("millions", "Rows a day", 100, "million"),
      field("columns", "Columns", 50),
      field("bytesPerValue", "Width of a value", 8, "bytes"),
      field("days", "Kept", 90, "days"),
      field("copies", "Copies", 3),
    ],
    compute(v) {
      const bytes = capacity.tableBytes({
        rowsPerDay: v.millions! * 1e6,
        columns: v.columns!,
        bytesPerValue: v.bytesPerValue!,
        days: v.days!,
        copies: v.copies!,
      });
      return [
        result("All copies", bytes / 1e12, "TB"),
        result("Added each day", v.days! > 0 ? bytes / v.days! / 1e9 : 0, "GB"),
      ];
    },
  },
  {
    id: "vector-index",
    title: "Embedding index",
    says: "Vectors · dimensions · bytes, and about 2M links a vector for HNSW.",
    fields: [
      field("millions", "Vectors", 100, "million"),
      field("dims", "Dimensions", 768),
      field("bytesPerValue", "Width of a value", 4, "bytes"),
      field("M", "Links M", 16),
    ],
    compute({ millions, dims, bytesPerValue, M }) {
      const bytes = capacity.hnswBytes({
        count: Math.round(millions! * 1e6),
        dims: dims!,
        bytesPerValue: bytesPerValue!,
        M: M!,
      });
      return [
        result("Vectors", bytes.vectors / 1e9, "GB"),
        result("Links", bytes.links / 1e9, "GB"),
        result("Index", bytes.total / 1e9, "GB"),
      ];
    },
  },
];
