/**
 * Values in kernel memory. Nobody frees them by hand: a value's memory comes back when the garbage collector finds
 * that no tensor holds it, or is taken over by the value that replaces it. Where neither happens for long (a loop that
 * never lets other tasks run, in which collected objects are not reported), the values used longest ago move to arrays
 * of JavaScript: what is in use stays, however much it is.
 */
import { heapAlloc, heapFree, kernelView } from "../../../kernels/index.ts";
import { type DType, dtypes, type TypedArray } from "../../dtype.ts";
import type { DeviceBuffer } from "../../graph/storage.ts";

/** What a tensor holds; while it lives, its block does. */
export class Resident implements DeviceBuffer {
  readonly block: Block;

  constructor(block: Block) {
    this.block = block;
  }
  /** Whether the elements are in kernel memory still. */
  get isHere(): boolean {
    return this.block.moved === null;
  }
  /** The elements where they are, to be read at once. */
  get elements(): TypedArray {
    return this.block.moved ?? this.block.view;
  }
  read(): TypedArray {
    return this.elements.slice();
  }
  async readAsync(): Promise<TypedArray> {
    return this.read();
  }
  free(): void {
    this.block.free();
  }
}

class Block {
  readonly ptr: number;
  readonly view: TypedArray;
  /** When it was last used, counted in realisations. */
  used = 0;
  /** The elements after they have left. */
  moved: TypedArray | null = null;
  readonly #home: Residents;
  #freed = false;

  constructor(home: Residents, ptr: number, view: TypedArray) {
    this.#home = home;
    this.ptr = ptr;
    this.view = view;
  }
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#home.forget(this);
    heapFree(this.ptr);
  }
  moveOut(): void {
    this.moved = this.view.slice();
    this.free();
  }
}

/** Blocks of this size are worth asking the garbage collector about; smaller ones only move out. */
const watchedBytes = 2 ** 16;

/** Bytes of new watched blocks after which the collector is called for: eight blocks, within these bounds. */
const callAfter = [64 * 2 ** 20, 96 * 2 ** 20] as const;

/** Realisations after which a value counts as not in use: a training step has one or a few. */
const restsAfter = 4;

/** An array of this size, never touched, makes V8 look for garbage soon. */
const callBytes = 256 * 2 ** 20;

export class Residents {
  readonly #held = new Set<Block>();
  #collected: FinalizationRegistry<Block> | null = null;
  #sinceCall = 0;
  #now = 0;
  /** Bytes that were held when the collector last reported. */
  #found = 0;
  bytes = 0;

  make(dtype: DType, length: number): Resident {
    const { bytes, View } = dtypes[dtype];
    const size = length * bytes;
    const ptr = heapAlloc(size);
    const block = new Block(this, ptr, kernelView(View, ptr, length));
    block.used = this.#now;
    this.#held.add(block);
    this.bytes += size;
    const resident = new Resident(block);
    if (size >= watchedBytes) this.#watch(resident, size);
    return resident;
  }

  /** The collector sees a few bytes of JavaScript where megabytes of kernel memory wait: it has to be told. */
  #watch(resident: Resident, size: number): void {
    this.#collected ??= new FinalizationRegistry((block) => {
      block.free();
      this.#found = this.bytes;
    });
    this.#collected.register(resident, resident.block);
    this.#sinceCall += size;
    if (this.#sinceCall < Math.min(Math.max(callAfter[0], 8 * size), callAfter[1])) return;
    this.#sinceCall = 0;
    try {
      new ArrayBuffer(callBytes);
    } catch {
      // There is no room for it: then the collector runs anyway.
    }
  }

  /** A realisation begins. */
  advance(): void {
    this.#now++;
  }

  use(resident: Resident): void {
    resident.block.used = this.#now;
  }

  forget(block: Block): void {
    if (this.#held.delete(block)) this.bytes -= block.view.byteLength;
  }

  /**
   * Moves values that are not in use to arrays of JavaScript, those used longest ago first: until what has come since
   * the collector's last report fits the budget, and so that values too small to ever fill it do not gather without end.
   */
  trim(budget: number, most: number): void {
    this.#found = Math.min(this.#found, this.bytes);
    const limit = this.#found + budget;
    if (this.bytes <= limit && this.#held.size <= most) return;
    // A quarter below the limit, so that going over the list is paid by many realisations.
    const count = this.#held.size > most ? 0.75 * most : most;
    const resting = [...this.#held].filter((block) => block.used + restsAfter <= this.#now);
    for (const block of resting.sort((a, b) => a.used - b.used)) {
      if (this.bytes <= limit && this.#held.size <= count) break;
      block.moveOut();
    }
  }
}
