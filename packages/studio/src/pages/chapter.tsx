import { useEffect } from "preact/hooks";
import { cardHref } from "../router.ts";
import type { ChapterSummary } from "../sheet.ts";

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
  if (!chapter) return <p class="notice">There is no chapter “{id}”. The menu above leads to the chapters.</p>;
  return (
    <section>
      <h1>{chapter.title}</h1>
      <p class="lead">{chapter.about}.</p>
      {chapter.cards.length === 0 && <p class="notice">No card of this chapter is live yet.</p>}
      <ol class="gallery">
        {chapter.cards.map((card) => (
          <li key={card.id}>
            <a class="tile" href={cardHref(card.id)}>
              <strong>{card.title}</strong>
              <span>{card.ask}</span>
              <small>
                {card.covers} {card.covers === 1 ? "statement" : "statements"} of the catalogue
                {card.wrong > 0 && <em> · corrects a circulating sheet</em>}
              </small>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
