/** What a small picture is made of: the first thing a run showed, with no more values than a thumbnail can hold. */
import type { CardResult, Figure, LabTable } from "@whetstone/sheet";
import { fitToPage, type Most, type ShownOutput } from "../lab/fit-to-page.ts";

export interface Picture {
  readonly shown:
    | { readonly kind: "figure"; readonly figure: Figure }
    | { readonly kind: "table"; readonly table: LabTable }
    | { readonly kind: "note"; readonly text: string }
    | null;
  readonly ok: boolean;
  readonly ms: number;
}

export const SMALL: Most = { line: 240, points: 300, side: 60, rows: 4 };

/** A figure says most, then a table, then a line of text. */
export function pictureOf(outputs: readonly ShownOutput[], result: CardResult): Picture {
  const first =
    outputs.find((o) => o.kind === "figure" && hasValues(o.figure)) ??
    outputs.find((o) => o.kind === "table") ??
    outputs.find((o) => o.kind === "note");
  const shown = first === undefined ? null : fitToPage(first, SMALL);
  return { shown, ok: result.ok, ms: result.ms };
}

const hasValues = (figure: Figure): boolean =>
  figure.marks.some(
    (mark) => mark.type === "field" || ("y" in mark && Array.isArray(mark.y) && mark.y.length > 0),
  );
