import { brief, type Figure } from "@whetstone/sheet";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { draw } from "../../lab/draw.ts";
import { withShapes } from "../../lab/field-vector.ts";
import type { CardDetails, CardSummary } from "../../sheet.ts";
import type { Ran } from "./figures.ts";
import { inGreys, ink, rampStyle, swatch } from "./ink.ts";

/** Width figures are drawn for, in pixels, without and with equal units on both axes. */
const WIDE = 340;
const SQUARE = 240;
/** How much smaller they are on paper, and the size of their words before that. */
const SCALE = 0.66;
const WORDS = "13px";
const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

interface Props {
  readonly summary: CardSummary;
  readonly card: CardDetails;
  readonly level: 2 | 3;
  readonly onlyAnswers: boolean;
  readonly ran: Ran | undefined;
  /** How many figures stand with the text. */
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
      {card.whenNot !== undefined && (
        <p>
          <b>When not</b> <span {...html(card.whenNot)} />
        </p>
      )}
      {card.errata.map((e) => (
        <p class="sheet-erratum" key={e.claim}>
          <b>Wrong in circulation</b> <s {...html(e.claimed)} /> <b>True</b> <span {...html(e.truth)} />
        </p>
      ))}
      {card.followUps?.map((f) => (
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

/** A figure beyond the first, which may stand in the next column. */
export function FurtherFigure(props: {
  readonly title: string;
  readonly figure: Figure;
  readonly draw: typeof draw;
}) {
  return (
    <div class="sheet-card">
      <p class="sheet-of">{props.title}, continued</p>
      <Printed figure={props.figure} draw={props.draw} />
    </div>
  );
}

interface Drawn {
  readonly svg: Element;
  readonly keys: readonly Node[];
}
/** A card that moves from the flow to its page keeps its drawings. */
const drawn = new WeakMap<Figure, Drawn>();

function drawOnce(figure: Figure, drawing: typeof draw): Drawn {
  const before = drawn.get(figure);
  if (before) return before;
  const centred = figure.marks.some((mark) => mark.type === "field" && mark.centre !== undefined);
  const { svg, legend } = inGreys(centred, () => drawing(figure, figure.square ? SQUARE : WIDE));
  withShapes(svg);
  ink(svg);
  const [width, height] = ["width", "height"].map((name) => svg.getAttribute(name)!);
  if (!svg.hasAttribute("viewBox")) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const { style } = svg as SVGElement;
  style.width = `${Number(width) * SCALE}px`;
  style.fontSize = WORDS;
  const keys: Node[] = legend.series.map((entry) => {
    const key = document.createElement("span");
    key.append(swatch(entry), entry.name);
    return key;
  });
  if (legend.ramp) {
    const key = document.createElement("span");
    const ramp = document.createElement("i");
    ramp.className = "print-ramp";
    ramp.style.background = rampStyle(legend);
    key.append(brief(legend.ramp.domain[0]!), ramp, brief(legend.ramp.domain.at(-1)!));
    keys.push(key);
  }
  const result = { svg, keys };
  drawn.set(figure, result);
  return result;
}

function Printed({ figure, draw: drawing }: { readonly figure: Figure; readonly draw: typeof draw }) {
  const holder = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const place = holder.current!;
    try {
      const { svg, keys: own } = drawOnce(figure, drawing);
      place.replaceChildren(svg);
      keys.current!.replaceChildren(...own);
    } catch {
      // A figure with nothing to show is left out; the card's page says why.
      place.closest("figure")!.hidden = true;
    }
  }, [figure]);
  return (
    <figure class="sheet-figure">
      <div role="img" aria-label={figure.alt} ref={holder} />
      <div class="sheet-beside">
        {figure.title !== undefined && <p class="sheet-figure-title">{figure.title}</p>}
        <p class="sheet-keys" ref={keys} />
      </div>
    </figure>
  );
}
