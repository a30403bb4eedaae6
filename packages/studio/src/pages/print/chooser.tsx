import { useEffect, useState } from "preact/hooks";
import type { ChapterSummary } from "../../sheet.ts";
import { type Choice, DEFAULT, printHref } from "./choice.ts";

const FIGURES = [
  ["none", "None", "text and formulas alone; ready at once"],
  ["one", "One a card", "the first figure, computed here"],
  ["all", "All", "every figure of every card"],
] as const;

/** Which chapters, how much of their cards, and with which figures. */
export function Chooser({ chapters }: { readonly chapters: readonly ChapterSummary[] }) {
  const full = chapters.filter((chapter) => chapter.cards.length > 0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(full.map((c) => c.id)));
  const [choice, setChoice] = useState<Choice>(DEFAULT);
  useEffect(() => {
    document.title = "Print – Whetstone";
    return () => {
      document.title = "Whetstone";
    };
  }, []);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const cards = full.filter((c) => chosen.has(c.id)).reduce((sum, c) => sum + c.cards.length, 0);
  const all = chosen.size === full.length;
  const ids = all ? ["all"] : full.filter((c) => chosen.has(c.id)).map((c) => c.id);
  return (
    <section class="print-chooser">
      <h1>Print</h1>
      <p class="lead">
        A chapter, several, or the whole sheet as a booklet: two columns, vector formulas and figures, fit for
        a printer without colours. A printer's dialogue can also write it as PDF.
      </p>
      <fieldset>
        <legend>Chapters</legend>
        <p class="picks">
          <button type="button" class="quiet" onClick={() => setChosen(new Set(full.map((c) => c.id)))}>
            All
          </button>
          <button type="button" class="quiet" onClick={() => setChosen(new Set())}>
            None
          </button>
        </p>
        <ul class="print-chapters">
          {full.map((chapter) => (
            <li key={chapter.id}>
              <label>
                <input type="checkbox" checked={chosen.has(chapter.id)} onChange={() => toggle(chapter.id)} />
                <span>{chapter.title}</span>
                <small>
                  {chapter.cards.length} {chapter.cards.length === 1 ? "card" : "cards"}
                </small>
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
      <div class="print-options">
        <fieldset>
          <legend>Of each card</legend>
          {[false, true].map((only) => (
            <label key={String(only)}>
              <input
                type="radio"
                name="only"
                checked={choice.onlyAnswers === only}
                onChange={() => setChoice({ ...choice, onlyAnswers: only })}
              />
              <span>{only ? "Question and answer" : "Everything"}</span>
              <small>
                {only ? "to rehearse from" : "formula, answer, pitfall, what circulates wrongly, follow-ups"}
              </small>
            </label>
          ))}
        </fieldset>
        <fieldset disabled={choice.onlyAnswers}>
          <legend>Figures</legend>
          {FIGURES.map(([value, name, about]) => (
            <label key={value}>
              <input
                type="radio"
                name="figures"
                checked={choice.figures === value}
                onChange={() => setChoice({ ...choice, figures: value })}
              />
              <span>{name}</span>
              <small>{about}</small>
            </label>
          ))}
          <label>
            <input
              type="checkbox"
              checked={choice.costly}
              disabled={choice.figures === "none"}
              onChange={() => setChoice({ ...choice, costly: !choice.costly })}
            />
            <span>Costly cards too</span>
            <small>some take many seconds</small>
          </label>
        </fieldset>
      </div>
      <p class="print-go">
        {chosen.size === 0 ? (
          <span class="about">Choose at least one chapter.</span>
        ) : (
          <a class="button" href={printHref(ids, choice)}>
            Lay out {cards} {cards === 1 ? "card" : "cards"}
          </a>
        )}
      </p>
    </section>
  );
}
