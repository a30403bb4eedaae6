import { argumentError } from "../../errors.ts";

/** What an expression is compared with or reckoned with: another one, or a constant. */
export type Operand = Expression | number | string | boolean | Date;
/** A constant in an expression. Dates are moments, compared by their milliseconds. */
export type Literal = number | string | boolean | Date;

export type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
export type Arithmetic = "plus" | "minus" | "times" | "over";
export type Logic = "and" | "or";
export type Binary = Comparison | Arithmetic | Logic;

/** The tree behind an expression. */
export type Node =
  | { readonly op: "column"; readonly name: string }
  | { readonly op: "literal"; readonly value: Literal }
  | { readonly op: "not" | "isMissing"; readonly of: Node }
  | { readonly op: Binary; readonly left: Node; readonly right: Node };

const SIGNS: Readonly<Record<Binary, string>> = {
  eq: "=",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  plus: "+",
  minus: "-",
  times: "*",
  over: "/",
  and: "and",
  or: "or",
};

/**
 * A computation over the columns of a table, built with {@link col} and {@link lit} and not carried out before it
 * is needed. A result is missing where an operand is, but "false and missing" is false and "true or missing" true.
 * Text is compared in the order of its code units.
 *
 * @example
 * const big = col("price").times(col("count")).gt(100).and(col("city").eq("Oslo"));
 * String(big); // "(((price * count) > 100) and (city = \"Oslo\"))"
 */
export class Expression {
  readonly node: Node;

  constructor(node: Node) {
    this.node = node;
  }

  plus(other: Operand): Expression {
    return this.#with("plus", other);
  }
  minus(other: Operand): Expression {
    return this.#with("minus", other);
  }
  times(other: Operand): Expression {
    return this.#with("times", other);
  }
  /** The quotient; zero over zero is missing. */
  over(other: Operand): Expression {
    return this.#with("over", other);
  }
  eq(other: Operand): Expression {
    return this.#with("eq", other);
  }
  ne(other: Operand): Expression {
    return this.#with("ne", other);
  }
  lt(other: Operand): Expression {
    return this.#with("lt", other);
  }
  le(other: Operand): Expression {
    return this.#with("le", other);
  }
  gt(other: Operand): Expression {
    return this.#with("gt", other);
  }
  ge(other: Operand): Expression {
    return this.#with("ge", other);
  }
  and(other: Operand): Expression {
    return this.#with("and", other);
  }
  or(other: Operand): Expression {
    return this.#with("or", other);
  }
  not(): Expression {
    return new Expression({ op: "not", of: this.node });
  }
  /** True where the value is missing; never missing itself. */
  isMissing(): Expression {
    return new Expression({ op: "isMissing", of: this.node });
  }
  toString(): string {
    return print(this.node);
  }

  #with(op: Binary, other: Operand): Expression {
    const right = operand(other, `Expression.${op}`);
    return new Expression({ op, left: this.node, right });
  }
}

/**
 * A column by its name.
 *
 * @example
 * const frame = LazyFrame.fromTable(Table.fromColumns({ a: [1, 2, 3] }));
 * (await frame.filter(col("a").gt(1)).collect()).rows; // 2
 */
export function col(name: string): Expression {
  if (typeof name !== "string") throw argumentError("col", "name", name, "the name of a column");
  return new Expression({ op: "column", name });
}

/**
 * A constant.
 *
 * @example
 * const frame = LazyFrame.fromTable(Table.fromColumns({ a: [1, 2] }));
 * (await frame.withColumns({ one: lit(1) }).collect()).numbers("one"); // [1, 1]
 */
export function lit(value: Literal): Expression {
  if (value instanceof Expression) throw argumentError("lit", "value", value, "a constant");
  return new Expression(operand(value, "lit"));
}

function operand(value: unknown, where: string): Node {
  if (value instanceof Expression) return value.node;
  const fits =
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && !Number.isNaN(value)) ||
    (value instanceof Date && !Number.isNaN(value.getTime()));
  if (!fits) throw argumentError(where, "value", value, "an expression, number, string, boolean or Date");
  return { op: "literal", value: value as Literal };
}

/** Text of an expression; equal exactly where the trees are. */
export function print(node: Node): string {
  switch (node.op) {
    case "column":
      return /^[A-Za-z_]\w*$/.test(node.name) ? node.name : `col(${JSON.stringify(node.name)})`;
    case "literal":
      if (node.value instanceof Date) return `date(${node.value.toISOString()})`;
      return Object.is(node.value, -0)
        ? "-0"
        : typeof node.value === "string"
          ? JSON.stringify(node.value)
          : String(node.value);
    case "not":
      return `not ${print(node.of)}`;
    case "isMissing":
      return `(${print(node.of)} is missing)`;
    default:
      return `(${print(node.left)} ${SIGNS[node.op]} ${print(node.right)})`;
  }
}

/** Names of the columns that an expression reads. */
export function columnsOf(node: Node, found: Set<string> = new Set()): Set<string> {
  if (node.op === "column") found.add(node.name);
  else if ("of" in node) columnsOf(node.of, found);
  else if ("left" in node) {
    columnsOf(node.left, found);
    columnsOf(node.right, found);
  }
  return found;
}

/** The terms of a conjunction. */
export function conjuncts(node: Node): Node[] {
  return node.op === "and" ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];
}

/** All terms joined by "and"; null for none. */
export function conjunction(terms: readonly Node[]): Node | null {
  return terms.length === 0 ? null : terms.reduce((left, right) => ({ op: "and", left, right }));
}
