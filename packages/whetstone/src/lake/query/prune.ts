import type { ColumnStatistics, RowGroup } from "../parquet/index.ts";
import { HOLDS, sign } from "./evaluate.ts";
import type { Comparison, Literal, Node } from "./expression.ts";

/** With the sides of a comparison exchanged. */
const TURNED: Readonly<Record<Comparison, Comparison>> = {
  eq: "eq",
  ne: "ne",
  lt: "gt",
  le: "ge",
  gt: "lt",
  ge: "le",
};

/** Whether some row of a group can satisfy a condition, as far as the bounds of its columns tell. */
export function mayHold(node: Node, group: RowGroup): boolean {
  switch (node.op) {
    case "and":
      return mayHold(node.left, group) && mayHold(node.right, group);
    case "or":
      return mayHold(node.left, group) || mayHold(node.right, group);
    case "literal":
      return node.value !== false;
    case "isMissing":
      return node.of.op !== "column" || group.columns[node.of.name].missing !== 0;
    case "not":
      if (node.of.op === "isMissing" && node.of.of.op === "column")
        return group.columns[node.of.of.name].missing !== group.rows;
      return true;
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      if (node.left.op === "column" && node.right.op === "literal")
        return compared(node.op, group.columns[node.left.name], node.right.value, group.rows);
      if (node.right.op === "column" && node.left.op === "literal")
        return compared(TURNED[node.op], group.columns[node.right.name], node.left.value, group.rows);
      return true;
    default:
      return true;
  }
}

function compared(
  op: Comparison,
  { min, max, missing }: ColumnStatistics,
  value: Literal,
  rows: number,
): boolean {
  // A comparison with a missing value never holds.
  if (missing === rows) return false;
  if (min === null || max === null) return true;
  const v = value instanceof Date ? value.getTime() : value;
  if (typeof v !== typeof min || typeof v === "boolean") return true;
  const [low, high] = [min, max] as (number | string)[];
  if (typeof v === "string") {
    // Bounds are in the order of UTF-8; where that differs from the order of code units, they say nothing.
    const odd = [v, low, high].some((text) => /[\ud800-\uffff]/.test(text as string));
    if (odd || op === "ne") return true;
  }
  switch (op) {
    case "eq":
      return sign(low, v) <= 0 && sign(v, high) <= 0;
    case "ne":
      return !(low === v && high === v);
    case "lt":
    case "le":
      return HOLDS[op](sign(low, v));
    default:
      return HOLDS[op](sign(high, v));
  }
}
