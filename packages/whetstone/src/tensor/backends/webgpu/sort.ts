/**
 * Sorting places by their values: blocks are sorted by counting for each element the smaller ones, then neighbours are
 * merged, each element finding its place by bisection of the other half. Stable, and the same on every device.
 */
import type { CallKernel, Operand } from "../../schedule/kernel.ts";
import { eachUnit, loadFrom, type Memory, type Place, type Program, storeTo } from "./program.ts";

const block = 64;

export function argsortPrograms(kernel: Extract<CallKernel, { op: "argsort" }>, memory: Memory): Program[] {
  const { axis, descending } = kernel.attrs;
  const { shape, slot } = kernel.output;
  const [x] = kernel.inputs as [Operand];
  const length = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((p, n) => p * n, 1);
  const total = shape.reduce((p, n) => p * n, 1);
  const merges = Math.max(0, Math.ceil(Math.log2(length / block)));
  const out = memory.place(slot);
  const work = merges > 0 ? memory.work(total) : out;
  // The last pass writes the output.
  const after = (passes: number): Place => ((merges - passes) % 2 === 0 ? out : work);

  const source = memory.place(x.slot);
  const value = loadFrom(source, x.dtype, `(line + i * ${inner})`);
  const flip = descending ? "~" : "";
  // Numbers whose order as u32 is the order wanted; NaN last, 0 and -0 equal.
  const key =
    x.dtype === "i32"
      ? `return ${flip}(bitcast<u32>(${value}) ^ 0x80000000u);`
      : `let value = ${value};
if (is_nan(value)) { return 0xffffffffu; }
let bits = select(bitcast<u32>(value), 0u, value == 0.0);
return ${flip}(bits ^ select(0x80000000u, 0xffffffffu, bits >= 0x80000000u));`;
  const outside = `fn key(line: i32, i: i32) -> u32 {\n${key}\n}\n`;
  const head = `let place = i32(unit) / ${inner} % ${length};
let line = i32(unit) - place * ${inner};
`;
  const put = (to: Place, rank: string, from: string) =>
    storeTo(to, "i32", `(line + ${rank} * ${inner})`, from);

  const programs = [
    eachUnit(
      total,
      `${head}let own = key(line, place);
let start = place / ${block} * ${block};
let end = min(start + ${block}, ${length});
var rank = start;
for (var j = start; j < end; j++) {
let other = key(line, j);
if (other < own || (other == own && j < place)) { rank++; }
}
${put(after(0), "rank", "place")}
`,
      outside,
    ),
  ];
  for (let pass = 0, run = block; pass < merges; pass++, run *= 2) {
    const from = (i: string) => loadFrom(after(pass), "i32", `(line + ${i} * ${inner})`);
    programs.push(
      eachUnit(
        total,
        `${head}let mine = ${from("place")};
let own = key(line, mine);
let start = place / ${2 * run} * ${2 * run};
let middle = min(start + ${run}, ${length});
let left = place < middle;
let first = select(start, middle, left);
// How many of the other half go before: smaller ones, and equal ones of the left half.
var low = first;
var high = select(middle, min(start + ${2 * run}, ${length}), left);
while (low < high) {
let probe = (low + high) / 2;
let other = key(line, ${from("probe")});
if (other < own || (!left && other == own)) { low = probe + 1; } else { high = probe; }
}
let rank = place - select(middle - start, 0, left) + low - first;
${put(after(pass + 1), "rank", "mine")}
`,
        outside,
      ),
    );
  }
  return programs;
}
