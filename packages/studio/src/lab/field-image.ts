/** A field as an image of one pixel a cell. */
import type { Mark } from "@whetstone/sheet";
import type { Ramp } from "./legend.ts";

type Field = Extract<Mark, { type: "field" }>;
type Rgb = readonly [number, number, number];

const SHADES = 256;

/** The address of the image. */
export function imageOf({ cols, rows, values }: Field, ramp: Ramp): string {
  const canvas = document.createElement("canvas");
  canvas.width = cols;
  canvas.height = rows;
  const context = canvas.getContext("2d")!;
  const pixels = context.createImageData(cols, rows);
  const shades = shadesOf(ramp, SHADES);
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
export function shadesOf({ range }: Ramp, count: number): Rgb[] {
  const stops = range.map(parse);
  return Array.from({ length: count }, (_, i) => {
    const at = (i / (count - 1)) * (stops.length - 1);
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
