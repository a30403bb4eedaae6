/** Figures as data to SVG, by Observable Plot. */
import * as Plot from "@observablehq/plot";
import { type Axis, brief, type Figure, type Mark } from "@whetstone/sheet";
import {
  type BandLabels,
  bandLabels,
  categories,
  logTicks,
  type Reach,
  reach,
  SLANT,
  symlogTicks,
  tickFormat,
} from "./axes.ts";
import { heightFor, type LegendEntry, SQUARE } from "./figure.tsx";
import { layers } from "./marks.ts";

const SERIES = [1, 2, 3, 4, 5, 6].map((i) => `var(--series-${i})`);

/** Throws a sentence where a figure has nothing to show. */
export function draw(figure: Figure, width: number): { svg: Element; legend: LegendEntry[] } {
  const sides = { x: reach(figure, "x"), y: reach(figure, "y") };
  if ((!sides.x && figure.x.scale !== "band") || (!sides.y && figure.y.scale !== "band"))
    throw new Error("there is no finite value to draw");
  const colours = seriesColours(figure.marks);
  const margin = {
    left: 54,
    right: 18,
    top: figure.y.label === undefined ? 14 : 30,
    bottom: figure.x.label === undefined ? 26 : 44,
  };
  const names = figure.x.scale === "band" ? categories(figure, "x") : [];
  const inner = width - margin.left - margin.right;
  const labels = names.length > 0 ? bandLabels(names, inner) : null;
  if (labels) margin.bottom += labels.height - 18;

  const size = figure.square
    ? squareSize(sides, inner, margin)
    : { width, height: heightFor(width) + Math.max(0, margin.bottom - 44) };
  const around = {
    figure,
    colours,
    first: SERIES[0]!,
    bandwidth: names.length > 0 ? bandwidth(inner, names.length) : 0,
    reachX: sides.x,
  };
  const ramp = colourScale(figure.marks);
  const svg = Plot.plot({
    ...size,
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: margin.top,
    marginBottom: margin.bottom,
    inset: insetOf(figure),
    style: { background: "transparent", fontSize: "12px", overflow: "visible" },
    x: {
      ...scaleOf(figure.x, sides.x, inner / 70),
      ...(labels && bandOptions(names, labels)),
      label: null,
    },
    y: {
      ...scaleOf(figure.y, sides.y, 7),
      ...(figure.y.scale === "band" && { domain: categories(figure, "y") }),
      grid: figure.y.scale !== "band",
    },
    color: { ...ramp?.scale },
    marks: [
      ...figure.marks.flatMap((mark) => layers(mark, around)),
      // The label of x is placed by hand, below labels of whatever height.
      ...(figure.x.label === undefined ? [] : [labelX(figure.x.label, margin.bottom)]),
    ],
  });
  svg.setAttribute("aria-hidden", "true");
  return { svg, legend: [...legendOf(figure.marks, colours), ...(ramp ? [ramp.legend] : [])] };
}

const labelX = (label: string, bottom: number): Plot.Markish =>
  Plot.text([label], {
    frameAnchor: "bottom-right",
    dx: 14,
    dy: bottom - 4,
    lineAnchor: "bottom",
    textAnchor: "end",
    fill: "var(--ink-2)",
  });

/** Width of a band as Plot lays them out: a tenth of padding between and outside. */
const bandwidth = (inner: number, n: number): number => Math.floor((inner / (n + 0.1)) * 0.9);

const bandOptions = (names: readonly string[], { text, rotate }: BandLabels): Plot.ScaleOptions => ({
  type: "band",
  domain: names,
  padding: 0.1,
  tickSize: 0,
  tickFormat: (name: string) => text.get(name) ?? name,
  ...(rotate && { tickRotate: -SLANT }),
});

