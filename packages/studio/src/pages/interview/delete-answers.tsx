import type { Prompt } from "@whetstone/sheet/interview";
import { useEffect, useRef, useState } from "preact/hooks";
import { download } from "../drill/download.ts";
import type { Walk } from "./walk.ts";
import { walkText } from "./walk-text.ts";

interface DeleteProps {
  readonly prompt: Prompt;
  readonly walk: Walk;
  onDelete(): void;
}

/** Deletes the answers after a question, and hands them out as a text first to whoever wants them. */
export function DeleteAnswers({ prompt, walk, onDelete }: DeleteProps) {
  const [asking, setAsking] = useState(false);
  const [saved, setSaved] = useState(false);
  const ask = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  useEffect(() => {
    if (asking) first.current?.focus();
    else if (asked.current) ask.current?.focus();
    asked.current ||= asking;
  }, [asking]);
  const save = () => {
    download(`whetstone-${prompt.id}.txt`, walkText(prompt, walk));
    setSaved(true);
  };
  if (!asking)
    return (
      <div class="walk-actions">
        <button type="button" class="quiet" onClick={save}>
          Download the answers
        </button>
        <button type="button" class="quiet" ref={ask} onClick={() => setAsking(true)}>
          Delete them and start again …
        </button>
      </div>
    );
  return (
    <section
      class="notice walk-delete"
      aria-labelledby="walk-delete"
      onKeyDown={(event) => {
        if (event.key === "Escape") setAsking(false);
      }}
    >
      <p id="walk-delete">
        Delete your answers to “{prompt.title}”? Texts, times, numbers and grades are then gone from this
        browser.
      </p>
      <div class="walk-actions">
        <button type="button" ref={first} onClick={save}>
          Download them first
        </button>
        <button type="button" class="quiet" onClick={onDelete}>
          Delete
        </button>
        <button type="button" class="quiet" onClick={() => setAsking(false)}>
          Keep them
        </button>
      </div>
      <p role="status">{saved ? `The answers went to whetstone-${prompt.id}.txt.` : ""}</p>
    </section>
  );
}
