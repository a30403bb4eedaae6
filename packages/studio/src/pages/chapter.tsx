import type { Level } from "@whetstone/sheet";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Gallery } from "../gallery/gallery.tsx";
import type { CardSummary, ChapterSummary } from "../sheet.ts";
import { learned, learnedCards } from "../store/learned.ts";
import { Missing } from "./missing.tsx";

export function ChapterPage({
  chapters,
  id,
}: {
  readonly chapters: readonly ChapterSummary[];
  readonly id: string;
}) {
  const chapter = chapters.find((c) => c.id === id);
  useEffect(() => {
    document.title = chapter ? `${chapter.title} – Whetstone` : "Whetstone";
    return () => {
      document.title = "Whetstone";
    };
  }, [chapter]);
  if (!chapter) return <Missing>{`There is no chapter “${id}”.`}</Missing>;
  const known = learned.value[id];
  return (
    <section data-chapter={id}>
      <header class="chapter-head">
        <h1>{chapter.title}</h1>
        <p class="lead">{chapter.about}.</p>
        {known !== undefined && known.total > 0 && (
          <p class="about">
            {known.known} of {known.total} drill items known
          </p>
        )}
      </header>
      {chapter.cards.length === 0 ? (
        <p class="notice">No card of this chapter is live yet.</p>
      ) : (
        <Cards key={id} chapter={chapter} />
      )}
    </section>
  );
}

const LEVELS: readonly Level[] = ["easy", "medium", "hard"];

function Cards({ chapter }: { readonly chapter: ChapterSummary }) {
  const [level, setLevel] = useState<Level | "">("");
  const [words, setWords] = useState("");
  const [unlearned, setUnlearned] = useState(false);
  const { cards } = chapter;
  const levels = LEVELS.filter((l) => cards.some((c) => c.level === l));
  const known = learnedCards.value;
  const shown = useMemo(
    () =>
      cards.filter(
        (c) => (level === "" || c.level === level) && matches(c, words) && !(unlearned && known.has(c.id)),
      ),
    [cards, level, words, unlearned, known],
  );
  return (
    <>
      <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          aria-label={`Search in ${chapter.title}`}
          placeholder="Search in this chapter"
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        {levels.length > 1 && (
          <fieldset class="control choice">
            <legend class="unseen">Level</legend>
            <div>
              {(["", ...levels] as const).map((l) => (
                <label key={l}>
                  <input type="radio" name="level" checked={level === l} onChange={() => setLevel(l)} />
                  <span>{l === "" ? "all levels" : l}</span>
                </label>
              ))}
            </div>
          </fieldset>
        )}
        {cards.some((c) => known.has(c.id)) && (
          <label class="toggle">
            <input
              type="checkbox"
              checked={unlearned}
              onChange={(event) => setUnlearned(event.currentTarget.checked)}
            />
            not learned yet
          </label>
        )}
        <span class="shown" role="status">
          {shown.length === cards.length ? `${cards.length}` : `${shown.length} of ${cards.length}`}{" "}
          {cards.length === 1 ? "card" : "cards"}
        </span>
      </form>
      <h2 class="unseen">Cards</h2>
      {shown.length === 0 && <p class="notice">No card of this chapter matches the filters.</p>}
      <Gallery chapter={chapter.id} cards={shown} />
    </>
  );
}

const matches = (card: CardSummary, words: string): boolean => {
  const text = `${card.title} ${card.ask} ${card.id}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};
