import { useEffect, useRef } from "preact/hooks";
import { now } from "../../../store/clock.ts";
import { type Round, recordingKey, spent } from "../../../store/round.ts";
import { html } from "../../drill/item-view.tsx";
import { clockText, PaceBar } from "../../speed/pace-bar.tsx";
import { pace } from "../../speed/session.ts";
import { Recorder } from "./recorder.tsx";
import { ahead, currentPart, left, type Step } from "./steps.ts";
import { askHtml, type Texts } from "./texts.ts";
import { useGoOn } from "./use-go-on.ts";

interface Props {
  readonly round: Round;
  readonly texts: Texts | null;
  readonly step: (step: Step) => unknown;
}

const TICK_MS = 500;
const NEXT = {
  "follow-up": "On to the follow-up",
  question: "Next question",
  review: "To the review",
} as const;

/** One question at a time. */
export function Run({ round, texts, step }: Props) {
  const { question, part, asked, minutes } = round;
  const notes = useRef<HTMLTextAreaElement>(null);
  const parts = asked[question]!.parts;
  const current = currentPart(round);
  const elapsed = spent(round) / 1000;
  const remaining = left(round) / 1000;
  const { behind } = pace(question, elapsed, 0, (minutes * 60) / asked.length);
  const key = recordingKey(round.id, question, part);

  useEffect(() => {
    let last = now();
    const timer = setInterval(() => {
      const time = now();
      step({ kind: "tick", ms: time - last });
      last = time;
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [step]);
  useEffect(() => notes.current?.focus({ preventScroll: true }), [key]);
  const next = () => step({ kind: "next" });
  useGoOn(next);

  return (
    <section class="run" aria-label="Interview round">
      <h1 class="unseen">A round of questions</h1>
      <PaceBar
        answered={question}
        total={asked.length}
        behind={behind}
        share={Math.min(1, elapsed / (minutes * 60))}
        left={remaining > 0 ? `${clockText(remaining)} left` : `${clockText(-remaining)} over`}
      />
      <p class="unseen" role="status">
        {minutesLeft(remaining)}
      </p>
      <article class="item">
        <p class="kind">
          {part === 0 ? `Question ${question + 1}` : `Follow-up ${part} of ${parts.length - 1}`}
        </p>
        {part > 0 && <p class="before" {...html(askHtml(texts, parts[0]!))} />}
        <h2 class="ask" id="round-ask" {...html(askHtml(texts, current))} />
        <label class="notes">
          <span>Your answer, in notes</span>
          <textarea
            ref={notes}
            rows={8}
            value={current.notes}
            aria-describedby="round-ask"
            onInput={(event) => step({ kind: "write", notes: event.currentTarget.value })}
          />
        </label>
        <Recorder
          key={key}
          at={key}
          recorded={current.recorded}
          onRecorded={(is) => step({ kind: "record", question, part, recorded: is })}
        />
      </article>
      {remaining <= 0 && <p class="notice">Time is over: finish your sentence, then go to the review.</p>}
      <div class="answer-bar">
        <button type="button" class="reveal" onClick={next}>
          {NEXT[ahead(round)]} <kbd>Ctrl Enter</kbd>
        </button>
        <button type="button" class="quiet" onClick={() => step({ kind: "end" })}>
          End here
        </button>
      </div>
      <p class="about">Leave this page and the clock stops; the round waits for you.</p>
    </section>
  );
}

/** It changes once a minute, so that it is not read aloud more often. */
function minutesLeft(seconds: number): string {
  if (seconds <= 0) return "Time is over.";
  const whole = Math.ceil(seconds / 60);
  return `${whole} ${whole === 1 ? "minute" : "minutes"} left.`;
}
