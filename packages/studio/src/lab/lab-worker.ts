/** Runs cards away from the page, one at a time; the page ends this worker to cancel. */
import cards from "virtual:cards";
import { type Output, runCard } from "@whetstone/sheet";
import type { LabReply, LabRequest } from "./lab-client.ts";

const post = (reply: LabReply) => postMessage(reply);

addEventListener("message", async ({ data }: MessageEvent<LabRequest>) => {
  const { run, id, controls, seed } = data;
  const outputs: Output[] = [];
  let last = 0;
  try {
    const load = cards[id];
    if (!load) throw new Error(`there is no card ${id}`);
    const { default: card } = await load();
    const result = await runCard(card, {
      controls,
      seed,
      onOutput: (output) => outputs.push(output),
      onProgress(done, total) {
        // The page needs a few steps a second, not every one.
        if (done < total && performance.now() - last < 50) return;
        last = performance.now();
        post({ kind: "progress", run, done, total });
      },
    });
    post({ kind: "done", run, outputs, result });
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    post({ kind: "failed", run, error });
  }
});
