/** Figures as data to SVG, by Observable Plot. */
import * as Plot from "@observablehq/plot";
import type { Axis, Figure, Mark } from "@whetstone/sheet";
import { heightFor, type LegendEntry, SQUARE } from "./figure.tsx";

const SERIES = [
  "var(--series-1)",
  "var(--series-2)",
  "var(--series-3)",
  "var(--series-4)",
  "var(--series-5)",
  "var(--series-6)",
];

export function draw(figure: Figure, width: number): { svg: Element; legend: LegendEntry[] } {
  const colours = seriesColours(figure.marks);
  const svg = Plot.plot({
    ...(figure.square
      ? { width: Math.min(width, SQUARE), aspectRatio: 1 }
      : { width, height: heightFor(width) }),
    marginLeft: 52,
    marginBottom: 38,
    marginTop: 16,
    marginRight: 18,
    style: { background: "transparent", fontSize: "12px", overflow: "visible" },
    x: scaleOf(figure.x),
    y: scaleOf(figure.y, true),
    color: { type: "linear", ...colourScale(figure.marks) },
    marks: [...figure.marks.flatMap((mark) => layers(mark, colours, figure))],
  });
  svg.setAttribute("aria-hidden", "true");
  return { svg, legend: legendOf(figure.marks, colours) };
}

function scaleOf(axis: Axis, grid = false): Plot.ScaleOptions {
  return {
    label: axis.label ?? null,
    labelArrow: false,
    type: axis.scale ?? undefined,
    grid,
    ...(axis.domain && { domain: [...axis.domain] }),
    ...(axis.percent && { percent: true }),
    ...(axis.scale === "log" && { tickFormat: logTick, ticks: 6 }),
    ...(axis.scale !== "band" && !axis.domain && { nice: axis.scale !== "log" }),
  };
}

/** Decades as powers, so that tick labels stay short. */
function logTick(value: number): string {
  const power = Math.log10(value);
  if (Math.abs(power - Math.round(power)) > 1e-9) return "";
  const p = Math.round(power);
  if (p >= -2 && p <= 4) return String(10 ** p);
  return `10${String(p).replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]!))}`;
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
  const dashed = new Set(
    marks.flatMap((m) => (m.type === "line" && m.dashed && m.name !== undefined ? [m.name] : [])),
  );
  return [...colours].map(([name, colour]) => ({ name, colour, dashed: dashed.has(name) }));
}

function colourScale(marks: readonly Mark[]): Plot.ScaleOptions {
  const found = marks.find((m) => m.type === "field");
  if (!found || found.type !== "field") return {};
  const values = found.values.filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const paper = css("--paper");
  if (found.centre === undefined)
    return { type: "linear", domain: [low, high], range: [paper, css("--field-high")], interpolate: "rgb" };
  const reach = Math.max(high - found.centre, found.centre - low);
  return {
    type: "linear",
    domain: [found.centre - reach, found.centre, found.centre + reach],
    range: [css("--field-low"), paper, css("--field-high")],
    interpolate: "rgb",
  };
}

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function layers(mark: Mark, colours: ReadonlyMap<string, string>, figure: Figure): Plot.Markish[] {
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
              { x: "x", y1: base(figure, mark.y), y2: "y", fill: stroke, sort: null, inset: 1 },
            ),
          ]
        : [
            Plot.ruleX(
              mark.x.map((x, i) => ({ x: Number(x), y: mark.y[i]! })),
              { x: "x", y1: base(figure, mark.y), y2: "y", stroke, strokeWidth: 5 },
            ),
          ];
    case "boxes":
      return [
        Plot.rect(
          mark.x0.map((x1, i) => ({ x1, x2: mark.x1[i]!, y: mark.y[i]! })),
          {
            x1: "x1",
            x2: "x2",
            y1: base(figure, mark.y),
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
          mark.x.map((x, i) => ({ x, low: mark.low[i]!, high: mark.high[i]! })),
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
    case "field": {
      const grid = {
        width: mark.cols,
        height: mark.rows,
        x1: mark.x[0],
        x2: mark.x[1],
        y1: mark.y[0],
        y2: mark.y[1],
      };
      const raster = Plot.raster([...mark.values], {
        ...grid,
        imageRendering: mark.cols < 50 ? "pixelated" : "auto",
      });
      if (!mark.contours) return [raster];
      return [
        raster,
        Plot.contour([...mark.values], {
          ...grid,
          thresholds: [...mark.contours],
          fill: "none",
          stroke: "var(--ink-2)",
          strokeOpacity: 0.55,
          strokeWidth: 0.8,
        }),
      ];
    }
  }
}

/** Where bars stand: on zero, or on the bottom of a log axis. */
function base(figure: Figure, y: readonly number[]): number {
  if (figure.y.scale !== "log") return 0;
  return figure.y.domain?.[0] ?? Math.min(...y.filter((v) => v > 0)) / 3;
}

const pairs = (x: readonly number[], y: readonly number[]) => x.map((v, i) => ({ x: v, y: y[i]! }));
