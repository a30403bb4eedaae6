/** A function of two variables as an image: thousands of cells are one element of the figure. */
import * as Plot from "@observablehq/plot";
import type { Mark } from "@whetstone/sheet";
import { imageOf } from "./field-image.ts";
import { COARSE, isImageOf } from "./field-vector.ts";
import type { Ramp } from "./figure.tsx";

type Field = Extract<Mark, { type: "field" }>;

export function fieldLayers(field: Field, ramp: Ramp): Plot.Markish[] {
  const { x, y, cols, rows, values } = field;
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
      const element = document.createElementNS("http://www.w3.org/2000/svg", "image");
      element.setAttribute("x", String(Math.min(left, right)));
      element.setAttribute("y", String(Math.min(top, bottom)));
      element.setAttribute("width", String(Math.abs(right - left)));
      element.setAttribute("height", String(Math.abs(bottom - top)));
      element.setAttribute("preserveAspectRatio", "none");
      element.setAttribute("image-rendering", Math.max(cols, rows) < COARSE ? "pixelated" : "auto");
      element.setAttribute("href", source);
      isImageOf(element, field, ramp);
      return element;
    },
  });
  if (!field.contours) return [image];
  const contours = Plot.contour(values as number[], {
    width: cols,
    height: rows,
    x1: x[0],
    x2: x[1],
    y1: y[0],
    y2: y[1],
    thresholds: [...field.contours],
    fill: "none",
    stroke: "var(--ink-2)",
    strokeOpacity: 0.55,
    strokeWidth: 0.8,
  });
  return [image, contours];
}
