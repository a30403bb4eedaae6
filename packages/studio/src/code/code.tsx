import type { Controls } from "@whetstone/sheet";
import { useState } from "preact/hooks";
import { fromQuery } from "../lab/address.ts";
import { currentQuery } from "../router.ts";
import { runnable } from "./runnable.ts";

/** The text of a source that was coloured at build time. */
export function textOf(html: string): string {
  const holder = document.createElement("div");
  holder.innerHTML = html;
  return holder.textContent ?? "";
}

/** The source of an experiment: to read, to copy, to run elsewhere. */
export function Code({ source, controls }: { readonly source: string; readonly controls: Controls }) {
  const [said, say] = useState("");
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      say(what);
    } catch {
      say("The browser did not allow copying");
    }
  };
  const state = () => fromQuery(controls, currentQuery()).state;
  return (
    <details class="code">
      <summary>The code of the experiment</summary>
      <div class="actions">
        <button type="button" class="quiet" onClick={() => copy(textOf(source), "Copied")}>
          Copy
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() =>
            copy(
              runnable(textOf(source), controls, state()),
              "Copied as a file that runs, with these controls and this seed",
            )
          }
        >
          Runnable file
        </button>
        <span role="status">{said}</span>
      </div>
      <pre tabIndex={0}>
        <code dangerouslySetInnerHTML={{ __html: source }} />
      </pre>
    </details>
  );
}
