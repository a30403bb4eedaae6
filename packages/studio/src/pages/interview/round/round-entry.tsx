import { useState } from "preact/hooks";
import { readDraft } from "./draft.ts";
import "./round-entry.css";

/** The way into a round, from the interview's first page. */
export function RoundEntry() {
  const [draft] = useState(readDraft);
  const waits = draft !== null && draft.stage !== "done";
  return (
    <section class="round-entry" aria-labelledby="round-entry">
      <div>
        <h2 id="round-entry">A round of questions</h2>
        <p>
          {!waits
            ? "Five questions with follow-ups in twenty minutes, typed or spoken, then graded by yourself."
            : draft.stage === "run"
              ? `A round waits for you at question ${draft.question + 1} of ${draft.asked.length}.`
              : "A round waits for your grades."}
        </p>
        <a href="#/interview/history">Your rounds so far</a>
      </div>
      <a class="round-go" href="#/interview/round">
        {waits ? "Go on" : "To the round"}
      </a>
    </section>
  );
}
