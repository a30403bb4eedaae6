import { describe, expect, it } from "vitest";
import { fieldLayersOf } from "../src/lab/field-vector.ts";
import { outline, PARTS } from "../src/lab/rings.ts";
import { wrapped } from "../src/lab/save-figure.ts";

type Point = readonly [number, number];

/** The rings of path data of M, l, h, v and z, with numbers as browsers read them. */
function rings(d: string): Point[][] {
  const out: Point[][] = [];
  let at: Point = [0, 0];
  for (const [, command, rest] of d.matchAll(/([Mlhvz])([^Mlhvz]*)/g)) {
    const n = [...rest!.matchAll(/-?\d+/g)].map(Number);
    const go = (x: number, y: number) => {
      at = [at[0] + x, at[1] + y];
      out.at(-1)!.push(at);
    };
    if (command === "M") {
      at = [n[0]!, n[1]!];
      out.push([at]);
    } else if (command === "h") go(n[0]!, 0);
    else if (command === "v") go(0, n[0]!);
    else if (command === "l") for (let k = 0; k < n.length; k += 2) go(n[k]!, n[k + 1]!);
  }
  return out;
}
/** Whether a point, in cells, is inside by the even-odd rule. */
function inside(all: readonly Point[][], x: number, y: number): boolean {
  let odd = false;
  for (const ring of all)
    ring.forEach(([x1, y1], k) => {
      const [x2, y2] = ring[(k + 1) % ring.length]!;
      const [a, b] = [y1 / PARTS, y2 / PARTS];
      if (a > y !== b > y && x < (x1 + ((y - a) / (b - a)) * (x2 - x1)) / PARTS) odd = !odd;
    });
  return odd;
}
const area = (all: readonly Point[][]): number =>
  Math.abs(
    all.reduce(
      (sum, ring) =>
        sum +
        ring.reduce((s, [x, y], k) => {
          const [x2, y2] = ring[(k + 1) % ring.length]!;
          return s + (x * y2 - x2 * y) / 2;
        }, 0),
      0,
    ),
  ) /
  PARTS ** 2;
const grid = (cols: number, rows: number, f: (x: number, y: number) => number) => ({
  cols,
  rows,
  values: Array.from({ length: cols * rows }, (_, i) => f((i % cols) + 0.5, Math.floor(i / cols) + 0.5)),
});
/** Differs from cell to cell, the same every time. */
const rough = (x: number, y: number) => Math.sin(12.9898 * x + 78.233 * y) * 43758.5453;
const noise = (x: number, y: number) => rough(x, y) - Math.floor(rough(x, y));

describe("outlines of a level", () => {
  it.each([
    ["a disc", grid(40, 40, (x, y) => 12 - Math.hypot(x - 20, y - 20)), 0],
    ["a ring with a hole", grid(40, 30, (x, y) => 4 - Math.abs(9 - Math.hypot(x - 20, y - 15))), 0],
    ["noise", grid(23, 31, noise), 0.5],
    ["all of it", grid(5, 4, () => 1), 0],
    ["holes where nothing is known", grid(20, 20, (x, y) => (x > 10 && y > 10 ? Number.NaN : 1)), 0],
    ["saddles", grid(12, 12, (x, y) => (Math.floor(x) + Math.floor(y)) % 2), 0.5],
  ])("hold the cells at least as high, and no others: %s", (_, field, level) => {
    const path = rings(outline(field, level));
    const wrong = field.values.filter((value, i) => {
      const [x, y] = [(i % field.cols) + 0.5, Math.floor(i / field.cols) + 0.5];
      return inside(path, x + 1e-4, y + 1e-4) !== value >= level && Math.abs(value - level) > 0.05;
    });
    expect(wrong).toEqual([]);
  });

  it("has the area of a disc, and reaches the edge", () => {
    const disc = outline(
      grid(40, 40, (x, y) => 12 - Math.hypot(x - 20, y - 20)),
      0,
    );
    expect(area(rings(disc))).toBeCloseTo(Math.PI * 144, -0.5);
    expect(
      outline(
        grid(7, 3, () => 1),
        0,
      ),
    ).toMatch(/^M\S+ \S+l\S+( ?\S+)*z$/);
    expect(
      area(
        rings(
          outline(
            grid(7, 3, () => 1),
            0,
          ),
        ),
      ),
    ).toBe(21);
    expect(
      outline(
        grid(7, 3, () => 1),
        2,
      ),
    ).toBe("");
  });
});

describe("a field as shapes", () => {
  const ramp = { domain: [0, 1], range: ["#ffffff", "#000000"] };
  const field = (n: number, f: (x: number, y: number) => number) =>
    ({ type: "field", x: [0, 1], y: [0, 1], ...grid(n, n, (x, y) => f(x / n, y / n)) }) as const;

  it("gives every cell its shade, coarse or smooth", () => {
    for (const n of [20, 60]) {
      const of = field(n, (x, y) => (x + y) / 2);
      const layers = fieldLayersOf(of, ramp)!;
      expect(layers.length).toBeGreaterThan(28);
      const shapes = layers.map(({ d }) => rings(d));
      of.values.forEach((value, i) => {
        const [x, y] = [(i % n) + 0.5, Math.floor(i / n) + 0.5];
        // The last layer over a cell is the one that is seen.
        const top = layers[shapes.findLastIndex((all) => inside(all, x + 1e-4, y + 1e-4))]!;
        const seen = Number.parseInt(top.fill.slice(1, 3), 16) / 255;
        expect(Math.abs(1 - seen - value)).toBeLessThan(0.035);
      });
    }
  });

  it("takes little text for what is smooth or made of boxes", () => {
    const text = (of: ReturnType<typeof field>) =>
      fieldLayersOf(of, ramp)!.reduce((sum, { d }) => sum + d.length, 0);
    expect(text(field(60, (x, y) => Math.exp(-8 * ((x - 0.4) ** 2 + (y - 0.6) ** 2))))).toBeLessThan(25_000);
    expect(text(field(40, (x, y) => +(x > 0.3) * 0.5 + +(y > 0.7) * 0.5))).toBeLessThan(300);
  });

  it("leaves an image where shapes would be many", () => {
    expect(
      fieldLayersOf(
        field(200, (x) => x),
        ramp,
      ),
    ).toBeNull();
    expect(fieldLayersOf(field(120, noise), ramp)).toBeNull();
  });
});

it("breaks the title of a saved figure between words", () => {
  expect(wrapped("The error as a function of slope", 16)).toEqual(["The error as a", "function of", "slope"]);
  expect(wrapped("", 16)).toEqual([]);
  expect(wrapped("incomprehensibilities", 5)).toEqual(["incomprehensibilities"]);
});
