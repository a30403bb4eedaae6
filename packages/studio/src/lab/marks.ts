/** One layer of a figure as marks of Observable Plot. */
import * as Plot from "@observablehq/plot";
import type { Figure, Mark } from "@whetstone/sheet";
import { extent } from "./axes.ts";
import { fieldLayers } from "./field.ts";
import type { Ramp } from "./legend.ts";

/** What a layer has to know of the figure around it. */
export interface Around {
  readonly figure: Figure;
  readonly colours: ReadonlyMap<string, string>;
  readonly first: string;
  /** Width of one band in pixels, where x is a band. */
  readonly bandwidth: number;
  readonly ramp: Ramp | null;
}

type Of<T extends Mark["type"]> = Extract<Mark, { type: T }>;

export function layers(mark: Mark, around: Around): Plot.Markish[] {
  switch (mark.type) {
    case "line":
    case "step":
      return line(mark, around);
    case "points":
      return points(mark, around);
    case "bars":
      return bars(mark, around);
    case "boxes":
      return boxes(mark, around);
    case "band":
      return band(mark, around);
    case "rule":
      return rule(mark, around);
    case "text":
      return text(mark, around);
    case "arrows":
      return arrows(mark, around);
    case "field":
      return around.ramp ? fieldLayers(mark, around.ramp) : [];
  }
}

const colourOf = (mark: { readonly name?: string }, { colours, first }: Around): string =>
  (mark.name !== undefined ? colours.get(mark.name) : undefined) ?? first;

/** What a log axis cannot show is left out instead of drawn wrongly. */
const onAxis = (value: number, scale: Figure["x"]["scale"]): boolean =>
  Number.isFinite(value) && (scale !== "log" || value > 0);

function fits({ figure }: Around, x: number | string, y: number): boolean {
  return (figure.x.scale === "band" || onAxis(Number(x), figure.x.scale)) && onAxis(y, figure.y.scale);
}

const placeX = ({ figure }: Around, x: number | string) => (figure.x.scale === "band" ? String(x) : x);

/** Where the card sets an axis, nothing is drawn outside the frame. */
const clip = ({ figure }: Around): boolean => figure.x.domain !== undefined || figure.y.domain !== undefined;

/** A point on the edge of the frame is drawn whole, one outside not at all. */
function within(
  { x: { domain: wide }, y: { domain: tall } }: Figure,
  x: number | string,
  y: number,
): boolean {
  const inside = (domain: readonly [number, number] | undefined, v: number) =>
    !domain || (v >= Math.min(...domain) && v <= Math.max(...domain));
  return (typeof x === "string" || inside(wide, x)) && inside(tall, y);
}

function line(mark: Of<"line"> | Of<"step">, around: Around): Plot.Markish[] {
  const data = mark.x.map((x, i) => {
    const y = mark.y[i]!;
    return fits(around, x, y) ? { x: placeX(around, x), y } : { x: placeX(around, x), y: Number.NaN };
  });
  return [
    Plot.line(data, {
      x: "x",
      y: "y",
      stroke: colourOf(mark, around),
      strokeWidth: 2,
      clip: clip(around),
      ...(mark.type === "step" && { curve: "step-after" }),
      ...(mark.type === "line" && mark.dashed && { strokeDasharray: "5 4" }),
    }),
  ];
}

function points(mark: Of<"points">, around: Around): Plot.Markish[] {
  const own = colourOf(mark, around);
  const data = mark.x
    .map((x, i) => ({
      x: placeX(around, x),
      y: mark.y[i]!,
      c: mark.group ? (around.colours.get(mark.group[i]!) ?? own) : own,
    }))
    .filter((p) => fits(around, p.x, p.y) && within(around.figure, p.x, p.y));
  const fillOpacity = data.length > 150 ? 0.6 : 0.9;
  return [...new Set(data.map((p) => p.c))].map((fill) =>
    Plot.dot(
      data.filter((p) => p.c === fill),
      { x: "x", y: "y", fill, r: mark.size ?? 3, fillOpacity },
    ),
  );
}

function bars(mark: Of<"bars">, around: Around): Plot.Markish[] {
  const { figure, bandwidth } = around;
  const data = mark.x
    .map((x, i) => ({ x: placeX(around, x), y: mark.y[i]! }))
    .filter((p) => fits(around, p.x, p.y));
  const colour = colourOf(mark, around);
  const y1 = base(figure);
  if (figure.x.scale !== "band")
    return [Plot.ruleX(data, { x: "x", y1, y2: "y", stroke: colour, strokeWidth: 5, clip: clip(around) })];
  // Several bars of one category stand beside each other.
  const all = figure.marks.filter((m) => m.type === "bars");
  const shared = all.some((m) => m !== mark && m.x.some((x) => mark.x.includes(x)));
  const at = shared ? all.indexOf(mark) : 0;
  const share = bandwidth / (shared ? all.length : 1);
  return [
    Plot.barY(data, {
      x: "x",
      y1,
      y2: "y",
      fill: colour,
      insetLeft: at * share + 0.5,
      insetRight: bandwidth - (at + 1) * share + 0.5,
      clip: clip(around),
    }),
  ];
}

