import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Round } from "../../../store/round.ts";
import { clearDraft, DRAFT_KEY, draftText, keepDraft, readDraft } from "./draft.ts";
import { after, type Step } from "./steps.ts";

export interface RoundState {
  readonly round: Round | null;
  /** False where a reload would lose the round. */
  readonly kept: boolean;
  /** Another tab goes on with it. */
  readonly elsewhere: boolean;
  readonly begin: (round: Round) => void;
  readonly step: (step: Step) => Round | null;
  /** Takes the round over from the other tab. */
  readonly takeOver: () => void;
  readonly clear: () => void;
}

function unfinished(): Round | null {
  const draft = readDraft();
  return draft?.stage === "done" ? null : draft;
}

/** The round that is under way, kept with every step. */
export function useRound(): RoundState {
  const [round, show] = useState<Round | null>(unfinished);
  const [kept, setKept] = useState(true);
  const [elsewhere, setElsewhere] = useState(false);
  const latest = useRef(round);
  const away = useRef(false);
  const [found] = useState(draftText);

  const put = useCallback((next: Round | null, write: boolean) => {
    latest.current = next;
    show(next);
    if (write && next) setKept(keepDraft(next));
  }, []);
  const step = useCallback((what: Step) => {
    if (latest.current === null || away.current) return latest.current;
    // The clock alone is written when the page is left.
    put(after(latest.current, what), what.kind !== "tick");
    return latest.current;
  }, []);

  useEffect(() => {
    const leave = () => {
      if (latest.current && !away.current) keepDraft(latest.current);
    };
    const hear = ({ key, newValue }: StorageEvent) => {
      // What this tab wrote before a reload may be told late; it is what the page began with.
      if (key !== DRAFT_KEY || (newValue !== null && newValue === found)) return;
      if (newValue === null) put(null, false);
      away.current = newValue !== null;
      setElsewhere(newValue !== null);
    };
    addEventListener("pagehide", leave);
    addEventListener("storage", hear);
    return () => {
      leave();
      removeEventListener("pagehide", leave);
      removeEventListener("storage", hear);
    };
  }, []);

  return {
    round,
    kept,
    elsewhere,
    step,
    begin: (first) => put(first, true),
    takeOver: () => {
      away.current = false;
      setElsewhere(false);
      put(unfinished(), true);
    },
    clear: () => {
      put(null, false);
      clearDraft();
    },
  };
}
