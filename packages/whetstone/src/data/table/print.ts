import { type Cell, cellOf } from "./column.ts";
import type { Table } from "./table.ts";

/** A cell as a person reads it: six significant digits, dates without an idle clock. */
export function formatCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isInteger(cell) ? String(cell) : String(+cell.toPrecision(6));
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$/, "");
  return String(cell).replaceAll("\n", "\\n");
}

/** Aligned text: numbers to the right, at most `width` characters a line, columns that do not fit counted. */
export function formatTable(table: Table, maxRows: number, width: number): string {
  const shown = Math.min(maxRows, table.rows);
  const lines = Array.from({ length: shown + 1 }, () => "");
  let fitted = 0;
  for (; fitted < table.cols; fitted++) {
    const column = table.columns[fitted]!;
    const words = [table.names[fitted]!];
    for (let i = 0; i < shown; i++) words.push(formatCell(cellOf(column, i)));
    const clipped = words.map((w) => (w.length > 32 ? `${w.slice(0, 31)}…` : w));
    const size = Math.max(...clipped.map((w) => w.length));
    const gap = fitted === 0 ? "" : "  ";
    if (fitted > 0 && lines[0]!.length + gap.length + size > width) break;
    const right = column.kind === "number";
    clipped.forEach((w, i) => {
      lines[i] += gap + (right ? w.padStart(size) : w.padEnd(size));
    });
  }
  const rest: string[] = [];
  if (table.rows > shown) rest.push(`${table.rows - shown} more rows`);
  if (table.cols > fitted) rest.push(`${table.cols - fitted} more columns`);
  const body = lines.map((line) => line.trimEnd());
  if (rest.length > 0) body.push(`... ${rest.join(", ")}`);
  return body.join("\n");
}
