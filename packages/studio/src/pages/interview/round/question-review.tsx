import type { ComponentChildren } from "preact";
import { cardHref } from "../../../router.ts";
import { type Asked, millisecondsOf, type Part, recordingKey } from "../../../store/round.ts";
import { html } from "../../drill/item-view.tsx";
import { clockText } from "../../speed/pace-bar.tsx";
import { Playback } from "./playback.tsx";
import { askHtml, type Texts } from "./texts.ts";

interface Props {
  readonly round: string;
  readonly index: number;
  readonly asked: Asked;
  readonly texts: Texts | null;
  /** The grade: to give, or as it was given. */
  readonly children: ComponentChildren;
}

/** A question and its follow-ups: what was said beside the model answer. */
export function QuestionReview({ round, index, asked, texts, children }: Props) {
  const id = `question-${index}`;
  return (
    <section class="reviewed" aria-labelledby={id}>
      <p class="kind">
        Question {index + 1} · {clockText(Math.floor(millisecondsOf(asked) / 1000))}
      </p>
      {asked.parts.map((part, k) => (
        <Pair
          key={part.ref}
          part={part}
          texts={texts}
          {...(k === 0 && { id })}
          at={recordingKey(round, index, k)}
        />
      ))}
      <p class="about">
        <a href={cardHref(asked.parts[0]!.card)} target="_blank" rel="noreferrer">
          The card that shows it<span class="unseen"> (opens in a new tab)</span>
        </a>
      </p>
      {children}
    </section>
  );
}

interface PairProps {
  readonly part: Part;
  readonly texts: Texts | null;
  /** The question's own id; a follow-up has none. */
  readonly id?: string;
  readonly at: string;
}

function Pair({ part, texts, id, at }: PairProps) {
  const text = texts?.get(part.ref);
  const ask = html(askHtml(texts, part));
  return (
    <div class="asked">
      {id === undefined ? <h3 {...ask} /> : <h2 id={id} {...ask} />}
      <div class="beside">
        <div class="own">
          <p class="kind">You</p>
          {part.notes.trim() !== "" && <p class="said">{part.notes}</p>}
          {part.recorded && <Playback at={at} />}
          {part.notes.trim() === "" && !part.recorded && (
            <p class="about">{part.ms === 0 ? "It was not asked." : "You wrote and recorded nothing."}</p>
          )}
        </div>
        <div class="model">
          <p class="kind">Model answer</p>
          {text ? (
            <p {...html(text.answer)} />
          ) : (
            <p class="about">{texts ? "The sheet does not have this question now." : "Loading …"}</p>
          )}
        </div>
      </div>
    </div>
  );
}
