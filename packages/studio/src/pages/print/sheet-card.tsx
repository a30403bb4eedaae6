import { brief, type Figure } from "@whetstone/sheet";
import { useEffect, useRef } from "preact/hooks";
import type { draw } from "../../lab/draw.ts";
import type { CardDetails, CardSummary } from "../../sheet.ts";
import type { Ran } from "./figures.ts";
import { inGreys, ink, rampStyle, swatch } from "./ink.ts";

/** Width figures are drawn for, in pixels; on paper they are a column wide, somewhat smaller. */
const DRAWN = 400;
const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

interface Props {
  readonly summary: CardSummary;
  readonly card: CardDetails;
  readonly level: 2 | 3;
  readonly onlyAnswers: boolean;
  readonly ran: Ran | undefined;
  readonly most: number;
  readonly draw: typeof draw | null;
}

export function SheetCard({ summary, card, level, onlyAnswers, ran, most, draw }: Props) {
  const Heading = `h${level}` as "h2";
  if (onlyAnswers)
    return (
      <article class="sheet-card">
        <Heading>{summary.title}</Heading>
        <p class="sheet-ask">{summary.ask}</p>
        <p {...html(card.answer)} />
      </article>
    );
  return (
    <article class="sheet-card">
      <Heading>{summary.title}</Heading>
      <div class="sheet-formula" {...html(card.formula)} />
      <p class="sheet-ask">{summary.ask}</p>
      <p {...html(card.answer)} />
      <p class="sheet-pitfall">
        <b>Pitfall</b> <span {...html(card.pitfall)} />
      </p>
      {card.whenNot !== "" && (
        <p>
          <b>When not</b> <span {...html(card.whenNot)} />
        </p>
      )}
      {card.errata.map((e) => (
        <p class="sheet-erratum" key={e.claim}>
          <b>Wrong in circulation</b> <s {...html(e.claimed)} /> <b>True</b> <span {...html(e.truth)} />
        </p>
      ))}
      {card.followUps.map((f) => (
        <p key={f.ask}>
          <i {...html(f.ask)} /> <span {...html(f.answer)} />
        </p>
      ))}
      {draw &&
        ran?.figures.slice(0, most).map((figure, i) => <Printed key={i} figure={figure} draw={draw} />)}
      {ran && ran.problem !== "" && (
        <p class="sheet-problem">Its figure could not be computed: {ran.problem}</p>
      )}
    </article>
  );
}

function Printed({ figure, draw: drawing }: { readonly figure: Figure; readonly draw: typeof draw }) {
  const holder = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const place = holder.current!;
    try {
      const centred = figure.marks.some((mark) => mark.type === "field" && mark.centre !== undefined);
      const { svg, legend } = inGreys(centred, () => drawing(figure, DRAWN));
      ink(svg);
      const [width, height] = ["width", "height"].map((name) => svg.getAttribute(name)!);
      if (!svg.hasAttribute("viewBox")) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      // A narrow figure stays as narrow beside the others.
      (svg as SVGElement).style.width = `${(Math.min(DRAWN, Number(width)) / DRAWN) * 100}%`;
      place.replaceChildren(svg);
      const entries: Node[] = [];
      for (const entry of legend.series) {
        const key = document.createElement("span");
        key.append(swatch(entry), entry.name);
        entries.push(key);
      }
      if (legend.ramp) {
        const key = document.createElement("span");
        const ramp = document.createElement("i");
        ramp.className = "print-ramp";
        ramp.style.background = rampStyle(legend);
        key.append(brief(legend.ramp.domain[0]!), ramp, brief(legend.ramp.domain.at(-1)!));
        entries.push(key);
      }
      keys.current!.replaceChildren(...entries);
    } catch {
      // A figure with nothing to show is left out; the card's page says why.
      place.closest("figure")!.remove();
    }
  }, [figure]);
  return (
    <figure class="sheet-figure">
      {figure.title !== undefined && <div class="sheet-figure-title">{figure.title}</div>}
      <p class="sheet-keys" ref={keys} />
      <div role="img" aria-label={figure.alt} ref={holder} />
    </figure>
  );
}
