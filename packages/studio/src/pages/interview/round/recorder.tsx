import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../../store/clock.ts";
import { dropRecording, keepRecording } from "../../../store/recordings.ts";
import { clockText } from "../../speed/pace-bar.tsx";
import { canRecord, LIMIT_MS, NO_RECORDER, record, whyNot } from "./microphone.ts";
import { Playback } from "./playback.tsx";

interface Props {
  /** Where the recording is kept. */
  readonly at: string;
  readonly recorded: boolean;
  readonly onRecorded: (recorded: boolean) => void;
}

type State = "idle" | "asking" | "recording";

const UNSTORED = "The recording could not be stored; it lasts until you close this page.";

/** Speech beside the notes. It is made anew for each question, and ends its recording when it goes. */
export function Recorder({ at, recorded, onRecorded }: Props) {
  const [state, setState] = useState<State>("idle");
  const [said, setSaid] = useState(() => (canRecord() ? "" : NO_RECORDER));
  const [ms, setMs] = useState(0);
  const stop = useRef<(() => void) | null>(null);
  const gone = useRef(false);
  useEffect(
    () => () => {
      gone.current = true;
      stop.current?.();
    },
    [],
  );
  useEffect(() => {
    if (state !== "recording") return undefined;
    const start = now();
    const timer = setInterval(() => {
      setMs(now() - start);
      if (now() - start < LIMIT_MS) return;
      setSaid("The recording stopped at three minutes; your notes go on.");
      stop.current?.();
    }, 250);
    return () => clearInterval(timer);
  }, [state]);

  const begin = async () => {
    setState("asking");
    setSaid("");
    setMs(0);
    try {
      stop.current = await record({
        onSound: (sound) => {
          onRecorded(true);
          void keepRecording(at, sound).then((kept) => !kept && setSaid(UNSTORED));
        },
        onEnd: (how) => {
          stop.current = null;
          setState("idle");
          if (how === "large") setSaid("The recording grew too large and stopped; your notes go on.");
          if (how === "empty") setSaid("Nothing was recorded.");
        },
      });
      // The question may be over before the browser was allowed to listen.
      if (gone.current) stop.current();
      else setState("recording");
    } catch (cause) {
      setState("idle");
      setSaid(whyNot(cause));
    }
  };
  const drop = () => {
    void dropRecording(at);
    onRecorded(false);
  };
  return (
    <div class="recorder">
      {canRecord() && (
        <div class="actions">
          {state === "recording" ? (
            <button type="button" class="quiet stop" onClick={() => stop.current?.()}>
              <i aria-hidden="true" /> Stop recording
            </button>
          ) : (
            <button type="button" class="quiet" disabled={state === "asking"} onClick={() => void begin()}>
              {recorded ? "Record again" : "Record your answer"}
            </button>
          )}
          {state === "recording" && (
            <span class="clock">
              {clockText(ms / 1000)} <small>of {clockText(LIMIT_MS / 1000)}</small>
            </span>
          )}
          {state === "idle" && recorded && (
            <>
              <Playback at={at} />
              <button type="button" class="quiet" onClick={drop}>
                Delete recording
              </button>
            </>
          )}
        </div>
      )}
      <p class="about" role="status">
        {said || "What you say and write stays on this machine."}
      </p>
    </div>
  );
}
