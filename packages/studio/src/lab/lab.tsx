import type { CardResult, Controls } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { moved } from "../code/edited.ts";
import { currentQuery, route, writeQuery } from "../router.ts";
import type { LabState } from "./address.ts";
import { OneLab } from "./one-lab.tsx";
import { joinQuery, splitQuery, type Two } from "./two.ts";
import "./play.css";

interface Props {
  readonly id: string;
  readonly controls: Controls;
  readonly budget: "quick" | "costly";
  readonly verifiedAgainst: readonly string[];
  /** Told of every run that ended. */
  readonly onResult?: (result: CardResult) => void;
}

/** The lab of a card, or two of them with different settings. The address says how many and with which. */
export function Lab({ id, controls, budget, verifiedAgainst, onResult }: Props) {
  const { query } = route.value;
  const [two, setTwo] = useState<Two>(() => splitQuery(query));
  const now = useRef(two);
  const [states, setStates] = useState<readonly (LabState | null)[]>([null, null]);
  const [said, say] = useState("");

  useEffect(() => {
    now.current = splitQuery(query);
    setTwo(now.current);
  }, [query]);

  /** What the labs write goes to the address at once, and to the labs only when one is opened or closed. */
  function write(next: Two) {
    const opened = (next.second === null) !== (now.current.second === null);
    now.current = next;
    writeQuery(id, joinQuery(next));
    if (opened) setTwo(next);
  }
  const take = (which: 0 | 1) => (state: LabState, own: Controls) => {
    setStates((states) => states.map((old, i) => (i === which ? state : old)));
    if (which === 0) moved.value = { controls: own, state };
  };

  const comparing = two.second !== null;
  const differing = new Set(
    comparing ? Object.keys(states[0]?.controls ?? {}).filter((name) => differ(states, name)) : [],
  );
  const shared = { id, controls, budget, verifiedAgainst, differing };

  async function copyLink() {
    currentQuery();
    try {
      await navigator.clipboard.writeText(location.href);
      say("Link copied");
    } catch {
      say("The browser did not allow copying");
    }
  }

  return (
    <div class={comparing ? "bench two" : "bench"}>
      <div class="bench-tools">
        <button
          type="button"
          class="small"
          aria-pressed={comparing}
          onClick={() => write({ ...now.current, second: comparing ? null : { ...now.current.first } })}
        >
          {comparing ? "Close comparison" : "Compare"}
        </button>
        <button type="button" class="small" onClick={copyLink}>
          Copy link
        </button>
        <span role="status">{said}</span>
      </div>
      <div class="bench-labs">
        <OneLab
          {...shared}
          label={comparing ? "Lab A" : "Lab"}
          query={two.first}
          onQuery={(first) => write({ ...now.current, first })}
          onState={take(0)}
          onResult={onResult}
        />
        {two.second !== null && (
          <OneLab
            {...shared}
            label="Lab B"
            query={two.second}
            onQuery={(second) => now.current.second !== null && write({ ...now.current, second })}
            onState={take(1)}
          />
        )}
      </div>
    </div>
  );
}

function differ([a, b]: readonly (LabState | null)[], name: string): boolean {
  return a != null && b != null && a.controls[name] !== b.controls[name];
}
