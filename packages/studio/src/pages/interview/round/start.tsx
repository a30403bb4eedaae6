import { useRef, useState } from "preact/hooks";
import { route } from "../../../router.ts";
import { now } from "../../../store/clock.ts";
import { openHistory, rounds } from "../../../store/history.ts";
import { newId } from "../../../store/log.ts";
import type { Round } from "../../../store/round.ts";
import { CountField } from "../../count-field.tsx";
import { type Choice, ChoiceFields, FIRST_CHOICE } from "../../speed/choice.tsx";
import { isWeak, questionsOf } from "../../speed/questions.ts";
import { pickQuestions, withFollowUps } from "./choose.ts";
import { seeded } from "./seeded.ts";
import { newRound } from "./steps.ts";
import { followUpsOf, plain } from "./texts.ts";
import { useGoOn } from "./use-go-on.ts";

interface Props {
  readonly title: (chapter: string) => string;
  readonly onStart: (round: Round) => void;
}

const QUESTIONS = [1, 20] as const;
const MINUTES = [1, 120] as const;

/** A seed in the address asks the same questions again, of a learner who knows the same. */
const seedOf = (): number => {
  const given = Number(route.value.query.seed ?? Number.NaN);
  return Number.isSafeInteger(given) && given >= 0 ? given : now();
};

export function Start({ title, onStart }: Props) {
  const [choice, setChoice] = useState<Choice>(FIRST_CHOICE);
  const [count, setCount] = useState(5);
  const [minutes, setMinutes] = useState(20);
  const [said, setSaid] = useState("");
  const form = useRef<HTMLFormElement>(null);
  useGoOn(() => form.current?.requestSubmit());

  const begin = async () => {
    if (choice.chapters.length === 0) {
      setSaid("Choose at least one chapter.");
      return;
    }
    setSaid("Loading …");
    try {
      await openHistory();
      const items = await questionsOf(choice.chapters);
      const picked = pickQuestions(items, count, isWeak, seeded(seedOf()));
      const cards = [...new Set(picked.map(({ card }) => card))];
      const next = new Map(
        await Promise.all(cards.map(async (card) => [card, await followUpsOf(card)] as const)),
      );
      const questions = withFollowUps(picked, items, (card) => next.get(card) ?? []).map((parts) =>
        parts.map((put) => ({ ...put, ask: plain(put.ask) })),
      );
      if (questions.length === 0) setSaid("These chapters have no questions yet.");
      else onStart(newRound({ id: newId(), started: now(), role: choice.role, minutes, questions }));
    } catch {
      setSaid("The questions could not be loaded; is the connection gone?");
    }
  };
  return (
    <form
      class="start"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <div class="row begin">
        <CountField label="Questions" range={QUESTIONS} value={count} onChange={setCount} />
        <CountField label="Minutes" range={MINUTES} value={minutes} onChange={setMinutes} />
        <button type="submit" class="reveal">
          Start the round
        </button>
      </div>
      <p role="status" class={said ? "notice" : "unseen"}>
        {said}
      </p>
      <ChoiceFields title={title} choice={choice} onChange={setChoice} />
      {rounds.value.length > 0 && (
        <p class="about">
          <a href="#/interview/history">Your rounds so far</a>
        </p>
      )}
    </form>
  );
}
