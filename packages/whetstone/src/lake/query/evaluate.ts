import type { Column, ColumnKind, Table } from "../../data/index.ts";
import { valueError } from "../../errors.ts";
import { type Arithmetic, type Comparison, type Literal, type Node, print } from "./expression.ts";

const MISSING = 255;

/** The values of an expression over the rows of a table. */
export function evaluate(node: Node, table: Table, where: string): Column {
  const n = table.rows;
  switch (node.op) {
    case "column":
      return table.column(node.name);
    case "literal":
      return constant(node.value, n);
    case "isMissing": {
      const of = evaluate(node.of, table, where);
      return { kind: "boolean", values: Uint8Array.from({ length: n }, (_, i) => (absent(of, i) ? 1 : 0)) };
    }
    case "not": {
      const of = truths(node.of, table, where);
      return { kind: "boolean", values: of.map((v) => (v === MISSING ? MISSING : 1 - v)) };
    }
    case "and":
    case "or": {
      const a = truths(node.left, table, where);
      const b = truths(node.right, table, where);
      // The value that decides alone: false for "and", true for "or".
      const sure = node.op === "and" ? 0 : 1;
      return {
        kind: "boolean",
        values: a.map((v, i) =>
          v === sure || b[i] === sure ? sure : v === MISSING || b[i] === MISSING ? MISSING : 1 - sure,
        ),
      };
    }
    case "plus":
    case "minus":
    case "times":
    case "over": {
      const a = numbers(node.left, table, where);
      const b = numbers(node.right, table, where);
      const f = ARITHMETIC[node.op];
      return { kind: "number", values: a.map((v, i) => f(v, b[i])) };
    }
    default:
      return { kind: "boolean", values: compare(node.op, node.left, node.right, table, where) };
  }
}

export const ARITHMETIC: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  plus: (a, b) => a + b,
  minus: (a, b) => a - b,
  times: (a, b) => a * b,
  over: (a, b) => a / b,
};

/** Whether a comparison holds, from the sign of the difference. */
export const HOLDS: Readonly<Record<Comparison, (sign: number) => boolean>> = {
  eq: (s) => s === 0,
  ne: (s) => s !== 0,
  lt: (s) => s < 0,
  le: (s) => s <= 0,
  gt: (s) => s > 0,
  ge: (s) => s >= 0,
};

export function sign(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The rows that a condition holds for. */
export function rowsWhere(node: Node, table: Table, where: string): Int32Array {
  const kept = truths(node, table, where);
  let count = 0;
  for (let i = 0; i < kept.length; i++) if (kept[i] === 1) count++;
  const rows = new Int32Array(count);
  count = 0;
  for (let i = 0; i < kept.length; i++) if (kept[i] === 1) rows[count++] = i;
  return rows;
}

function constant(value: Literal, n: number): Column {
  if (typeof value === "number") return { kind: "number", values: new Float64Array(n).fill(value) };
  if (typeof value === "boolean") return { kind: "boolean", values: new Uint8Array(n).fill(value ? 1 : 0) };
  if (value instanceof Date) return { kind: "date", values: new Float64Array(n).fill(value.getTime()) };
  return { kind: "category", codes: new Int32Array(n), categories: [value] };
}

function absent(column: Column, i: number): boolean {
  if (column.kind === "category") return column.codes[i] < 0;
  if (column.kind === "text") return column.values[i] === null;
  return column.kind === "boolean" ? column.values[i] === MISSING : Number.isNaN(column.values[i]);
}

function truths(node: Node, table: Table, where: string): Uint8Array {
  const column = evaluate(node, table, where);
  if (column.kind !== "boolean") throw wrongKind(node, column.kind, "a condition (true or false)", where);
  return column.values;
}

function numbers(node: Node, table: Table, where: string): Float64Array {
  const column = evaluate(node, table, where);
  if (column.kind !== "number") throw wrongKind(node, column.kind, "a number", where);
  return column.values;
}

function wrongKind(node: Node, kind: ColumnKind, expected: string, where: string): Error {
  return valueError(
    where,
    "expression",
    `uses ${print(node)}, which is ${kind}, where ${expected} is expected`,
  );
}

const family = (kind: ColumnKind) => (kind === "category" ? "text" : kind);

function compare(op: Comparison, left: Node, right: Node, table: Table, where: string): Uint8Array {
  const a = evaluate(left, table, where);
  const b = evaluate(right, table, where);
  if (family(a.kind) !== family(b.kind))
    throw valueError(
      where,
      "expression",
      `compares ${print(left)}, which is ${family(a.kind)}, with ${print(right)}, which is ${family(b.kind)}`,
    );
  const holds = HOLDS[op];
  const n = table.rows;
  const out = new Uint8Array(n).fill(MISSING);
  // A category against a constant is decided once for each category.
  if (a.kind === "category" && right.op === "literal") {
    const truth = a.categories.map((word) => (holds(sign(word, right.value as string)) ? 1 : 0));
    for (let i = 0; i < n; i++) if (a.codes[i] >= 0) out[i] = truth[a.codes[i]];
    return out;
  }
  const x = comparable(a);
  const y = comparable(b);
  for (let i = 0; i < n; i++) if (!absent(a, i) && !absent(b, i)) out[i] = holds(sign(x(i), y(i))) ? 1 : 0;
  return out;
}

function comparable(column: Column): (i: number) => number | string {
  if (column.kind === "category") return (i) => column.categories[column.codes[i]];
  return (i) => column.values[i] as number | string;
}
