/** A kernel as WGSL, before it is known which buffers its slots lie in. */
import type { DType } from "../../dtype.ts";
import { fromWord, toWord } from "./alu.ts";
import { functionsFor } from "./functions.ts";

/** Where a slot's elements are, one word of 32 bits each: in which bound array, from which word on. */
export interface Place {
  readonly array: string;
  readonly base: number;
}

/** `place` gives the memory of a slot; `work` memory of that many words, for this kernel alone. */
export interface Memory {
  place(slot: number): Place;
  work(words: number): Place;
}

/** One dispatch. In `body`, `group` is the number of the workgroup and `local` that of the thread in it. */
export interface Program {
  readonly groups: number;
  readonly threads: number;
  readonly body: string;
  /** Declarations outside of the function: workgroup memory, functions. */
  readonly outside?: string;
}

const at = ({ array, base }: Place, index: string): string =>
  `${array}[${base === 0 ? index : `${base} + ${index}`}]`;

export const loadFrom = (place: Place, dtype: DType, index: string): string =>
  fromWord(dtype, at(place, index));

export const storeTo = (place: Place, dtype: DType, index: string, value: string): string =>
  `${at(place, index)} = ${toWord(dtype, value)};`;

/** One thread for each of `count` places, which the body knows as `unit` (u32). */
export function eachUnit(count: number, body: string, outside = ""): Program {
  const threads = count >= 64 * 256 ? 256 : 64;
  return {
    groups: Math.ceil(count / threads),
    threads,
    outside,
    body: `let unit = group * ${threads}u + local;\nif (unit >= ${count}u) { return; }\n${body}`,
  };
}

/** The index along each axis, as `let name = ...;`, of a row-major place (an expression of u32). */
export function unravel(place: string, axes: readonly { name: string; size: number }[]): string {
  let code = "";
  let rest = place;
  for (let i = axes.length - 1; i >= 0; i--) {
    const { name, size } = axes[i]!;
    if (i === 0) code += `let ${name} = i32(${rest});\n`;
    else {
      code += `let ${name} = i32(${rest} % ${size}u);\nlet ${name}_rest = ${rest} / ${size}u;\n`;
      rest = `${name}_rest`;
    }
  }
  return code;
}

/** More workgroups than one axis of a dispatch may have are laid out in two. */
export const gridOf = (groups: number): [number, number] => {
  const wide = Math.min(groups, 32768);
  return [wide, Math.ceil(groups / wide)];
};

/** The whole text. `arrays`: "read" or "read_write" for each bound array b0, b1, ... */
export function wgsl(program: Program, arrays: readonly ("read" | "read_write")[]): string {
  const inner = `${program.outside ?? ""}
@compute @workgroup_size(${program.threads})
fn main(
  @builtin(workgroup_id) number: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
let group = number.x + number.y * grid.x;
if (group >= ${program.groups}u) { return; }
${program.body}}
`;
  const bound = arrays.map(
    (access, i) => `@group(0) @binding(${i}) var<storage, ${access}> b${i}: array<u32>;\n`,
  );
  // 0, infinity and NaN: the compiler must not know them.
  bound.push(`@group(0) @binding(${arrays.length}) var<uniform> opaque: vec4<u32>;\n`);
  return `${bound.join("")}${functionsFor(inner)}${inner}`;
}
