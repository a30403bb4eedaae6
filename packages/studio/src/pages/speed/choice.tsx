/** What a run of questions is about: a role, or chapters by name. */
import { deck } from "../drill/deck.ts";
import { ROLES, type Role } from "./roles.ts";
import "./choice.css";

export interface Choice {
  /** Null where chapters were picked one by one. */
  readonly role: string | null;
  readonly chapters: readonly string[];
}

const present = (role: Role) => role.chapters.filter((id) => deck.some((c) => c.id === id));
const ROLES_HERE = ROLES.filter((role) => present(role).length > 0);

const choiceOf = (role: Role): Choice => ({ role: role.name, chapters: present(role) });
export const FIRST_CHOICE: Choice = ROLES_HERE[0] ? choiceOf(ROLES_HERE[0]) : { role: null, chapters: [] };

interface Props {
  readonly title: (chapter: string) => string;
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
}

export function ChoiceFields({ title, choice, onChange }: Props) {
  const { role, chapters } = choice;
  return (
    <>
      <fieldset class="about-what roles">
        <legend>Role</legend>
        {ROLES_HERE.map((r) => (
          <label key={r.name} class="role">
            <input
              type="radio"
              name="role"
              checked={role === r.name}
              onChange={() => onChange(choiceOf(r))}
            />
            <span>
              <strong>{r.name}</strong>
              <small>{r.about}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset class="about-what">
        <legend>Chapters</legend>
        <div class="chips">
          {deck.map((c) => (
            <label key={c.id} class="chip">
              <input
                type="checkbox"
                checked={chapters.includes(c.id)}
                onChange={(event) =>
                  onChange({
                    role: null,
                    chapters: event.currentTarget.checked
                      ? [...chapters, c.id]
                      : chapters.filter((id) => id !== c.id),
                  })
                }
              />
              {title(c.id)}
            </label>
          ))}
        </div>
      </fieldset>
    </>
  );
}
