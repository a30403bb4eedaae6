/**
 * A loop kernel as WGSL. Without much to reduce, a thread computes one place of the outer axes and walks the reduced
 * ones itself; else a workgroup shares the reduced axes of a place and joins what its threads found in a tree.
 * Borders depend on sizes only.
 */
import { sizeOf } from "../../graph/shape.ts";
import { type Instruction, type LoopKernel, stagesOf } from "../../schedule/kernel.ts";
import { type Nest, nestOf } from "../../schedule/nest.ts";
import { alu, constant, kindOf, rounded } from "./alu.ts";
import { eachUnit, loadFrom, type Memory, type Program, storeTo, unravel } from "./program.ts";

type Reduce = Extract<Instruction, { op: "reduce" }>;

/** Most reductions whose partial results fit the workgroup memory that every device has. */
const mostShared = 7;

export function loopProgram(kernel: LoopKernel, memory: Memory): Program {
  const nest = nestOf(kernel, 1);
  const places = sizeOf(nest.outer.map((a) => nest.sizes[a]!));
  const inside = sizeOf(nest.inner.map((a) => nest.sizes[a]!));
  const reductions = kernel.body.filter((inst) => inst.op === "reduce").length;
  // Neighbours read by the threads of one workgroup should lie side by side.
  const along = nest.vectorInside || nest.vector < 0;
  const together =
    reductions <= mostShared && inside >= 128 && (places < 1024 || (along && places < 2 ** 20));
  const threads = together ? (inside >= 512 ? 256 : 64) : 1;
  const writer = new Writer(kernel, nest, memory, threads);
  const outer = nest.outer.map((a) => ({ name: `i${a}`, size: nest.sizes[a]! }));
  if (!together) return eachUnit(places, unravel("unit", outer) + writer.write());
  const body = unravel("group", outer) + writer.write();
  return { groups: places, threads, body, outside: writer.shared };
}

class Writer {
  readonly #body: readonly Instruction[];
  readonly #nest: Nest;
  readonly #memory: Memory;
  readonly #threads: number;
  readonly #stages: readonly number[];
  /** Memory of the workgroup. */
  shared = "";

  constructor(kernel: LoopKernel, nest: Nest, memory: Memory, threads: number) {
    this.#body = kernel.body;
    this.#nest = nest;
    this.#memory = memory;
    this.#threads = threads;
    this.#stages = stagesOf(kernel.body);
  }

