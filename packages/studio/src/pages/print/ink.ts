/**
 * Makes a drawn figure readable without colours: each series has its own dashes, its own kind of point and its own
 * hatching, beside a colour of its own for printers that have them.
 */
import type { Legend, LegendEntry } from "../../lab/legend.ts";

const SVG = "http://www.w3.org/2000/svg";
const DASHES = ["", "7 3", "2 2.5", "9 3 2 3", "4 2", "1 3"];
/** Angle, distance and width of a hatching's lines; the first is solid. */
const HATCHES = [null, [45, 4, 1.6], [-45, 3, 0.9], [0, 3.5, 1.4], [90, 5, 1.2], [45, 2.5, 0.6]] as const;

const seriesOf = (paint: string | null): number => Number(/--series-(\d)/.exec(paint ?? "")?.[1] ?? 0) - 1;
let drawn = 0;

/** Changes `svg` in place. */
export function ink(svg: Element): void {
  const hatched: [Element, number][] = [];
  for (const element of svg.querySelectorAll("[stroke], [fill]")) {
    const line = seriesOf(element.getAttribute("stroke"));
    if (line > 0 && !dashed(element) && /line|arrow/.test(labelOf(element)))
      element.setAttribute("stroke-dasharray", DASHES[line]!);
    const area = seriesOf(element.getAttribute("fill"));
    if (area < 0) continue;
    if (/dot/.test(labelOf(element))) mark(element, area);
    else if (area > 0 && /bar|rect|area/.test(labelOf(element))) hatched.push([element, area]);
  }
  for (const [element, series] of hatched) hatch(svg, element, series);
}

/** Plot names the group of a layer after its kind. */
const labelOf = (element: Element): string =>
  element.closest("[aria-label]")?.getAttribute("aria-label") ?? "";
const dashed = (element: Element): boolean => element.closest("[stroke-dasharray]") !== null;

/** Lines over the shapes of an element, cut off at their borders: browsers print patterns as pixels, and these as lines. */
function hatch(svg: Element, element: Element, series: number): void {
  const [angle, apart, width] = HATCHES[series]!;
  const colour = `var(--series-${series + 1})`;
  const make = (name: string, values: Readonly<Record<string, string | number>>, ...inside: Node[]) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, String(value));
    made.append(...inside);
    return made;
  };
  element.setAttribute("fill", "#fff");
  element.setAttribute("fill-opacity", "1");
  if (!element.hasAttribute("stroke")) element.setAttribute("stroke", colour);
  const shapes = element.tagName === "g" ? [...element.querySelectorAll("rect, path")] : [element];
  const id = `hatch-${++drawn}`;
  const reach = Math.hypot(...sizeOf(svg));
  let d = "";
  for (let x = -reach; x < reach; x += apart)
    d += `M${x.toFixed(1)} ${-reach.toFixed(0)}V${reach.toFixed(0)}`;
  const lines = make("path", { d, stroke: colour, "stroke-width": width, transform: `rotate(${angle})` });
  const moved = element.tagName === "g" ? element.getAttribute("transform") : null;
  element.after(
    make(
      "g",
      moved === null ? {} : { transform: moved },
      make("clipPath", { id }, ...shapes.map((shape) => shape.cloneNode(false))),
      make("g", { "clip-path": `url(#${id})` }, lines),
    ),
  );
}

/** Width and height in the drawing's own units. */
function sizeOf(svg: Element): readonly [number, number] {
  const box = svg
    .getAttribute("viewBox")
    ?.split(/[\s,]+/)
    .map(Number);
  return box
    ? [box[0]! + box[2]!, box[1]! + box[3]!]
    : [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
}

/** Points of a series: discs, rings, crosses, triangles, squares, diamonds. */
function mark(element: Element, series: number): void {
  if (series === 0) return;
  const circles = element.tagName === "circle" ? [element] : [...element.querySelectorAll("circle")];
  for (const circle of circles) {
    const [x, y, r] = ["cx", "cy", "r"].map((name) => Number(circle.getAttribute(name)));
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", outline(series, x!, y!, Math.max(1.5, r!)));
    path.setAttribute("stroke", `var(--series-${series + 1})`);
    path.setAttribute("stroke-width", series === 2 ? "1.4" : "1.1");
    path.setAttribute("fill", series >= 4 ? `var(--series-${series + 1})` : "#fff");
    path.setAttribute("fill-opacity", series === 1 ? "0.85" : "1");
    if (series === 2) path.setAttribute("fill", "none");
    const moved = circle.getAttribute("transform");
    if (moved) path.setAttribute("transform", moved);
    circle.replaceWith(path);
  }
}

function outline(series: number, x: number, y: number, r: number): string {
  if (series === 1) return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  if (series === 2) return `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;
  if (series === 3) return `M${x} ${y - r * 1.2}l${r * 1.15} ${r * 2}h${-r * 2.3}z`;
  if (series === 4) return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`;
  return `M${x} ${y - r * 1.3}l${r} ${r * 1.3}l${-r} ${r * 1.3}l${-r} ${-r * 1.3}z`;
}

/** A key as the figure's own layers look, small enough to stand in a line of text. */
export function swatch({ colour, kind }: LegendEntry): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 22 10");
  svg.setAttribute("class", "print-swatch");
  const group = document.createElementNS(SVG, "g");
  const round = kind === "dot";
  group.setAttribute("aria-label", round ? "dot" : kind === "area" ? "rect" : "line");
  const shape = document.createElementNS(SVG, round ? "circle" : kind === "area" ? "rect" : "path");
  const values: Record<string, string> = round
    ? { cx: "11", cy: "5", r: "3.4", fill: colour }
    : kind === "area"
      ? { x: "1", y: "1", width: "20", height: "8", fill: colour, "fill-opacity": "0.55" }
      : { d: "M0 5H22", stroke: colour, "stroke-width": "2" };
  if (kind === "dashed") values["stroke-dasharray"] = "5 4";
  for (const [name, value] of Object.entries(values)) shape.setAttribute(name, value);
  group.append(shape);
  svg.append(group);
  ink(svg);
  return svg;
}

const GREYS = { low: "#ffffff", middle: "#d2d2d2", high: "#8a8a8a" } as const;

/** Draws with fields in greys from light to dark, so that high and low differ without colours. */
export function inGreys<T>(centred: boolean, drawing: () => T): T {
  const { style } = document.documentElement;
  style.setProperty("--field-low", GREYS.low);
  style.setProperty("--field-high", GREYS.high);
  style.setProperty("--paper", centred ? GREYS.middle : GREYS.low);
  try {
    return drawing();
  } finally {
    for (const name of ["--field-low", "--field-high", "--paper"]) style.removeProperty(name);
  }
}

export const rampStyle = ({ ramp }: Legend): string =>
  ramp ? `linear-gradient(to right, ${ramp.range.join()})` : "";
