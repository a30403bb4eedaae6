/**
 * Sums of products over one index, out[z, row, column] = sum over k of a(z, row, k) b(z, k, column), in tiles that a
 * workgroup keeps in its memory. Matrix products and convolutions differ in where a, b and out lie.
 */
import type { DType } from "../../dtype.ts";
import { eachUnit, loadFrom, type Memory, type Program, storeTo } from "./program.ts";

export interface Contraction {
  readonly dtype: DType;
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Statements that return an operand at z, row, k or at z, k, column (i32), as a value of the dtype. */
  readonly a: string;
  readonly b: string;
  /** Statements that store `value` at z, row, column. */
  readonly store: string;
}

/** Products in a step of the tile. */
const step = 16;
/** Terms that a workgroup should have before the sum is cut into parts. */
const longSum = 1024;
const fewGroups = 64;
const mostParts = 32;

export function contractionPrograms(given: Contraction, memory: Memory): Program[] {
  const { batch, rows, columns, depth } = given;
  // A thread computes a block x block square; small results get small squares.
  const block = rows > 32 && columns > 32 ? 4 : 1;
  const side = 16 * block;
  const tiles = batch * Math.ceil(rows / side) * Math.ceil(columns / side);
  const wanted = tiles < fewGroups ? Math.min(mostParts, Math.floor(depth / (longSum / 2))) : 1;
  if (wanted < 2) return [tiled(given, block, 1, given.store)];
  // Parts of the sum go to work memory and are added in their order.
  const length = Math.ceil(depth / wanted / step) * step;
  const parts = Math.ceil(depth / length);
  const count = batch * rows * columns;
  const work = memory.work(parts * count);
  const index = `((part * ${batch} + z) * ${rows} + row) * ${columns} + column`;
  const first = tiled(given, block, parts, storeTo(work, given.dtype, `(${index})`, "value"));
  const type = typeOf(given.dtype);
  const add = eachUnit(
    count,
    `let column = i32(unit % ${columns}u);
let row = i32(unit / ${columns}u % ${rows}u);
let z = i32(unit / ${columns * rows}u);
var value = ${type}(0);
for (var part = 0; part < ${parts}; part++) { value += ${loadFrom(work, given.dtype, `(${index})`)}; }
${given.store}
`,
  );
  return [first, add];
}

const typeOf = (dtype: DType): string => (dtype === "i32" ? "i32" : "f32");

function tiled(given: Contraction, block: 1 | 4, parts: number, store: string): Program {
  const { dtype, batch, rows, columns, depth } = given;
  const type = typeOf(dtype);
  const side = 16 * block;
  const [down, across] = [Math.ceil(rows / side), Math.ceil(columns / side)];
  const length = Math.ceil(depth / parts / step) * step;
  // A thread's rows, and its columns, are neighbours: one element of a tile holds as many.
  const element = block === 4 ? `vec4<${type}>` : type;
  const filled = (tile: string, to: string, load: (e: string) => string) =>
    block === 1
      ? `${tile}[${to}] = ${load("0")};\n`
      : `for (var e = 0; e < 4; e++) { some[e] = ${load("e")}; }\n${tile}[${to}] = some;\n`;
  const lanes = block === 4 ? ["x", "y", "z", "w"] : [""];
  const sums = lanes.map((lane) => `sum${lane}`);
  const put = (sum: string, i: number) =>
    lanes.map((lane, j) => {
      const value = lane === "" ? sum : `${sum}.${lane}`;
      return `put(part, z, row0 + i32(y) * ${block} + ${i}, column0 + i32(x) * ${block} + ${j}, ${value});\n`;
    });
  return {
    groups: batch * down * across * parts,
    threads: 256,
    outside: `var<workgroup> left: array<${element}, ${step * 16}>;
var<workgroup> right: array<${element}, ${step * 16}>;
fn load_a(z: i32, row: i32, k: i32, end: i32) -> ${type} {
if (row >= ${rows} || k >= end) { return ${type}(0); }
${given.a}
}
fn load_b(z: i32, k: i32, column: i32, end: i32) -> ${type} {
if (column >= ${columns} || k >= end) { return ${type}(0); }
${given.b}
}
fn put(part: i32, z: i32, row: i32, column: i32, value: ${type}) {
if (row >= ${rows} || column >= ${columns}) { return; }
${store}
}
`,
    // Neighbouring threads read neighbours along k on the left, along columns on the right.
    body: `let column0 = i32(group % ${across}u) * ${side};
let row0 = i32(group / ${across}u % ${down}u) * ${side};
let z = i32(group / ${across * down}u % ${batch}u);
let part = i32(group / ${across * down * batch}u);
let end = min((part + 1) * ${length}, ${depth});
let x = local % 16u;
let y = local / 16u;
var some = ${element}();
${sums.map((sum) => `var ${sum} = ${element}();\n`).join("")}for (var k0 = part * ${length}; k0 < end; k0 += ${step}) {
${filled("left", "x * 16u + y", (e) => `load_a(z, row0 + i32(y) * ${block} + ${e}, k0 + i32(x), end)`)}${filled("right", "y * 16u + x", (e) => `load_b(z, k0 + i32(y), column0 + i32(x) * ${block} + ${e}, end)`)}workgroupBarrier();
for (var k = 0u; k < ${step}u; k++) {
let a = left[k * 16u + y];
let b = right[k * 16u + x];
${lanes.map((lane, i) => `${sums[i]} += ${lane === "" ? "a" : `a.${lane}`} * b;\n`).join("")}}
workgroupBarrier();
}
${sums.flatMap((sum, i) => put(sum, i)).join("")}`,
  };
}
