/** Matrix products, and Einstein sums by way of them. */
import { argumentError, shapeError, WhetstoneError } from "../../errors.ts";
import { promote } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { broadcastShapes, showShape, sizeOf } from "../graph/shape.ts";
import { toFloat } from "./coerce.ts";

/** As NumPy's: vectors are rows on the left and columns on the right, leading axes broadcast. */
export function matmul(x: Node, y: Node, where = "Tensor.matmul"): Node {
  if (x.shape.length === 0 || y.shape.length === 0) {
    throw shapeError(where, "operand", "has no axes", "a vector or a matrix");
  }
  const dtype = promote(toFloat(x).dtype, toFloat(y).dtype);
  const [u, v] = [b.cast(x, dtype), b.cast(y, dtype)];
  if (u.shape.length === 1) {
    const out = matmul(b.reshape(u, [1, ...u.shape]), v, where);
    return b.reshape(out, v.shape.length === 1 ? [] : [...out.shape.slice(0, -2), out.shape.at(-1)!]);
  }
  if (v.shape.length === 1) {
    const out = matmul(u, b.reshape(v, [...v.shape, 1]), where);
    return b.reshape(out, out.shape.slice(0, -1));
  }
  const [m, k] = u.shape.slice(-2) as [number, number];
  const [rows, n] = v.shape.slice(-2) as [number, number];
  if (k !== rows) {
    throw new WhetstoneError(
      "shape",
      { where },
      `shapes ${showShape(x.shape)} and ${showShape(y.shape)} do not multiply: ${k} columns against ${rows} rows`,
    );
  }
  // A batch against one matrix is one tall product.
  if (v.shape.length === 2 && u.shape.length > 2) {
    const flat = b.matmul(b.reshape(u, [sizeOf(u.shape.slice(0, -1)), k]), v);
    return b.reshape(flat, [...u.shape.slice(0, -1), n]);
  }
  const lead = broadcastShapes(where, u.shape.slice(0, -2), v.shape.slice(0, -2));
  return b.matmul(b.broadcast(u, [...lead, m, k]), b.broadcast(v, [...lead, k, n]));
}

/**
 * Einstein sum of one or more operands, e.g. "bij,bjk->bik": letters that are not in the output are summed. Without
 * "->", the output has the letters that occur once, in alphabetical order.
 */
export function einsum(equation: string, operands: readonly Node[]): Node {
  const where = "einsum";
  const [left, right] = equation.replaceAll(" ", "").split("->") as [string, string | undefined];
  const terms = left.split(",");
  if (!/^[a-zA-Z,]*(->[a-zA-Z]*)?$/.test(equation.replaceAll(" ", "")) || terms.length !== operands.length) {
    throw argumentError(
      where,
      "equation",
      equation,
      `letters for ${operands.length} operands, such as "ij,jk->ik"`,
    );
  }
  const sizes = new Map<string, number>();
  terms.forEach((term, t) => {
    const { shape } = operands[t]!;
    if (term.length !== shape.length) {
      throw shapeError(
        where,
        `operand ${t}`,
        `has shape ${showShape(shape)}`,
        `${term.length} axes ("${term}")`,
      );
    }
    [...term].forEach((letter, i) => {
      const known = sizes.get(letter);
      if (known !== undefined && known !== shape[i]) {
        throw shapeError(
          where,
          `axis ${letter} of operand ${t}`,
          `has size ${shape[i]}`,
          `${known}, as elsewhere`,
        );
      }
      sizes.set(letter, shape[i]!);
    });
  });
  const output =
    right ??
    [...sizes.keys()]
      .filter((l) => left.split(l).length === 2)
      .sort()
      .join("");
  for (const letter of output) {
    if (!sizes.has(letter) || output.split(letter).length > 2) {
      throw argumentError(
        where,
        "equation",
        equation,
        `an output whose letters occur on the left, each once`,
      );
    }
  }
  const dtype = operands.map((o) => toFloat(o).dtype).reduce(promote);
  let parts = operands.map((o, t) => diagonal({ node: b.cast(o, dtype), letters: terms[t]! }));
  const needed = (rest: readonly Part[]) => output + rest.map((p) => p.letters).join("");
  while (parts.length > 1) {
    const [x, y, ...rest] = parts as [Part, Part, ...Part[]];
    parts = [contract(x, y, needed(rest)), ...rest];
  }
  const last = keep(parts[0]!, output);
  return b.permute(
    last.node,
    [...output].map((l) => last.letters.indexOf(l)),
  );
}

interface Part {
  readonly node: Node;
  readonly letters: string;
}

/** A letter twice in one operand means its diagonal. */
function diagonal({ node, letters }: Part): Part {
  for (let i = 0; i < letters.length; i++) {
    const j = letters.indexOf(letters[i]!, i + 1);
    if (j < 0) continue;
    // Mask what is off the diagonal, and sum one of the two axes away.
    const n = node.shape[i]!;
    const line = (axis: number) =>
      b.expand(
        b.reshape(
          b.iota(n),
          node.shape.map((_, a) => (a === axis ? n : 1)),
        ),
        node.shape,
      );
    const on = b.binary("eq", line(i), line(j));
    const summed = b.sum(b.where(on, node, b.like(node, 0)), [j]);
    return diagonal({
      node: b.reshape(
        summed,
        node.shape.filter((_, a) => a !== j),
      ),
      letters: letters.slice(0, j) + letters.slice(j + 1),
    });
  }
  return { node, letters };
}

/** Sums the letters away that nobody needs. */
function keep({ node, letters }: Part, needed: string): Part {
  const axes = [...letters].flatMap((l, i) => (needed.includes(l) ? [] : [i]));
  const summed = b.sum(node, axes);
  return {
    node: b.reshape(
      summed,
      node.shape.filter((_, i) => !axes.includes(i)),
    ),
    letters: [...letters].filter((_, i) => !axes.includes(i)).join(""),
  };
}

/** Two operands into one by a batched matrix product: [batch, left, inner] x [batch, inner, right]. */
function contract(a: Part, c: Part, needed: string): Part {
  const x = keep(a, needed + c.letters);
  const y = keep(c, needed + a.letters);
  const both = [...x.letters].filter((l) => y.letters.includes(l));
  const batch = both.filter((l) => needed.includes(l));
  const inner = both.filter((l) => !needed.includes(l));
  const left = [...x.letters].filter((l) => !y.letters.includes(l));
  const right = [...y.letters].filter((l) => !x.letters.includes(l));
  const order = (part: Part, letters: string[]) =>
    b.permute(
      part.node,
      letters.map((l) => part.letters.indexOf(l)),
    );
  const size = (part: Part, letters: string[]) =>
    sizeOf(letters.map((l) => part.node.shape[part.letters.indexOf(l)]!));
  const u = b.reshape(order(x, [...batch, ...left, ...inner]), [
    size(x, batch),
    size(x, left),
    size(x, inner),
  ]);
  const v = b.reshape(order(y, [...batch, ...inner, ...right]), [
    size(y, batch),
    size(y, inner),
    size(y, right),
  ]);
  const shape = [
    ...batch.map((l) => x.node.shape[x.letters.indexOf(l)]!),
    ...left.map((l) => x.node.shape[x.letters.indexOf(l)]!),
    ...right.map((l) => y.node.shape[y.letters.indexOf(l)]!),
  ];
  return { node: b.reshape(b.matmul(u, v), shape), letters: [...batch, ...left, ...right].join("") };
}
