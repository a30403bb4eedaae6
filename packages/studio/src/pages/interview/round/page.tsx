import { useEffect } from "preact/hooks";
import { keepRounds, miss, openHistory, trouble } from "../../../store/history.ts";
import { millisecondsOf, type Round } from "../../../store/round.ts";
import { TroubleNote } from "../../trouble-note.tsx";
import { weakOnes } from "./figures.ts";
import { openRounds, pastHref } from "./open-rounds.ts";
import { Review } from "./review.tsx";
import { Run } from "./run.tsx";
import { Start } from "./start.tsx";
import { useRound } from "./use-round.ts";
import { useTexts } from "./use-texts.ts";
import "../../drill/drill.css";
import "../../speed/speed.css";
import "./round.css";

/** A round of questions: chosen, answered against the clock, graded; then it is history. */
export function RoundPage({ title }: { readonly title: (chapter: string) => string }) {
  const { round, kept, elsewhere, begin, step, takeOver, clear } = useRound();
  const texts = useTexts(round);
  useEffect(() => {
    document.title = "Interview round – Whetstone";
    void openRounds();
  }, []);
  const stage = round?.stage ?? "start";

  const finish = () => {
    const over = step({ kind: "finish" });
    if (over?.stage !== "done") return;
    for (const weak of weakOnes(over)) void miss(weak.parts[0]!.ref, "interview", millisecondsOf(weak));
    void settle(over);
  };
  const settle = async (over: Round) => {
    await openHistory();
    const stored = await keepRounds([over]);
    location.hash = pastHref(over.id);
    if (stored) clear();
  };
  return (
    <div class="drill speed round">
      {stage === "start" && (
        <header>
          <p class="round-up">
            <a href="#/interview">Interview</a>
          </p>
          <h1>A round of questions</h1>
          <p class="lead">
            One question at a time with follow-ups, against the clock. Type your answer or say it, then
            compare and grade yourself.
          </p>
        </header>
      )}
      <TroubleNote />
      {!kept && !trouble.value && (
        <p class="notice" role="status">
          This browser keeps nothing for this page, so a reload loses the round.
        </p>
      )}
      {elsewhere ? (
        <div class="notice ask-first">
          <h1 class="unseen">A round of questions</h1>
          <p role="status">This round goes on in another tab.</p>
          <div class="actions">
            <button type="button" onClick={takeOver}>
              Go on here
            </button>
          </div>
        </div>
      ) : (
        <>
          {stage === "start" && <Start title={title} onStart={begin} />}
          {round?.stage === "run" && <Run round={round} texts={texts} step={step} />}
          {round?.stage === "review" && <Review round={round} texts={texts} step={step} onFinish={finish} />}
        </>
      )}
    </div>
  );
}
