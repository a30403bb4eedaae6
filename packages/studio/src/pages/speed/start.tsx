import { useState } from "preact/hooks";
import { openHistory } from "../../store/history.ts";
import { CountField } from "../count-field.tsx";
import type { QuestionItem } from "../drill/items.ts";
import { type Choice, ChoiceFields, FIRST_CHOICE } from "./choice.tsx";
import { isWeak, questionsOf } from "./questions.ts";
import { draw } from "./session.ts";

interface Props {
  readonly title: (chapter: string) => string;
  readonly onStart: (items: readonly QuestionItem[], minutes: number) => void;
}

const RANGE = [1, 120] as const;

export function Start({ title, onStart }: Props) {
  const [choice, setChoice] = useState<Choice>(FIRST_CHOICE);
  const [minutes, setMinutes] = useState(30);
  const [said, setSaid] = useState("");
  const begin = async () => {
    if (choice.chapters.length === 0) {
      setSaid("Choose at least one chapter.");
      return;
    }
    setSaid("Loading …");
    try {
      await openHistory();
      onStart(draw(await questionsOf(choice.chapters), minutes, isWeak, Math.random), minutes);
    } catch {
      setSaid("The items could not be loaded; is the connection gone?");
    }
  };
  return (
    <form
      class="start"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <ChoiceFields title={title} choice={choice} onChange={setChoice} />
      <div class="row begin">
        <CountField label="Minutes" range={RANGE} value={minutes} onChange={setMinutes} />
        <button type="submit" class="reveal">
          Start: {minutes} {minutes === 1 ? "item" : "items"} at most
        </button>
      </div>
      <p role="status" class={said ? "notice" : "unseen"}>
        {said}
      </p>
    </form>
  );
}
