import type { Column, Levels } from "./table/column.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Why a column that differs in every row seems to name the rows; null where it does not. */
export function identifierSign(name: string, column: Column, { values, codes }: Levels): string | null {
  const rows = codes.length;
  if (rows < 10 || column.kind === "date" || column.kind === "boolean") return null;
  if (values.length !== rows || codes.includes(-1)) return null;
  const words = values.map(String);
  let how: string | null = null;
  if (column.kind === "number") {
    const whole = column.values.every(Number.isInteger);
    const steady = sequence(column.values);
    // Unique integers in a dense range are numbers of rows even when the rows were shuffled.
    const dense = (values.at(-1) as number) - (values[0] as number) < rows * 2;
    const named = /(^|[_\s-])(id|index|key|nr|no|number|row)$|[a-z](Id|Index|Key)$/i.test(name);
    if (whole && (steady || dense)) how = "holds a different whole number in every row, like a row number";
    else if (whole && named) how = "is named like an identifier and differs in every row";
  } else if (words.every((w) => UUID.test(w))) how = "holds a UUID in every row";
  else if (words.every((w) => !/\s/.test(w) && w.length <= 64))
    how = "holds a different word in every row, like an identifier";
  return how;
}

/** Always rising or always falling. */
function sequence(values: Float64Array): boolean {
  const sign = Math.sign(values[1]! - values[0]!);
  for (let i = 1; i < values.length; i++) if (Math.sign(values[i]! - values[i - 1]!) !== sign) return false;
  return sign !== 0;
}
