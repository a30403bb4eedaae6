/** A function of two variables as an image: thousands of cells are one element of the figure. */
import * as Plot from "@observablehq/plot";
import type { Mark } from "@whetstone/sheet";
import { contourPath } from "../gallery/contour.ts";
import { imageOf } from "./field-image.ts";
import { COARSE, isImageOf } from "./field-vector.ts";
import type { Ramp } from "./legend.ts";

const make = (name: string) => document.createElementNS("http://www.w3.org/2000/svg", name) as SVGElement;

type Field = Extract<Mark, { type: "field" }>;

export function fieldLayers(field: Field, ramp: Ramp): Plot.Markish[] {
  const { x, y, cols, rows } = field;
  const source = imageOf(field, ramp);
  // A rectangle for the axes' sake: its extent is theirs; what is drawn in its place is the image.
  const image = Plot.rect([0], {
    x1: [x[0]],
    x2: [x[1]],
    y1: [y[0]],
    y2: [y[1]],
    render(_, { scales }) {
      const at = (name: "x" | "y", value: number) => Number(scales[name]!.apply(value));
      const [left, right] = [at("x", x[0]), at("x", x[1])];
      const [bottom, top] = [at("y", y[0]), at("y", y[1])];
      const element = make("image");
      element.setAttribute("x", String(Math.min(left, right)));
      element.setAttribute("y", String(Math.min(top, bottom)));
      element.setAttribute("width", String(Math.abs(right - left)));
      element.setAttribute("height", String(Math.abs(bottom - top)));
      element.setAttribute("preserveAspectRatio", "none");
      element.setAttribute("image-rendering", Math.max(cols, rows) < COARSE ? "pixelated" : "auto");
      element.setAttribute("href", source);
      isImageOf(element, field, ramp);
      if (!field.contours) return element;
      const group = make("g");
      group.append(element, contours(field, { left, right, bottom, top }));
      return group;
    },
  });
  return [image];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** Lines of equal value. They end at the edge of the field; closed along it they would be a frame. */
function contours(field: Field, { left, right, bottom, top }: Box): SVGElement {
  const { cols, rows, values } = field;
  // The edge has the values of the cells beside it, whose own place is half a cell further in.
  const inner = (i: number, n: number) => Math.max(0, Math.min(n - 1, i - 1));
  const wide = Array.from({ length: (cols + 2) * (rows + 2) }, (_, at) => {
    const [row, col] = [Math.floor(at / (cols + 2)), at % (cols + 2)];
    return values[inner(row, rows) * cols + inner(col, cols)]!;
  });
  const place = (from: number, to: number, n: number) => (i: number) => {
    const cells = i < 1 ? i / 2 : i > n ? n - 0.5 + (i - n) / 2 : i - 0.5;
    return (from + (cells / n) * (to - from)).toFixed(1);
  };
  const [toX, toY] = [place(left, right, cols), place(bottom, top, rows)];
  const group = make("g");
  const look = { fill: "none", stroke: "var(--ink-2)", "stroke-opacity": "0.55", "stroke-width": "0.8" };
  for (const [name, value] of Object.entries({ "aria-label": "contour", ...look }))
    group.setAttribute(name, value);
  for (const level of field.contours ?? []) {
    const path = make("path");
    path.setAttribute("d", contourPath({ cols: cols + 2, rows: rows + 2, values: wide }, level, toX, toY));
    group.append(path);
  }
  return group;
}
