/** Circulating claims that do not hold: `#/errata`, `#/errata/<chapter>`, `#/errata?claim=<id>`. */
import errata from "virtual:errata";
import { useEffect, useRef, useState } from "preact/hooks";
import { claimHref, type ErratumEntry, errataHref } from "../../errata.ts";
import { cardHref, route } from "../../router.ts";
import type { PageProps } from "../lazy.tsx";
import { Experiment } from "./experiment.tsx";
import "./errata.css";

const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

export default function Page({ chapters, id }: PageProps) {
  const asked = route.value.query.claim;
  const counts = new Map<string, number>();
  for (const e of errata) counts.set(e.chapter, (counts.get(e.chapter) ?? 0) + 1);
  const titles = new Map(chapters.map((c) => [c.id, c.title]));
  const shown = id === "" ? errata : errata.filter((e) => e.chapter === id);
  useEffect(() => {
    document.title = "Errata – Whetstone";
    return () => {
      document.title = "Whetstone";
    };
  }, []);
  return (
    <div class="errata">
      <h1>Errata</h1>
      <p class="lead">
        {errata.length} {errata.length === 1 ? "claim that circulates" : "claims that circulate"} in cheat
        sheets and interview answers and {errata.length === 1 ? "does" : "do"} not hold. Run the experiment
        beside each and see.
      </p>
      <nav class="errata-filter" aria-label="Chapters with errata">
        <a href={errataHref()} aria-current={id === "" ? "page" : undefined}>
          All <small>{errata.length}</small>
        </a>
        {chapters
          .filter((c) => counts.has(c.id))
          .map((c) => (
            <a key={c.id} href={errataHref(c.id)} aria-current={id === c.id ? "page" : undefined}>
              {c.title} <small>{counts.get(c.id)}</small>
            </a>
          ))}
      </nav>
      {asked !== undefined && !shown.some((e) => e.claim === asked) && (
        <p class="notice">No claim “{asked}” is shown here; these are the ones there are.</p>
      )}
      {shown.length === 0 && (
        <p class="notice">
          No card of “{titles.get(id) ?? id}” shows a claim that does not hold.{" "}
          <a href={errataHref()}>All claims</a>
        </p>
      )}
      {shown.map((e) => (
        <Erratum
          key={`${e.card} ${e.claim}`}
          entry={e}
          chapter={titles.get(e.chapter) ?? e.chapter}
          asked={e.claim === asked}
        />
      ))}
    </div>
  );
}

function Erratum({
  entry,
  chapter,
  asked,
}: {
  readonly entry: ErratumEntry;
  readonly chapter: string;
  readonly asked: boolean;
}) {
  const article = useRef<HTMLElement>(null);
  const [said, say] = useState("");
  useEffect(() => {
    if (!asked) return;
    // The page itself goes to its top first.
    const frame = requestAnimationFrame(() => {
      article.current?.scrollIntoView({ block: "center" });
      article.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [asked]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(new URL(claimHref(entry.claim), location.href).href);
      say("Link copied");
    } catch {
      say("The browser did not allow copying");
    }
  };
  return (
    <article
      ref={article}
      class={asked ? "errata-entry asked" : "errata-entry"}
      data-claim={entry.claim}
      aria-current={asked ? "true" : undefined}
      tabIndex={-1}
    >
      <h2 class="unseen">
        {entry.claim}: {entry.title}
      </h2>
      <dl>
        <div class="claimed">
          <dt>Claimed</dt>
          <dd {...html(entry.claimed)} />
        </div>
        <div class="true">
          <dt>True</dt>
          <dd {...html(entry.truth)} />
        </div>
      </dl>
      <p class="errata-links">
        <span>
          {chapter}: <a href={cardHref(entry.card)}>{entry.title}</a>
        </span>
        <span class="errata-copy">
          <a href={claimHref(entry.claim)}>{entry.claim}</a>
          <button type="button" class="quiet" aria-label={`Copy link to ${entry.claim}`} onClick={copy}>
            Copy link
          </button>
          <span role="status">{said}</span>
        </span>
      </p>
      <Experiment card={entry.card} claim={entry.claim} />
    </article>
  );
}
