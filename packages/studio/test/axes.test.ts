import { bars, figure, lines } from "@whetstone/sheet";
import { describe, expect, it } from "vitest";
import { axesOf, extent, logTicks } from "../src/lab/axes.ts";

const alt = "A figure.";
type Format = (value: number) => string;

describe("axes", () => {
  it("mark a log axis by powers of ten, thinned when there are many, with 2 and 5 when there are few", () => {
    const ticks = (low: number, high: number, count = 6) => logTicks(low, high, count).values;
    expect(ticks(1, 1000)).toEqual([1, 10, 100, 1000]);
    expect(ticks(1, 50)).toEqual([1, 2, 5, 10, 20, 50]);
    expect(ticks(0.03, 0.4)).toEqual([0.05, 0.1, 0.2]);
    const many = ticks(1e-18, 1);
    expect(many.length).toBeGreaterThanOrEqual(4);
    expect(many.length).toBeLessThanOrEqual(8);
    expect(many.every((v) => Number.isInteger(Math.round(Math.log10(v) * 1e9) / 1e9))).toBe(true);
    const { label } = logTicks(1e-9, 1e6, 6);
    expect([1e-9, 0.01, 1, 500, 1e5].map(label)).toEqual(["10⁻⁹", "0.01", "1", "500", "100000"]);
  });

  it("reach over every mark, and on a log axis over what can be shown there", () => {
    const f = figure(
      [
        { type: "line", x: [0, 1], y: [0, 5] },
        { type: "band", x: [0, 1], low: [-2, -1], high: [7, 8] },
        { type: "arrows", x1: [-3], y1: [0], x2: [4], y2: [0] },
        { type: "rule", x: 6 },
        { type: "points", x: [Number.NaN], y: [Number.POSITIVE_INFINITY] },
      ],
      { alt },
    );
    expect(extent(f, "x")).toEqual([-3, 6]);
    expect(extent(f, "y")).toEqual([-2, 8]);
    const log = lines({ n: [1, 2, 3], error: [0, 0.1, 0.01] }, { y: "log", alt });
    expect(extent(log, "y")).toEqual([0.01, 0.1]);
  });

  it("tell ticks apart and say percentages", () => {
    const format = (low: number, high: number, percent = false) => {
      const f = figure([{ type: "line", x: [0, 1], y: [low, high] }], { alt, y: { percent } });
      return (axesOf(f, 500).y as { tickFormat: Format }).tickFormat;
    };
    expect([1, 1.5, 2].map(format(1, 2))).toEqual(["1", "1.5", "2"]);
    expect([0.992, 0.994].map(format(0.99, 1))).toEqual(["0.992", "0.994"]);
    expect(format(-3, 3)(-2)).toBe("−2");
    expect(format(0, 2e6)(1.5e6)).toBe("1\u202f500\u202f000");
    expect(format(0, 2e7)(1.5e7)).toBe("1.5·10⁷");
    expect([0, 0.25, 1].map(format(0, 1, true))).toEqual(["0 %", "25 %", "100 %"]);
    expect(format(0.01, 0.02, true)(0.015)).toBe("1.5 %");
  });

  it("slant and shorten names that do not fit under their bars, and make room for them", () => {
    const short = axesOf(bars({ a: 1, b: 2 }, { alt }), 500);
    expect(short.x).not.toHaveProperty("tickRotate");
    const name = "a name that nobody could fit under one bar";
    const long = axesOf(bars({ [name]: 1, b: 2, c: 3, d: 4 }, { alt }), 500);
    expect(long.x).toMatchObject({ tickRotate: -40 });
    expect(long.marginBottom).toBeGreaterThan(short.marginBottom + 60);
    const shown = (long.x as unknown as { tickFormat: (n: string) => string }).tickFormat(name);
    expect(shown).toMatch(/^a name that nobody.*…$/);
    expect(shown.length).toBeLessThanOrEqual(22);
  });

  it("name every so many of very many categories", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`category ${i}`, i]));
    const { ticks } = axesOf(bars(many, { alt }), 360).x as unknown as { ticks: string[] };
    expect(ticks.length).toBeGreaterThan(10);
    expect(ticks.length).toBeLessThan(34);
  });
});