/** Points and arrow heads on the frame's edge are drawn whole. */
function insetOf({ marks, x, y }: Figure): number {
  if (x.scale === "band" || marks.some((m) => m.type === "field" || m.type === "bars" || m.type === "boxes"))
    return 0;
  const edge = marks.some((m) => m.type === "points" || m.type === "arrows" || m.type === "text");
  return edge && !x.domain && !y.domain ? 6 : 0;
}

/** As large as fits in the width and in the height that a square figure may take. */
function squareSize(
  { x, y }: { readonly x: Reach | null; readonly y: Reach | null },
  inner: number,
  margin: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): Plot.PlotOptions {
  const room = SQUARE - margin.left - margin.right;
  const wide = x ? x[1] - x[0] : 0;
  const tall = y ? y[1] - y[0] : 0;
  const wanted = tall > 0 && wide > 0 ? Math.min(room, (room * wide) / tall) : room;
  // A figure far taller than wide keeps its ticks apart; its units are then no longer square.
  const drawn = Math.min(inner, Math.max(wanted, 120));
  const width = drawn + margin.left + margin.right;
  return wanted < 120 ? { width, height: SQUARE } : { width, aspectRatio: 1 };
}

function scaleOf(axis: Axis, extent: Reach | null, room: number): Plot.ScaleOptions {
  if (axis.scale === "band") return { type: "band", label: axis.label ?? null, labelArrow: "none" };
  const ticks =
    extent && axis.scale === "log"
      ? logTicks(extent, room)
      : extent && axis.scale === "symlog"
        ? symlogTicks(extent, room)
        : undefined;
  return {
    label: axis.label ?? null,
    labelArrow: "none",
    type: axis.scale,
    tickFormat: tickFormat(axis),
    nice: axis.domain === undefined && axis.scale !== "log",
    ...(axis.domain && { domain: [...axis.domain] }),
    ...(axis.scale === "log" && !axis.domain && extent && { domain: logDomain(extent) }),
    ...(ticks ? { ticks } : { tickSpacing: room === 7 ? 45 : 70 }),
  };
}

/** A log axis of one value still needs a length. */
const logDomain = ([low, high]: Reach): Reach => (low < high ? [low, high] : [low / 2, high * 2]);

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

const SHAPES: Partial<Record<Mark["type"], LegendEntry["shape"]>> = {
  points: "dot",
  bars: "box",
  boxes: "box",
  band: "shade",
  rule: "dotted",
};

/** One entry per name, with the look of the first layer that carries it. */
function legendOf(marks: readonly Mark[], colours: ReadonlyMap<string, string>): LegendEntry[] {
  return [...colours].map(([name, colour]) => {
    const mark = marks.find(
      (m) => ("name" in m && m.name === name) || ("group" in m && m.group?.includes(name)),
    )!;
    const dashed = mark.type === "line" && mark.dashed;
    return { name, colour, shape: dashed ? "dashed" : (SHAPES[mark.type] ?? "line") };
  });
}

/** Colours of a field, and the ramp that explains them. */
function colourScale(marks: readonly Mark[]): { scale: Plot.ScaleOptions; legend: LegendEntry } | null {
  const found = marks.find((m) => m.type === "field");
  if (!found) return null;
  const values = found.values.filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!(low <= high)) throw new Error("there is no finite value to draw");
  const paper = css("--paper");
  const spread = found.centre === undefined ? 0 : Math.max(high - found.centre, found.centre - low);
  const domain =
    found.centre === undefined ? [low, high] : [found.centre - spread, found.centre, found.centre + spread];
  const range =
    found.centre === undefined
      ? [paper, css("--field-high")]
      : [css("--field-low"), paper, css("--field-high")];
  return {
    scale: { type: "linear", domain, range, interpolate: "rgb" },
    legend: {
      name: `${brief(domain[0]!)} to ${brief(domain.at(-1)!)}`,
      colour: `linear-gradient(to right, ${range.join(", ")})`,
      shape: "ramp",
    },
  };
}

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
