import { cardHref } from "../../router.ts";
import type { QuestionItem } from "../drill/items.ts";

export interface Answered {
  readonly item: QuestionItem;
  readonly knew: boolean;
}

interface Props {
  readonly answered: readonly Answered[];
  readonly seconds: number;
  readonly onAgain: () => void;
}

const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

export function Summary({ answered, seconds, onAgain }: Props) {
  const missed = answered.filter(({ knew }) => !knew);
  const each = answered.length === 0 ? 0 : Math.round(seconds / answered.length);
  return (
    <>
      <dl class="figures">
        <div>
          <dt>known of {answered.length}</dt>
          <dd>{answered.length - missed.length}</dd>
        </div>
        <div>
          <dt>seconds an item</dt>
          <dd>{each}</dd>
        </div>
        <div>
          <dt>sent to the drill</dt>
          <dd>{missed.length}</dd>
        </div>
      </dl>
      {missed.length > 0 ? (
        <section aria-labelledby="missed">
          <h2 id="missed">Missed</h2>
          <p class="about">Each is in the drill now, as an item answered Again.</p>
          <ul class="missed">
            {missed.map(({ item }) => (
              <li key={item.id}>
                <h3 {...html(item.ask)} />
                <p {...html(item.line)} />
                <a href={cardHref(item.card)} {...html(item.title)} />
              </li>
            ))}
          </ul>
        </section>
      ) : (
        <p class="about">{answered.length > 0 ? "Nothing missed." : "No item was answered."}</p>
      )}
      <div class="tools">
        <button type="button" onClick={onAgain}>
          Another run
        </button>
        <a href="#/drill/study">Study the misses in the drill</a>
      </div>
    </>
  );
}
