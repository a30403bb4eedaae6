import { type Home, PARTS, SYSTEMS } from "../catalogue.ts";
import { cardHref, chapterHref } from "../router.ts";
import type { ChapterSummary } from "../sheet.ts";

interface Props {
  readonly chapters: readonly ChapterSummary[];
}

export function HomePage({ chapters }: Props) {
  const cards = chapters.flatMap((c) => c.cards);
  const systems = new Set(cards.flatMap((c) => c.systems));
  const wrong = cards.reduce((sum, c) => sum + c.wrong, 0);
  return (
    <>
      <section class="hero">
        <div>
          <h1>Machine learning in which every statement is executed</h1>
          <p class="lead">
            Each card states one thing an interviewer may ask, and proves it: a lab you can move, checks that
            run while you read, and the code behind them.
          </p>
        </div>
        <dl class="figures">
          <Figure value={cards.length} label={cards.length === 1 ? "card" : "cards"} />
          <Figure value={systems.size} label={`systems live of ${SYSTEMS}`} />
          <Figure value={wrong} label={`${wrong === 1 ? "error" : "errors"} of circulating sheets shown`} />
        </dl>
      </section>
      <section class="chapters" aria-label="Chapters">
        {chapters
          .filter((chapter) => chapter.cards.length > 0)
          .map((chapter) => (
            <article key={chapter.id}>
              <h2>
                <a class="title" href={chapterHref(chapter.id)}>
                  {chapter.title}
                </a>
              </h2>
              <p class="about">{chapter.about}</p>
              <ol>
                {chapter.cards.map((card) => (
                  <li key={card.id}>
                    <a class="entry" href={cardHref(card.id)}>
                      {card.title}
                    </a>
                  </li>
                ))}
              </ol>
            </article>
          ))}
      </section>
      <section class="territory" aria-labelledby="territory">
        <h2 id="territory">The whole territory</h2>
        <p class="about">
          One dot for each of the {SYSTEMS} systems of the catalogue; a filled one is live, in a card whose
          checks you can run.
        </p>
        <div class="parts">
          {PARTS.map((part) => (
            <section key={part.title}>
              <h3>{part.title}</h3>
              <ul>
                {part.homes.map((home) => (
                  <Place
                    key={home.id}
                    home={home}
                    live={[...systems].filter((id) => id.startsWith(`${home.id}/`)).length}
                    open={chapters.some((c) => c.id === home.id && c.cards.length > 0)}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
      </section>
    </>
  );
}

function Figure({ value, label }: { readonly value: number; readonly label: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface PlaceProps {
  readonly home: Home;
  readonly live: number;
  readonly open: boolean;
}

function Place({ home, live, open }: PlaceProps) {
  return (
    <li class={open ? "" : "closed"}>
      <span class="place">
        {open ? <a href={chapterHref(home.id)}>{home.title}</a> : home.title}
        <small>
          {live > 0 ? `${live} of ` : ""}
          {home.systems}
          <span class="unseen">{live > 0 ? " systems live" : " systems, none live yet"}</span>
        </small>
      </span>
      <Dots live={Math.min(live, home.systems)} total={home.systems} />
    </li>
  );
}

const STEP = 9;
const ACROSS = 22;

/** A filled dot for each live system, a hollow one for each other. */
function Dots({ live, total }: { readonly live: number; readonly total: number }) {
  const dot = (i: number) => `M${4 + (i % ACROSS) * STEP} ${4 + Math.floor(i / ACROSS) * STEP}h0`;
  const path = (from: number, to: number) => {
    let d = "";
    for (let i = from; i < to; i++) d += dot(i);
    return d;
  };
  const height = Math.ceil(total / ACROSS) * STEP;
  return (
    <svg
      class="dots"
      width={ACROSS * STEP}
      height={height}
      viewBox={`0 0 ${ACROSS * STEP} ${height}`}
      aria-hidden="true"
    >
      <path class="rest" d={path(live, total)} />
      <path class="live" d={path(0, live)} />
    </svg>
  );
}
