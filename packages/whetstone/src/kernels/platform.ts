/** What the JavaScript engine and its host offer. */

/** Node's module of that name, or undefined outside Node (and its relatives). */
export function nodeModule<T>(name: string): T | undefined {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") return undefined;
  return process.getBuiltinModule(name) as T | undefined;
}

/** An environment variable, or undefined outside Node. */
export function environment(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env?.[name];
}

export function hasSimd(): boolean {
  return WebAssembly.validate(probe([0xfd, 0x62])); // i8x16.popcnt
}

/** Whether this is Node itself. Among its relatives are some (Electron, NW.js) that end when a flag of V8 changes. */
export function isNode(): boolean {
  if (typeof process === "undefined" || process.release?.name !== "node") return false;
  const { bun, deno, electron, nw } = process.versions;
  return bun === undefined && deno === undefined && electron === undefined && nw === undefined;
}

/** Whether this engine runs relaxed SIMD. Node 20 has it behind a flag, which is set here. */
export function hasRelaxedSimd(): boolean {
  const bytes = probe([0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02]); // f32x4.relaxed_madd
  if (WebAssembly.validate(bytes)) return true;
  const v8 = isNode() ? nodeModule<typeof import("node:v8")>("node:v8") : undefined;
  if (v8 === undefined) return false;
  try {
    v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  } catch {
    return false;
  }
  return WebAssembly.validate(bytes);
}

/** A module with one function: i8x16.splat(0) followed by the given code, which must leave one v128. */
function probe(code: number[]): Uint8Array<ArrayBuffer> {
  const body = [0, 0x41, 0, 0xfd, 0x0f, ...code, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7b],
    ...[3, 2, 1, 0],
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
}
