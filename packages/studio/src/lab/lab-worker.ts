/** Runs cards away from the page, one at a time; the page ends this worker to cancel. */
import cards from "virtual:cards";
import type { Card, LabData } from "@whetstone/sheet";
import { OWN, runCard } from "@whetstone/sheet/run";
import { fitToPage, type ShownOutput } from "./fit-to-page.ts";
import type { LabMessage, LabReply, LabRequest } from "./lab-client.ts";
import type { PlainData } from "./own/prepare.ts";

const post = (reply: LabReply) => postMessage(reply);
const sentence = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
let current = 0;

addEventListener("message", async ({ data }: MessageEvent<LabMessage>) => {
  if ("prepare" in data) {
    // What cannot be fetched now is said when the card is run.
    void cards[data.prepare]?.().catch(() => {});
    return;
  }
  const { run, id, controls, seed, source, table } = data;
  current = run;
  const outputs: ShownOutput[] = [];
  let last = 0;
  try {
    const card = source === undefined ? await cardOf(id) : await compiled(source);
    if (source !== undefined) post({ kind: "controls", run, controls: card.controls });
    const result = await runCard(card, {
      controls: table ? await withOwn(card, controls, table) : controls,
      seed,
      onOutput(output) {
        if (output.kind !== "check") outputs.push(fitToPage(output));
      },
      onProgress(done, total) {
        // The page needs a few steps a second, not every one.
        if (done < total && performance.now() - last < 50) return;
        last = performance.now();
        post({ kind: "progress", run, done, total });
      },
    });
    post({ kind: "done", run, outputs, result });
  } catch (cause) {
    post({ kind: "failed", run, error: sentence(cause) });
  }
});

/** The reader's data in the place of their name. */
async function withOwn(
  card: Card,
  controls: LabRequest["controls"],
  table: PlainData,
): Promise<Record<string, unknown>> {
  const { Matrix } = await import("whetstone/math");
  const { data, rows, cols, ...rest } = table;
  const own: LabData = { ...rest, X: new Matrix(data, rows, cols), own: true };
  return Object.fromEntries(
    Object.entries(controls).map(([name, value]) => {
      const asked = card.controls[name]?.kind === "dataset" && value === OWN;
      return [name, asked ? own : value];
    }),
  );
}

async function cardOf(id: string): Promise<Card> {
  const load = cards[id];
  if (!load) throw new Error(`there is no card ${id}`);
  return (await load()).default;
}

async function compiled(source: string): Promise<Card> {
  const { compile } = await import("../code/compile.ts");
  return compile(source);
}

// A promise that a card did not await: without this the page would wait for ever.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  post({ kind: "failed", run: current, error: sentence(event.reason) });
});

post({ kind: "ready" });