  /** All stages at one place of the outer axes. */
  write(): string {
    const last = Math.max(0, ...this.#stages.map((s, i) => s + (this.#body[i]!.op === "reduce" ? 1 : 0)));
    let code = "";
    for (let stage = 0; stage <= last; stage++) {
      this.#body.forEach((inst, i) => {
        if (inst.level !== "outer" || inst.op === "reduce" || this.#stages[i] !== stage) return;
        const step = this.#step(inst, i);
        code += inst.op === "store" && this.#threads > 1 ? `if (local == 0u) { ${step} }\n` : step;
      });
      const wanted = this.#needed(stage);
      if (wanted.size === 0) continue;
      const own = this.#body.flatMap((inst, i) =>
        inst.op === "reduce" && this.#stages[i] === stage ? [{ inst, i }] : [],
      );
      for (const { inst, i } of own) code += begin(inst, i);
      let steps = "";
      this.#body.forEach((inst, i) => {
        if (wanted.has(i)) steps += inst.op === "reduce" ? this.#take(inst, i) : this.#step(inst, i);
      });
      code += this.#inner(steps);
      for (const { inst, i } of own) code += this.#end(inst, i);
    }
    return code;
  }

  /** Full instructions that a stage has to evaluate: its stores and reductions, and what they need. */
  #needed(stage: number): Set<number> {
    const wanted = new Set<number>();
    const need = (i: number) => {
      const inst = this.#body[i]!;
      if (wanted.has(i) || inst.level === "outer") return;
      wanted.add(i);
      if (inst.op === "alu") inst.args.forEach(need);
      else if (inst.op === "loadAt") need(inst.index);
      else if (inst.op === "store") need(inst.arg);
    };
    this.#body.forEach((inst, i) => {
      if (this.#stages[i] !== stage) return;
      if (inst.op === "store" && inst.level === "full") need(i);
      else if (inst.op === "reduce") {
        wanted.add(i);
        need(inst.arg);
      }
    });
    return wanted;
  }

  /** The loops over the reduced axes. */
  #inner(steps: string): string {
    const axes = this.#nest.inner.map((a) => ({ name: `i${a}`, size: this.#nest.sizes[a]! }));
    if (this.#threads > 1) {
      const count = sizeOf(axes.map((a) => a.size));
      return `for (var at = local; at < ${count}u; at += ${this.#threads}u) {\n${unravel("at", axes)}${steps}}\n`;
    }
    const open = axes.map(({ name, size }) => `for (var ${name} = 0; ${name} < ${size}; ${name}++) {\n`);
    return `{\n${open.join("")}${steps}${"}".repeat(axes.length)}}\n`;
  }

  #step(inst: Instruction, i: number): string {
    const value = (arg: number) => `v${arg}`;
    switch (inst.op) {
      case "load": {
        const load = loadFrom(this.#memory.place(inst.slot), inst.dtype, this.#address(i));
        return this.#masked(inst, i, load);
      }
      case "loadAt": {
        const index = value(inst.index);
        const address = `(${this.#address(i)} + ${index} * ${inst.step})`;
        const load = loadFrom(this.#memory.place(inst.slot), inst.dtype, address);
        return guarded(inst, i, load, [`${index} >= 0`, `${index} < ${inst.length}`]);
      }
      case "const":
        return this.#masked(inst, i, constant(inst.dtype, inst.value));
      case "iota":
        return this.#masked(inst, i, this.#address(i));
      case "alu":
        return `let v${i} = ${alu(inst, inst.args.map(value))};\n`;
      case "store": {
        const place = this.#memory.place(inst.slot);
        return `${storeTo(place, inst.dtype, this.#address(i), value(inst.arg))}\n`;
      }
      case "reduce":
        throw new Error("reductions are not steps");
    }
  }

  /** offset + sum strides i, as i32. */
  #address(i: number): string {
    const { strides, offset } = this.#nest.accesses.get(i)!;
    const walked = [...this.#nest.outer, ...this.#nest.inner];
    const terms = walked
      .filter((a) => strides[a] !== 0)
      .map((a) => (strides[a] === 1 ? `i${a}` : `i${a} * ${strides[a]}`));
    if (offset !== 0 || terms.length === 0) terms.push(String(offset));
    return `(${terms.join(" + ")})`;
  }

  #masked(inst: Instruction, i: number, value: string): string {
    const { outer, inner, accesses } = this.#nest;
    const { mask = null, empty = false } = accesses.get(i) ?? {};
    if (empty) return `let v${i} = ${constant(inst.dtype, 0)};\n`;
    if (!mask) return `let v${i} = ${value};\n`;
    const walked = new Set(inst.level === "outer" ? outer : [...outer, ...inner]);
    const tests = mask.flatMap((range, a) => {
      // An axis that is not walked has one element, which is real.
      if (!range || !walked.has(a)) return [];
      const [low, high] = range;
      return [`u32(i${a} - ${low}) < ${Math.max(0, high - low)}u`];
    });
    return guarded(inst, i, value, tests);
  }

  #take(inst: Reduce, i: number): string {
    const value = `v${inst.arg}`;
    if (inst.how !== "argmax") return `r${i} = ${joined(inst, `r${i}`, value)};\n`;
    const axis = this.#nest.inner[0];
    const place = axis === undefined ? "0" : `i${axis}`;
    // Places of one thread rise, so the first of equals stays.
    const better = `n${i} == ${nowhere} || ${exceeds(inst, value, `r${i}`)}`;
    return `if (${better}) { r${i} = ${value}; n${i} = ${place}; }\n`;
  }

  /** The result of the loops: rounded, and of all threads together. */
  #end(inst: Reduce, i: number): string {
    const result = (from: string) => `let v${i} = ${rounded(inst.dtype, from)};\n`;
    const argmax = inst.how === "argmax";
    if (this.#threads === 1) return result(argmax ? `n${i}` : `r${i}`);
    this.shared += `var<workgroup> s${i}: array<${kindOf(argmax ? inst.operand : inst.dtype)}, ${this.#threads}>;\n`;
    if (argmax) this.shared += `var<workgroup> t${i}: array<i32, ${this.#threads}>;\n`;
    const [own, other] = [`s${i}[local]`, `s${i}[local + half]`];
    const [place, otherPlace] = [`t${i}[local]`, `t${i}[local + half]`];
    const join = argmax
      ? `let nearer = ${otherPlace} < ${place} && !${exceeds(inst, own, other)};
if (${otherPlace} != ${nowhere} && (${place} == ${nowhere} || nearer || ${exceeds(inst, other, own)})) {
${own} = ${other}; ${place} = ${otherPlace}; }`
      : `${own} = ${joined(inst, own, other)};`;
    return `${own} = r${i};
${argmax ? `${place} = n${i};\n` : ""}workgroupBarrier();
for (var half = ${this.#threads / 2}u; half > 0u; half >>= 1u) {
if (local < half) { ${join} }
workgroupBarrier();
}
${result(argmax ? `t${i}[0]` : `s${i}[0]`)}`;
  }
}

/** Place of an argmax that has seen nothing. */
const nowhere = "2147483647";

/** `let v = value`, or 0 where a test fails. */
function guarded(inst: Instruction, i: number, value: string, tests: readonly string[]): string {
  if (tests.length === 0) return `let v${i} = ${value};\n`;
  return `var v${i} = ${constant(inst.dtype, 0)};\nif (${tests.join(" && ")}) { v${i} = ${value}; }\n`;
}

function begin(inst: Reduce, i: number): string {
  const least = (dtype: Instruction["dtype"]) =>
    kindOf(dtype) === "f32"
      ? "-infinity()"
      : kindOf(dtype) === "bool"
        ? "false"
        : String(dtype === "u8" ? 0 : -(2 ** 31));
  if (inst.how === "argmax") return `var r${i} = ${least(inst.operand)};\nvar n${i} = ${nowhere};\n`;
  return `var r${i} = ${inst.how === "sum" ? constant(inst.dtype, 0) : least(inst.dtype)};\n`;
}

function joined(inst: Reduce, a: string, b: string): string {
  const kind = kindOf(inst.dtype);
  if (kind === "bool") return `${a} || ${b}`;
  if (inst.how === "sum") return `${a} + ${b}`;
  return kind === "f32" ? `f_max(${a}, ${b})` : `max(${a}, ${b})`;
}

function exceeds(inst: Reduce, a: string, b: string): string {
  const kind = kindOf(inst.operand);
  return kind === "f32" ? `f_exceeds(${a}, ${b})` : kind === "bool" ? `(${a} && !${b})` : `(${a} > ${b})`;
}
