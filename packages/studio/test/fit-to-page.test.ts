import { field, figure, lines, range } from "@whetstone/sheet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitToPage, MOST } from "../src/lab/fit-to-page.ts";

const alt = "A figure.";
const shown = (f: ReturnType<typeof figure>) => {
  const output = fitToPage({ kind: "figure", figure: f });
  if (output.kind !== "figure") throw new Error("not a figure");
  return output;
};

describe("what a page gets of a run", () => {
  it("is the output itself where that is small", () => {
    const small = { kind: "figure", figure: lines({ x: range(50), y: range(50) }, { alt }) } as const;
    expect(fitToPage(small)).toBe(small);
    const table = { kind: "table", table: { columns: ["a"], rows: [[1], [2]] } } as const;
    expect(fitToPage(table)).toBe(table);
  });

  it("keeps the ends, the order, and every peak of a long line", () => {
    fc.assert(
      fc.property(fc.integer({ min: MOST.line + 1, max: 20_000 }), fc.nat(), fc.nat(), (n, a, b) => {
        const y = range(n).map((i) => Math.sin(i));
        y[a % n] = 99;
        y[b % n] = a % n === b % n ? 99 : -99;
        const { figure: cut, cut: says } = shown(figure([{ type: "line", x: range(n), y }], { alt }));
        const mark = cut.marks[0]!;
        if (mark.type !== "line") throw new Error("not a line");
        expect(mark.x.length).toBeLessThanOrEqual(MOST.line);
        expect(mark.x[0]).toBe(0);
        expect(mark.x.at(-1)).toBe(n - 1);
        expect(mark.x.every((v, i) => i === 0 || v > mark.x[i - 1]!)).toBe(true);
        expect(mark.x.every((v, i) => mark.y[i] === y[v])).toBe(true);
        expect(Math.max(...mark.y)).toBe(99);
        expect(Math.min(...mark.y)).toBe(Math.min(...y));
        expect(says).toContain("Lowest and highest");
      }),
      { numRuns: 30 },
    );
  });

  it("keeps points, their values and their groups together", () => {
    const n = 10_000;
    const group = range(n).map((i) => `g${i % 3}`);
    const { figure: cut, cut: says } = shown(
      figure([{ type: "points", x: range(n), y: range(n).map((i) => 2 * i), group }], { alt }),
    );
    const mark = cut.marks[0]!;
    if (mark.type !== "points") throw new Error("not points");
    expect(mark.x.length).toBe(MOST.points);
    expect(mark.x.every((v, i) => mark.y[i] === 2 * v && mark.group![i] === `g${v % 3}`)).toBe(true);
    expect(says).toMatch(/^Every 5th of 10.000 points\.$/);
  });

  it("averages a fine field over blocks, on the same axes", () => {
    const n = 4 * MOST.side;
    const { figure: cut } = shown(
      figure([field((x, y) => x + 10 * y, [0, 1], [0, 2], { resolution: n })], { alt }),
    );
    const mark = cut.marks[0]!;
    if (mark.type !== "field") throw new Error("not a field");
    expect([mark.cols, mark.rows]).toEqual([MOST.side, MOST.side]);
    expect([mark.x, mark.y]).toEqual([
      [0, 1],
      [0, 2],
    ]);
    for (const [row, col] of [
      [0, 0],
      [7, 3],
      [MOST.side - 1, MOST.side - 1],
    ] as const) {
      const centre = (col + 0.5) / MOST.side + (20 * (row + 0.5)) / MOST.side;
      expect(mark.values[row * mark.cols + col]).toBeCloseTo(centre, 10);
    }
  });

  it("ends a field where whole blocks end", () => {
    const n = MOST.side + 1;
    const { figure: cut } = shown(figure([field((x) => x, [0, n], [0, n], { resolution: n })], { alt }));
    const mark = cut.marks[0]!;
    if (mark.type !== "field") throw new Error("not a field");
    expect(mark.x).toEqual([0, mark.cols * 2]);
    expect(mark.values[0]).toBeCloseTo(1, 10);
  });

  it("shows the first rows of a long table and says how many there are", () => {
    const output = fitToPage({ kind: "table", table: { columns: ["i"], rows: range(5000).map((i) => [i]) } });
    if (output.kind !== "table") throw new Error("not a table");
    expect(output.table.rows.length).toBe(MOST.rows);
    expect(output.cut).toMatch(/^The first 100 of 5.000 rows\.$/);
  });
});
