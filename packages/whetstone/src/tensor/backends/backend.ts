/** What executes graphs. The layer above knows only this; a backend knows nodes, not tensors. */
import { WhetstoneError } from "../../errors.ts";
import type { TypedArray } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import type { Storage } from "../graph/storage.ts";

/** A value to compute. The new value may take over the memory of `replaces`, which nobody reads afterwards. */
export interface Output {
  readonly node: Node;
  readonly replaces: Storage | null;
}

/** What carries out a graph: `setBackend` chooses one for everything that is computed from then on. */
export interface Backend {
  /** `"wasm"`, `"webgpu"`, `"reference"` or `"interpreter"`. */
  readonly name: string;
  /** Computes the outputs and attaches their storage to the nodes. Storages that were replaced are marked so. */
  realize(outputs: readonly Output[]): void;
  /** The elements of a storage, as a copy that the caller may keep; undefined if only `readAsync` can give them. */
  read(storage: Storage): TypedArray | undefined;
  readAsync(storage: Storage): Promise<TypedArray>;
}

/** The elements of a storage that may be another backend's, to be read only. `name`: the backend that needs them. */
export function hostElements(storage: Storage, name: string): TypedArray {
  const host = storage.host ?? storage.device?.read();
  if (host) return host;
  throw new WhetstoneError(
    "unsupported",
    { where: `${name} backend` },
    "a tensor was computed on a backend that can only be read asynchronously (webgpu), and is now needed on another one; make a new tensor of what await tensor.read() gives",
  );
}
