import { useEffect, useState } from "preact/hooks";
import { rounds } from "../../../store/history.ts";
import { type Round, reached, spent } from "../../../store/round.ts";
import { exportHistory } from "../../drill/download.ts";
import { clockText } from "../../speed/pace-bar.tsx";
import { TroubleNote } from "../../trouble-note.tsx";
import { meanGrade, signalHistory, weakestSignal } from "./figures.ts";
import { openRounds, pastHref } from "./open-rounds.ts";
import { SignalLine } from "./signal-line.tsx";
import { dayAndTime } from "./when.ts";
import "../../drill/drill.css";
import "./round.css";

/** Older rounds are in the list only. */
const SHOWN = 12;

export function HistoryPage() {
  const [read, setRead] = useState(false);
  useEffect(() => {
    document.title = "Interview rounds – Whetstone";
    void openRounds().then(() => setRead(true));
  }, []);
  const all = rounds.value;
  const shown = all.slice(0, SHOWN);
  const graded = signalHistory(shown).filter(({ grades }) => grades.some((grade) => grade !== null));
  return (
    <div class="drill round">
      <header>
        <p class="round-up">
          <a href="#/interview">Interview</a>
        </p>
        <h1>Your rounds</h1>
      </header>
      <TroubleNote />
      {all.length === 0 ? (
        <p class="lead">
          {read ? (
            <>
              No round is over yet. <a href="#/interview/round">Start one</a>.
            </>
          ) : (
            "Reading your rounds …"
          )}
        </p>
      ) : (
        <>
          <section aria-labelledby="over-time">
            <h2 id="over-time">Signals over time</h2>
            <p class="about">
              {graded.length === 0
                ? "None graded yet: a round's end asks for five, from framing to communication."
                : `Grades 1 to 4 of the ${shown.length === 1 ? "only round" : `last ${shown.length} rounds`}, the latest at the right.`}
            </p>
            <div class="signal-lines">
              {graded.map(({ signal, grades }) => (
                <SignalLine key={signal.id} title={signal.title} grades={grades} />
              ))}
            </div>
          </section>
          <section aria-labelledby="all-rounds">
            <h2 id="all-rounds">Rounds</h2>
            <ul class="past-rounds">
              {all.map((round) => (
                <PastRound key={round.id} round={round} />
              ))}
            </ul>
          </section>
          <div class="actions">
            <a class="go" href="#/interview/round">
              Another round
            </a>
            <button type="button" class="quiet" onClick={exportHistory}>
              Export
            </button>
          </div>
          <p class="about">
            Rounds are kept in this browser. The export holds them and the drill, all but what was recorded;
            the drill’s settings import it.
          </p>
        </>
      )}
    </div>
  );
}

function PastRound({ round }: { readonly round: Round }) {
  const mean = meanGrade(round);
  const weakest = weakestSignal(round);
  const n = reached(round).length;
  return (
    <li>
      <a href={pastHref(round.id)}>{dayAndTime(round.started)}</a>
      <span>{round.role ?? "Chosen chapters"}</span>
      <span>
        {n} {n === 1 ? "question" : "questions"} in {clockText(Math.floor(spent(round) / 1000))}
      </span>
      <span>{mean === null ? "not graded" : `mean ${mean.toFixed(1)}`}</span>
      <span>{weakest ? `weakest: ${weakest.title.toLowerCase()}` : ""}</span>
    </li>
  );
}
