/** Figures as data to SVG, by Observable Plot. */
import * as Plot from "@observablehq/plot";
import type { Figure, Mark } from "@whetstone/sheet";
import { type Axes, axesOf, extent } from "./axes.ts";
import { fieldLayers } from "./field.ts";
import { heightFor, type Legend, type LegendEntry, type Ramp, SQUARE, TALLEST } from "./figure.tsx";

const SERIES = [
  "var(--series-1)",
  "var(--series-2)",
  "var(--series-3)",
  "var(--series-4)",
  "var(--series-5)",
  "var(--series-6)",
];

export function draw(figure: Figure, width: number): { svg: Element; legend: Legend } {
  const colours = seriesColours(figure.marks);
  const ramp = rampOf(figure.marks);
  const size = figure.square ? Math.min(width, SQUARE) : width;
  const axes = axesOf(figure, size);
  const plot = (shape: Plot.PlotOptions) =>
    Plot.plot({
      ...axes,
      ...shape,
      marginRight: 18,
      style: { background: "transparent", fontSize: "12px", overflow: "visible" },
      marks: figure.marks.flatMap((mark) => layers(mark, colours, figure, axes, ramp)),
    });
  let svg = plot(figure.square ? { width: size, aspectRatio: 1 } : { width, height: heightFor(width) });
  // Equal units on axes of very different lengths would make a tower.
  const height = Number(svg.getAttribute("height"));
  if (height > TALLEST) svg = plot({ width: Math.max(200, (size * TALLEST) / height), aspectRatio: 1 });
  svg.setAttribute("aria-hidden", "true");
  return { svg, legend: { series: legendOf(figure.marks, colours), ramp } };
}

/** A colour per name, in order of appearance; layers without a name share the first. */
function seriesColours(marks: readonly Mark[]): Map<string, string> {
  const colours = new Map<string, string>();
  const add = (name: string) => {
    if (!colours.has(name)) colours.set(name, SERIES[colours.size % SERIES.length]!);
  };
  for (const mark of marks) {
    if ("group" in mark && mark.group) for (const group of mark.group) add(group);
    else if ("name" in mark && mark.name !== undefined) add(mark.name);
  }
  return colours;
}

function legendOf(marks: readonly Mark[], colours: ReadonlyMap<string, string>): LegendEntry[] {
  const kindOf = (name: string): LegendEntry["kind"] => {
    const kinds = marks.filter(
      (m) => ("name" in m && m.name === name) || ("group" in m && m.group?.includes(name)),
    );
    const line = kinds.find(
      (m) => m.type === "line" || m.type === "step" || m.type === "arrows" || m.type === "rule",
    );
    if (line) return (line.type === "line" && line.dashed) || line.type === "rule" ? "dashed" : "line";
    return kinds.some((m) => m.type === "points") ? "dot" : "area";
  };
  return [...colours].map(([name, colour]) => ({ name, colour, kind: kindOf(name) }));
}

