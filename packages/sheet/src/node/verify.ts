import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { CardResult } from "../card.ts";

export interface VerifyOptions {
  readonly seed?: number;
  /** Worker threads; as many as the machine has by default. */
  readonly workers?: number;
  /** A card that takes longer fails; 120 seconds by default. */
  readonly timeoutMs?: number;
  readonly onResult?: (result: CardResult, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface VerifyReport {
  readonly cards: readonly CardResult[];
  readonly ms: number;
}

/** Runs cards in worker threads. A card that throws, hangs or ends its worker is a failed card, never a lost one. */
export async function verify(ids: readonly string[], options: VerifyOptions = {}): Promise<VerifyReport> {
  const started = performance.now();
  const timeoutMs = options.timeoutMs ?? 120_000;
  const results = new Map<string, CardResult>();
  const queue = ids.slice();
  const lanes = Math.max(1, Math.min(options.workers ?? availableParallelism(), queue.length));

  const lane = async (): Promise<void> => {
    let worker: Worker | null = null;
    try {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        options.signal?.throwIfAborted();
        worker ??= startWorker({ seed: options.seed ?? 0, threads: lanes > 1 ? 1 : 0 });
        const result = await runIn(worker, id, timeoutMs, options.signal);
        if (result.lost) {
          await worker.terminate();
          worker = null;
        }
        results.set(id, result.card);
        options.onResult?.(result.card, results.size, ids.length);
      }
    } finally {
      await worker?.terminate();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { cards: ids.map((id) => results.get(id)!), ms: performance.now() - started };
}

/** Sources that run untranslated (this repository's tests) start the built worker, which must find built packages. */
function startWorker(workerData: { seed: number; threads: number }): Worker {
  const built = import.meta.url.replace(/\/src\/node\/[^/]*\.ts$/, "/dist/node/verify.js");
  return new Worker(new URL("verify-worker.js", built), {
    workerData,
    ...(built !== import.meta.url && { execArgv: [] }),
  });
}

async function runIn(
  worker: Worker,
  id: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{ card: CardResult; lost: boolean }> {
  const failed = (error: string) => ({
    card: { id, covers: [], ok: false, checks: [], ms: 0, error },
    lost: true,
  });
  const ends = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(failed(`took longer than ${timeoutMs / 1000} s`)), timeoutMs);
      ends.signal.addEventListener("abort", () => clearTimeout(timer));
      signal?.addEventListener("abort", () => reject(signal.reason), { signal: ends.signal });
      const onMessage = (card: CardResult) => resolve({ card, lost: false });
      const onError = (error: unknown) =>
        resolve(failed(error instanceof Error ? error.message : String(error)));
      const onExit = (code: number) => resolve(failed(`the worker ended with code ${code}`));
      worker.once("message", onMessage).once("error", onError).once("exit", onExit);
      ends.signal.addEventListener("abort", () => {
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      });
      worker.postMessage(id);
    });
  } finally {
    ends.abort();
  }
}
