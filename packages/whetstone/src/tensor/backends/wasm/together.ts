/**
 * Which kernels of a plan may run at the same time: neighbours that touch no memory that one of them writes. On the
 * tape they need no barrier between them, and threads that find nothing left of one begin with the next.
 */
import { sizeOf } from "../../graph/shape.ts";
import { bytesOfSlot, type Kernel, type Slot, slotsOf } from "../../schedule/kernel.ts";
import type { Call, CallEntry } from "./calls.ts";

/** A range of bytes in the arena, or in the memory of one leaf or output. */
interface Range {
  readonly place: string;
  readonly from: number;
  readonly to: number;
}

interface Access {
  readonly reads: readonly Range[];
  readonly writes: readonly Range[];
}

/** Work, in instructions on elements, below which a kernel of one chunk is better left to the thread before it. */
const worthSharing = 2 ** 14;

/**
 * The entries of all kernels with those marked that run beside the one before, and work memory of their own for
 * kernels that run at the same time.
 */
export function placeTogether(
  kernels: readonly Kernel[],
  calls: readonly Call[],
  slots: readonly Slot[],
): { calls: CallEntry[][]; workBytes: number } {
  /** What runs now, and where its work memory ends. */
  let group: Access[] = [];
  let workEnd = 0;
  let shared = false;
  let workBytes = 0;
  const placed = calls.map(({ entries, workBytes: own }, i): CallEntry[] => {
    const [first] = entries;
    if (first === undefined) return [];
    const access = accessOf(kernels[i]!, slots);
    const worth = shared || first.chunks > 1 || workOf(kernels[i]!) >= worthSharing;
    const joins = group.length > 0 && worth && !group.some((other) => conflict(other, access));
    const base = joins ? workEnd : 0;
    if (joins) group.push(access);
    else group = [access];
    if (entries.length > 1) group = [access];
    shared = entries.length > 1 ? entries.at(-1)!.chunks > 1 : (joins && shared) || first.chunks > 1;
    workEnd = base + Math.ceil(own / 64) * 64;
    workBytes = Math.max(workBytes, workEnd);
    return entries.map((entry, e) => ({
      ...entry,
      ...(e === 0 && { beside: joins }),
      pointers: entry.pointers.map((p) => (p.slot === "work" ? { ...p, offset: p.offset + base } : p)),
    }));
  });
  return { calls: placed, workBytes };
}

function accessOf(kernel: Kernel, slots: readonly Slot[]): Access {
  const range = (slot: number) => rangeOf(slots[slot]!);
  if (kernel.kind === "call") {
    return { reads: kernel.inputs.map((x) => range(x.slot)), writes: [range(kernel.output.slot)] };
  }
  return { reads: slotsOf(kernel, "load", "loadAt").map(range), writes: slotsOf(kernel, "store").map(range) };
}

function rangeOf(slot: Slot): Range {
  const bytes = bytesOfSlot(slot);
  if (slot.kind === "temp") return { place: "arena", from: slot.offset, to: slot.offset + bytes };
  const leaf = slot.leaf >= 0;
  const place = leaf ? `leaf ${slot.leaf}` : `output ${(slot as Slot & { kind: "output" }).output}`;
  return { place, from: 0, to: bytes };
}

const overlap = (a: Range, b: Range): boolean => a.place === b.place && a.from < b.to && b.from < a.to;

function conflict(a: Access, b: Access): boolean {
  const meet = (x: readonly Range[], y: readonly Range[]) => x.some((r) => y.some((s) => overlap(r, s)));
  return meet(a.writes, b.writes) || meet(a.writes, b.reads) || meet(a.reads, b.writes);
}

function workOf(kernel: Kernel): number {
  if (kernel.kind === "loop") return sizeOf(kernel.space) * kernel.body.length;
  const inner = kernel.op === "matmul" ? kernel.inputs[0]!.view.shape.at(-1)! : 1;
  return sizeOf(kernel.output.shape) * inner;
}
