/** onnxruntime-web, where it is installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

export interface Value {
  /** Numbers, but where the type is text or int64. */
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}
export interface Session {
  run(feeds: Record<string, unknown>): Promise<Record<string, Value>>;
}
export interface Runtime {
  readonly env: { readonly wasm: { numThreads: number }; logLevel: string };
  readonly Tensor: new (type: string, data: ArrayLike<number>, dims: readonly number[]) => unknown;
  readonly InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> };
}

// A development tool of 33 MB: installed with the benchmarks, not with the project.
const place = new URL("../../../bench/package.json", import.meta.url);
export const installed = existsSync(new URL("node_modules/onnxruntime-web", place));
export const left = installed ? "" : " (left out: onnxruntime-web is not installed; npm ci in bench/)";

export function loadRuntime(): Runtime {
  const runtime = createRequire(place)("onnxruntime-web") as Runtime;
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = "error";
  return runtime;
}
