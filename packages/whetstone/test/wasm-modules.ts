/** Small WebAssembly modules written by hand, for the tests of programs and tapes. */
import { moduleLimits } from "../src/kernels/index.ts";

const i32 = 0x7f;
const f64 = 0x7c;

interface Function {
  readonly params: readonly number[];
  readonly body: readonly number[];
}

/** For each export its parameters and its code; none returns anything. */
export function testModule(functions: Readonly<Record<string, Function>>): Uint8Array<ArrayBuffer> {
  const names = Object.keys(functions);
  const list = Object.values(functions);
  const bytes = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  const section = (id: number, items: readonly (readonly number[])[]) => {
    const content = [items.length, ...items.flat()];
    return [id, ...leb(content.length), ...content];
  };
  const limits = [moduleLimits().shared ? 3 : 1, 1, ...leb(65536)];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      list.map(({ params }) => [0x60, params.length, ...params, 0]),
    ),
    ...section(2, [[...bytes("env"), ...bytes("memory"), 2, ...limits]]),
    ...section(
      3,
      list.map((_, i) => [i]),
    ),
    ...section(
      7,
      names.map((name, i) => [...bytes(name), 0, i]),
    ),
    ...section(
      10,
      list.map(({ body }) => [body.length + 2, 0, ...body, 0x0b]),
    ),
  ]);
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

// x[chunk] with x of float64 at local 0 and the chunk in local `chunk`.
const place = (chunk: number) => [0x20, 0, 0x20, chunk, 0x41, 8, 0x6c, 0x6a];

/** multiplyAdd(x, factor, term, chunk): x[chunk] = factor x[chunk] + term, in float64. */
export const multiplyAdd: Function = {
  params: [i32, f64, f64, i32],
  body: [...place(3), ...place(3), 0x2b, 3, 0, 0x20, 1, 0xa2, 0x20, 2, 0xa0, 0x39, 3, 0],
};

/** add(x, term, chunk): x[chunk] += term. */
export const add: Function = {
  params: [i32, f64, i32],
  body: [...place(2), ...place(2), 0x2b, 3, 0, 0x20, 1, 0xa0, 0x39, 3, 0],
};

/** trap(at, chunk): traps in chunk `at`. */
export const trap: Function = { params: [i32, i32], body: [0x20, 0, 0x20, 1, 0x46, 0x04, 0x40, 0x00, 0x0b] };

/** fold(x, n, chunk): x[chunk] += x[n - 1 - chunk], in float64. */
export const fold: Function = {
  params: [i32, i32, i32],
  body: [
    ...place(2),
    ...place(2),
    ...[0x2b, 3, 0],
    ...[0x20, 0, 0x20, 1, 0x41, 1, 0x6b, 0x20, 2, 0x6b, 0x41, 8, 0x6c, 0x6a, 0x2b, 3, 0],
    ...[0xa0, 0x39, 3, 0],
  ],
};
