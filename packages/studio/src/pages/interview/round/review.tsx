import { RUBRIC } from "@whetstone/sheet/interview";
import { useEffect, useRef } from "preact/hooks";
import { type Round, reached } from "../../../store/round.ts";
import { ungraded } from "./figures.ts";
import { GradeChoice } from "./grade-choice.tsx";
import { QuestionReview } from "./question-review.tsx";
import type { Step } from "./steps.ts";
import type { Texts } from "./texts.ts";
import { useGoOn } from "./use-go-on.ts";

interface Props {
  readonly round: Round;
  readonly texts: Texts | null;
  readonly step: (step: Step) => unknown;
  readonly onFinish: () => void;
}

/** Own answers beside the model's: a grade for each question, and the rubric once for the round. */
export function Review({ round, texts, step, onFinish }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  const open = ungraded(round);
  useEffect(() => {
    scrollTo(0, 0);
    head.current?.focus({ preventScroll: true });
  }, []);
  // By key only when nothing is left out, so that no key pressed twice ends the review.
  useGoOn(() => open === 0 && onFinish());
  const missing = round.asked.length - reached(round).length;
  return (
    <>
      <header>
        <h1 ref={head} tabIndex={-1}>
          Compare and grade
        </h1>
        <p class="lead">
          A grade for each question, then five for the round. Questions graded 1 or 2 go to the drill.
          {missing > 0 && ` ${missing} ${missing === 1 ? "question was" : "questions were"} not reached.`}
        </p>
      </header>
      {reached(round).map((asked, i) => (
        <QuestionReview key={asked.parts[0]!.ref} round={round.id} index={i} asked={asked} texts={texts}>
          <GradeChoice
            name={`question-${i}`}
            legend={`Grade of question ${i + 1}`}
            value={asked.grade}
            onChange={(grade) => step({ kind: "grade", question: i, grade })}
          />
        </QuestionReview>
      ))}
      <section aria-labelledby="signals" class="signals">
        <h2 id="signals">The round by five signals</h2>
        <div class="rubric">
          {RUBRIC.map((signal) => (
            <GradeChoice
              key={signal.id}
              name={signal.id}
              legend={signal.title}
              value={round.signals[signal.id] ?? 0}
              onChange={(grade) => step({ kind: "signal", signal: signal.id, grade })}
            >
              <ul class="meaning">
                <li>1: {signal.weak}</li>
                <li>3: {signal.good}</li>
                <li>4: {signal.strong}</li>
              </ul>
            </GradeChoice>
          ))}
        </div>
      </section>
      <div class="actions finish">
        <button type="button" class={open === 0 ? "reveal" : "reveal quiet"} onClick={onFinish}>
          {open === 0 ? (
            <>
              Finish <kbd>Ctrl Enter</kbd>
            </>
          ) : (
            `Finish without ${open} ${open === 1 ? "grade" : "grades"}`
          )}
        </button>
      </div>
    </>
  );
}
