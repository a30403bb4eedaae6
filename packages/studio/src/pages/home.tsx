import { cardHref, chapterHref } from "../router.ts";
import type { ChapterSummary } from "../sheet.ts";

/** Systems in the whole catalogue of the five interview sheets. */
const SYSTEMS = 723;

export function HomePage({ chapters }: { readonly chapters: readonly ChapterSummary[] }) {
  const cards = chapters.flatMap((c) => c.cards);
  const systems = new Set(cards.flatMap((c) => c.systems)).size;
  const wrong = cards.reduce((sum, c) => sum + c.wrong, 0);
  return (
    <>
      <section class="hero">
        <h1>Machine learning in which every statement is executed</h1>
        <p class="lead">
          Each card states one thing an interviewer may ask, and proves it: a lab you can move, checks that
          run while you read, and the code behind them.
        </p>
        <dl class="figures">
          <div>
            <dt>cards</dt>
            <dd>{cards.length}</dd>
          </div>
          <div>
            <dt>systems live of {SYSTEMS}</dt>
            <dd>{systems}</dd>
          </div>
          <div>
            <dt>errors of circulating sheets shown</dt>
            <dd>{wrong}</dd>
          </div>
        </dl>
      </section>
      <section class="map" aria-label="Chapters">
        {chapters
          .filter((chapter) => chapter.cards.length > 0)
          .map((chapter) => (
            <article key={chapter.id}>
              <h2>
                <a href={chapterHref(chapter.id)}>{chapter.title}</a>
              </h2>
              <p class="about">
                {chapter.about}
                <span class="count">{live(chapter)}</span>
              </p>
              <ul>
                {chapter.cards.map((card) => (
                  <li key={card.id}>
                    <a href={cardHref(card.id)}>{card.title}</a>
                  </li>
                ))}
              </ul>
            </article>
          ))}
      </section>
    </>
  );
}

function live(chapter: ChapterSummary): string {
  const systems = new Set(chapter.cards.flatMap((c) => c.systems)).size;
  const cards = chapter.cards.length;
  return `${cards} ${cards === 1 ? "card" : "cards"} · ${systems} ${systems === 1 ? "system" : "systems"} live`;
}
