/** What executes graphs. The layer above knows only this; a backend knows nodes, not tensors. */
import type { TypedArray } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import type { Storage } from "../graph/storage.ts";

/** A value to compute. The new value may take over the memory of `replaces`, which nobody reads afterwards. */
export interface Output {
  readonly node: Node;
  readonly replaces: Storage | null;
}

export interface Backend {
  readonly name: string;
  /** Computes the outputs and attaches their storage to the nodes. Storages that were replaced are marked so. */
  realize(outputs: readonly Output[]): void;
  /** The elements of a storage, as a copy that the caller may keep; undefined if only `readAsync` can give them. */
  read(storage: Storage): TypedArray | undefined;
  readAsync(storage: Storage): Promise<TypedArray>;
}
