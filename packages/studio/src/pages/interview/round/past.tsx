import { RUBRIC } from "@whetstone/sheet/interview";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { rounds } from "../../../store/history.ts";
import { millisecondsOf, type Round, reached, spent } from "../../../store/round.ts";
import { clockText } from "../../speed/pace-bar.tsx";
import { TroubleNote } from "../../trouble-note.tsx";
import { DeleteRound } from "./delete-round.tsx";
import { GRADES, meanGrade, nextStep, weakestSignal, weakOnes } from "./figures.ts";
import { openRounds } from "./open-rounds.ts";
import { QuestionReview } from "./question-review.tsx";
import { useTexts } from "./use-texts.ts";
import { dayAndTime } from "./when.ts";

/** A round that is over: its summary, and what was said and graded, to read. */
export function PastPage({ id }: { readonly id: string }) {
  const [read, setRead] = useState(false);
  useEffect(() => {
    document.title = "Interview round – Whetstone";
    void openRounds().then(() => setRead(true));
  }, []);
  const round = rounds.value.find((r) => r.id === id) ?? null;
  const texts = useTexts(round);
  return (
    <div class="drill speed round">
      <header>
        <p class="round-up">
          <a href="#/interview">Interview</a> · <a href="#/interview/history">Rounds</a>
        </p>
        <h1>How it went</h1>
        {round && (
          <p class="lead">
            {dayAndTime(round.started)} · {round.role ?? "chosen chapters"}
          </p>
        )}
      </header>
      <TroubleNote />
      {round ? (
        <>
          <Summary round={round} />
          {reached(round).map((asked, i) => (
            <QuestionReview key={asked.parts[0]!.ref} round={id} index={i} asked={asked} texts={texts}>
              <p class="graded">
                {asked.grade === 0 ? "You gave no grade." : `Your grade: ${grade(asked.grade)}`}
              </p>
            </QuestionReview>
          ))}
          <DeleteRound round={round} />
        </>
      ) : (
        <p class={read ? "notice" : "lead"}>
          {read ? "This round is not in this browser." : "Reading your rounds …"}
        </p>
      )}
    </div>
  );
}

const grade = (n: number) => `${n}, ${GRADES[n - 1]!.toLowerCase()}`;

function Summary({ round }: { readonly round: Round }) {
  const questions = reached(round);
  const mean = meanGrade(round);
  const weak = weakOnes(round).length;
  const weakest = weakestSignal(round);
  const next = nextStep(round);
  const planned = (round.minutes * 60) / round.asked.length;
  const longest = Math.max(planned, ...questions.map((asked) => millisecondsOf(asked) / 1000));
  return (
    <>
      <dl class="figures">
        <div>
          <dt>
            {questions.length === 1 ? "question" : "questions"} of {round.asked.length}
          </dt>
          <dd>{questions.length}</dd>
        </div>
        <div>
          <dt>of {round.minutes}:00</dt>
          <dd>{clockText(Math.floor(spent(round) / 1000))}</dd>
        </div>
        <div>
          <dt>mean grade of 4</dt>
          <dd>{mean === null ? "–" : mean.toFixed(1)}</dd>
        </div>
        <div>
          <dt>sent to the drill</dt>
          <dd>{weak}</dd>
        </div>
      </dl>
      <section class="outcome" aria-labelledby="outcome">
        <div>
          <h2 id="outcome">{weakest ? `Weakest signal: ${weakest.title.toLowerCase()}` : "Signals"}</h2>
          {weakest && <p>Aim for this: {weakest.good}</p>}
          <ul class="result-bars">
            {RUBRIC.map(({ id, title }) => {
              const given = round.signals[id];
              return (
                <Bar key={id} name={title} share={(given ?? 0) / 4}>
                  {given === undefined ? "not graded" : grade(given)}
                </Bar>
              );
            })}
          </ul>
        </div>
        <div>
          <h2>Time and grade of each question</h2>
          <p>{clockText(planned)} was planned for each.</p>
          <ul class="result-bars">
            {questions.map((asked, i) => {
              const seconds = Math.floor(millisecondsOf(asked) / 1000);
              return (
                <Bar key={asked.parts[0]!.ref} name={`Question ${i + 1}`} share={seconds / longest}>
                  {clockText(seconds)}, {asked.grade === 0 ? "not graded" : grade(asked.grade)}
                </Bar>
              );
            })}
          </ul>
        </div>
        <div class="actions next">
          <p>{next.says}</p>
          <a class="go" href={next.href}>
            {next.label}
          </a>
        </div>
      </section>
    </>
  );
}

interface BarProps {
  readonly name: string;
  readonly share: number;
  /** What the bar shows, in words. */
  readonly children: ComponentChildren;
}

function Bar({ name, share, children }: BarProps) {
  return (
    <li>
      <span>{name}</span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${100 * share}%` }} />
      </span>
      <small>{children}</small>
    </li>
  );
}
