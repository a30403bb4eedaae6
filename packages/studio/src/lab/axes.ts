/** How the two axes of a figure are marked: ticks that are few, labels that are short and have room. */
import type * as Plot from "@observablehq/plot";
import { type Axis, brief, type Figure, type Mark } from "@whetstone/sheet";

export interface Axes {
  readonly x: Plot.ScaleOptions;
  readonly y: Plot.ScaleOptions;
  readonly marginLeft: number;
  readonly marginBottom: number;
  readonly marginTop: number;
  /** Width of a category, in pixels. */
  readonly band: number;
}

const CHARACTER = 6.6;
/** Characters of a category's name that are shown under its bar. */
const LONGEST = 22;
const shortened = (name: string): string =>
  name.length > LONGEST ? `${name.slice(0, LONGEST - 1).trimEnd()}…` : name;

export function axesOf(figure: Figure, width: number): Axes {
  const y = axisOptions(figure.y, extent(figure, "y"), 6);
  const marginLeft = Math.max(44, Math.ceil(y.longest * CHARACTER) + 16);
  const inner = width - marginLeft - 18;
  const names = figure.x.scale === "band" ? bandNames(figure.marks) : [];
  const x = axisOptions(figure.x, extent(figure, "x"), Math.max(3, Math.floor(inner / 70)));
  const marginTop = figure.y.label === undefined ? 12 : 26;
  if (figure.x.scale !== "band") {
    return {
      x: x.options,
      y: { ...y.options, grid: true },
      marginLeft,
      marginTop,
      marginBottom: 38,
      band: 0,
    };
  }
  const band = inner / Math.max(1, names.length);
  const longest = Math.min(LONGEST, Math.max(0, ...names.map((name) => name.length))) * CHARACTER;
  const slanted = longest > band - 4;
  // Slanted labels need a line's height each; where bands are narrower, every second or third is named.
  const every = Math.ceil(14 / band);
  return {
    x: {
      label: figure.x.label ?? null,
      labelArrow: false,
      type: "band",
      domain: names,
      tickFormat: shortened,
      ...(slanted && { tickRotate: -40 }),
      ...(every > 1 && { ticks: names.filter((_, i) => i % every === 0) }),
    } as Plot.ScaleOptions,
    y: { ...y.options, grid: true },
    marginLeft: slanted ? Math.max(marginLeft, longest * 0.77 - band / 2) : marginLeft,
    marginTop,
    band,
    marginBottom: (slanted ? longest * 0.65 + 22 : 24) + (figure.x.label === undefined ? 0 : 16),
  };
}

function axisOptions(axis: Axis, [low, high]: readonly [number, number], count: number) {
  const base = { label: axis.label ?? null, labelArrow: false, type: axis.scale ?? "linear" } as const;
  const domain = axis.domain && { domain: [...axis.domain] };
  if (axis.scale === "log") {
    const { values, label } = logTicks(low, high, count);
    const shown = values.map(label);
    return {
      options: { ...base, ...domain, ticks: values, tickFormat: label } as Plot.ScaleOptions,
      longest: longestOf(shown),
    };
  }
  const format = formatFor(axis, low, high);
  if (axis.scale === "symlog" && Math.max(-low, high) > 10) {
    const values = symlogTicks(low, high, count);
    return {
      options: { ...base, ...domain, ticks: values, tickFormat: format } as Plot.ScaleOptions,
      longest: longestOf(values.map(format)),
    };
  }
  return {
    options: {
      ...base,
      ...(domain ?? { nice: true }),
      ticks: count,
      tickFormat: format,
    } as Plot.ScaleOptions,
    longest: Number.isFinite(low) ? longestOf([low, high, low + (high - low) * 0.3].map(format)) : 1,
  };
}

const longestOf = (labels: readonly string[]): number => Math.max(1, ...labels.map((label) => label.length));

/** Tick labels of one axis: plain where that is short, powers of ten where numbers are far from 1. */
function formatFor(axis: Axis, low: number, high: number): (value: number) => string {
  const percent = axis.percent ? 100 : 1;
  const size = Math.max(Math.abs(low), Math.abs(high)) * percent;
  // Ticks are about a tenth of the range apart, so one digit more than the range's own tells them from each other.
  const digits = Math.max(
    0,
    Math.min(8, Math.ceil(1.3 - Math.log10(Math.max((high - low) * percent, 1e-12)))),
  );
  const plain = (value: number) => grouped(String(Number((value * percent).toFixed(digits))));
  const text = size > 0 && (size >= 1e7 || size < 1e-2) ? (value: number) => brief(value * percent) : plain;
  return axis.percent ? (value) => `${text(value)} %` : text;
}

/** Thousands apart, and a minus that is as wide as a plus. */
const grouped = (text: string): string =>
  (/^-?\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, "\u202f") : text).replace("-", "−");

/** Powers of ten, thinned to about `count`; with 2 and 5 between them where there are few. */
export function logTicks(low: number, high: number, count: number) {
  if (!(low > 0 && high > low)) return { values: [], label: logLabel };
  const from = Math.log10(low);
  const to = Math.log10(high);
  const steps = to - from < 2.2 ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil((to - from) / count));
  const values: number[] = [];
  for (let p = Math.floor(from); p <= Math.ceil(to); p++) {
    if (((p % stride) + stride) % stride !== 0) continue;
    for (const step of steps) {
      const value = Number(`${step}e${p}`);
      if (value >= low * 0.999 && value <= high * 1.001) values.push(value);
    }
  }
  return { values, label: logLabel };
}

/** Zero and powers of ten on both sides of it. */
function symlogTicks(low: number, high: number, count: number): number[] {
  const side = (end: number) => (end >= 1 ? logTicks(1, end, Math.max(2, count / 2)).values : []);
  const powers = (values: readonly number[]) => values.filter((v) => Number.isInteger(Math.log10(v)));
  const below = powers(side(-low)).map((v) => -v);
  return [...below.reverse(), 0, ...powers(side(high))].filter((v) => v >= low && v <= high);
}

function logLabel(value: number): string {
  const p = Math.floor(Math.log10(value) + 1e-9);
  return p >= -2 && p <= 4 ? String(Number(value.toPrecision(1))) : brief(value);
}

const bandNames = (marks: readonly Mark[]): string[] => [
  ...new Set(marks.flatMap((mark) => (mark.type === "bars" ? mark.x.map(String) : []))),
];

/** Smallest and largest value that the marks put on an axis; on a log axis, of the positive ones. */
export function extent(figure: Figure, along: "x" | "y"): [number, number] {
  const axis = figure[along];
  if (axis.domain) return [...axis.domain];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const take = (values: readonly (number | string)[]) => {
    for (const value of values) {
      if (typeof value !== "number" || !Number.isFinite(value) || (axis.scale === "log" && value <= 0))
        continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  };
  const x = along === "x";
  for (const mark of figure.marks) {
    switch (mark.type) {
      case "band":
        take(x ? mark.x : mark.low);
        if (!x) take(mark.high);
        break;
      case "boxes":
        take(x ? mark.x0 : mark.y);
        take(x ? mark.x1 : [0]);
        break;
      case "arrows":
        take(x ? mark.x1 : mark.y1);
        take(x ? mark.x2 : mark.y2);
        break;
      case "rule": {
        const at = x ? mark.x : mark.y;
        if (at !== undefined) take([at]);
        break;
      }
      case "bars":
        take(x ? mark.x : mark.y);
        if (!x) take([0]);
        break;
      default:
        take(x ? mark.x : mark.y);
    }
  }
  return [low, high];
}
