/** Axes: how far the data reaches, where the ticks go, and how long the labels of a band may be. */
import { type Axis, brief, type Figure, type Mark } from "@whetstone/sheet";

export type Reach = readonly [number, number];

/** Slanted labels stand at 40 degrees. */
export const SLANT = 40;
const SINE = Math.sin((SLANT * Math.PI) / 180);

/** Mean width of a character of the figures' 12 px labels. */
export const CHARACTER = 6.4;

/** What a mark spans on x and y. Categories are left out. */
function spans(mark: Mark): { x: readonly (readonly unknown[])[]; y: readonly (readonly unknown[])[] } {
  switch (mark.type) {
    case "boxes":
      return { x: [mark.x0, mark.x1], y: [mark.y, [0]] };
    case "bars":
      return { x: [mark.x], y: [mark.y, [0]] };
    case "band":
      return { x: [mark.x], y: [mark.low, mark.high] };
    case "rule":
      return { x: [[mark.x]], y: [[mark.y]] };
    case "arrows":
      return { x: [mark.x1, mark.x2], y: [mark.y1, mark.y2] };
    default:
      return { x: [mark.x], y: [mark.y] };
  }
}

/** Smallest and largest value an axis has to show; null where no mark has a value that it can show. */
export function reach(figure: Figure, side: "x" | "y"): Reach | null {
  const { domain, scale } = figure[side];
  if (domain) return [Math.min(...domain), Math.max(...domain)];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const mark of figure.marks) {
    for (const values of spans(mark)[side]) {
      for (const v of values) {
        if (typeof v !== "number" || !Number.isFinite(v) || (scale === "log" && v <= 0)) continue;
        if (v < low) low = v;
        if (v > high) high = v;
      }
    }
  }
  return low <= high ? [low, high] : null;
}

/** The categories of a band axis, in the order of their first appearance. */
export function categories(figure: Figure, side: "x" | "y"): string[] {
  return [...new Set(figure.marks.flatMap((mark) => spans(mark)[side].flat().map(String)))].filter(
    (name) => name !== "undefined",
  );
}

/** Ticks of a log axis: powers of ten, every few where there are many; 1, 2 and 5 where there are few. */
export function logTicks([low, high]: Reach, room: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const decades = last - first + 1;
  if (decades >= 3) {
    const stride = Math.ceil(decades / room);
    const ticks: number[] = [];
    for (let p = Math.ceil(first / stride) * stride; p <= last; p += stride) ticks.push(Number(`1e${p}`));
    return ticks;
  }
  const ticks: number[] = [];
  for (let p = first - 1; p <= last; p++) {
    for (const digit of [1, 2, 5]) {
      const tick = Number(`${digit}e${p}`);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  if (ticks.length >= 2) return ticks;
  return [low, Math.sqrt(low * high), high].map((v) => Number(v.toPrecision(2)));
}

/** Ticks of an axis that is a log on both sides of zero. */
export function symlogTicks([low, high]: Reach, room: number): number[] {
  const side = (end: number) => (end >= 1 ? logTicks([1, end], Math.max(2, room >> 1)) : []);
  const ticks = [...side(-low).map((v) => -v), ...(low <= 0 && high >= 0 ? [0] : []), ...side(high)];
  return ticks.length >= 2 ? ticks : [low, high];
}

const raised = (power: number): string =>
  String(power).replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]!));

/** A tick as a reader wants it: short, with a power of ten where zeros would have to be counted. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) {
    const [digits, power] = value.toExponential(3).split("e") as [string, string];
    const factor = Number(digits);
    const ten = `10${raised(Number(power))}`;
    return (Math.abs(factor) === 1 ? `${factor < 0 ? "−" : ""}${ten}` : `${factor}·${ten}`).replace("-", "−");
  }
  return brief(Number(value.toPrecision(10)));
}

/** How the ticks of an axis read: shares as percentages, and one notation along the axis. */
export function tickFormat(axis: Axis): (value: number) => string {
  if (axis.percent) return (value) => `${tickText(value * 100)} %`;
  return tickText;
}

export interface BandLabels {
  readonly text: ReadonlyMap<string, string>;
  readonly rotate: boolean;
  /** Room that the labels take below the axis, in pixels. */
  readonly height: number;
}

/** Labels under bars: in one line where they fit, then wrapped, then slanted and cut; every few where bars are many. */
export function bandLabels(names: readonly string[], width: number): BandLabels {
  const step = width / Math.max(1, names.length);
  const fits = (text: string) => text.length * CHARACTER <= step - 4;
  if (names.every(fits)) return { text: new Map(names.map((n) => [n, n])), rotate: false, height: 18 };
  const wrapped = names.map((name) => wrap(name, Math.floor((step - 4) / CHARACTER)));
  const lines = Math.max(...wrapped.map((w) => w.length));
  if (lines <= 3 && wrapped.every((w) => w.every(fits)))
    return {
      text: new Map(names.map((n, i) => [n, wrapped[i]!.join("\n")])),
      rotate: false,
      height: 6 + lines * 13,
    };
  const every = Math.ceil(15 / step);
  // Numbers in a row stay level: some of them say it all.
  if (names.every((n) => n.trim() !== "" && Number.isFinite(Number(n)))) {
    const longest = Math.max(...names.map((n) => n.length)) * CHARACTER + 8;
    const keep = Math.ceil(longest / step);
    return { text: new Map(names.map((n, i) => [n, i % keep === 0 ? n : ""])), rotate: false, height: 18 };
  }
  const cut = names.map((n, i) => (i % every > 0 ? "" : n.length > 18 ? `${n.slice(0, 17)}…` : n));
  const longest = Math.max(...cut.map((n) => n.length));
  return {
    text: new Map(names.map((n, i) => [n, cut[i]!])),
    rotate: true,
    height: 14 + longest * CHARACTER * SINE,
  };
}

function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
