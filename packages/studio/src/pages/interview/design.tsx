import { type Prompt, STEPS } from "@whetstone/sheet/interview";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { DeleteAnswers } from "./delete-answers.tsx";
import {
  clock,
  glued,
  keepWalk,
  NEW_WALK,
  named,
  readWalk,
  timeLeft,
  totalSeconds,
  type Walk,
} from "./walk.ts";
import { Answer } from "./walk-answer.tsx";
import { Review } from "./walk-review.tsx";
import "./walk.css";

/** Six steps with a text box each, then the model points and the rubric. */
export function DesignPage({ prompt }: { readonly prompt: Prompt }) {
  const [walk, setWalk] = useState<Walk>(() => readWalk(prompt.id) ?? NEW_WALK);
  const [paused, setPaused] = useState(false);
  const [kept, setKept] = useState(true);
  const [deleted, setDeleted] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const { step } = walk;
  const review = step === STEPS.length;
  useEffect(() => {
    document.title = `${prompt.title} – Whetstone`;
  }, [prompt]);
  // Before the next frame: whoever types and closes the page loses nothing.
  useLayoutEffect(() => setKept(keepWalk(prompt.id, walk)), [prompt, walk]);
  useEffect(() => {
    if (paused || review) return;
    const timer = setInterval(() => {
      if (document.hidden) return;
      setWalk((w) => ({ ...w, seconds: w.seconds.map((s, i) => (i === w.step ? s + 1 : s)) }));
    }, 1000);
    return () => clearInterval(timer);
  }, [paused, review]);

  const go = (to: number) => {
    setDeleted(false);
    setWalk((w) => ({ ...w, step: to }));
  };
  return (
    <div class="interview">
      <p class="walk-up">
        <a href="#/interview">Interview</a>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        {prompt.title}
      </h1>
      <p class="lead">{glued(prompt.ask)}</p>
      {!kept && (
        <p class="notice" role="status">
          This browser keeps nothing for this page, so a reload loses what you write.
        </p>
      )}
      {deleted && (
        <p class="notice" role="status">
          Your answers are deleted. The clock runs again.
        </p>
      )}
      <nav class="walk-steps" aria-label="Steps">
        {[...STEPS, "review"].map((name, i) => (
          <button
            key={name}
            type="button"
            class="quiet"
            aria-current={i === step ? "step" : undefined}
            onClick={() => go(i)}
          >
            {named(name)} <small>{clock(walk.seconds[i] ?? totalSeconds(walk))}</small>
          </button>
        ))}
      </nav>
      {review ? (
        <>
          <Review prompt={prompt} walk={walk} onChange={setWalk} />
          <DeleteAnswers
            prompt={prompt}
            walk={walk}
            onDelete={() => {
              setWalk(NEW_WALK);
              setPaused(false);
              setDeleted(true);
              heading.current?.focus();
            }}
          />
        </>
      ) : (
        <>
          <Answer key={step} prompt={prompt} walk={walk} onChange={setWalk} />
          <p class="walk-actions">
            <button type="button" onClick={() => go(step + 1)}>
              {step === STEPS.length - 1 ? "Compare with the model points" : `On to ${STEPS[step + 1]}`}
            </button>
            <button type="button" class="quiet" onClick={() => setPaused(!paused)}>
              {paused ? "Go on" : "Pause the clock"}
            </button>
            <span class="walk-time">{timeLeft(STEPS[step]!, walk.seconds[step]!)}</span>
          </p>
        </>
      )}
    </div>
  );
}
