/** Figures as data to SVG, by Observable Plot. */
import * as Plot from "@observablehq/plot";
import type { Figure, Mark } from "@whetstone/sheet";
import { axesOf, extent } from "./axes.ts";
import { rampOf, SERIES, seriesColours } from "./colours.ts";
import { heightFor, SQUARE, TALLEST } from "./figure.tsx";
import type { Legend, LegendEntry } from "./legend.ts";
import { layers } from "./marks.ts";

/** Throws where a figure has nothing to show, with a message that says so. */
export function draw(figure: Figure, width: number): { svg: Element; legend: Legend } {
  for (const along of ["x", "y"] as const) {
    const [low, high] = extent(figure, along);
    if (figure[along].scale !== "band" && !(low <= high)) throw new Error("it holds no finite number");
  }
  const colours = seriesColours(figure.marks);
  const ramp = rampOf(figure.marks);
  if (!ramp && figure.marks.some((mark) => mark.type === "field"))
    throw new Error("it holds no finite number");
  const size = figure.square ? Math.min(width, SQUARE) : width;
  const axes = axesOf(figure, size);
  // Plot pads bands by a tenth of a step between them and at both ends.
  const around = { figure, colours, first: SERIES[0]!, bandwidth: axes.band * 0.9, ramp };
  const plot = (shape: Plot.PlotOptions) =>
    Plot.plot({
      ...axes,
      ...shape,
      marginRight: 18,
      style: { background: "transparent", fontSize: "12px", overflow: "visible" },
      marks: figure.marks.flatMap((mark) => layers(mark, around)),
    });
  // Long names under bars take their room below, not from the bars.
  const room = Math.max(0, axes.marginBottom - 60);
  let svg = plot(
    figure.square ? { width: size, aspectRatio: 1 } : { width, height: heightFor(width) + room },
  );
  // Equal units on axes of very different lengths would make a tower.
  const height = Number(svg.getAttribute("height"));
  if (height > TALLEST) svg = plot({ width: Math.max(200, (size * TALLEST) / height), aspectRatio: 1 });
  svg.setAttribute("aria-hidden", "true");
  return { svg, legend: { series: legendOf(figure.marks, colours), ramp } };
}

function legendOf(marks: readonly Mark[], colours: ReadonlyMap<string, string>): LegendEntry[] {
  const kindOf = (name: string): LegendEntry["kind"] => {
    const kinds = marks.filter(
      (m) => ("name" in m && m.name === name) || ("group" in m && m.group?.includes(name)),
    );
    const line = kinds.find(
      (m) => m.type === "line" || m.type === "step" || m.type === "arrows" || m.type === "rule",
    );
    if (line) return (line.type === "line" && line.dashed) || line.type === "rule" ? "dashed" : "line";
    return kinds.some((m) => m.type === "points") ? "dot" : "area";
  };
  return [...colours].map(([name, colour]) => ({ name, colour, kind: kindOf(name) }));
}
