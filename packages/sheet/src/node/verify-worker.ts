import { parentPort, workerData } from "node:worker_threads";
import { setThreads } from "whetstone/kernels";
import { runCard } from "../card.ts";
import { loadCard } from "./cards.ts";

const { seed, threads } = workerData as { seed: number; threads: number };
// Cards already share the machine: one kernel thread each.
if (threads > 0) setThreads(threads);

parentPort?.on("message", async (id: string) => {
  try {
    const card = await loadCard(id);
    parentPort?.postMessage(await runCard(card, { seed }));
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    parentPort?.postMessage({ id, covers: [], ok: false, checks: [], ms: 0, error });
  }
});
