/** A function of two variables as an image: thousands of cells are one element of the figure. */
import * as Plot from "@observablehq/plot";
import type { Mark } from "@whetstone/sheet";
import type { Ramp } from "./figure.tsx";

type Field = Extract<Mark, { type: "field" }>;
type Rgb = readonly [number, number, number];

const SHADES = 256;

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
      element.setAttribute("image-rendering", Math.max(cols, rows) < 50 ? "pixelated" : "auto");
      element.setAttribute("href", source);
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

function imageOf({ cols, rows, values }: Field, ramp: Ramp): string {
  const canvas = document.createElement("canvas");
  canvas.width = cols;
  canvas.height = rows;
  const context = canvas.getContext("2d")!;
  const pixels = context.createImageData(cols, rows);
  const shades = shadesOf(ramp);
  const low = ramp.domain[0]!;
  const scale = (SHADES - 1) / (ramp.domain.at(-1)! - low);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const value = values[row * cols + col]!;
      if (!Number.isFinite(value)) continue;
      const shade = shades[Math.max(0, Math.min(SHADES - 1, Math.round((value - low) * scale)))]!;
      // Images count rows from the top, fields from the bottom.
      const at = ((rows - 1 - row) * cols + col) * 4;
      pixels.data[at] = shade[0];
      pixels.data[at + 1] = shade[1];
      pixels.data[at + 2] = shade[2];
      pixels.data[at + 3] = 255;
    }
  }
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

/** The ramp in equal steps; its stops are equally far apart. */
function shadesOf({ range }: Ramp): Rgb[] {
  const stops = range.map(parse);
  return Array.from({ length: SHADES }, (_, i) => {
    const at = (i / (SHADES - 1)) * (stops.length - 1);
    const from = Math.min(stops.length - 2, Math.floor(at));
    const [a, b] = [stops[from]!, stops[from + 1]!];
    const mix = (k: 0 | 1 | 2) => a[k] + (b[k] - a[k]) * (at - from);
    return [mix(0), mix(1), mix(2)];
  });
}

/** `#rrggbb`, as the colours of the page are written. */
function parse(colour: string): Rgb {
  const n = Number.parseInt(colour.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}
