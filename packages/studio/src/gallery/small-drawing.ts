/**
 * A figure as a small picture: shapes without axes or words, as SVG. Large figures are drawn by Observable Plot;
 * a page full of small ones has to be drawn in a millisecond or two each.
 */
import type { Figure, Mark } from "@whetstone/sheet";
import { rampOf, SERIES, seriesColours } from "../lab/colours.ts";
import { imageOf } from "../lab/field-image.ts";
import { contourPath } from "./contour.ts";
import { type Place, placeIn } from "./small-scales.ts";

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** Throws where there is nothing to draw. */
export function smallDrawing(figure: Figure, width: number, height: number): string {
  const place = placeIn(figure, width, height);
  const colours = seriesColours(figure.marks);
  const shapes = figure.marks.map((mark) => {
    const name = "name" in mark ? mark.name : undefined;
    return shape(mark, { figure, place, colours, width, height }, (name && colours.get(name)) || SERIES[0]!);
  });
  return `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${shapes.join("")}</svg>`;
}

interface Around {
  readonly figure: Figure;
  readonly place: Place;
  readonly colours: ReadonlyMap<string, string>;
  readonly width: number;
  readonly height: number;
}

function shape(mark: Mark, around: Around, colour: string): string {
  const { place, width, height } = around;
  switch (mark.type) {
    case "line":
    case "step": {
      const dashes = mark.type === "line" && mark.dashed ? ' stroke-dasharray="5 4"' : "";
      const d = pathOf(mark.x.map(place.x), mark.y.map(place.y), mark.type === "step");
      return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="1.8" stroke-linejoin="round"${dashes}/>`;
    }
    case "points":
      return points(mark, around, colour);
    case "bars":
      return bars(mark, around, colour);
    case "boxes": {
      const d = mark.x0.map((x, i) => box(place.x(x), place.y(mark.y[i]!), place.x(mark.x1[i]!), place.base));
      return `<path d="${d.join("")}" fill="${colour}" fill-opacity="0.55"/>`;
    }
    case "band": {
      const x = mark.x.map(place.x);
      const there = pathOf(x, mark.low.map(place.y), false);
      const back = pathOf([...x].reverse(), [...mark.high].reverse().map(place.y), false);
      return `<path d="${there}${back.replace("M", "L")}Z" fill="${colour}" fill-opacity="0.2"/>`;
    }
    case "rule": {
      const look = `stroke="${mark.name === undefined ? "var(--ink-2)" : colour}" stroke-dasharray="2 3"`;
      const x = mark.x === undefined ? Number.NaN : place.x(mark.x);
      const y = mark.y === undefined ? Number.NaN : place.y(mark.y);
      const upright = Number.isFinite(x) ? `M${n(x)} 0V${height}` : "";
      const level = Number.isFinite(y) ? `M0 ${n(y)}H${width}` : "";
      return `<path d="${upright}${level}" ${look}/>`;
    }
    case "arrows":
      return arrows(mark, place, colour);
    case "field":
      return field(mark, around);
    default:
      return "";
  }
}

/** Lines through the finite points; a gap where one is not. */
function pathOf(x: readonly number[], y: readonly number[], steps: boolean): string {
  let d = "";
  let joined = false;
  for (let i = 0; i < x.length; i++) {
    const ok = Number.isFinite(x[i]!) && Number.isFinite(y[i]!);
    if (ok)
      d += joined ? `${steps ? `H${n(x[i]!)}` : ""}L${n(x[i]!)} ${n(y[i]!)}` : `M${n(x[i]!)} ${n(y[i]!)}`;
    joined = ok;
  }
  return d;
}

function box(x0: number, y0: number, x1: number, y1: number): string {
  return Number.isFinite(x0 + y0 + x1 + y1) ? `M${n(x0)} ${n(y0)}H${n(x1)}V${n(y1)}H${n(x0)}Z` : "";
}

/** All points of a colour are one path of round line ends. */
function points(mark: Extract<Mark, { type: "points" }>, { place, colours }: Around, own: string): string {
  const paths = new Map<string, string>();
  mark.x.forEach((value, i) => {
    const [x, y] = [place.x(value), place.y(mark.y[i]!)];
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    const colour = (mark.group && colours.get(mark.group[i]!)) || own;
    paths.set(colour, `${paths.get(colour) ?? ""}M${n(x)} ${n(y)}h0`);
  });
  const size = 1.5 * (mark.size ?? 3);
  const opacity = mark.x.length > 150 ? 0.6 : 0.9;
  return [...paths]
    .map(
      ([colour, d]) =>
        `<path d="${d}" stroke="${colour}" stroke-width="${size}" stroke-linecap="round" stroke-opacity="${opacity}"/>`,
    )
    .join("");
}

function bars(mark: Extract<Mark, { type: "bars" }>, { figure, place }: Around, colour: string): string {
  if (place.band === 0) {
    const d = mark.x.map((x, i) => {
      const [at, top] = [place.x(x), place.y(mark.y[i]!)];
      return box(at - 2, top, at + 2, place.base);
    });
    return `<path d="${d.join("")}" fill="${colour}"/>`;
  }
  // Several bars of one category stand beside each other.
  const all = figure.marks.filter((m) => m.type === "bars");
  const shared = all.some((m) => m !== mark && m.x.some((x) => mark.x.includes(x)));
  const wide = 0.85 * place.band;
  const share = wide / (shared ? all.length : 1);
  const from = -wide / 2 + (shared ? all.indexOf(mark) * share : 0);
  const d = mark.x.map((x, i) => {
    const at = place.x(x) + from;
    return box(at, place.y(mark.y[i]!), at + share, place.base);
  });
  return `<path d="${d.join("")}" fill="${colour}"/>`;
}

function arrows(mark: Extract<Mark, { type: "arrows" }>, place: Place, colour: string): string {
  const d = mark.x1.map((from, i) => {
    const [x1, y1, x2, y2] = [
      place.x(from),
      place.y(mark.y1[i]!),
      place.x(mark.x2[i]!),
      place.y(mark.y2[i]!),
    ];
    if (!Number.isFinite(x1 + y1 + x2 + y2)) return "";
    const towards = Math.atan2(y1 - y2, x1 - x2);
    const head = Math.min(5, Math.hypot(x2 - x1, y2 - y1));
    const barb = (turn: number) =>
      `${n(x2 + head * Math.cos(towards + turn))} ${n(y2 + head * Math.sin(towards + turn))}`;
    return `M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}M${barb(0.5)}L${n(x2)} ${n(y2)}L${barb(-0.5)}`;
  });
  return `<path d="${d.join("")}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function field(mark: Extract<Mark, { type: "field" }>, { place }: Around): string {
  const ramp = rampOf([mark]);
  if (!ramp) throw new Error("it holds no finite number");
  const [left, right, top, bottom] = [
    place.x(mark.x[0]),
    place.x(mark.x[1]),
    place.y(mark.y[1]),
    place.y(mark.y[0]),
  ];
  const blur = Math.max(mark.cols, mark.rows) < 50 ? "pixelated" : "auto";
  const image = `<image x="${n(left)}" y="${n(top)}" width="${n(right - left)}" height="${n(bottom - top)}" preserveAspectRatio="none" image-rendering="${blur}" href="${imageOf(mark, ramp)}"/>`;
  const lines = (mark.contours ?? []).map((level) =>
    contourPath(
      mark,
      level,
      (j) => n(left + ((j + 0.5) / mark.cols) * (right - left)),
      (i) => n(bottom + ((i + 0.5) / mark.rows) * (top - bottom)),
    ),
  );
  return `${image}<path d="${lines.join("")}" fill="none" stroke="var(--ink-2)" stroke-opacity="0.55" stroke-width="0.8"/>`;
}
