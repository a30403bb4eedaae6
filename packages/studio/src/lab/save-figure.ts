/** A drawn figure as a file that stands alone: colours and fonts written into it, with its title and legend. */
import { brief } from "@whetstone/sheet";
import { shapesFor } from "./field-vector.ts";
import type { Legend } from "./legend.ts";

const SVG = "http://www.w3.org/2000/svg";
const FONT = "system-ui, sans-serif";
/** What CSS gives an element of a drawing, written as attributes. */
const PAINT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "fill-opacity",
  "opacity",
];
const TEXT = ["font-size", "font-weight", "font-variant-numeric", "text-anchor"];
const PAD = 12;
const LINE = 20;
/** Width of the colours of a field. */
const RAMP = 90;

const make = (name: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
};

/** Copies a drawing with every colour resolved: nothing in it asks for the page's styles. */
function inlined(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [drawing, ...drawing.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  originals.forEach((from, i) => {
    const to = copies[i]!;
    if (from instanceof SVGStyleElement) return;
    if (from instanceof SVGImageElement) {
      const shapes = shapesFor(from);
      if (shapes) to.replaceWith(shapes);
      return;
    }
    const style = getComputedStyle(from);
    const wanted =
      from instanceof SVGTextElement || from instanceof SVGTSpanElement ? [...PAINT, ...TEXT] : PAINT;
    to.removeAttribute("style");
    to.removeAttribute("class");
    for (const name of wanted) {
      const value = style.getPropertyValue(name);
      if (value !== "" && value !== "auto") to.setAttribute(name, value);
    }
  });
  for (const style of copy.querySelectorAll("style")) style.remove();
  return copy;
}

/** Lines of at most so many characters, where words allow it. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((w) => w !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Title, legend and drawing in one document. */
export function standalone(
  drawing: SVGSVGElement,
  title: string,
  legend: Legend,
  alt: string,
): SVGSVGElement {
  const width = Number(drawing.getAttribute("width")) + 2 * PAD;
  const tokens = getComputedStyle(document.documentElement);
  const ink = tokens.getPropertyValue("--ink").trim();
  const head: SVGElement[] = [];
  let y = PAD;
  for (const line of wrapped(title, (width - 2 * PAD) / 8)) {
    head.push(
      make(
        "text",
        { x: PAD, y: y + 14, "font-size": 14, "font-weight": 600, fill: ink, "font-family": FONT },
        line,
      ),
    );
    y += LINE;
  }
  if (title !== "") y += 4;
  let x = PAD;
  if (legend.series.length > 0 || legend.ramp) y += LINE;
  for (const { name, colour, kind } of legend.series) {
    const room = 26 + 7 * name.length + 14;
    if (x > PAD && x + room > width - PAD) {
      x = PAD;
      y += LINE;
    }
    const paint = tokens.getPropertyValue(colour.replace(/^var\(|\)$/g, "")).trim() || colour;
    head.push(
      kind === "dot"
        ? make("circle", { cx: x + 9, cy: y - 9, r: 4, fill: paint })
        : make("line", {
            x1: x,
            x2: x + 18,
            y1: y - 9,
            y2: y - 9,
            stroke: paint,
            "stroke-width": kind === "area" ? 9 : 3,
            ...(kind === "dashed" && { "stroke-dasharray": "5 3" }),
          }),
      make("text", { x: x + 24, y: y - 5, "font-size": 12, fill: ink, "font-family": FONT }, name),
    );
    x += room;
  }
  if (legend.ramp) {
    const { domain, range } = legend.ramp;
    const [low, high] = [brief(domain[0]!), brief(domain.at(-1)!)];
    const letters = (text: string) => 7 * text.length + 6;
    if (x > PAD && x + letters(low) + RAMP + letters(high) > width - PAD) {
      x = PAD;
      y += LINE;
    }
    const shades = make("linearGradient", { id: "ramp" });
    const last = range.length - 1;
    shades.append(...range.map((colour, i) => make("stop", { offset: i / last, "stop-color": colour })));
    const from = x + letters(low);
    const words = { y: y - 5, "font-size": 12, fill: ink, "font-family": FONT };
    head.push(
      shades,
      make("text", { x, ...words }, low),
      make("rect", {
        x: from,
        y: y - 14,
        width: RAMP,
        height: 10,
        fill: "url(#ramp)",
        stroke: ink,
        "stroke-width": 0.5,
      }),
      make("text", { x: from + RAMP + 6, ...words }, high),
    );
  }
  const top = head.length > 0 ? y + 6 : PAD;
  const height = Number(drawing.getAttribute("height")) + top + PAD;
  const whole = make("svg", {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
  }) as SVGSVGElement;
  const body = inlined(drawing);
  body.setAttribute("x", String(PAD));
  body.setAttribute("y", String(top));
  body.setAttribute("font-family", FONT);
  body.setAttribute("overflow", "visible");
  const paper = tokens.getPropertyValue("--paper").trim();
  whole.append(make("title", {}, title || alt), make("desc", {}, alt));
  whole.append(make("rect", { width, height, fill: paper }), ...head, body);
  return whole;
}

const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60) || "figure";

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has to begin before the address may go.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveSvg(svg: SVGSVGElement, title: string): void {
  save(
    new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }),
    `${fileName(title)}.svg`,
  );
}

/** Twice as many pixels as on the page. */
export async function savePng(svg: SVGSVGElement, title: string): Promise<void> {
  const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side))) as [
    number,
    number,
  ];
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the browser made no picture of it");
  save(blob, `${fileName(title)}.png`);
}
