/** Where values stand in a small picture, in pixels. */
import type { Figure, Scale } from "@whetstone/sheet";
import { extent } from "../lab/axes.ts";

export interface Place {
  x(value: number | string): number;
  y(value: number): number;
  /** Width of a category; 0 where x is a number. */
  readonly band: number;
  /** Where bars stand. */
  readonly base: number;
}

const MARGIN = 7;

const along = (scale: Scale | undefined): ((v: number) => number) =>
  scale === "log"
    ? (v) => (v > 0 ? Math.log(v) : Number.NaN)
    : scale === "symlog"
      ? (v) => Math.sign(v) * Math.log1p(Math.abs(v))
      : (v) => v;

/** Throws where an axis has no finite value. */
export function placeIn(figure: Figure, width: number, height: number): Place {
  const w = width - 2 * MARGIN;
  const h = height - 2 * MARGIN;
  const [fx, fy] = [along(figure.x.scale), along(figure.y.scale)];
  const ends = (axis: "x" | "y", f: (v: number) => number) => {
    const [low, high] = extent(figure, axis).map(f) as [number, number];
    if (!(low <= high) || !Number.isFinite(high - low)) throw new Error("it holds no finite number");
    return high > low ? ([low, high] as const) : ([low - 0.5, high + 0.5] as const);
  };
  const [y0, y1] = ends("y", fy);
  const bars = figure.marks.filter((m) => m.type === "bars");
  if (figure.x.scale === "band") {
    const names = [...new Set(bars.flatMap((m) => m.x.map(String)))];
    const band = w / Math.max(1, names.length);
    const y = (v: number) => MARGIN + h * (1 - (fy(v) - y0) / (y1 - y0));
    const x = (v: number | string) => MARGIN + (names.indexOf(String(v)) + 0.5) * band;
    return { x, y, band, base: figure.y.scale === "log" ? height - 2 : y(0) };
  }
  const [x0, x1] = ends("x", fx);
  let kx = w / (x1 - x0);
  let ky = h / (y1 - y0);
  if (figure.square) kx = ky = Math.min(kx, ky);
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const y = (v: number) => height / 2 - ky * (fy(v) - cy);
  return {
    x: (v) => width / 2 + kx * (fx(Number(v)) - cx),
    y,
    band: 0,
    base: figure.y.scale === "log" ? height - 2 : y(0),
  };
}
