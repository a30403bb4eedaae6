import { useEffect, useState } from "preact/hooks";
import { type Home, PARTS, SYSTEMS } from "../catalogue.ts";
import { chapterHref } from "../router.ts";
import type { ChapterSummary } from "../sheet.ts";
import { dayOf, now } from "../store/clock.ts";
import { dueOn, type Learned, learned, reviewsDue } from "../store/learned.ts";
import { Dots } from "./dots.tsx";

interface Props {
  readonly chapters: readonly ChapterSummary[];
}

const ENTRIES = [
  { href: "#/drill", title: "Study", about: "What is due today, at intervals that your answers set" },
  { href: "#/speed", title: "30 minutes before", about: "A minute an item, for the role you go for" },
  {
    href: "#/interview",
    title: "Interview",
    about: "A system to design in six steps, with the numbers worked out",
  },
  {
    href: "#/errata",
    title: "What circulates wrongly",
    about: "Claims of other sheets, each with its disproof",
  },
] as const;

const liveIn = (home: string, systems: ReadonlySet<string>): number =>
  [...systems].filter((id) => id.startsWith(`${home}/`)).length;

export function HomePage({ chapters }: Props) {
  const cards = chapters.flatMap((c) => c.cards);
  const systems = new Set(cards.flatMap((c) => c.systems));
  // A card may show more systems than the catalogue counts.
  const live = PARTS.flatMap((part) => part.homes).reduce(
    (sum, home) => sum + Math.min(home.systems, liveIn(home.id, systems)),
    0,
  );
  const wrong = cards.reduce((sum, c) => sum + c.wrong, 0);
  const items = Object.values(learned.value);
  const known = items.reduce((sum, l) => sum + l.known, 0);
  const total = items.reduce((sum, l) => sum + l.total, 0);
  const due = dueOn(reviewsDue.value, useDay());
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
          <Figure value={live} label={`systems live of ${SYSTEMS}`} />
          <Figure value={wrong} label={`${wrong === 1 ? "error" : "errors"} of circulating sheets`} />
          {total > 0 && <Figure value={known} label={`items known of ${total}`} />}
        </dl>
      </section>
      <nav class="entries" aria-label="Ways in">
        {ENTRIES.map((entry) => (
          <a key={entry.href} href={entry.href}>
            <strong>{entry.title}</strong>
            <span>{entry.about}</span>
            {entry.href === "#/drill" && due !== null && (
              <small class={due > 0 ? "due some" : "due"}>
                {due > 0 ? `${due} due today` : "Nothing due today"}
              </small>
            )}
          </a>
        ))}
      </nav>
      <section class="map" aria-labelledby="map">
        <h2 id="map">The map</h2>
        <p class="about">
          One dot for each of the {SYSTEMS} systems that interviews ask about. A filled one is live: a card
          whose checks you can run.
        </p>
        {PARTS.map((part) => (
          <Part key={part.title} {...part} chapters={chapters} systems={systems} />
        ))}
      </section>
    </>
  );
}

/** The learner's day, also for a page that is looked at again the day after. */
function useDay(): number {
  const [day, setDay] = useState(() => dayOf(now()));
  useEffect(() => {
    const look = () => setDay(dayOf(now()));
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return day;
}

function Figure({ value, label }: { readonly value: number; readonly label: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface PartProps {
  readonly title: string;
  readonly homes: readonly Home[];
  readonly chapters: readonly ChapterSummary[];
  readonly systems: ReadonlySet<string>;
}

function Part({ title, homes, chapters, systems }: PartProps) {
  const chapterOf = (home: Home) => chapters.find((c) => c.id === home.id && c.cards.length > 0);
  const closed = homes.filter((home) => !chapterOf(home));
  return (
    <section class="part">
      <h3>{title}</h3>
      <div>
        <ul class="places-live">
          {homes.map((home) => {
            const chapter = chapterOf(home);
            return (
              chapter && (
                <Place
                  key={home.id}
                  chapter={chapter}
                  live={liveIn(home.id, systems)}
                  total={home.systems}
                  learned={learned.value[home.id]}
                />
              )
            );
          })}
        </ul>
        {closed.length > 0 && (
          <p class="closed">
            Not live yet:{" "}
            {closed.map((home, i) => (
              <span key={home.id}>
                {i > 0 && ", "}
                {home.title} <small>{home.systems}</small>
              </span>
            ))}
          </p>
        )}
      </div>
    </section>
  );
}

interface PlaceProps {
  readonly chapter: ChapterSummary;
  readonly live: number;
  readonly total: number;
  readonly learned: Learned | undefined;
}

function Place({ chapter, live, total, learned }: PlaceProps) {
  const cards = chapter.cards.length;
  // A card may execute more than the catalogue asks for.
  const asked = Math.min(live, total);
  return (
    <li>
      <a class="place" href={chapterHref(chapter.id)}>
        <strong>{chapter.title}</strong>
        <span class="count">
          {cards} {cards === 1 ? "card" : "cards"}
        </span>
        <span class="about">{chapter.about}</span>
        <Dots live={asked} total={total} />
        <small class="count">
          {asked} of {total}
          <span class="unseen"> systems live</span>
        </small>
        {learned !== undefined && learned.total > 0 && (
          <span class="known">
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${(100 * learned.known) / learned.total}%` }} />
            </span>
            {learned.known} of {learned.total} known
          </span>
        )}
      </a>
    </li>
  );
}
