/**
 * Memory that kernels can see and that lasts: blocks live until they are freed, whoever calls in between. It shares
 * the WebAssembly memory with the scratch stack, from which it takes segments that it never gives back.
 *
 * Free blocks hang in lists by size, eight per power of two, with a bit per list that holds any ("two-level
 * segregated fit": Masmano, Ripoll, Crespo and Real, ECRTS 2004): both operations take constant time. Neighbours
 * that are free are joined at once, so a heap whose blocks are all free is as good as new.
 */
import { argumentError, WhetstoneError } from "../errors.ts";
import { takeSegment } from "./scratch.ts";

/** Sizes are counted in units of so many bytes; blocks begin at multiples of it. */
const unit = 64;

/** Sizes of segments, in bytes: half of what there is already, between these two. */
const leastSegment = 4 * 2 ** 20;
const mostSegment = 64 * 2 ** 20;

interface HeapBlock {
  readonly ptr: number;
  units: number;
  free: boolean;
  /** Neighbours in memory. */
  below: HeapBlock | undefined;
  above: HeapBlock | undefined;
  /** Neighbours in the list of free blocks. */
  previous: HeapBlock | undefined;
  next: HeapBlock | undefined;
}

const lists: (HeapBlock | undefined)[] = new Array(224).fill(undefined);
const filled = new Int32Array(7);
const inUse = new Map<number, HeapBlock>();
let last: HeapBlock | undefined;
let used = 0;
let reserved = 0;

/**
 * A block of at least `bytes` bytes of kernel memory, at a multiple of 64; what it holds is not defined.
 *
 * @throws WhetstoneError "unsupported" when the memory cannot grow that far (4 GB at most).
 * @example
 * const ptr = heapAlloc(16);
 * ptr % 64; // 0
 * heapFree(ptr);
 */
export function heapAlloc(bytes: number): number {
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw argumentError("heapAlloc", "bytes", bytes, "a whole number >= 0");
  }
  const units = Math.max(1, Math.ceil(bytes / unit));
  const block = find(units) ?? extend(units);
  unlink(block);
  if (block.units > units) {
    const rest = makeBlock(block.ptr + units * unit, block.units - units, block, block.above);
    if (block === last) last = rest;
    block.units = units;
    link(rest);
  }
  block.free = false;
  inUse.set(block.ptr, block);
  used += units * unit;
  return block.ptr;
}

/**
 * Frees a block that {@link heapAlloc} made.
 *
 * @throws WhetstoneError "argument" if there is no such block, for instance because it is free already.
 */
export function heapFree(ptr: number): void {
  let block = inUse.get(ptr);
  if (block === undefined) throw argumentError("heapFree", "ptr", ptr, "the place of a block in use");
  inUse.delete(ptr);
  used -= block.units * unit;
  if (block.above?.free) {
    unlink(block.above);
    swallow(block);
  }
  if (block.below?.free) {
    block = block.below;
    unlink(block);
    swallow(block);
  }
  link(block);
}

/** Bytes in blocks that are in use, sizes rounded up to 64. */
export function heapBytes(): number {
  return used;
}

/** Bytes taken from the kernel memory so far, in use or not. */
export function heapReserved(): number {
  return reserved;
}

function makeBlock(
  ptr: number,
  units: number,
  below: HeapBlock | undefined,
  above: HeapBlock | undefined,
): HeapBlock {
  const block: HeapBlock = { ptr, units, free: true, below, above, previous: undefined, next: undefined };
  if (below !== undefined) below.above = block;
  if (above !== undefined) above.below = block;
  return block;
}

/** Joins a block with the one above it, which is in no list any more. */
function swallow(block: HeapBlock): void {
  const eaten = block.above!;
  block.units += eaten.units;
  block.above = eaten.above;
  if (eaten.above !== undefined) eaten.above.below = block;
  if (eaten === last) last = block;
}

/** Number of the list that holds blocks of this size. */
function listOf(units: number): number {
  if (units < 8) return units;
  const power = 31 - Math.clz32(units);
  return (power - 2) * 8 + ((units >>> (power - 3)) & 7);
}

/** A free block that is large enough, by preference from a list in which every block is. */
function find(units: number): HeapBlock | undefined {
  const step = units < 8 ? 1 : 1 << (31 - Math.clz32(units) - 3);
  const from = listOf(units + step - 1);
  for (let word = from >>> 5; word < filled.length; word++) {
    let bits = filled[word]!;
    if (word === from >>> 5) bits &= -1 << (from & 31);
    if (bits !== 0) return lists[word * 32 + 31 - Math.clz32(bits & -bits)];
  }
  let block = lists[listOf(units)];
  while (block !== undefined && block.units < units) block = block.next;
  return block;
}

/** A new segment, or a longer last one where the two touch. */
function extend(units: number): HeapBlock {
  const least = units * unit;
  const wanted = Math.max(least, Math.min(mostSegment, Math.max(leastSegment, reserved / 2)));
  const { start, end } = takeSegment("heapAlloc", least, Math.ceil(wanted / unit) * unit);
  reserved += end - start;
  const touches = last !== undefined && last.ptr + last.units * unit === start;
  let block = makeBlock(start, (end - start) / unit, touches ? last : undefined, undefined);
  if (touches && last!.free) {
    block = last!;
    unlink(block);
    swallow(block);
  }
  last = block;
  link(block);
  return block;
}

function link(block: HeapBlock): void {
  const list = listOf(block.units);
  const first = lists[list];
  block.free = true;
  block.previous = undefined;
  block.next = first;
  if (first !== undefined) first.previous = block;
  lists[list] = block;
  filled[list >>> 5]! |= 1 << (list & 31);
}

function unlink(block: HeapBlock): void {
  const list = listOf(block.units);
  const { previous, next } = block;
  if (next !== undefined) next.previous = previous;
  if (previous !== undefined) previous.next = next;
  else {
    lists[list] = next;
    if (next === undefined) filled[list >>> 5]! &= ~(1 << (list & 31));
  }
}

/**
 * Walks through the heap and throws if it contradicts itself; for tests.
 *
 * @returns the number of blocks in use.
 */
export function checkHeap(): number {
  let bytes = 0;
  const bad = (what: string) => new WhetstoneError("value", { where: "heap" }, what);
  for (const block of inUse.values()) {
    bytes += block.units * unit;
    if (block.free) throw bad(`the block at ${block.ptr} is in use and free`);
    if (block.above !== undefined && block.ptr + block.units * unit !== block.above.ptr) {
      throw bad(`the block at ${block.ptr} does not end where the next one begins`);
    }
  }
  if (bytes !== used) throw bad(`${bytes} bytes in use, ${used} counted`);
  lists.forEach((first, list) => {
    for (let block = first; block !== undefined; block = block.next) {
      bytes += block.units * unit;
      if (!block.free || listOf(block.units) !== list)
        throw bad(`the block at ${block.ptr} is in a wrong list`);
      if (block.above?.free) throw bad(`two free blocks touch at ${block.above.ptr}`);
    }
  });
  if (bytes !== reserved) throw bad(`${bytes} bytes in blocks, ${reserved} reserved`);
  return inUse.size;
}
