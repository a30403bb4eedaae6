/**
 * Figures as data: a lab runs in a worker and describes what to draw; the page draws it. Every figure carries
 * `alt`, one sentence that says what is to be seen, for readers who do not see it.
 */
export type Scale = "linear" | "log" | "symlog" | "band";

export interface Axis {
  readonly label?: string;
  readonly scale?: Scale;
  readonly domain?: readonly [number, number];
  /** Numbers are shares and shown as percentages. */
  readonly percent?: boolean;
}

/** One layer of a figure. `name` puts it in the legend; layers of one name share a colour. */
export type Mark =
  | {
      readonly type: "line";
      readonly name?: string;
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly dashed?: boolean;
    }
  | {
      readonly type: "step";
      readonly name?: string;
      readonly x: readonly number[];
      readonly y: readonly number[];
    }
  | {
      readonly type: "points";
      readonly name?: string;
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly group?: readonly string[];
      readonly size?: number;
    }
  | {
      readonly type: "bars";
      readonly name?: string;
      readonly x: readonly (string | number)[];
      readonly y: readonly number[];
    }
  | {
      readonly type: "boxes";
      readonly name?: string;
      readonly x0: readonly number[];
      readonly x1: readonly number[];
      readonly y: readonly number[];
    }
  | {
      readonly type: "band";
      readonly name?: string;
      readonly x: readonly number[];
      readonly low: readonly number[];
      readonly high: readonly number[];
    }
  | {
      readonly type: "rule";
      readonly name?: string;
      readonly x?: number;
      readonly y?: number;
      readonly label?: string;
    }
  | {
      readonly type: "text";
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly text: readonly string[];
    }
  | {
      readonly type: "arrows";
      readonly name?: string;
      readonly x1: readonly number[];
      readonly y1: readonly number[];
      readonly x2: readonly number[];
      readonly y2: readonly number[];
    }
  | {
      /** A function on a grid: `values[row * cols + col]`, row 0 at y0. Drawn as colours, or as lines of equal value. */
      readonly type: "field";
      readonly x: readonly [number, number];
      readonly y: readonly [number, number];
      readonly cols: number;
      readonly rows: number;
      readonly values: readonly number[];
      readonly contours?: readonly number[];
      /** Centre of a two-sided colour scale; absent for a one-sided one. */
      readonly centre?: number;
    };

export interface Figure {
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Same length of a unit on both axes. */
  readonly square?: boolean;
  readonly marks: readonly Mark[];
  readonly alt: string;
}

export interface FigureOptions {
  readonly alt: string;
  readonly title?: string;
  readonly x?: Axis | Scale;
  readonly y?: Axis | Scale;
  readonly square?: boolean;
}

const axis = (given: Axis | Scale | undefined, label?: string): Axis => {
  const own = typeof given === "string" ? { scale: given } : (given ?? {});
  return label !== undefined && own.label === undefined ? { ...own, label } : own;
};

/** A figure from its layers. */
export function figure(marks: readonly Mark[], options: FigureOptions): Figure {
  return { ...options, x: axis(options.x), y: axis(options.y), marks };
}

type Columns = Readonly<Record<string, ArrayLike<number>>>;

/** Lines against a shared x: the first column is x, each further column one line. */
export function lines(columns: Columns, options: FigureOptions): Figure {
  const [[xName, x], ...rest] = Object.entries(columns) as [
    [string, ArrayLike<number>],
    ...[string, ArrayLike<number>][],
  ];
  const xs = Array.from(x);
  const single = rest.length === 1 ? rest[0]![0] : undefined;
  return {
    ...options,
    x: axis(options.x, xName),
    y: axis(options.y, single),
    marks: rest.map(([name, y]) => ({
      type: "line",
      ...(single === undefined && { name }),
      x: xs,
      y: Array.from(y),
    })),
  };
}

/** Points, coloured by group where one is given. */
export function scatter(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: FigureOptions & { readonly group?: readonly string[] },
): Figure {
  const { group, ...rest } = options;
  return figure([{ type: "points", x: Array.from(x), y: Array.from(y), ...(group && { group }) }], rest);
}

/** One bar per name. */
export function bars(values: Readonly<Record<string, number>>, options: FigureOptions): Figure {
  const y = axis(options.y);
  return figure([{ type: "bars", x: Object.keys(values), y: Object.values(values) }], {
    ...options,
    y,
    x: { scale: "band", ...axis(options.x) },
  });
}

/** Counts of values in `bins` equal bins, as a layer; scaled to area 1 when `density`. */
export function histogram(
  values: ArrayLike<number>,
  options: { readonly bins?: number; readonly density?: boolean; readonly name?: string } = {},
): Mark {
  const all = Array.from(values).filter(Number.isFinite);
  const bins = options.bins ?? Math.max(5, Math.min(60, Math.ceil(Math.sqrt(all.length))));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of all) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (!(high > low)) high = (low = all.length ? low - 0.5 : 0) + 1;
  const width = (high - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const v of all) counts[Math.min(bins - 1, Math.floor((v - low) / width))]!++;
  const scale = options.density ? 1 / (width * Math.max(1, all.length)) : 1;
  return {
    type: "boxes",
    ...(options.name !== undefined && { name: options.name }),
    x0: counts.map((_, i) => low + i * width),
    x1: counts.map((_, i) => low + (i + 1) * width),
    y: counts.map((c) => c * scale),
  };
}

/** A function of (x, y) sampled on a grid, as a layer. */
export function field(
  f: (x: number, y: number) => number,
  x: readonly [number, number],
  y: readonly [number, number],
  options: {
    readonly resolution?: number;
    readonly contours?: readonly number[];
    readonly centre?: number;
  } = {},
): Mark {
  const n = options.resolution ?? 60;
  const values = new Array<number>(n * n);
  for (let i = 0; i < n; i++) {
    const yi = y[0] + ((i + 0.5) / n) * (y[1] - y[0]);
    for (let j = 0; j < n; j++) values[i * n + j] = f(x[0] + ((j + 0.5) / n) * (x[1] - x[0]), yi);
  }
  const { contours, centre } = options;
  return {
    type: "field",
    x,
    y,
    cols: n,
    rows: n,
    values,
    ...(contours && { contours }),
    ...(centre !== undefined && { centre }),
  };
}

/** 0, 1, ..., n - 1; or `from` to `to` in `count` equal steps. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const linspace = (from: number, to: number, count: number): number[] =>
  range(count).map((i) => from + ((to - from) * i) / (count - 1));
