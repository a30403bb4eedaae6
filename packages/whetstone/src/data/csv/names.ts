import { shapeError, show } from "../../errors.ts";
import type { Sniffed } from "./sniff.ts";

/** Names of the columns: those given, those of the header (repaired where needed), or x0, x1, ... */
export function columnNames(
  sniffed: Sniffed,
  given: readonly string[] | null,
  notes: string[],
  where: string,
): string[] {
  const { cols, headerFields, headerLine } = sniffed;
  if (given !== null) {
    if (given.length !== cols)
      throw shapeError(where, "names", `has ${given.length} entries`, `${cols} (columns of the file)`);
    return given.slice();
  }
  if (headerFields === null) {
    if (cols > 0) {
      notes.push(
        `the first line looks like data, so the columns are named x0 to x${cols - 1}; pass header: true if it holds names`,
      );
    }
    return Array.from({ length: cols }, (_, j) => `x${j}`);
  }
  let fields = headerFields;
  if (fields.length < cols) {
    fields = ["row", ...fields];
    notes.push(
      `line ${headerLine} has one name less than the rows have fields, so the first column is taken for row names and called "row"`,
    );
  }
  const used = new Set(fields.filter((f) => f !== ""));
  const seen = new Set<string>();
  return fields.map((field, j) => {
    let name = field;
    if (name === "") {
      name = fresh(`column_${j + 1}`, used);
      notes.push(`column ${j + 1} has no name in line ${headerLine}, so it is called ${show(name)}`);
    } else if (seen.has(name)) {
      name = fresh(`${name}_2`, used, 3);
      notes.push(
        `line ${headerLine} has the name ${show(field)} twice, so column ${j + 1} is called ${show(name)}`,
      );
    }
    seen.add(name);
    used.add(name);
    return name;
  });
}

function fresh(name: string, used: ReadonlySet<string>, next = 2): string {
  if (!used.has(name)) return name;
  const base = name.replace(/_\d+$/, "");
  let k = next;
  while (used.has(`${base}_${k}`)) k++;
  return `${base}_${k}`;
}
