import type { Figure } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../theme.ts";

export interface LegendEntry {
  readonly name: string;
  /** A colour, or the gradient of a ramp. */
  readonly colour: string;
  readonly shape: "line" | "dashed" | "dotted" | "dot" | "box" | "shade" | "ramp";
}

interface Props {
  readonly figure: Figure;
  /** What of the data is not drawn. */
  readonly omitted?: string | undefined;
}

/** Draws a figure in the width it has. The drawing code is a chunk of its own, loaded with the first figure. */
export function FigureView({ figure, omitted }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [legend, setLegend] = useState<readonly LegendEntry[]>([]);
  const [drawn, setDrawn] = useState(false);
  const [problem, setProblem] = useState<{ readonly why: string; readonly again: boolean } | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const element = holder.current!;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const colours = theme.value;
  useEffect(() => {
    if (width === 0) return;
    let current = true;
    const fail = (why: string, again: boolean) => {
      if (!current) return;
      holder.current?.replaceChildren();
      setLegend([]);
      setDrawn(false);
      setProblem({ why, again });
    };
    import("./draw.ts").then(
      ({ draw }) =>
        inTurn(() => {
          if (!current) return;
          try {
            const { svg, legend } = draw(figure, width);
            holder.current?.replaceChildren(svg);
            setLegend(legend);
            setDrawn(true);
            setProblem(null);
          } catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            fail(`The figure could not be drawn: ${why}.`, false);
          }
        }),
      () => fail("The code that draws could not be loaded; is the connection gone?", true),
    );
    return () => {
      current = false;
    };
  }, [figure, width, colours, attempt]);

  const height = figure.square ? Math.min(width, SQUARE) : heightFor(width);
  return (
    <figure class="figure">
      {figure.title !== undefined && <div class="figure-title">{figure.title}</div>}
      {legend.length > 0 && (
        <ul class="legend" aria-hidden="true">
          {legend.map(({ name, colour, shape }) => (
            <li key={name}>
              <span
                class={`swatch ${shape}`}
                style={shape === "ramp" ? { background: colour } : { color: colour }}
              />
              {name}
            </li>
          ))}
        </ul>
      )}
      <div
        class="drawing"
        role="img"
        aria-label={figure.alt}
        ref={holder}
        style={drawn || problem ? {} : { minHeight: `${height}px` }}
      />
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
      {/* Readers that speak have these words from the drawing's label. */}
      <figcaption>
        <span aria-hidden="true">{figure.alt}</span>
        {omitted !== undefined && <span class="omitted"> {omitted}</span>}
      </figcaption>
    </figure>
  );
}

/** Figures are drawn one per task, so that several of them never hold the page up together. */
let last: Promise<void> = Promise.resolve();
function inTurn(work: () => void): Promise<void> {
  last = last.then(
    () =>
      new Promise((resolve) => {
        setTimeout(() => {
          work();
          resolve();
        });
      }),
  );
  return last;
}

/** Largest side of a figure with equal units on both axes, in pixels. */
export const SQUARE = 440;

export const heightFor = (width: number): number => Math.round(Math.min(360, Math.max(220, width * 0.64)));
