import { brief, type Figure } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../theme.ts";
import { FigureFiles } from "./figure-files.tsx";
import type { Legend } from "./legend.ts";

interface Problem {
  readonly why: string;
  /** Whether another attempt may go better. */
  readonly again: boolean;
}
const NO_LEGEND: Legend = { series: [], ramp: null };

/** The drawing code is a chunk of its own, asked for when a lab opens. */
export const loadDrawing = () => import("./draw.ts");

const turns: (() => void)[] = [];

/** Resolves when every figure that waits has been drawn. */
export async function allDrawn(): Promise<void> {
  await loadDrawing().catch(() => {});
  do await new Promise((resolve) => setTimeout(resolve));
  while (turns.length > 0);
}

/** One figure after another, each in a task of its own, so that a card with many does not hold the page. */
function inTurn(job: () => void): void {
  if (turns.push(job) > 1) return;
  const next = () => {
    turns[0]!();
    turns.shift();
    if (turns.length > 0) setTimeout(next);
  };
  setTimeout(next);
}

/** Draws a figure in the width it has. */
export function FigureView({ figure, cut = "" }: { readonly figure: Figure; readonly cut?: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [legend, setLegend] = useState(NO_LEGEND);
  const [drawn, setDrawn] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const empty = figure.marks.every((mark) => "x" in mark && Array.isArray(mark.x) && mark.x.length === 0);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [empty]);

  const colours = theme.value;
  useEffect(() => {
    if (width === 0) return;
    let current = true;
    const fail = (why: string, again: boolean) => {
      if (!current) return;
      holder.current?.replaceChildren();
      setLegend(NO_LEGEND);
      setProblem({ why, again });
    };
    loadDrawing().then(
      ({ draw }) =>
        inTurn(() => {
          if (!current || !holder.current) return;
          try {
            const { svg, legend } = draw(figure, width);
            holder.current.replaceChildren(svg);
            setLegend(legend);
            setDrawn(true);
            setProblem(null);
          } catch (error) {
            fail(`The figure could not be drawn: ${error instanceof Error ? error.message : error}.`, false);
          }
        }),
      () => fail("The code that draws could not be loaded; is the connection gone?", true),
    );
    return () => {
      current = false;
    };
  }, [figure, width, colours, attempt]);

  return (
    <figure class="figure">
      {figure.title !== undefined && <div class="figure-title">{figure.title}</div>}
      {(legend.series.length > 0 || legend.ramp) && (
        <ul class="legend" aria-hidden="true">
          {legend.series.map((entry) => (
            <li key={entry.name}>
              <span class={`swatch ${entry.kind}`} style={{ color: entry.colour }} />
              {entry.name}
            </li>
          ))}
          {legend.ramp && (
            <li>
              {brief(legend.ramp.domain[0]!)}
              <span
                class="ramp"
                style={{ background: `linear-gradient(to right, ${legend.ramp.range.join()})` }}
              />
              {brief(legend.ramp.domain.at(-1)!)}
            </li>
          )}
        </ul>
      )}
      {empty ? (
        <p class="cut">There is nothing to draw.</p>
      ) : (
        <div
          class="drawing"
          role="img"
          aria-label={figure.alt}
          ref={holder}
          style={
            drawn || problem
              ? {}
              : { minHeight: `${figure.square ? Math.min(width, SQUARE) : heightFor(width)}px` }
          }
        />
      )}
      {problem && (
        <p class="notice" role="status">
          {problem.why}{" "}
          {problem.again && (
            <button type="button" class="quiet" onClick={() => setAttempt(attempt + 1)}>
              Try again
            </button>
          )}
        </p>
      )}
      {/* Readers that speak have the first sentence from the drawing's label. */}
      <figcaption>
        <span aria-hidden={!empty}>{figure.alt}</span>
        {cut !== "" && <small> {cut}</small>}
      </figcaption>
      {drawn && !problem && (
        <FigureFiles
          drawing={() => holder.current?.querySelector("svg") ?? null}
          title={figure.title ?? ""}
          alt={figure.alt}
          legend={legend}
        />
      )}
    </figure>
  );
}

/** Widest and tallest a figure with equal units on both axes gets, in pixels. */
export const SQUARE = 440;
export const TALLEST = 560;

export const heightFor = (width: number): number => Math.round(Math.min(340, Math.max(210, width * 0.6)));
