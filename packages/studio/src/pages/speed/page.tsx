import { useEffect, useState } from "preact/hooks";
import { openHistory } from "../../store/history.ts";
import type { QuestionItem } from "../drill/items.ts";
import type { PageProps } from "../lazy.tsx";
import { TroubleNote } from "../trouble-note.tsx";
import { Run } from "./run.tsx";
import { Start } from "./start.tsx";
import { type Answered, Summary } from "./summary.tsx";
import "../drill/drill.css";
import "./speed.css";

type Stage =
  | { readonly kind: "start" }
  | { readonly kind: "run"; readonly items: readonly QuestionItem[]; readonly minutes: number }
  | { readonly kind: "summary"; readonly answered: readonly Answered[]; readonly seconds: number };

export default function SpeedPage({ chapters }: PageProps) {
  const [stage, setStage] = useState<Stage>({ kind: "start" });
  useEffect(() => {
    document.title = "Speed run – Whetstone";
    void openHistory();
    return () => {
      document.title = "Whetstone";
    };
  }, []);
  const titles = new Map(chapters.map((c) => [c.id, c.title]));
  return (
    <div class="drill speed">
      {stage.kind !== "run" && (
        <header>
          <h1>{stage.kind === "start" ? "Speed run" : "How it went"}</h1>
          {stage.kind === "start" && (
            <p class="lead">
              Half an hour before the interview: sixty seconds an item, one line each. What you miss goes to
              the drill.
            </p>
          )}
        </header>
      )}
      <TroubleNote />
      {stage.kind === "start" && (
        <Start
          title={(id) => titles.get(id) ?? id}
          onStart={(items, minutes) => setStage({ kind: "run", items, minutes })}
        />
      )}
      {stage.kind === "run" && (
        <Run {...stage} onEnd={(answered, seconds) => setStage({ kind: "summary", answered, seconds })} />
      )}
      {stage.kind === "summary" && <Summary {...stage} onAgain={() => setStage({ kind: "start" })} />}
    </div>
  );
}
