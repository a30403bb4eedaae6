import { useRef, useState } from "preact/hooks";
import { fromJson, type History, toAnki } from "../../store/exchange.ts";
import { importMerging, log, replaceHistory, rounds, saveSettings, settings } from "../../store/history.ts";
import { DEFAULTS, RANGES } from "../../store/log.ts";
import { CountField } from "../count-field.tsx";
import { deck } from "./deck.ts";
import { download, exportHistory } from "./download.ts";
import { Workload } from "./workload.tsx";

export function SettingsView() {
  const { retention, newPerDay, dailyCap } = settings.value;
  const [low, high] = RANGES.retention;
  return (
    <>
      <section aria-labelledby="how-well">
        <h2 id="how-well">How well, for how much work</h2>
        <label class="retention">
          <span>
            Retention <output>{Math.round(100 * retention)} %</output>
          </span>
          <input
            type="range"
            min={low}
            max={high}
            step={0.01}
            value={retention}
            aria-valuetext={`${Math.round(100 * retention)} percent`}
            onInput={(event) => void saveSettings({ retention: Number(event.currentTarget.value) })}
          />
        </label>
        <p class="about">
          The share of due items you want to know still. A change moves every due date, computed anew from
          your answers.
        </p>
        <Workload />
      </section>
      <section aria-labelledby="a-day" class="two">
        <h2 id="a-day">A day</h2>
        <CountField
          label="New items a day"
          range={RANGES.newPerDay}
          value={newPerDay}
          onChange={(typed) => void saveSettings({ newPerDay: typed })}
        />
        <CountField
          label="Reviews a day, at most"
          range={RANGES.dailyCap}
          value={dailyCap}
          onChange={(typed) => void saveSettings({ dailyCap: typed })}
        />
        <p class="about">
          Reviews above the cap wait for the next days, the likeliest to be forgotten first; nothing is lost
          by a week away.
        </p>
      </section>
      <Files />
    </>
  );
}

const answers = (n: number) => `${n} ${n === 1 ? "entry" : "entries"}`;
const withRounds = (entries: number, n: number) =>
  n === 0
    ? answers(entries)
    : `${answers(entries)} and ${n} ${n === 1 ? "round" : "rounds"} of the interview`;

function Files() {
  const file = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  const [found, setFound] = useState<History | null>(null);
  const [resetting, setResetting] = useState(false);

  const read = async (chosen: File | undefined) => {
    setFound(null);
    setSaid("");
    if (!chosen) return;
    try {
      setFound(fromJson(await chosen.text()));
    } catch (cause) {
      setSaid(cause instanceof Error ? cause.message : String(cause));
    }
    // The same file may be chosen again.
    if (file.current) file.current.value = "";
  };
  const add = async (history: History) => {
    setSaid(`${answers(await importMerging(history))} added to your history.`);
    setFound(null);
  };
  const replace = async (history: History) => {
    exportHistory();
    await replaceHistory(history);
    setFound(null);
    setSaid(`Your history is the file's now, ${answers(history.log.length)}; the one before was downloaded.`);
  };
  const reset = async () => {
    exportHistory();
    await replaceHistory({ log: [], settings: DEFAULTS, rounds: [] });
    setResetting(false);
    setSaid("The drill starts anew; what you had learned was downloaded.");
  };
  const anki = async () => {
    try {
      const chapters = await Promise.all(deck.map((chapter) => chapter.anki()));
      download("whetstone-anki.txt", toAnki(chapters.flatMap((c) => c.default)));
      setSaid("");
    } catch {
      setSaid("The items could not be loaded; is the connection gone?");
    }
  };
  return (
    <section aria-labelledby="files">
      <h2 id="files">Your history</h2>
      <p class="about">
        {withRounds(log.value.length, rounds.value.length)}, kept in this browser; nothing leaves this machine
        unless you export it.
      </p>
      <div class="tools">
        <button type="button" onClick={exportHistory}>
          Export
        </button>
        <button type="button" class="quiet" onClick={() => file.current?.click()}>
          Import …
        </button>
        <button type="button" class="quiet" onClick={() => void anki()}>
          Export items for Anki
        </button>
        <button type="button" class="quiet" onClick={() => setResetting(true)}>
          Start anew …
        </button>
        <input
          ref={file}
          class="unseen"
          type="file"
          accept=".json,application/json"
          tabIndex={-1}
          aria-label="A history to import"
          onChange={(event) => void read(event.currentTarget.files?.[0])}
        />
      </div>
      <p class="about">
        Anki gets questions, formulas and claims; numbers to predict need the lab and stay here.
      </p>
      {found && (
        <div class="notice ask-first">
          <p>
            This file holds {withRounds(found.log.length, found.rounds.length)}. Adding keeps both histories;
            replacing downloads yours first, and keeps your rounds of the interview.
          </p>
          <div class="tools">
            <button type="button" onClick={() => void add(found)}>
              Add to mine
            </button>
            <button type="button" class="quiet" onClick={() => void replace(found)}>
              Replace mine
            </button>
            <button type="button" class="quiet" onClick={() => setFound(null)}>
              Cancel
            </button>
          </div>
        </div>
      )}
      {resetting && (
        <div class="notice ask-first">
          <p>
            Starting anew forgets {answers(log.value.length)} and your settings; a copy is downloaded first.
            Rounds of the interview stay.
          </p>
          <div class="tools">
            <button type="button" onClick={() => void reset()}>
              Download and start anew
            </button>
            <button type="button" class="quiet" onClick={() => setResetting(false)}>
              Cancel
            </button>
          </div>
        </div>
      )}
      <p role="status" class={said ? "notice" : "unseen"}>
        {said}
      </p>
    </section>
  );
}
