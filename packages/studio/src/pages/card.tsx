import { version } from "virtual:build";
import details from "virtual:details";
import type { CardResult } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { apiHref } from "../api.ts";
import { Code } from "../code/code.tsx";
import { Lab } from "../lab/lab.tsx";
import { prepareWorker } from "../lab/spare-worker.ts";
import { cardHref, chapterHref, type Depth, route } from "../router.ts";
import type { CardDetails, CardSummary, ChapterSummary } from "../sheet.ts";
import { Missing } from "./missing.tsx";

export function CardPage({
  chapters,
  id,
}: {
  readonly chapters: readonly ChapterSummary[];
  readonly id: string;
}) {
  const [card, setCard] = useState<CardDetails | null>(null);
  const [result, setResult] = useState<CardResult | null>(null);
  const [lost, setLost] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const all = chapters.flatMap((c) => c.cards);
  const at = all.findIndex((c) => c.id === id);
  const summary = all[at];
  const chapter = chapters.find((c) => id.startsWith(`${c.id}/`));

  // The worker starts while the card's texts arrive.
  useEffect(() => {
    if (summary) prepareWorker(id);
  }, [id]);

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

  if (!summary || !chapter) return <Missing>{`There is no card “${id}”.`}</Missing>;
  return (
    <article class="card" data-card={id}>
      <header>
        <p class="crumb">
          <a href={chapterHref(chapter.id)}>{chapter.title}</a>
          {summary.level && <span class={`level ${summary.level}`}>{summary.level}</span>}
        </p>
        <h1>{summary.title}</h1>
        {card && <Verdict card={card} result={result} />}
      </header>
      {lost && (
        <p class="notice" role="alert">
          This card could not be loaded; is the connection gone?{" "}
          <button type="button" class="quiet" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </p>
      )}
      {card && <Body id={id} card={card} summary={summary} onResult={setResult} />}
      {card && <Related cards={all.filter((c) => card.related.includes(c.id))} order={card.related} />}
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
  onResult,
}: {
  readonly id: string;
  readonly card: CardDetails;
  readonly summary: CardSummary;
  readonly onResult: (result: CardResult) => void;
}) {
  // A card without a derivation has no such depth.
  const depth = route.value.depth === "derivation" && card.derivation === "" ? undefined : route.value.depth;
  const derivation = useRef<HTMLDetailsElement>(null);
  const code = useRef<HTMLDivElement>(null);
  const first = useRef(true);

  // The depth that the address names is opened and brought into sight.
  useEffect(() => {
    const arriving = first.current;
    first.current = false;
    if (depth === undefined && !arriving) scrollTo(0, 0);
    const section = depth === "derivation" ? derivation.current : code.current?.querySelector("details");
    if (depth === undefined || !section) return;
    section.open = true;
    const frame = requestAnimationFrame(() => section.scrollIntoView());
    return () => cancelAnimationFrame(frame);
  }, [depth]);

  return (
    <>
      <nav class="depths" aria-label="Depth">
        <DepthLink id={id} title="30 seconds" now={depth} />
        {card.derivation !== "" && <DepthLink id={id} to="derivation" title="Derivation" now={depth} />}
        <DepthLink id={id} to="code" title="Code" now={depth} />
      </nav>
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
          {card.whenNot !== undefined && (
            <section class="when-not">
              <h3>When not</h3>
              <p {...html(card.whenNot)} />
            </section>
          )}
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
            <details class="derivation" open={WIDE.matches} ref={derivation}>
              <summary>Derivation</summary>
              <div {...html(card.derivation)} />
            </details>
          )}
          {card.followUps && card.followUps.length > 0 && (
            <section class="follow-ups">
              <h3>What is asked next</h3>
              {card.followUps.map((f, i) => (
                <details key={i}>
                  <summary {...html(f.ask)} />
                  <p {...html(f.answer)} />
                </details>
              ))}
            </section>
          )}
        </div>
        <Lab
          id={id}
          controls={card.controls}
          budget={summary.budget}
          verifiedAgainst={card.verifiedAgainst}
          onResult={onResult}
        />
      </div>
      <div ref={code}>
        <Code id={id} source={card.source} controls={card.controls} />
      </div>
      {card.api.length > 0 && (
        <p class="covers">
          Reference{" "}
          {card.api.map(({ chapter, name }, i) => [
            i > 0 && ", ",
            <a key={name} href={apiHref(chapter, name)}>
              <code>{name}</code>
            </a>,
          ])}
        </p>
      )}
      <p class="covers">
        Executes {card.covers.map((covered, i) => [i > 0 && ", ", <code key={covered}>{covered}</code>])}
      </p>
    </>
  );
}

interface DepthLinkProps {
  readonly id: string;
  readonly to?: Depth;
  readonly title: string;
  readonly now: Depth | undefined;
}

/** The controls' values stay in the address while the depth changes. */
function DepthLink({ id, to, title, now }: DepthLinkProps) {
  const go = (event: Event) => {
    const search = location.hash.split("?")[1];
    (event.currentTarget as HTMLAnchorElement).hash =
      `${cardHref(id, to)}${search === undefined ? "" : `?${search}`}`;
  };
  return (
    <a href={cardHref(id, to)} onClick={go} aria-current={to === now ? "true" : undefined}>
      {title}
    </a>
  );
}

/** What this run says of the card, what proved the library, and which library it is. */
function Verdict({ card, result }: { readonly card: CardDetails; readonly result: CardResult | null }) {
  const { checks, error } = result ?? { checks: [], error: undefined };
  const failed = checks.filter((c) => !c.ok).length;
  const broken = result !== null && !result.ok;
  const said =
    result === null
      ? "checks not run yet"
      : error !== undefined
        ? "the run stopped"
        : broken
          ? `${failed} of ${checks.length} checks ${failed === 1 ? "fails" : "fail"}`
          : `${checks.length} ${checks.length === 1 ? "check holds" : "checks hold"}`;
  return (
    <p class={`verdict ${result === null ? "" : broken ? "broken" : "held"}`}>
      <strong>{said}</strong>
      <span>
        verified against {card.verifiedAgainst.join(", ")} · library {version}
      </span>
    </p>
  );
}

function Related({
  cards,
  order,
}: {
  readonly cards: readonly CardSummary[];
  readonly order: readonly string[];
}) {
  if (cards.length === 0) return null;
  const near = [...cards].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return (
    <nav class="related" aria-labelledby="related">
      <h2 id="related">Near this card</h2>
      <ul>
        {near.map((card) => (
          <li key={card.id}>
            <a href={cardHref(card.id)}>{card.title}</a>
            <span>{card.ask}</span>
          </li>
        ))}
      </ul>
    </nav>
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
