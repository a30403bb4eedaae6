import { useState } from "preact/hooks";
import { memory, openHistory } from "../../store/history.ts";
import { deck } from "../drill/deck.ts";
import type { QuestionItem } from "../drill/items.ts";
import { ROLES, type Role } from "./roles.ts";
import { draw } from "./session.ts";

interface Props {
  readonly title: (chapter: string) => string;
  readonly onStart: (items: readonly QuestionItem[], minutes: number) => void;
}

const present = (role: Role) => role.chapters.filter((id) => deck.some((c) => c.id === id));
const ROLES_HERE = ROLES.filter((role) => present(role).length > 0);
const RANGE = [1, 120] as const;

export function Start({ title, onStart }: Props) {
  const [role, setRole] = useState<string | null>(ROLES_HERE[0]?.name ?? null);
  const [chosen, setChosen] = useState<readonly string[]>(ROLES_HERE[0] ? present(ROLES_HERE[0]) : []);
  const [minutes, setMinutes] = useState(30);
  const [said, setSaid] = useState("");
  const begin = async () => {
    if (chosen.length === 0) {
      setSaid("Choose at least one chapter.");
      return;
    }
    setSaid("Loading …");
    try {
      await openHistory();
      const chapters = await Promise.all(deck.filter((c) => chosen.includes(c.id)).map((c) => c.load()));
      const questions = chapters
        .flatMap((c) => c.default)
        .filter((item): item is QuestionItem => item.kind === "question");
      const weak = (id: string) => {
        const last = memory.value.items.get(id)?.reviews.at(-1);
        return last === undefined || last.grade === 1;
      };
      onStart(draw(questions, minutes, weak, Math.random), minutes);
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
      <fieldset class="roles">
        <legend>Role</legend>
        {ROLES_HERE.map((r) => (
          <label key={r.name} class="role">
            <input
              type="radio"
              name="role"
              checked={role === r.name}
              onChange={() => {
                setRole(r.name);
                setChosen(present(r));
              }}
            />
            <span>
              <strong>{r.name}</strong>
              <small>{r.about}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Chapters</legend>
        <div class="chips">
          {deck.map((c) => (
            <label key={c.id} class="chip">
              <input
                type="checkbox"
                checked={chosen.includes(c.id)}
                onChange={(event) => {
                  setRole(null);
                  setChosen(
                    event.currentTarget.checked ? [...chosen, c.id] : chosen.filter((id) => id !== c.id),
                  );
                }}
              />
              {title(c.id)}
            </label>
          ))}
        </div>
      </fieldset>
      <div class="row begin">
        <label class="count">
          <span>Minutes</span>
          <input
            type="number"
            min={RANGE[0]}
            max={RANGE[1]}
            value={minutes}
            onChange={(event) => {
              const typed = event.currentTarget.valueAsNumber;
              if (Number.isFinite(typed))
                setMinutes(Math.min(RANGE[1], Math.max(RANGE[0], Math.round(typed))));
            }}
          />
        </label>
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