/** Colours of a field: from paper to one colour, or through paper between two. */
function rampOf(marks: readonly Mark[]): Ramp | null {
  const found = marks.find((m) => m.type === "field");
  if (found?.type !== "field") return null;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of found.values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return null;
  const paper = css("--paper");
  if (found.centre === undefined) {
    return { domain: [low, high > low ? high : low + 1], range: [paper, css("--field-high")] };
  }
  const reach = Math.max(high - found.centre, found.centre - low) || 1;
  return {
    domain: [found.centre - reach, found.centre, found.centre + reach],
    range: [css("--field-low"), paper, css("--field-high")],
  };
}

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function layers(
  mark: Mark,
  colours: ReadonlyMap<string, string>,
  figure: Figure,
  axes: Axes,
  ramp: Ramp | null,
): Plot.Markish[] {
  const stroke =
    ("name" in mark && mark.name !== undefined ? colours.get(mark.name) : undefined) ?? SERIES[0]!;
  const onLogY = figure.y.scale === "log";
  const onLogX = figure.x.scale === "log";
  /** What a log axis cannot show is left out instead of drawn wrongly. */
  const fits = (x: unknown, y: unknown) =>
    !(onLogY && !((y as number) > 0)) &&
    !(onLogX && !((x as number) > 0)) &&
    (typeof y !== "number" || Number.isFinite(y)) &&
    (typeof x !== "number" || Number.isFinite(x));
  switch (mark.type) {
    case "line":
    case "step": {
      const points = pairs(mark.x, mark.y).map((p) => (fits(p.x, p.y) ? p : { x: p.x, y: Number.NaN }));
      return [
        Plot.line(points, {
          x: "x",
          y: "y",
          stroke,
          strokeWidth: 2,
          ...(mark.type === "step" ? { curve: "step-after" } : mark.dashed ? { strokeDasharray: "5 4" } : {}),
        }),
      ];
    }
    case "points": {
      const r = mark.size ?? 3;
      const points = mark.x
        .map((x, i) => ({ x, y: mark.y[i]!, c: mark.group ? colours.get(mark.group[i]!)! : stroke }))
        .filter((p) => fits(p.x, p.y));
      const many = points.length > 150;
      return mark.group
        ? [...new Set(points.map((p) => p.c))].map((c) =>
            Plot.dot(
              points.filter((p) => p.c === c),
              { x: "x", y: "y", fill: c, r, fillOpacity: many ? 0.6 : 0.85 },
            ),
          )
        : [Plot.dot(points, { x: "x", y: "y", fill: stroke, r, fillOpacity: many ? 0.6 : 0.9 })];
    }
    case "bars":
      return figure.x.scale === "band"
        ? [
            Plot.barY(
              mark.x.map((x, i) => ({ x: String(x), y: mark.y[i]! })),
              {
                x: "x",
                y1: base(figure),
                y2: "y",
                fill: stroke,
                sort: null,
                ...sideBySide(figure, mark, axes),
              },
            ),
          ]
        : [
            Plot.ruleX(
              mark.x.map((x, i) => ({ x: Number(x), y: mark.y[i]! })),
              { x: "x", y1: base(figure), y2: "y", stroke, strokeWidth: 5 },
            ),
          ];
    case "boxes":
      return [
        Plot.rect(
          mark.x0.map((x1, i) => ({ x1, x2: mark.x1[i]!, y: mark.y[i]! })),
          {
            x1: "x1",
            x2: "x2",
            y1: base(figure),
            y2: "y",
            fill: stroke,
            fillOpacity: 0.55,
            inset: 0.25,
          },
        ),
      ];
    case "band":
      return [
        Plot.areaY(
          mark.x.map((x, i) => ({
            x,
            low: onLogY ? Math.max(mark.low[i]!, base(figure)) : mark.low[i]!,
            high: mark.high[i]!,
          })),
          { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.2 },
        ),
      ];
    case "rule": {
      const colour = mark.name !== undefined ? stroke : "var(--ink-2)";
      const out: Plot.Markish[] = [];
      if (mark.x !== undefined) {
        out.push(Plot.ruleX([mark.x], { stroke: colour, strokeDasharray: "2 3" }));
        if (mark.label !== undefined)
          out.push(
            Plot.text([mark.label], {
              x: [mark.x],
              frameAnchor: "top",
              dx: 5,
              textAnchor: "start",
              fill: "var(--ink-2)",
            }),
          );
      }
      if (mark.y !== undefined) {
        out.push(Plot.ruleY([mark.y], { stroke: colour, strokeDasharray: "2 3" }));
        if (mark.label !== undefined)
          out.push(
            Plot.text([mark.label], {
              y: [mark.y],
              frameAnchor: "right",
              dy: -7,
              textAnchor: "end",
              fill: "var(--ink-2)",
            }),
          );
      }
      return out;
    }
    case "text":
      return [
        Plot.text(
          mark.x.map((x, i) => ({ x, y: mark.y[i]!, t: mark.text[i]! })),
          { x: "x", y: "y", text: "t", fill: "var(--ink)", stroke: "var(--paper)" },
        ),
      ];
    case "arrows":
      return [
        Plot.arrow(
          mark.x1.map((x1, i) => ({ x1, y1: mark.y1[i]!, x2: mark.x2[i]!, y2: mark.y2[i]! })),
          { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke, strokeWidth: 2, bend: false, headLength: 8 },
        ),
      ];
    case "field":
      return ramp ? fieldLayers(mark, ramp) : [];
  }
}

/** Where bars stand: on zero, or on the bottom of a log axis. */
function base(figure: Figure): number {
  if (figure.y.scale !== "log") return 0;
  return figure.y.domain?.[0] ?? extent(figure, "y")[0] / 3;
}

/** Bars of several names over one category stand beside each other. */
function sideBySide(figure: Figure, mark: Mark, { band }: Axes): { insetLeft: number; insetRight: number } {
  const all = figure.marks.filter((m) => m.type === "bars");
  const share = (band * 0.9) / all.length;
  const at = all.indexOf(mark as (typeof all)[number]);
  const gap = Math.min(1, share / 8);
  return { insetLeft: at * share + gap, insetRight: (all.length - 1 - at) * share + gap };
}

const pairs = (x: readonly number[], y: readonly number[]) => x.map((v, i) => ({ x: v, y: y[i]! }));
