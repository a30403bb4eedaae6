import { now } from "../../store/clock.ts";
import { toJson } from "../../store/exchange.ts";
import { log, rounds, settings } from "../../store/history.ts";

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  const type = name.endsWith(".json") ? "application/json" : "text/plain";
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function exportHistory(): void {
  const day = new Date(now()).toISOString().slice(0, 10);
  const all = { log: log.value, settings: settings.value, rounds: rounds.value };
  download(`whetstone-history-${day}.json`, toJson(all, now()));
}
