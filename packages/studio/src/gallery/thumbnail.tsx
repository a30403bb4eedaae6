import { brief, type Figure, type LabTable } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../theme.ts";
import type { Picture } from "./picture.ts";
import { smallDrawing } from "./small-drawing.ts";

const WIDTH = 288;
const HEIGHT = 168;

const turns: (() => void)[] = [];
const idle = (job: () => void) =>
  "requestIdleCallback" in window ? requestIdleCallback(job, { timeout: 500 }) : setTimeout(job, 20);

/** One picture after another, each when the page has time. */
function inIdleTurn(job: () => void): void {
  if (turns.push(job) > 1) return;
  const next = () => {
    turns[0]!();
    turns.shift();
    if (turns.length > 0) idle(next);
  };
  idle(next);
}

/** The picture of a card, small: what it shows is said by the card's title beside it. */
export function Thumbnail({ picture }: { readonly picture: Picture }) {
  const { shown } = picture;
  if (shown?.kind === "figure") return <SmallFigure figure={shown.figure} />;
  if (shown?.kind === "table") return <SmallTable table={shown.table} />;
  return <p class="small-note">{shown?.text ?? "It holds without a picture."}</p>;
}

function SmallFigure({ figure }: { readonly figure: Figure }) {
  const holder = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  // Colours of lines follow the theme by themselves; those of a field are painted.
  const colours = figure.marks.some((mark) => mark.type === "field") ? theme.value : "";
  useEffect(() => {
    let current = true;
    inIdleTurn(() => {
      if (!current || !holder.current) return;
      try {
        holder.current.innerHTML = smallDrawing(figure, WIDTH, HEIGHT);
      } catch {
        setFailed(true);
      }
    });
    return () => {
      current = false;
    };
  }, [figure, colours]);
  if (failed) return <p class="small-note">Its picture could not be drawn here.</p>;
  return <div class="small-figure" ref={holder} />;
}

function SmallTable({ table }: { readonly table: LabTable }) {
  const cell = (value: number | string | boolean | null) =>
    typeof value === "number" ? brief(value) : value === null ? "–" : String(value);
  return (
    <table class="small-table">
      <tbody>
        <tr>
          {table.columns.slice(0, 4).map((name) => (
            <th key={name}>{name}</th>
          ))}
        </tr>
        {table.rows.slice(0, 4).map((row, i) => (
          <tr key={i}>
            {row.slice(0, 4).map((value, j) => (
              <td key={j}>{cell(value)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
