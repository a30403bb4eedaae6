import type { Figure } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../theme.ts";

export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
}

/** Draws a figure in the width it has. The drawing code is a chunk of its own, loaded with the first figure. */
export function FigureView({ figure, cut = "" }: { readonly figure: Figure; readonly cut?: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [legend, setLegend] = useState<readonly LegendEntry[]>([]);
  const [problem, setProblem] = useState("");

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
    import("./draw.ts").then(
      ({ draw }) => {
        if (!current) return;
        const drawn = draw(figure, width);
        holder.current?.replaceChildren(drawn.svg);
        setLegend(drawn.legend);
        setProblem("");
      },
      () => current && setProblem("The figure could not be drawn."),
    );
    return () => {
      current = false;
    };
  }, [figure, width, colours]);

  return (
    <figure class="figure">
      {figure.title !== undefined && <div class="figure-title">{figure.title}</div>}
      {legend.length > 0 && (
        <ul class="legend" aria-hidden="true">
          {legend.map((entry) => (
            <li key={entry.name}>
              <span class={entry.dashed ? "swatch dashed" : "swatch"} style={{ color: entry.colour }} />
              {entry.name}
            </li>
          ))}
        </ul>
      )}
      <div
        class="drawing"
        role="img"
        aria-label={figure.alt}
        ref={holder}
        style={{ minHeight: `${figure.square ? Math.min(width, SQUARE) : heightFor(width)}px` }}
      />
      <figcaption>
        {problem || figure.alt}
        {cut !== "" && <small> {cut}</small>}
      </figcaption>
    </figure>
  );
}

/** Widest a figure with equal units on both axes gets, in pixels. */
export const SQUARE = 440;

export const heightFor = (width: number): number => Math.round(Math.min(340, Math.max(210, width * 0.6)));
