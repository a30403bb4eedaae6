import details from "virtual:details";
import { useEffect, useState } from "preact/hooks";
import { Code } from "../code/code.tsx";
import { Lab } from "../lab/lab.tsx";
import { cardHref, chapterHref } from "../router.ts";
import type { CardDetails, CardSummary, ChapterSummary } from "../sheet.ts";

export function CardPage({
  chapters,
  id,
}: {
  readonly chapters: readonly ChapterSummary[];
  readonly id: string;
}) {
  const [card, setCard] = useState<CardDetails | null>(null);
  const [lost, setLost] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const all = chapters.flatMap((c) => c.cards);
  const at = all.findIndex((c) => c.id === id);
  const summary = all[at];
  const chapter = chapters.find((c) => id.startsWith(`${c.id}/`));

  useEffect(() => {
    document.title = summary ? `${summary.title} – Whetstone` : "Whetstone";
    let current = true;
    details[id]?.().then(
      (module) => {
        if (!current) return;
        setLost(false);
        setCard(module.default);
      },
      () => current && setLost(true),
    );
    return () => {
      current = false;
      document.title = "Whetstone";
    };
  }, [id, attempt]);

  if (!summary || !chapter) return <p class="notice">There is no card “{id}”. The chapters are above.</p>;
  return (
    <article class="card" data-card={id}>
      <header>
        <p class="crumb">
          <a href={chapterHref(chapter.id)}>{chapter.title}</a>
        </p>
        <h1>{summary.title}</h1>
      </header>
      {lost && (
        <p class="notice" role="alert">
          This card could not be loaded; is the connection gone?{" "}
          <button type="button" class="quiet" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </p>
      )}
      {card && <Body id={id} card={card} summary={summary} />}
      <nav class="neighbours" aria-label="Neighbouring cards">
        <Neighbour card={all[at - 1]} rel="prev" />
        <Neighbour card={all[at + 1]} rel="next" />
      </nav>
    </article>
  );
}

/** Where there is room beside the lab, the derivation stands open. */
const WIDE = matchMedia("(min-width: 62rem)");
const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

function Body({
  id,
  card,
  summary,
}: {
  readonly id: string;
  readonly card: CardDetails;
  readonly summary: CardSummary;
}) {
  return (
    <>
      <section class="formula" aria-label="Formula" tabIndex={0} {...html(card.formula)} />
      <div class="spread">
        <div class="prose">
          <section>
            <h2>{summary.ask}</h2>
            <p class="answer" {...html(card.answer)} />
          </section>
          <section class="pitfall">
            <h3>Pitfall</h3>
            <p {...html(card.pitfall)} />
          </section>
          {card.errata.map((e) => (
            <section class="erratum" key={e.claim}>
              <h3>Wrong in circulation</h3>
              <dl>
                <dt>Claimed</dt>
                <dd {...html(e.claimed)} />
                <dt>True</dt>
                <dd {...html(e.truth)} />
              </dl>
            </section>
          ))}
          {card.derivation !== "" && (
            <details class="derivation" open={WIDE.matches}>
              <summary>Derivation</summary>
              <div {...html(card.derivation)} />
            </details>
          )}
        </div>
        <Lab
          id={id}
          controls={card.controls}
          budget={summary.budget}
          verifiedAgainst={card.verifiedAgainst}
        />
      </div>
      <Code id={id} source={card.source} controls={card.controls} />
      <p class="covers">
        Executes {card.covers.map((covered, i) => [i > 0 && ", ", <code key={covered}>{covered}</code>])}
      </p>
    </>
  );
}

function Neighbour({ card, rel }: { readonly card: CardSummary | undefined; readonly rel: "prev" | "next" }) {
  if (!card) return <span />;
  return (
    <a rel={rel} href={cardHref(card.id)}>
      <small>{rel === "prev" ? "Previous" : "Next"}</small>
      {card.title}
    </a>
  );
}
