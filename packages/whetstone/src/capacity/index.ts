/**
 * The numbers of a system on the back of an envelope: how many users a test needs, how much memory a model, how many
 * machines a load, how long a request takes, what a flag is worth, how much to order, and what it costs.
 */
export { type AlertLoad, alertLoad } from "./alerts.ts";
export { type CallPrice, callCost } from "./cost.ts";
export { type LatencyBudget, latencyBudget } from "./latency.ts";
export { type KvCacheShape, kvCacheBytes, type TrainingBytes, trainingBytes } from "./memory.ts";
export { type OrderPlan, orderQuantity } from "./order.ts";
export { type QueueLoad, type QueueWait, queueWait, replicasNeeded } from "./queue.ts";
export { type SampleSize, sampleSizeMeans, sampleSizeProportions, type TestDesign } from "./sample-size.ts";
export type { LatencyStage } from "./stage.ts";
export { hnswBytes, type IndexBytes, tableBytes } from "./storage.ts";
