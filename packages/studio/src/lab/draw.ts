/** Figures as data to SVG, by Observable Plot. */
import * as Plot from "@observablehq/plot";
import type { Figure, Mark } from "@whetstone/sheet";
import { axesOf, extent } from "./axes.ts";
import { heightFor, type Legend, type LegendEntry, type Ramp, SQUARE, TALLEST } from "./figure.tsx";
import { layers } from "./marks.ts";

const SERIES = [
  "var(--series-1)",
  "var(--series-2)",
  "var(--series-3)",
  "var(--series-4)",
  "var(--series-5)",
  "var(--series-6)",
];

/**
 * Throws where a figure has nothing to show, with a message that says so. With `height` it is a small picture
 * without axes or words, of that height unless its axes have equal units.
 */
export function draw(given: Figure, width: number, height?: number): { svg: Element; legend: Legend } {
  const figure = height === undefined ? given : wordless(given);
  for (const along of ["x", "y"] as const) {
    const [low, high] = extent(figure, along);
    if (figure[along].scale !== "band" && !(low <= high)) throw new Error("it holds no finite number");
  }
  const colours = seriesColours(figure.marks);
  const ramp = rampOf(figure.marks);
  if (!ramp && figure.marks.some((mark) => mark.type === "field"))
    throw new Error("it holds no finite number");
  if (height !== undefined) {
    const { x, y } = axesOf(figure, width);
    const names = Array.isArray(x.domain) ? x.domain.length : 1;
    const around = { figure, colours, first: SERIES[0]!, bandwidth: ((width - 12) / names) * 0.9, ramp };
    const svg = Plot.plot({
      x: { ...x, axis: null },
      y: { ...y, axis: null, grid: false },
      width,
      ...(figure.square ? { aspectRatio: 1 } : { height }),
      margin: 6,
      style: { background: "transparent" },
      marks: figure.marks.flatMap((mark) => layers(mark, around)),
    });
    svg.setAttribute("aria-hidden", "true");
    return { svg, legend: { series: [], ramp } };
  }
  const size = figure.square ? Math.min(width, SQUARE) : width;
  const axes = axesOf(figure, size);
  // Plot pads bands by a tenth of a step between them and at both ends.
  const around = { figure, colours, first: SERIES[0]!, bandwidth: axes.band * 0.9, ramp };
  const plot = (shape: Plot.PlotOptions) =>
    Plot.plot({
      ...axes,
      ...shape,
      marginRight: 18,
      style: { background: "transparent", fontSize: "12px", overflow: "visible" },
      marks: figure.marks.flatMap((mark) => layers(mark, around)),
    });
  // Long names under bars take their room below, not from the bars.
  const room = Math.max(0, axes.marginBottom - 60);
  let svg = plot(
    figure.square ? { width: size, aspectRatio: 1 } : { width, height: heightFor(width) + room },
  );
  // Equal units on axes of very different lengths would make a tower.
  const tall = Number(svg.getAttribute("height"));
  if (tall > TALLEST) svg = plot({ width: Math.max(200, (size * TALLEST) / tall), aspectRatio: 1 });
  svg.setAttribute("aria-hidden", "true");
  return { svg, legend: { series: legendOf(figure.marks, colours), ramp } };
}

/** The layers that say something without a word. */
function wordless(figure: Figure): Figure {
  const marks = figure.marks
    .filter((mark) => mark.type !== "text")
    .map((mark) => {
      if (mark.type !== "rule") return mark;
      const { label: _, ...rest } = mark;
      return rest;
    });
  return { ...figure, marks: marks.length > 0 ? marks : figure.marks };
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
