/**
 * Transcendental functions on vectors of four float32 or two float64, as WebAssembly code.
 *
 * They use additions, multiplications, divisions and integer operations only, and fused multiply-add where the module may
 * (`relaxedSimd`): all engines that have it give the same bits, and all that do not.
 * Errors, in units in the last place, are stated and tested in `vector-math.test.ts`. NaN, infinities, signed zeros and
 * subnormal numbers are handled as in C (IEEE 754).
 */
import type { ModuleBuilder } from "../assembler.ts";
import type { Code, FunctionBuilder, Local } from "../function-builder.ts";
import { atan } from "./atan.ts";
import { erf } from "./erf.ts";
import { exp, exp2, expm1 } from "./exp.ts";
import { sigmoid, tanh } from "./hyperbolic.ts";
import { Lanes, type LaneType } from "./lanes.ts";
import { log, log1p, log2 } from "./log.ts";
import { pow } from "./pow.ts";
import { cos, sin, tan } from "./trigonometry.ts";

export type { LaneType } from "./lanes.ts";

const unary = { atan, cos, erf, exp, exp2, expm1, log, log1p, log2, sigmoid, sin, tan, tanh };
const binary = { pow };

export type UnaryMath = keyof typeof unary;
export type BinaryMath = keyof typeof binary;
export type MathName = UnaryMath | BinaryMath;

export const mathNames = [...Object.keys(unary), ...Object.keys(binary)] as readonly MathName[];

/** How many vectors a function takes. */
export function mathArity(name: MathName): 1 | 2 {
  return name in binary ? 2 : 1;
}

/** The function (v128) -> v128, for `pow` (v128, v128) -> v128, of this module; written on the first request. */
export function mathFunction(module: ModuleBuilder, name: MathName, type: LaneType): FunctionBuilder {
  const params = Array<"v128">(mathArity(name)).fill("v128");
  return module.helper(`${name}.${type}`, { params, results: ["v128"] }, (f) => {
    inlineMath(f, name, type, ...f.params);
  });
}

/** Writes the function's code in place and leaves its result on the stack. The variables are read, never written. */
export function inlineMath(f: FunctionBuilder, name: MathName, type: LaneType, ...operands: Local[]): void {
  const v = new Lanes(f, type);
  const [x, y] = operands as [Local, Local];
  const result: Code = name in binary ? binary[name as BinaryMath](v, x, y) : unary[name as UnaryMath](v, x);
  f.push(result);
  v.done();
}
