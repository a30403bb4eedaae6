import { ARITHMETIC, HOLDS, sign } from "./evaluate.ts";
import type { Literal, Node } from "./expression.ts";

const truth = (value: boolean): Node => ({ op: "literal", value });
const isTruth = (node: Node, value: boolean) => node.op === "literal" && node.value === value;

/** An equal expression in which constants are reckoned out, and conditions that do nothing are gone. */
export function fold(node: Node): Node {
  switch (node.op) {
    case "column":
    case "literal":
      return node;
    case "isMissing": {
      const of = fold(node.of);
      return of.op === "literal" ? truth(false) : { op: "isMissing", of };
    }
    case "not": {
      const of = fold(node.of);
      if (of.op === "not") return of.of;
      return of.op === "literal" && typeof of.value === "boolean" ? truth(!of.value) : { op: "not", of };
    }
  }
  const left = fold(node.left);
  const right = fold(node.right);
  const { op } = node;
  if (op === "and" || op === "or") {
    const sure = op === "or";
    if (isTruth(left, sure) || isTruth(right, sure)) return truth(sure);
    if (isTruth(left, !sure)) return right;
    return isTruth(right, !sure) ? left : { op, left, right };
  }
  if (left.op === "literal" && right.op === "literal") {
    const [a, b] = [left.value, right.value];
    if (op === "plus" || op === "minus" || op === "times" || op === "over") {
      if (typeof a === "number" && typeof b === "number") {
        const value = ARITHMETIC[op](a, b);
        // A missing value has no literal.
        if (!Number.isNaN(value)) return { op: "literal", value };
      }
    } else if (typeof a === typeof b && a instanceof Date === b instanceof Date)
      return truth(HOLDS[op](sign(plain(a), plain(b))));
  }
  return { op, left, right };
}

function plain(value: Literal): number | string {
  return value instanceof Date ? value.getTime() : typeof value === "boolean" ? Number(value) : value;
}
