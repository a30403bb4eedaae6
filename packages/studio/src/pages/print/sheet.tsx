import details from "virtual:details";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { draw } from "../../lab/draw.ts";
import { loadDrawing } from "../../lab/figure.tsx";
import type { CardDetails, ChapterSummary } from "../../sheet.ts";
import { type Choice, type Part, select } from "./choice.ts";
import { FigureRuns, type Ran } from "./figures.ts";
import { fitFormulas } from "./fit-formulas.ts";
import { marginBoxes } from "./margin-boxes.ts";
import { type PageKeys, paginate } from "./paginate.ts";
import { FurtherFigure, SheetCard } from "./sheet-card.tsx";

interface Props {
  readonly chapters: readonly ChapterSummary[];
  readonly id: string;
  readonly choice: Choice;
}

/** Texts are asked for a few at a time, so that one slow answer does not hold the others up. */
const AT_ONCE = 8;

export function Sheet({ chapters, id, choice }: Props) {
  const { parts, unknown } = useMemo(() => select(chapters, id), [chapters, id]);
  const cards = useMemo(() => parts.flatMap((part) => part.cards), [parts]);
  const [texts, setTexts] = useState<ReadonlyMap<string, CardDetails> | null>(null);
  const [lost, setLost] = useState(0);
  const [ran, setRan] = useState<ReadonlyMap<string, Ran>>(new Map());
  const [drawing, setDrawing] = useState<typeof draw | null>(null);
  const [progress, setProgress] = useState<readonly [number, number] | null>(null);
  const [cancelled, setCancelled] = useState(false);
  /** Where every block goes, once all of them are as tall as they will be. */
  const [pages, setPages] = useState<readonly PageKeys[] | null>(null);
  const [settled, setSettled] = useState(false);
  const ready = pages !== null;
  const runs = useRef<FigureRuns | null>(null);
  const stopped = useRef(false);
  const paper = useRef<HTMLElement>(null);
  const title = titleOf(parts, id);
  const single = parts.length === 1;

  useEffect(() => {
    document.title = `${title} – Whetstone`;
    let current = true;
    stopped.current = false;
    void prepare();
    return () => {
      current = false;
      stopped.current = true;
      runs.current?.cancel();
      document.title = "Whetstone";
    };

    async function prepare() {
      const found = new Map<string, CardDetails>();
      const left = [...cards];
      const next = async () => {
        for (let card = left.shift(); card && current; card = left.shift()) {
          const load = details[card.id];
          try {
            if (load) found.set(card.id, (await load()).default);
          } catch {
            // Counted below.
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
      if (!current) return;
      setLost(cards.length - found.size);
      setTexts(found);
      if (choice.figures !== "none" && !choice.onlyAnswers) await compute(found);
      await document.fonts.ready;
      if (current) setSettled(true);
    }

    async function compute(found: ReadonlyMap<string, CardDetails>) {
      const wanted = cards.filter((card) => found.has(card.id) && (choice.costly || card.budget === "quick"));
      const code = await loadDrawing().catch(() => null);
      if (!code || !current) return;
      setDrawing(() => code.draw);
      runs.current = new FigureRuns();
      const results = new Map<string, Ran>();
      let shown = performance.now();
      for (const [i, card] of wanted.entries()) {
        if (!current || stopped.current) break;
        setProgress([i, wanted.length]);
        results.set(card.id, await runs.current.run(card.id, found.get(card.id)!.controls));
        // Laying the sheet out again for every figure would take longer than computing them.
        if (performance.now() - shown > 4000) {
          setRan(new Map(results));
          shown = performance.now();
        }
      }
      if (!current) return;
      setRan(results);
      setProgress(null);
      runs.current.cancel();
    }
  }, []);

  // Formulas are as wide as they are until their fonts are there.
  useEffect(() => {
    if (texts) void document.fonts.ready.then(() => paper.current && fitFormulas(paper.current));
  }, [texts]);
  // The drawings of what is settled are in the page when this runs.
  useEffect(() => {
    if (!settled || !paper.current) return;
    setPages(measured(paper.current));
  }, [settled]);
  useLayoutEffect(() => {
    if (pages && paper.current) fitFormulas(paper.current);
  }, [pages]);

  function measured(sheet: HTMLElement): PageKeys[] {
    sheet.classList.add("measuring");
    fitFormulas(sheet);
    const heights = new Map(
      [...sheet.querySelectorAll<HTMLElement>("[data-block]")].map((block) => [
        block.dataset.block!,
        block.getBoundingClientRect().height,
      ]),
    );
    const height = (key: string) => ({ key, height: heights.get(key) ?? 0 });
    const room = sheet.querySelector(".sheet-measure")!.getBoundingClientRect().height;
    const head = sheet.querySelector(".sheet-head")!.getBoundingClientRect().height;
    sheet.classList.remove("measuring");
    const chapters = parts.map(({ chapter, cards }) => ({
      heading: single ? null : height(`heading ${chapter.id}`),
      cards: cards
        .filter((card) => texts!.has(card.id))
        .map((card) => [card.id, ...further(card.id)].map(height)),
    }));
    return paginate(
      chapters.filter((chapter) => chapter.cards.length > 0),
      room,
      head,
    );
  }

  /** Keys of the figures that stand apart from their card's text. */
  function further(card: string): string[] {
    const figures = choice.figures === "all" ? (ran.get(card)?.figures ?? []) : [];
    return figures.slice(1).map((_, i) => `${card} ${i + 1}`);
  }

  function cancel() {
    stopped.current = true;
    setCancelled(true);
    runs.current?.cancel();
  }

  if (parts.length === 0)
    return (
      <>
        <h1>Print</h1>
        <p class="notice">
          There is no chapter “{unknown.join(", ")}”. <a href="#/print">Choose what to print.</a>
        </p>
      </>
    );
  const head = (
    <header class="sheet-head">
      <h1>{title}</h1>
      <p>
        {single ? `${parts[0]!.chapter.about}. ` : `${parts.length} chapters, `}
        {cards.length} {cards.length === 1 ? "card" : "cards"}; every number computed, every claim checked.
      </p>
    </header>
  );
  return (
    <>
      <style>{marginBoxes(title)}</style>
      <div class="print-bar">
        <a href="#/print">Choose again</a>
        <span role="status">{said()}</span>
        {progress && (
          <>
            <progress aria-label="Figures computed" value={progress[0]} max={progress[1]} />
            <button type="button" class="quiet" onClick={cancel}>
              Cancel
            </button>
          </>
        )}
        <button type="button" disabled={!ready} onClick={() => print()}>
          Print
        </button>
      </div>
      <article class="sheet" aria-busy={!ready} ref={paper}>
        {!pages && head}
        <div class="sheet-measure" aria-hidden="true" />
        {pages?.map((columns, i) => (
          <div class="sheet-page" key={i}>
            {i === 0 && head}
            <div class="sheet-pair">
              {columns.map((keys, side) => (
                <div class="sheet-column" key={side}>
                  {keys.map(block)}
                </div>
              ))}
            </div>
          </div>
        ))}
        {texts && !pages && <div class="sheet-columns">{parts.flatMap(keysOf).map(block)}</div>}
      </article>
    </>
  );

  function keysOf({ chapter, cards }: Part): string[] {
    const own = cards.filter((card) => texts?.has(card.id)).flatMap((card) => [card.id, ...further(card.id)]);
    return single ? own : [`heading ${chapter.id}`, ...own];
  }

  function block(key: string) {
    return (
      <div class="sheet-block" data-block={key} key={key}>
        {inBlock(key)}
      </div>
    );
  }

  function inBlock(key: string) {
    const [name, nth] = key.split(" ") as [string, string | undefined];
    if (name === "heading") {
      const { chapter } = parts.find((part) => part.chapter.id === nth)!;
      return (
        <header class="sheet-chapter">
          <h2>{chapter.title}</h2>
          <span>{chapter.about}</span>
        </header>
      );
    }
    const summary = cards.find((card) => card.id === name)!;
    const shown = ran.get(name);
    if (nth !== undefined)
      return <FurtherFigure title={summary.title} figure={shown!.figures[Number(nth)]!} draw={drawing!} />;
    return (
      <SheetCard
        summary={summary}
        card={texts!.get(name)!}
        level={single ? 2 : 3}
        onlyAnswers={choice.onlyAnswers}
        ran={shown}
        most={1}
        draw={drawing}
      />
    );
  }

  function said(): string {
    if (!texts) return "Loading the texts …";
    const missing = lost > 0 ? ` ${lost} of ${cards.length} cards could not be loaded and are left out.` : "";
    const none = unknown.length > 0 ? ` There is no “${unknown.join(", ")}”.` : "";
    if (progress) return `Computing figures: ${progress[0]} of ${progress[1]}.${missing}${none}`;
    if (!pages) return "Drawing …";
    const length = `${pages.length} ${pages.length === 1 ? "page" : "pages"}.`;
    return `${length} ${cancelled ? "Cancelled; what is drawn can be printed." : "Ready to print."}${missing}${none}`;
  }
}

function titleOf(parts: readonly Part[], id: string): string {
  if (parts.length === 1 && parts[0]!.cards.length === 1 && id.includes("/"))
    return parts[0]!.cards[0]!.title;
  if (parts.length === 1) return parts[0]!.chapter.title;
  return id === "all" ? "The whole sheet" : parts.map((part) => part.chapter.title).join(", ");
}
