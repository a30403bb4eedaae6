import { useState } from "preact/hooks";
import type { Legend } from "./legend.ts";

interface Props {
  /** The drawing that is on the page now, if any. */
  readonly drawing: () => SVGSVGElement | null;
  readonly title: string;
  readonly alt: string;
  readonly legend: Legend;
}

/** Two quiet buttons under a figure; the code behind them arrives with the first press. */
export function FigureFiles({ drawing, title, alt, legend }: Props) {
  const [said, say] = useState("");
  const save = async (kind: "SVG" | "PNG") => {
    const svg = drawing();
    if (!svg) return;
    try {
      const files = await import("./save-figure.ts");
      const whole = files.standalone(svg, title, legend, alt);
      if (kind === "SVG") files.saveSvg(whole, title);
      else await files.savePng(whole, title);
      say("");
    } catch (cause) {
      say(`The figure could not be saved: ${cause instanceof Error ? cause.message : cause}.`);
    }
  };
  const of = title === "" ? "this figure" : `“${title}”`;
  return (
    <div class="files">
      {(["SVG", "PNG"] as const).map((kind) => (
        <button
          key={kind}
          type="button"
          class="small"
          aria-label={`Download ${of} as ${kind}`}
          onClick={() => save(kind)}
        >
          {kind}
        </button>
      ))}
      {said !== "" && <span role="status">{said}</span>}
    </div>
  );
}
