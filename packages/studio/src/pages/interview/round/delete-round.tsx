import { useEffect, useRef, useState } from "preact/hooks";
import { deleteRound } from "../../../store/history.ts";
import type { Round } from "../../../store/round.ts";
import { exportHistory } from "../../drill/download.ts";

/** Deletes a round, after a question that offers to export it first. */
export function DeleteRound({ round }: { readonly round: Round }) {
  const [asking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) first.current?.focus();
  }, [asking]);
  const spoken = round.asked.flatMap(({ parts }) => parts).filter(({ recorded }) => recorded).length;
  const remove = async () => {
    await deleteRound(round.id);
    location.hash = "#/interview/history";
  };
  if (!asking)
    return (
      <div class="actions">
        <button type="button" class="quiet" onClick={() => setAsking(true)}>
          Delete this round …
        </button>
      </div>
    );
  return (
    <section class="notice ask-first" aria-label="Delete this round">
      <p>
        Its notes and grades are then gone from this browser.
        {spoken > 0 &&
          ` So ${spoken === 1 ? "is its recording, which is" : `are its ${spoken} recordings, which are`} in no export.`}{" "}
        What went to the drill stays there.
      </p>
      <div class="actions">
        <button
          type="button"
          ref={first}
          onClick={() => {
            exportHistory();
            void remove();
          }}
        >
          Export all, then delete
        </button>
        <button type="button" class="quiet" onClick={() => void remove()}>
          Delete
        </button>
        <button type="button" class="quiet" onClick={() => setAsking(false)}>
          Keep it
        </button>
      </div>
    </section>
  );
}
