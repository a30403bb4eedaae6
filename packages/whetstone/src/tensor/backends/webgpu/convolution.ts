/** Convolutions and their gradients as sums of products, for each group of channels; patches are never stored. */
import type { CallKernel, Operand } from "../../schedule/kernel.ts";
import { type Contraction, contractionPrograms } from "./contraction.ts";
import { loadFrom, type Memory, type Program, storeTo } from "./program.ts";

type Convolution = Extract<CallKernel, { op: "conv" | "convInput" | "convWeight" }>;

export function convolutionPrograms(kernel: Convolution, memory: Memory): Program[] {
  const { stride, dilation, padding, groups } = kernel.attrs;
  const [first, second] = kernel.inputs as [Operand, Operand];
  const { output, op } = kernel;
  const dtype = output.dtype;
  // The three arrays, whichever of them is the output.
  const x = op === "convInput" ? output : { slot: first.slot, shape: first.view.shape };
  const w = op === "convWeight" ? output : { slot: second.slot, shape: second.view.shape };
  const image = op === "convInput" ? first : second;
  const y = op === "conv" ? output : { slot: image.slot, shape: image.view.shape };
  const [images, channels, height, width] = x.shape as [number, number, number, number];
  const [filters, planes, kh, kw] = w.shape as [number, number, number, number];
  const [oh, ow] = y.shape.slice(2) as [number, number];
  const own = filters / groups;
  const area = kh * kw;

  /** Indices that one number stands for, the last one fastest. */
  const split = (number: string, names: readonly [string, number][]) => {
    let code = "";
    let below = 1;
    for (const [name, size] of [...names].reverse()) {
      code += `let ${name} = ${number} / ${below} % ${size};\n`;
      below *= size;
    }
    return code;
  };
  const outputPlace: [string, number][] = [
    ["n", images],
    ["i", oh],
    ["j", ow],
  ];
  const tap: [string, number][] = [
    ["p", kh],
    ["q", kw],
  ];
  const xAt = (c: string) => `((n * ${channels} + z * ${planes} + ${c}) * ${height} + h) * ${width} + v`;
  const yAt = (o: string) => `((n * ${filters} + z * ${own} + ${o}) * ${oh} + i) * ${ow} + j`;
  const zero = dtype === "i32" ? "0" : "0.0";
  const readX = (c: string) => `let h = i * ${stride[0]} + p * ${dilation[0]} - ${padding[0]};
let v = j * ${stride[1]} + q * ${dilation[1]} - ${padding[2]};
if (h < 0 || h >= ${height} || v < 0 || v >= ${width}) { return ${zero}; }
return ${loadFrom(memory.place(x.slot), dtype, `(${xAt(c)})`)};`;
  const readW = (o: string, rest: string) =>
    `return ${loadFrom(memory.place(w.slot), dtype, `((z * ${own} + ${o}) * ${planes * area} + ${rest})`)};`;
  const readY = (o: string) => `return ${loadFrom(memory.place(y.slot), dtype, `(${yAt(o)})`)};`;
  const store = (index: string) => storeTo(memory.place(output.slot), dtype, `(${index})`, "value");

  const forms: Record<Convolution["op"], () => Omit<Contraction, "dtype" | "batch">> = {
    conv: () => ({
      rows: own,
      columns: images * oh * ow,
      depth: planes * area,
      a: readW("row", "k"),
      b: `${split("k", [["c", planes], ...tap])}${split("column", outputPlace)}${readX("c")}`,
      store: `${split("column", outputPlace)}${store(yAt("row"))}`,
    }),
    convInput: () => {
      const place: [string, number][] = [
        ["n", images],
        ["h", height],
        ["v", width],
      ];
      return {
        rows: planes,
        columns: images * height * width,
        depth: own * area,
        a: `${split("k", [["o", own], ...tap])}${readW("o", `row * ${area} + p * ${kw} + q`)}`,
        b: `${split("k", [["o", own], ...tap])}${split("column", place)}
let down = h + ${padding[0]} - p * ${dilation[0]};
let right = v + ${padding[2]} - q * ${dilation[1]};
let i = down / ${stride[0]};
let j = right / ${stride[1]};
if (down < 0 || right < 0 || i >= ${oh} || j >= ${ow} || i * ${stride[0]} != down || j * ${stride[1]} != right) { return ${zero}; }
${readY("o")}`,
        store: `${split("column", place)}${store(xAt("row"))}`,
      };
    },
    convWeight: () => ({
      rows: own,
      columns: planes * area,
      depth: images * oh * ow,
      a: `${split("k", outputPlace)}${readY("row")}`,
      b: `${split("k", outputPlace)}${split("column", [["c", planes], ...tap])}${readX("c")}`,
      store: store(`(z * ${own} + row) * ${planes * area} + column`),
    }),
  };
  return contractionPrograms({ dtype, batch: groups, ...forms[op]() }, memory);
}
