import { argumentError } from "../errors.ts";
import { requireCount, requireInside, requireNonNegative, requireOptions, requirePositive } from "./check.ts";

/** Arrivals and service of a queue with one line and equal servers. */
export interface QueueLoad {
  /** Requests a second. */
  readonly arrivalRate: number;
  /** Mean seconds that one server works on one request. */
  readonly serviceTime: number;
  /** Servers that share the queue, default 1. */
  readonly servers?: number;
}

/** How long requests wait in a queue, on average and at the end of the distribution. */
export interface QueueWait {
  /** Share of time that a server works. */
  readonly utilisation: number;
  /** Chance that a request has to wait at all (Erlang C). */
  readonly waitProbability: number;
  /** Mean seconds in the queue, those that need not wait counted as 0. */
  readonly meanWait: number;
  /** Mean seconds until the answer. */
  readonly meanTime: number;
  /** Mean number of requests in the queue (Little's law). */
  readonly meanQueue: number;
  /** Seconds in the queue that the share p of requests does not exceed. */
  waitQuantile(p: number): number;
}

/**
 * Waiting in an M/M/c queue: arrivals at random times, exponential service times, first come first served.
 *
 * Erlang's C comes from his B by the recursion 1/B(c) = 1 + c/a · 1/B(c − 1), so that no factorial overflows. Throws
 * where the servers cannot keep up (utilisation 1 or more). Source: Kleinrock, Queueing Systems I (1975), section 3.5.
 *
 * @example
 * ```ts
 * queueWait({ arrivalRate: 8, serviceTime: 0.1 }).meanWait; // 0.4
 * ```
 */
export function queueWait(load: QueueLoad): QueueWait {
  const where = "queueWait";
  requireOptions(where, load);
  const { arrivalRate, serviceTime, servers = 1 } = load;
  requirePositive(where, "arrivalRate", arrivalRate);
  requirePositive(where, "serviceTime", serviceTime);
  requireCount(where, "servers", servers);
  const offered = arrivalRate * serviceTime;
  const utilisation = offered / servers;
  if (utilisation >= 1)
    throw argumentError(where, "servers", servers, `more than ${offered} (arrivalRate x serviceTime)`);
  let blocked = 1;
  for (let c = 1; c <= servers; c++) blocked = (offered * blocked) / (c + offered * blocked);
  const waitProbability = blocked / (1 - utilisation * (1 - blocked));
  const drain = (servers - offered) / serviceTime;
  const meanWait = waitProbability / drain;
  return {
    utilisation,
    waitProbability,
    meanWait,
    meanTime: meanWait + serviceTime,
    meanQueue: arrivalRate * meanWait,
    waitQuantile(p) {
      requireInside("QueueWait.waitQuantile", "p", p);
      return p <= 1 - waitProbability ? 0 : Math.log(waitProbability / (1 - p)) / drain;
    },
  };
}

/**
 * Replicas for a load by Little's law: arrivalRate · serviceTime requests are in work on average, each replica works
 * on `concurrency` (default 1) of them, and no more than `targetUtilisation` (default 0.7) of it is planned for.
 *
 * Throws where a number is outside its range. Source: Little, A Proof for the Queuing Formula L = λW (1961).
 *
 * @example
 * ```ts
 * replicasNeeded({ arrivalRate: 500, serviceTime: 0.08 }); // 58
 * ```
 */
export function replicasNeeded(options: {
  readonly arrivalRate: number;
  readonly serviceTime: number;
  readonly concurrency?: number;
  readonly targetUtilisation?: number;
}): number {
  const where = "replicasNeeded";
  requireOptions(where, options);
  const { arrivalRate, serviceTime, concurrency = 1, targetUtilisation = 0.7 } = options;
  requireNonNegative(where, "arrivalRate", arrivalRate);
  requirePositive(where, "serviceTime", serviceTime);
  requireCount(where, "concurrency", concurrency);
  if (!(targetUtilisation > 0 && targetUtilisation <= 1))
    throw argumentError(where, "targetUtilisation", targetUtilisation, "a number > 0 and <= 1");
  const needed = (arrivalRate * serviceTime) / (concurrency * targetUtilisation);
  // 7 / 0.7 is a hair above 10 in floating point, and no reason for one replica more.
  return Math.max(1, Math.ceil(needed * (1 - 1e-12)));
}
