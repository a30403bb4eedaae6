/**
 * A field as shapes instead of pixels, for files and paper: bands of equal shade where it is smooth, cells where it is
 * coarse.
 */
import type { Mark } from "@whetstone/sheet";
import { shadesOf } from "./field-image.ts";
import type { Ramp } from "./legend.ts";
import { outline, PARTS } from "./rings.ts";

type Field = Extract<Mark, { type: "field" }>;

/** Shades of the whole ramp. */
const SHADES = 32;
/** A field of more cells, or one that takes more text than this, stays an image. */
const MOST_CELLS = { smooth: 128 ** 2, coarse: 64 ** 2 } as const;
const MOST_TEXT = 160_000;

/** Fields of fewer columns and rows are drawn with their cells to be seen. */
export const COARSE = 50;

export interface Layer {
  readonly fill: string;
  readonly d: string;
}

/**
 * Shapes from the lowest shade to the highest, each over those before it, in {@link PARTS} of a cell; null where an
 * image is better.
 */
export function fieldLayersOf(field: Field, ramp: Ramp): Layer[] | null {
  const { cols, rows, values } = field;
  const smooth = Math.max(cols, rows) >= COARSE;
  if (cols * rows > MOST_CELLS[smooth ? "smooth" : "coarse"]) return null;
  const low = ramp.domain[0]!;
  const width = (ramp.domain.at(-1)! - low) / SHADES;
  const shade = (value: number) => Math.max(0, Math.min(SHADES - 1, Math.floor((value - low) / width)));
  const used = new Set(values.filter(Number.isFinite).map(shade));
  const from = Math.min(...used);
  const to = Math.max(...used);
  const colours = shadesOf(ramp, SHADES);
  const layers: Layer[] = [];
  let text = 0;
  for (let k = from; k <= to; k++) {
    if (!smooth && !used.has(k)) continue;
    const d = smooth
      ? outline(field, k === from ? -Number.MAX_VALUE : low + k * width)
      : runs(field, (value) => shade(value) >= k);
    if (d === "") continue;
    layers.push({ fill: hex(colours[k]!), d });
    text += d.length;
    if (text > MOST_TEXT) return null;
  }
  return layers;
}

/** Cells of a kind: neighbours in a row are one rectangle, and equal ones in rows below each other too. */
function runs({ cols, rows, values }: Field, is: (value: number) => boolean): string {
  let d = "";
  const open = new Map<string, { readonly from: number; readonly to: number; readonly row: number }>();
  for (let row = 0; row <= rows; row++) {
    const found = new Map<string, { readonly from: number; readonly to: number; readonly row: number }>();
    for (let col = 0; row < rows && col < cols; col++) {
      const inside = (c: number) => {
        const value = values[row * cols + c]!;
        return c < cols && Number.isFinite(value) && is(value);
      };
      if (!inside(col)) continue;
      const from = col;
      while (inside(col + 1)) col++;
      const key = `${from} ${col}`;
      found.set(key, open.get(key) ?? { from, to: col + 1, row });
    }
    for (const [key, { from, to, row: top }] of open) {
      if (found.has(key)) continue;
      const [w, h] = [PARTS * (to - from), PARTS * (row - top)];
      d += `M${PARTS * from} ${PARTS * top}h${w}v${h}h${-w}z`;
    }
    open.clear();
    for (const [key, run] of found) open.set(key, run);
  }
  return d;
}

const hex = (rgb: readonly number[]): string =>
  `#${rgb.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;

const SVG = "http://www.w3.org/2000/svg";
const drawnFrom = new WeakMap<Element, readonly [Field, Ramp]>();

/** Remembers of what an image on the page was made. */
export function isImageOf(image: Element, field: Field, ramp: Ramp): void {
  drawnFrom.set(image, [field, ramp]);
}

/** The same as shapes, in the place of the image on its drawing; null where it stays an image. */
export function shapesFor(image: Element): SVGElement | null {
  const made = drawnFrom.get(image);
  const layers = made && fieldLayersOf(...made);
  if (!layers) return null;
  const [{ cols, rows }] = made;
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(image.getAttribute(name)));
  const group = document.createElementNS(SVG, "g");
  const part = (size: number, cells: number) => Number((size / (cells * PARTS)).toPrecision(8));
  // Fields count rows from the bottom.
  group.setAttribute(
    "transform",
    `translate(${x} ${y! + height!}) scale(${part(width!, cols)} ${-part(height!, rows)})`,
  );
  group.setAttribute("fill-rule", "evenodd");
  for (const { fill, d } of layers) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("fill", fill);
    path.setAttribute("d", d);
    group.append(path);
  }
  return group;
}

/** Puts shapes in the place of images, in a drawing that nobody else holds. */
export function withShapes(drawing: Element): void {
  for (const image of drawing.querySelectorAll("image")) {
    const shapes = shapesFor(image);
    if (shapes) image.replaceWith(shapes);
  }
}
