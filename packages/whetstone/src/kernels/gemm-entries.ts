/** Matrix products, one or a batch of them, as entries of a tape. */
import { chunkWork, float32, float64, type Kind, type Product, plan, up, workBytes } from "./gemm-plan.ts";
import type { TapeEntry } from "./tape.ts";
import { expectWorkOnTape } from "./wide-tiles.ts";

/**
 * C[i] = alpha A[i] B[i] + beta C[i] for i below `batch`, on kernel memory. Distances between the members of the
 * batch are in elements and may be 0 for A and B, which then serve all of them.
 */
export interface GemmProduct extends Omit<Product, "alpha" | "beta"> {
  /** Default 1. */
  readonly alpha?: number;
  /** Default 0. */
  readonly beta?: number;
  /** Default 1. */
  readonly batch?: number;
  /** Distances between members; default 0. */
  readonly aBatch?: number;
  readonly bBatch?: number;
  readonly cBatch?: number;
  /**
   * A batch in two axes: after each `inner` members the distances of A and B from the first of the last `inner` are
   * `aOuter` and `bOuter` instead. Default: all of the batch, one axis.
   */
  readonly inner?: number;
  readonly aOuter?: number;
  readonly bOuter?: number;
}

/** Multiplications that make a chunk of a single product worth while. */
const singleWork = 2 ** 15;

/** Products of at most so many multiplications are computed many to a chunk, or in few chunks. */
const batchWork = 2 ** 22;

/** Most chunks of a batch, and most bytes of operands that one of them packs. */
const batchChunks = 16;
const batchBytes = 2 ** 22;

/** Least rows per unit: below, packing B again for every unit costs too much. */
const leastRows = 32;

/**
 * The entries that compute a product, or a batch of them, and how many bytes of work memory they need: call it
 * once with `work` 0 for the size, then with a pointer to that many bytes (a multiple of 64). Entries of one tape
 * that do not run beside each other may share the work memory.
 *
 * The first entry must wait for what came before on the tape; do not set `beside` on it.
 *
 * @example
 * const p = heapAlloc(64 * 3);
 * const M = kernelView(Float32Array, p, 4);
 * M.set([1, 2, 3, 4]);
 * const product = {
 *   ...{ m: 2, n: 2, k: 2, a: p, aStride: 2, aStep: 1, b: p, bStride: 1, bStep: 2 },
 *   ...{ c: p + 64, ldc: 2 },
 * };
 * const { workBytes } = gemmEntries("f32", product, 0);
 * makeTape(gemmEntries("f32", product, heapAlloc(workBytes)).entries).run();
 * Array.from(kernelView(Float32Array, p + 64, 4)); // [7, 10, 15, 22]
 */
export function gemmEntries(
  type: "f32" | "f64",
  product: GemmProduct,
  work: number,
): { entries: TapeEntry[]; workBytes: number } {
  const kind = type === "f64" ? float64 : float32;
  const full = flatten(product);
  const { m, n, k, alpha, batch } = full;
  if (m === 0 || n === 0 || batch === 0) return { entries: [], workBytes: 0 };
  const perMember = m * n * k;
  expectWorkOnTape(type, batch * perMember);
  const packed = (up(m, 4) + up(n, 8)) * k * kind.bytes;
  const few = perMember <= (batch > 1 ? batchWork : 2 * chunkWork) && packed <= batchBytes;
  if (few && k > 0 && alpha !== 0) return together(kind, full, work);
  const entries: TapeEntry[] = [];
  for (let i = 0; i < batch; i++) {
    const member = {
      ...full,
      a: full.a + memberAt(i, full.inner, full.aBatch, full.aOuter) * kind.bytes,
      b: full.b + memberAt(i, full.inner, full.bBatch, full.bOuter) * kind.bytes,
      c: full.c + i * full.cBatch * kind.bytes,
    };
    plan(kind, member, work, (name, chunks, args, beside) => {
      entries.push({ name, chunks, args, beside });
    });
  }
  return { entries, workBytes: workBytes(kind, full) };
}

/** Where a member of a batch begins, in elements. */
const memberAt = (i: number, inner: number, step: number, outer: number): number =>
  Math.floor(i / inner) * outer + (i % inner) * step;

/** All fields, with a batch that shares B turned into one product where rows follow on each other. */
function flatten(product: GemmProduct): Required<GemmProduct> {
  const none = { alpha: 1, beta: 0, batch: 1, aBatch: 0, bBatch: 0, cBatch: 0, aOuter: 0, bOuter: 0 };
  const full = { ...none, inner: product.batch ?? 1, ...product };
  const { batch, inner, m, aBatch, aStride, bBatch, cBatch, ldc } = full;
  const one = batch > 1 && inner === batch && bBatch === 0 && aBatch === m * aStride && cBatch === m * ldc;
  return one ? { ...full, m: m * batch, batch: 1, inner: 1, aBatch: 0, cBatch: 0 } : full;
}

/** One entry for all members. */
function together(
  kind: Kind,
  product: Required<GemmProduct>,
  work: number,
): { entries: TapeEntry[]; workBytes: number } {
  const { m, n, k, alpha, beta, a, aStride, aStep, b, bStride, bStep, c, ldc } = product;
  const { batch, aBatch, bBatch, cBatch, inner, aOuter, bOuter } = product;
  const least = batch === 1 ? singleWork : chunkWork;
  const wanted = Math.max(1, Math.min(batchChunks, Math.floor((batch * m * n * k) / least)));
  const blocks = batch >= wanted ? 1 : Math.ceil(wanted / batch);
  const rows = Math.max(up(m / blocks, 4), Math.min(up(m, 4), leastRows));
  const units = batch * Math.ceil(m / rows);
  const each = Math.ceil(units / wanted);
  const chunks = Math.ceil(units / each);
  const args = [
    ...[a, aBatch, aStride, aStep, b, bBatch, bStride, bStep, inner, aOuter, bOuter, c, cBatch, ldc],
    ...[batch, m, n, k, alpha, beta, rows, each, work],
  ];
  const bytes = chunks * (rows + up(n, kind.width)) * k * kind.bytes;
  return { entries: [{ name: kind.batch, chunks, args }], workBytes: bytes };
}
