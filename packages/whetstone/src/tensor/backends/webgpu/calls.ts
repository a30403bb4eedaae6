/** Call kernels as WGSL. Each output element is written by one thread that adds in a fixed order. */
import { sizeOf } from "../../graph/shape.ts";
import type { CallKernel, Operand } from "../../schedule/kernel.ts";
import { contractionPrograms } from "./contraction.ts";
import { convolutionPrograms } from "./convolution.ts";
import { eachUnit, loadFrom, type Memory, type Program, storeTo, unravel } from "./program.ts";
import { argsortPrograms } from "./sort.ts";

export function callPrograms(kernel: CallKernel, memory: Memory): Program[] {
  if (sizeOf(kernel.output.shape) === 0) return [];
  switch (kernel.op) {
    case "matmul":
      return product(kernel, memory);
    case "conv":
    case "convInput":
    case "convWeight":
      return convolutionPrograms(kernel, memory);
    case "argsort":
      return argsortPrograms(kernel, memory);
    case "cumsum":
      return [cumsum(kernel, memory)];
    case "scatterAdd":
      return [scatterAdd(kernel, memory)];
    case "fold":
      return [fold(kernel, memory)];
  }
}

type Of<P extends CallKernel["op"]> = Extract<CallKernel, { op: P }>;

function product(kernel: Of<"matmul">, memory: Memory): Program[] {
  const [x, y] = kernel.inputs as [Operand, Operand];
  const { shape, dtype, slot } = kernel.output;
  const lead = shape.slice(0, -2);
  const r = lead.length;
  const [rows, columns] = shape.slice(-2) as [number, number];
  const operand = ({ slot: from, view }: Operand, first: string, second: string) => {
    const axes = lead.map((size, a) => ({ name: `z${a}`, size }));
    const walked = [...axes.map((a) => a.name), first, second];
    const terms = walked.map((name, a) => `${name} * ${view.strides[a]}`).concat(String(view.offset));
    return `${r > 0 ? unravel("u32(z)", axes) : ""}return ${loadFrom(memory.place(from), dtype, `(${terms.join(" + ")})`)};`;
  };
  return contractionPrograms(
    {
      dtype,
      rows,
      columns,
      batch: sizeOf(lead),
      depth: x.view.shape.at(-1)!,
      a: operand(x, "row", "k"),
      b: operand(y, "k", "column"),
      store: storeTo(memory.place(slot), dtype, `((z * ${rows} + row) * ${columns} + column)`, "value"),
    },
    memory,
  );
}

/** The places before and after an axis as one number each, from a row-major `unit`; `place` along the axis itself. */
const aroundAxis = (length: number, inner: number): string =>
  unravel("unit", [
    { name: "before", size: 0 },
    { name: "place", size: length },
    { name: "after", size: inner },
  ]);

function cumsum(kernel: Of<"cumsum">, memory: Memory): Program {
  const { axis, reverse } = kernel.attrs;
  const { shape, dtype, slot } = kernel.output;
  const length = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const [x] = kernel.inputs as [Operand];
  const index = `(line + ${reverse ? `(${length - 1} - i)` : "i"} * ${inner})`;
  return eachUnit(
    sizeOf(shape) / length,
    `let line = i32(unit) / ${inner} * ${length * inner} + i32(unit) % ${inner};
var total = ${dtype === "i32" ? "0" : "0.0"};
for (var i = 0; i < ${length}; i++) {
total += ${loadFrom(memory.place(x.slot), dtype, index)};
${storeTo(memory.place(slot), dtype, index, "total")}
}
`,
  );
}

/** Threads that a device has at work at once, about; and how much slower adding in memory is than comparing. */
const atOnce = 8192;
const slower = 8;

/** Each output element looks through the source, or, where that would be more work, each line adds its own in order. */
function scatterAdd(kernel: Of<"scatterAdd">, memory: Memory): Program {
  const { axis } = kernel.attrs;
  const { shape, dtype, slot } = kernel.output;
  const [source, index] = kernel.inputs as [Operand, Operand];
  const length = shape[axis]!;
  const count = source.view.shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const total = sizeOf(shape);
  const lines = total / length;
  const zero = dtype === "i32" ? "0" : "0.0";
  const from = (operand: Operand) =>
    loadFrom(memory.place(operand.slot), operand.dtype, `((before * ${count} + i) * ${inner} + after)`);
  const out = memory.place(slot);
  if (Math.ceil(total / atOnce) <= slower * Math.ceil(lines / atOnce)) {
    return eachUnit(
      total,
      `${aroundAxis(length, inner)}var total = ${zero};
for (var i = 0; i < ${count}; i++) {
if (${from(index)} == place) { total += ${from(source)}; }
}
${storeTo(out, dtype, "i32(unit)", "total")}
`,
    );
  }
  const at = (i: string) => `((before * ${length} + ${i}) * ${inner} + after)`;
  return eachUnit(
    lines,
    `let before = i32(unit) / ${inner};
let after = i32(unit) % ${inner};
for (var i = 0; i < ${length}; i++) { ${storeTo(out, dtype, at("i"), zero)} }
for (var i = 0; i < ${count}; i++) {
let place = ${from(index)};
if (place >= 0 && place < ${length}) { ${storeTo(out, dtype, at("place"), `(${loadFrom(out, dtype, at("place"))} + ${from(source)})`)} }
}
`,
  );
}

/** Each element of the result looks up the windows that hold it. */
function fold(kernel: Of<"fold">, memory: Memory): Program {
  const { axis, length, stride, dilation } = kernel.attrs;
  const { shape, dtype, slot } = kernel.output;
  const [x] = kernel.inputs as [Operand];
  const count = x.view.shape[axis]!;
  const size = x.view.shape.at(-1)!;
  const inner = sizeOf(shape.slice(axis + 1));
  return eachUnit(
    sizeOf(shape),
    `${aroundAxis(length, inner)}var total = ${dtype === "i32" ? "0" : "0.0"};
for (var j = ${size - 1}; j >= 0; j--) {
let start = place - j * ${dilation};
let i = start / ${stride};
if (start >= 0 && i < ${count} && i * ${stride} == start) {
total += ${loadFrom(memory.place(x.slot), dtype, `(((before * ${count} + i) * ${inner} + after) * ${size} + j)`)};
}
}
${storeTo(memory.place(slot), dtype, "i32(unit)", "total")}
`,
  );
}
