import { useEffect, useRef, useState } from "preact/hooks";
import { cardHref } from "../../router.ts";
import { now } from "../../store/clock.ts";
import { miss } from "../../store/history.ts";
import type { QuestionItem } from "../drill/items.ts";
import { clockText, PaceBar } from "./pace-bar.tsx";
import { pace, SECONDS_AN_ITEM } from "./session.ts";
import type { Answered } from "./summary.tsx";

interface Props {
  readonly items: readonly QuestionItem[];
  readonly minutes: number;
  readonly onEnd: (answered: readonly Answered[], seconds: number) => void;
}

const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });
const STEP_MS = 250;

export function Run({ items, minutes, onEnd }: Props) {
  const [start] = useState(now);
  const [since, setSince] = useState(start);
  const [time, setTime] = useState(start);
  const [answered, setAnswered] = useState<readonly Answered[]>([]);
  const [open, setOpen] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const elapsed = (time - start) / 1000;
  const { left, behind } = pace(answered.length, elapsed, (time - since) / 1000);
  const item = items[answered.length];
  const over = elapsed >= minutes * 60;

  useEffect(() => {
    const timer = setInterval(() => setTime(now()), STEP_MS);
    return () => clearInterval(timer);
  }, []);
  // The minute is over: the line is shown, and waits for an honest word.
  useEffect(() => {
    if (left === 0) setOpen(true);
  }, [left]);
  const end = (all: readonly Answered[]) => onEnd(all, Math.round((now() - start) / 1000));
  const finished = item === undefined || (over && !open);
  useEffect(() => {
    if (finished) end(answered);
  }, [finished]);
  useEffect(() => first.current?.focus({ preventScroll: true }), [open, answered.length]);

  const mark = (knew: boolean) => {
    if (!item || !open) return;
    const all = [...answered, { item, knew }];
    if (!knew) void miss(item.id, "speed", now() - since);
    setAnswered(all);
    setOpen(false);
    setSince(now());
    setTime(now());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === " " || key === "Enter") {
      if (event.repeat) event.preventDefault();
      if (event.repeat || (event.target as Element).closest("button, a")) return;
      event.preventDefault();
      if (open) mark(true);
      else setOpen(true);
    } else if (event.repeat) return;
    else if (key === "1") mark(false);
    else if (key === "2") mark(true);
    else if (key === "Escape") end(answered);
  };
  const handler = useRef(onKey);
  handler.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handler.current(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);

  if (!item) return null;
  const share = Math.min(1, elapsed / (items.length * SECONDS_AN_ITEM));
  return (
    <section class="run" aria-label="Speed run">
      <h1 class="unseen">Speed run</h1>
      <PaceBar
        answered={answered.length}
        total={items.length}
        behind={behind}
        share={share}
        left={`${clockText(Math.max(0, minutes * 60 - elapsed))} left`}
      />
      <article class="item">
        <h2 class="ask" {...html(item.ask)} />
        <div aria-live="polite">
          {open && (
            <p class="answer">
              <span {...html(item.line)} />{" "}
              <a class="source" href={cardHref(item.card)} target="_blank" rel="noreferrer">
                The card<span class="unseen"> (opens in a new tab)</span>
              </a>
            </p>
          )}
        </div>
        <div class={`minute ${left <= 10 ? "late" : ""}`} aria-hidden="true">
          <span style={{ width: `${(100 * left) / SECONDS_AN_ITEM}%` }} />
        </div>
      </article>
      <div class="answer-bar">
        {open ? (
          <>
            <button type="button" class="grade grade-1" onClick={() => mark(false)}>
              <span>Missed</span>
              <kbd>1</kbd>
            </button>
            <button type="button" class="grade grade-3" ref={first} onClick={() => mark(true)}>
              <span>Knew it</span>
              <kbd>2</kbd>
            </button>
          </>
        ) : (
          <button type="button" class="reveal" ref={first} onClick={() => setOpen(true)}>
            Show the line <kbd>Space</kbd>
          </button>
        )}
        <button type="button" class="quiet" onClick={() => end(answered)}>
          End <kbd>Esc</kbd>
        </button>
      </div>
    </section>
  );
}
