import { brief, type Check } from "@whetstone/sheet";
import { FigureView } from "./figure.tsx";
import type { ShownOutput } from "./fit-to-page.ts";

/** A figure, a table or a line of text that a run showed. */
export function Shown({ output }: { readonly output: ShownOutput }) {
  if (output.kind === "note") return <p class="note">{output.text}</p>;
  if (output.kind === "figure") return <FigureView figure={output.figure} cut={output.cut} />;
  const { columns, rows, caption } = output.table;
  // Columns of sentences need the whole width, many columns too.
  const wide = columns.length > 4 || rows.some((row) => row.some((cell) => String(cell).length > 28));
  const numbers = columns.map((_, j) => rows.some((row) => typeof row[j] === "number"));
  return (
    <section class={wide ? "table wide" : "table"} tabIndex={0} aria-label={caption ?? "Table"}>
      <table>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map((name, j) => (
              <th key={j} scope="col" class={numbers[j] ? "number" : ""}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j} class={numbers[j] ? "number" : ""}>
                  {inCell(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {output.cut !== undefined && <p class="cut">{output.cut}</p>}
    </section>
  );
}

function inCell(cell: number | string | boolean | null): string {
  if (typeof cell === "number") return brief(cell);
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return cell ?? "–";
}

interface ChecksProps {
  readonly checks: readonly Check[];
  readonly verifiedAgainst: readonly string[];
  readonly ms: number;
}

/** What the run measured, what was expected, and against what the library itself was proved. */
export function Checks({ checks, verifiedAgainst, ms }: ChecksProps) {
  const held = checks.filter((c) => c.ok).length;
  const all = held === checks.length && held > 0;
  return (
    <section class="checks">
      <h3>
        <span class={all ? "seal" : "seal broken"}>
          {held} of {checks.length} {checks.length === 1 ? "check" : "checks"} held
        </span>
        <small>{ms < 1 ? "under 1 ms" : `${brief(Math.round(ms))} ms`}</small>
      </h3>
      <ul>
        {checks.map((check, i) => (
          <li key={i} class={check.ok ? "held" : "broken"}>
            <span class="mark">{check.ok ? "holds" : "fails"}</span>
            <span class="name">{check.name}</span>
            <span class="value">
              {typeof check.value === "number" ? brief(check.value) : String(check.value)}
            </span>{" "}
            <span class="expected">{check.expected}</span>
          </li>
        ))}
      </ul>
      <dl class="verified">
        <dt>Library verified against</dt>
        {verifiedAgainst.map((reference) => (
          <dd key={reference}>{reference}</dd>
        ))}
      </dl>
    </section>
  );
}
