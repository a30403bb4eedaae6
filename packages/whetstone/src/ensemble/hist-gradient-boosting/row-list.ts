import { boostKernels, type Scratch } from "../../kernels/index.ts";
import type { GradientRows } from "./gradients.ts";
import type { FoundSplit, GrownNode } from "./grown-node.ts";
import { bitsetBytes } from "./layout.ts";

/** Rows from which a list is partitioned by all threads. */
const threadedRows = 16_384;
const partitionRows = 8192;

/** The rows of a tree, leaf by leaf: each node owns a range of one list, ascending within it. */
export class RowList {
  readonly ptr: number;
  readonly view: Uint32Array;
  /** Pairs of the rows whose histogram is built next, in their order. */
  readonly gathered: number;
  readonly #state: GradientRows;
  readonly #bins: number;
  /** All rows, ascending; copied into the list when a tree begins. */
  readonly #allRows: Uint32Array;
  readonly #left: number;
  readonly #right: number;
  readonly #lefts: { readonly ptr: number; readonly view: Uint32Array };
  readonly #bitset: { readonly ptr: number; readonly view: Uint8Array };

  /** @param bins pointer to the binned features */
  constructor(s: Scratch, state: GradientRows, bins: number) {
    const n = state.rows;
    const list = s.u32(n, false);
    this.ptr = list.ptr;
    this.view = list.view;
    this.gathered = s.f64(2 * n, false).ptr;
    this.#state = state;
    this.#bins = bins;
    this.#allRows = Uint32Array.from({ length: n }, (_, i) => i);
    this.#left = s.u32(n, false).ptr;
    this.#right = s.u32(n, false).ptr;
    this.#lefts = s.u32(Math.ceil(n / partitionRows));
    this.#bitset = s.u8(bitsetBytes);
  }

  /** Starts a tree on these rows (all if null) and returns their number. */
  begin(sample: Uint32Array | null): number {
    const rows = sample ?? this.#allRows;
    this.view.set(rows);
    return rows.length;
  }

  /** Moves the node's rows, left ones first, and returns their number; gathers the smaller child's pairs if asked. */
  partition(node: GrownNode, split: FoundSplit, gathers: boolean): number {
    const { feature } = split;
    const count = node.end - node.start;
    const list = this.ptr + 4 * node.start;
    const column = this.#bins + 4 * this.#state.rows * (feature >> 2) + (feature & 3);
    if (split.bitset) this.#bitset.view.set(split.bitset);
    const bitset = split.bitset ? this.#bitset.ptr : 0;
    const missingLeft = split.missingLeft ? 1 : 0;
    const gathered = gathers ? this.gathered : 0;
    const { pairs } = this.#state;
    if (count < threadedRows) {
      return boostKernels.call(
        "partitionList",
        list,
        count,
        column,
        split.bin,
        missingLeft,
        bitset,
        this.#left,
        pairs,
        gathered,
      );
    }
    const chunks = Math.ceil(count / partitionRows);
    const lefts = this.#lefts.ptr;
    boostKernels.parallel(
      "splitList",
      chunks,
      ...[list, count, column, split.bin, missingLeft, bitset, this.#left, this.#right, lefts, partitionRows],
    );
    boostKernels.parallel(
      "mergeList",
      chunks,
      ...[list, count, this.#left, this.#right, lefts, pairs, gathered, partitionRows, chunks],
    );
    let total = 0;
    for (let c = 0; c < chunks; c++) total += this.#lefts.view[c]!;
    return total;
  }
}
