import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { cardHref } from "../../router.ts";
import { now } from "../../store/clock.ts";
import { log, memory, review, undo } from "../../store/history.ts";
import type { Grade } from "../../store/log.ts";
import { intervals, short } from "../../store/memory.ts";
import { clock, loadItem, tick, today } from "./deck.ts";
import { Backlog, ThreeCounts } from "./deck-view.tsx";
import { ItemView } from "./item-view.tsx";
import type { StudyItem } from "./items.ts";
import { KeysDialog } from "./keys-dialog.tsx";

interface Shown {
  readonly id: string;
  /** How often it had been reviewed when it was shown: where that changes, it was answered, here or in another tab. */
  readonly reviews: number;
  readonly since: number;
}

const GRADES = ["Again", "Hard", "Good", "Easy"] as const;
const reviewsOf = (id: string) => memory.value.items.get(id)?.reviews.length ?? 0;
const show = (id: string | null): Shown | null =>
  id === null ? null : { id, reviews: reviewsOf(id), since: now() };

export function StudyView() {
  const [shown, setShown] = useState<Shown | null>(() => show(today.value.next));
  const [open, setOpen] = useState(false);
  const [item, setItem] = useState<StudyItem | null>(null);
  const [lost, setLost] = useState(false);
  const [said, setSaid] = useState("");
  const keys = useRef<HTMLDialogElement>(null);
  const reveal = useRef<HTMLButtonElement>(null);
  const good = useRef<HTMLButtonElement>(null);

  const turnTo = useCallback((id: string | null) => {
    setShown(show(id));
    setOpen(false);
  }, []);

  // What is shown stays until it is answered; then, or when something falls due, the queue says what is next.
  const entries = log.value;
  const time = clock.value;
  useEffect(() => {
    if (shown === null || reviewsOf(shown.id) !== shown.reviews) turnTo(today.value.next);
  }, [entries, time, shown, turnTo]);

  const id = shown?.id;
  const load = useCallback(() => {
    if (id === undefined) return undefined;
    let current = true;
    setLost(false);
    loadItem(id).then(
      (loaded) => current && setItem(loaded),
      () => current && setLost(true),
    );
    return () => {
      current = false;
    };
  }, [id]);
  useEffect(load, [load]);
  const ready = item !== null && item.id === id;

  const grade = (value: Grade) => {
    if (!open || shown === null) return;
    setSaid(`${GRADES[value - 1]}.`);
    void review(shown.id, value, "drill", now() - shown.since);
    tick();
  };
  const takeBack = () => {
    const back = undo();
    tick();
    setSaid(back === null ? "There is nothing to undo in this tab." : "Taken back.");
    if (back !== null) turnTo(back);
  };
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as Element;
    if (event.ctrlKey || event.metaKey || event.altKey || keys.current?.open) return;
    if (target.closest("input, select, textarea")) return;
    const { key } = event;
    if (key === " " || key === "Enter") {
      // A key held down answers one card, not the deck.
      if (event.repeat) event.preventDefault();
      // A button or link that has the focus is what the key is for.
      if (event.repeat || target.closest("button, a, summary")) return;
      event.preventDefault();
      if (open) grade(3);
      else if (ready) setOpen(true);
    } else if (key >= "1" && key <= "4" && !event.repeat) grade(Number(key) as Grade);
    else if (key === "u" && !event.repeat) takeBack();
    else if (key === "?") keys.current?.showModal();
  };
  const handler = useRef(onKey);
  handler.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handler.current(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);

  // The key that leads on has the focus, unless the learner is to type or to choose.
  const kind = ready ? item.kind : null;
  useEffect(() => {
    if (kind === null) return;
    if (open) good.current?.focus({ preventScroll: true });
    else if (kind === "question" || kind === "formula") reveal.current?.focus({ preventScroll: true });
  }, [id, kind, open]);

  const times = open && shown ? intervals(memory.value, shown.id, clock.value) : null;
  return (
    <section class="study" aria-label="Study">
      <div class="row">
        <ThreeCounts />
        <div class="tools">
          <button type="button" class="quiet" onClick={takeBack}>
            Undo <kbd>u</kbd>
          </button>
          <button type="button" class="quiet" onClick={() => keys.current?.showModal()}>
            Keys <kbd>?</kbd>
          </button>
        </div>
      </div>
      <p class="unseen" role="status">
        {said}
      </p>
      {shown === null ? (
        <Done />
      ) : lost ? (
        <p class="notice" role="alert">
          This item could not be loaded; is the connection gone?{" "}
          <button type="button" class="quiet" onClick={load}>
            Try again
          </button>
        </p>
      ) : !ready ? (
        <p class="lead">Loading …</p>
      ) : (
        <>
          <ItemView key={`${item.id} ${shown.since}`} item={item} open={open} onOpen={() => setOpen(true)} />
          {open && (
            <p class="source">
              Shown by <a href={cardHref(item.card)} dangerouslySetInnerHTML={{ __html: item.title }} />
            </p>
          )}
          <div class="answer-bar">
            {times === null ? (
              <button type="button" class="reveal" ref={reveal} onClick={() => setOpen(true)}>
                Show answer <kbd>Space</kbd>
              </button>
            ) : (
              GRADES.map((name, i) => (
                <button
                  type="button"
                  key={name}
                  class={`grade grade-${i + 1}`}
                  ref={i === 2 ? good : undefined}
                  onClick={() => grade((i + 1) as Grade)}
                >
                  <small>{short(times[i]!)}</small>
                  <span>{name}</span>
                  <kbd>{i + 1}</kbd>
                </button>
              ))
            )}
          </div>
        </>
      )}
      <KeysDialog dialog={keys} />
    </section>
  );
}

function Done() {
  const { nextAt, waiting, due } = today.value;
  return (
    <div class="done">
      <h2>{nextAt === null ? "Done for today" : "Nothing for the moment"}</h2>
      <p>
        {nextAt === null
          ? "What you answered comes back when you are about to forget it."
          : `The next step comes at ${new Date(nextAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}.`}{" "}
        {waiting > due.length && <Backlog />}
      </p>
      <p>
        <a href="#/drill">Choose other chapters</a> or{" "}
        <a href="#/drill/settings">take more new items a day</a>.
      </p>
    </div>
  );
}
