/** Convolutions of square float32 grids of real charges by Fourier transforms, in kernel memory. */
import { type F32Block, type F64Block, type Scratch, tsneKernels } from "../kernels/index.ts";

const COLS_PER_CHUNK = 16;
/** Entries beyond each line: lines whose distance is a power of two would share few places in the caches. */
const PAD = 16;

interface Grid {
  readonly re: F32Block;
  readonly im: F32Block;
}

/** What charges at a distance do: a complex field, and a real, even share of which only the sum is wanted. */
export interface Kernels {
  /** By line and column, both from -size / 2 to size / 2 - 1. */
  field(line: number, col: number): readonly [re: number, im: number];
  share(line: number, col: number): number;
}

/** Blocks of kernel memory that grids of many sizes use in turn. */
export class GridMemory {
  readonly #s: Scratch;
  #held = 0;
  #grids: readonly Grid[] = [];
  #share!: F32Block;

  constructor(s: Scratch) {
    this.#s = s;
  }

  /** Five complex grids and a real one of at least so many entries; what they held is lost. */
  take(entries: number): { grids: readonly Grid[]; share: F32Block } {
    if (entries > this.#held) {
      // What was there cannot be given back, so there shall not be many sizes.
      this.#held = Math.max(entries, 2 * this.#held);
      const block = () => this.#s.f32(this.#held, false);
      this.#grids = Array.from({ length: 5 }, () => ({ re: block(), im: block() }));
      this.#share = block();
    }
    return { grids: this.#grids, share: this.#share };
  }
}

/** Convolutions on grids of `size` x `size`, a multiple of 8 and a product of 4, 3 and 2. Charges fill half of each side. */
export class GridConvolution {
  readonly size: number;
  /** Entries of a line, those behind its end included. */
  readonly stride: number;
  /** Where charges go and the field comes out. */
  readonly grid: Grid;
  readonly #turned: Grid;
  readonly #spectrum: Grid;
  readonly #scratch: Grid;
  readonly #field: Grid;
  readonly #share: F32Block;
  readonly #cosines: F32Block;
  readonly #sines: F32Block;
  readonly #energies: F64Block;

  constructor(s: Scratch, memory: GridMemory, size: number, kernels: Kernels) {
    this.size = size;
    this.stride = size + PAD;
    const { grids, share } = memory.take(size * this.stride);
    [this.grid, this.#turned, this.#spectrum, this.#scratch, this.#field] = grids as [
      Grid,
      Grid,
      Grid,
      Grid,
      Grid,
    ];
    this.#share = share;
    const angle = (i: number) => (2 * Math.PI * i) / size;
    this.#cosines = s.f32(Float32Array.from({ length: size }, (_, i) => Math.cos(angle(i))));
    this.#sines = s.f32(Float32Array.from({ length: size }, (_, i) => Math.sin(angle(i))));
    this.#energies = s.f64(size);
    this.#transformKernel((i, j) => [kernels.share(i, j), 0]);
    this.#share.view.set(this.#field.re.view.subarray(0, size * this.stride));
    this.#transformKernel((i, j) => kernels.field(i, j));
  }

  /** Leaves the spectrum in the place of the field's. */
  #transformKernel(at: Kernels["field"]): void {
    const { size, stride } = this;
    const { re, im } = this.grid;
    const signed = (i: number) => (i < size / 2 ? i : i - size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const [a, b] = at(signed(i), signed(j));
        // The inverse of both passes is size^2 too large.
        re.view[i * stride + j] = a / (size * size);
        im.view[i * stride + j] = b / (size * size);
      }
    this.#columns(this.grid, size, false);
    this.#transpose(this.grid, this.#field, size, size);
    this.#columns(this.#field, size, false);
    // Splines, here 120 times as high, spread charges and average the field: undone, so that kernels hold where points are.
    const turn = (2 * Math.PI) / size;
    const undo = (i: number) => (66 + 52 * Math.cos(turn * i) + 2 * Math.cos(2 * turn * i)) ** -2;
    const each = Float64Array.from({ length: size }, (_, i) => undo(i));
    for (const part of [this.#field.re.view, this.#field.im.view])
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) part[i * stride + j] = part[i * stride + j]! * each[i]! * each[j]!;
  }

  /** Makes all charges zero. */
  clear(): void {
    this.grid.re.view.fill(0, 0, this.size * this.stride);
    this.grid.im.view.fill(0, 0, this.size * this.stride);
  }

  /** Replaces the charges by the field they make; returns the sum over pairs of charges (with themselves too) of their shares. */
  convolve(): number {
    const { size, stride, grid } = this;
    const half = size / 2;
    const [x, out] = [this.#spectrum, this.#turned];
    this.#columns(grid, half, false);
    // Charges are real, so that the other lines are conjugates of these.
    this.#transpose(grid, x, half + 1, half);
    for (const part of [x.re.view, x.im.view]) part.fill(0, half * stride, size * stride);
    this.#columns(x, half + 1, false);
    tsneKernels.parallel(
      "applySpectra",
      Math.ceil(size / COLS_PER_CHUNK),
      x.re.ptr,
      x.im.ptr,
      this.#field.re.ptr,
      this.#field.im.ptr,
      this.#share.ptr,
      out.re.ptr,
      out.im.ptr,
      this.#energies.ptr,
      size,
      stride,
      COLS_PER_CHUNK,
    );
    this.#columns(out, size, true);
    this.#transpose(out, grid, half, size);
    this.#columns(grid, half, true);
    let total = 0;
    for (let i = 0; i < size; i++) total += this.#energies.view[i]!;
    return total;
  }

  /** Transforms the first `cols` columns. */
  #columns({ re, im }: Grid, cols: number, inverse: boolean): void {
    const [a, b] = inverse ? [im, re] : [re, im];
    const { re: c, im: d } = this.#scratch;
    tsneKernels.parallel(
      "fftColumns",
      Math.ceil(cols / COLS_PER_CHUNK),
      a.ptr,
      b.ptr,
      c.ptr,
      d.ptr,
      this.#cosines.ptr,
      this.#sines.ptr,
      this.size,
      this.stride,
      cols,
      COLS_PER_CHUNK,
    );
  }

  /** Writes `rows` x `cols` entries as `cols` x `rows`. */
  #transpose(from: Grid, to: Grid, rows: number, cols: number): void {
    for (const part of ["re", "im"] as const)
      tsneKernels.parallel(
        "transposeF32",
        Math.ceil(cols / COLS_PER_CHUNK),
        from[part].ptr,
        to[part].ptr,
        rows,
        cols,
        this.stride,
        COLS_PER_CHUNK,
      );
  }
}
