import { loadCards } from "@whetstone/sheet/node";
import { print, tell } from "../terminal.ts";
import { studio } from "./studio.ts";
import { report, runCards } from "./verify.ts";

/** The speed run, then the studio. */
export async function start(options: { readonly port: number; readonly once?: boolean }): Promise<void> {
  const cards = (await loadCards()).filter((card) => card.budget === "quick");
  const outcome = await runCards(cards, 0);
  for (const result of outcome.results) if (!result.ok) print(report(result));
  print(outcome.summary);
  if (options.once) {
    if (!outcome.ok) process.exitCode = 1;
    return;
  }
  if (!outcome.ok) tell("Some checks do not hold; the studio shows which.");
  await studio(options);
}
