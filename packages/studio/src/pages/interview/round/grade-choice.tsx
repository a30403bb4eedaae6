import type { ComponentChildren } from "preact";
import type { Grade } from "../../../store/log.ts";
import { GRADES } from "./figures.ts";

interface Props {
  readonly name: string;
  readonly legend: string;
  readonly value: Grade | 0;
  readonly onChange: (grade: Grade) => void;
  /** What the grades mean. */
  readonly children?: ComponentChildren;
}

/** A grade of 1 to 4, as four keys that arrows move between. */
export function GradeChoice({ name, legend, value, onChange, children }: Props) {
  return (
    <fieldset class="grade-choice">
      <legend>{legend}</legend>
      {children}
      <div class="grade-keys">
        {GRADES.map((word, i) => {
          const grade = (i + 1) as Grade;
          return (
            <label key={word}>
              <input
                type="radio"
                name={name}
                value={grade}
                checked={value === grade}
                onChange={() => onChange(grade)}
              />
              <span>
                {grade} <small>{word}</small>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