function boxes(mark: Of<"boxes">, around: Around): Plot.Markish[] {
  const data = mark.x0
    .map((x1, i) => ({ x1, x2: mark.x1[i]!, y: mark.y[i]! }))
    .filter((p) => fits(around, p.x1, p.y) && fits(around, p.x2, p.y));
  const look = { fill: colourOf(mark, around), fillOpacity: 0.55, inset: 0.25, clip: clip(around) };
  return [Plot.rect(data, { x1: "x1", x2: "x2", y1: base(around.figure), y2: "y", ...look })];
}

function band(mark: Of<"band">, around: Around): Plot.Markish[] {
  const data = mark.x.map((x, i) => {
    const ok = fits(around, x, mark.low[i]!) && fits(around, x, mark.high[i]!);
    return { x, low: ok ? mark.low[i]! : Number.NaN, high: ok ? mark.high[i]! : Number.NaN };
  });
  const look = { fill: colourOf(mark, around), fillOpacity: 0.2, clip: clip(around) };
  return [Plot.areaY(data, { x: "x", y1: "low", y2: "high", ...look })];
}

const LABEL = { fill: "var(--ink-2)", stroke: "var(--paper)", strokeWidth: 4 } as const;

function rule(mark: Of<"rule">, around: Around): Plot.Markish[] {
  const { figure } = around;
  const stroke = mark.name !== undefined ? colourOf(mark, around) : "var(--ink-2)";
  const look = { stroke, strokeDasharray: "2 3", strokeWidth: 1.25 };
  const out: Plot.Markish[] = [];
  if (mark.x !== undefined && (figure.x.scale === "band" || onAxis(mark.x, figure.x.scale))) {
    out.push(Plot.ruleX([placeX(around, mark.x)], look));
    if (mark.label !== undefined) {
      // Labels of neighbouring rules stand below each other, on the side that has room.
      const before = figure.marks.slice(0, figure.marks.indexOf(mark));
      const nth = before.filter(
        (m) => m.type === "rule" && m.x !== undefined && m.label !== undefined,
      ).length;
      const left = position(mark.x, figure) > 0.6;
      out.push(
        Plot.text([mark.label], {
          x: [placeX(around, mark.x)],
          frameAnchor: "top",
          dx: left ? -5 : 5,
          dy: 1 + 14 * (nth % 5),
          textAnchor: left ? "end" : "start",
          ...LABEL,
        }),
      );
    }
  }
  if (mark.y !== undefined && onAxis(mark.y, figure.y.scale)) {
    out.push(Plot.ruleY([mark.y], look));
    if (mark.label !== undefined)
      out.push(
        Plot.text([mark.label], { y: [mark.y], frameAnchor: "right", dy: -8, textAnchor: "end", ...LABEL }),
      );
  }
  return out;
}

/** Where along the axis a value stands, from 0 to 1. */
function position(x: number, figure: Figure): number {
  if (figure.x.scale === "band") return 0.5;
  const [low, high] = extent(figure, "x");
  const at = figure.x.scale === "log" ? Math.log : (v: number) => v;
  const span = at(high) - at(low);
  return span > 0 ? (at(x) - at(low)) / span : 0.5;
}

function text(mark: Of<"text">, around: Around): Plot.Markish[] {
  const data = mark.x
    .map((x, i) => ({ x: placeX(around, x), y: mark.y[i]!, t: mark.text[i]!, at: x }))
    .filter((p) => fits(around, p.x, p.y));
  const anchorOf = (p: { at: number }) => {
    const at = position(p.at, around.figure);
    return at > 0.9 ? "end" : at < 0.1 ? "start" : "middle";
  };
  return (["start", "middle", "end"] as const).map((textAnchor) =>
    Plot.text(
      data.filter((p) => anchorOf(p) === textAnchor),
      { x: "x", y: "y", text: "t", textAnchor, fill: "var(--ink)", stroke: "var(--paper)" },
    ),
  );
}

function arrows(mark: Of<"arrows">, around: Around): Plot.Markish[] {
  const data = mark.x1
    .map((x1, i) => ({ x1, y1: mark.y1[i]!, x2: mark.x2[i]!, y2: mark.y2[i]! }))
    .filter((p) => fits(around, p.x1, p.y1) && fits(around, p.x2, p.y2));
  return [
    Plot.arrow(data, {
      x1: "x1",
      y1: "y1",
      x2: "x2",
      y2: "y2",
      stroke: colourOf(mark, around),
      strokeWidth: 2,
      bend: false,
      headLength: 8,
    }),
  ];
}

/** Where bars stand: on zero, or on the bottom of a log axis. */
function base(figure: Figure): number {
  if (figure.y.scale !== "log") return 0;
  return figure.y.domain?.[0] ?? extent(figure, "y")[0] / 3;
}
