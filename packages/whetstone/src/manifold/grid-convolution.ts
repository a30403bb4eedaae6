/** Convolutions of square float32 grids by Fourier transforms, in kernel memory. */
import { type F32Block, type Scratch, tsneKernels } from "../kernels/index.ts";

const COLS_PER_CHUNK = 32;

interface Grid {
  readonly re: F32Block;
  readonly im: F32Block;
}

/** Transforms of grids of `size` x `size`, a product of 4, 3 and 2. What is not charged is zero beyond half of each side. */
export class GridConvolution {
  readonly size: number;
  /** Where the charges go: `size` to the line, the first half of lines and columns. */
  readonly charges: Float32Array;
  readonly #half: number;
  readonly #grid: Grid;
  readonly #turned: Grid;
  readonly #spectrum: Grid;
  readonly #scratch: Grid;
  readonly #cosines: F32Block;
  readonly #sines: F32Block;
  readonly #s: Scratch;

  constructor(s: Scratch, size: number) {
    this.size = size;
    this.#half = size / 2;
    this.#s = s;
    const grid = (): Grid => ({ re: s.f32(size * size), im: s.f32(size * size) });
    this.#grid = grid();
    this.#turned = grid();
    this.#spectrum = grid();
    this.#scratch = grid();
    this.charges = this.#grid.re.view;
    const angle = (i: number) => (2 * Math.PI * i) / size;
    this.#cosines = s.f32(Float32Array.from({ length: size }, (_, i) => Math.cos(angle(i))));
    this.#sines = s.f32(Float32Array.from({ length: size }, (_, i) => Math.sin(angle(i))));
  }

  /** The spectrum of a whole grid of complex values; `at` gives them by line and column, both from -size / 2 to size / 2 - 1. */
  kernel(at: (line: number, col: number) => readonly [re: number, im: number]): Grid {
    const { size } = this;
    const { re, im } = this.#grid;
    const signed = (i: number) => (i < size / 2 ? i : i - size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const [a, b] = at(signed(i), signed(j));
        re.view[i * size + j] = a;
        im.view[i * size + j] = b;
      }
    this.#columns(this.#grid, size, false);
    const out: Grid = { re: this.#s.f32(size * size, false), im: this.#s.f32(size * size, false) };
    this.#transpose(this.#grid, out, size, size);
    this.#columns(out, size, false);
    // The inverse of both passes is size^2 too large.
    for (const part of [out.re.view, out.im.view])
      for (let i = 0; i < part.length; i++) part[i] = part[i]! / (size * size);
    return out;
  }

  /** Takes the charges in; afterwards their place may be written to again. */
  transform(): void {
    const { size } = this;
    const half = this.#half;
    const grid = this.#grid;
    grid.im.view.fill(0);
    grid.re.view.fill(0, half * size);
    this.#columns(grid, half, false);
    const spectrum = this.#spectrum;
    this.#transpose(grid, spectrum, size, half);
    spectrum.re.view.fill(0, half * size);
    spectrum.im.view.fill(0, half * size);
    this.#columns(spectrum, size, false);
  }

  /** Charges convolved with a kernel, over half of each side; valid until the next call. */
  convolve(kernel: Grid): { re: Float32Array; im: Float32Array } {
    const { size } = this;
    const [x, out] = [this.#spectrum, this.#turned];
    const perChunk = COLS_PER_CHUNK * size;
    const chunks = Math.ceil((size * size) / perChunk);
    const to = [out.re.ptr, out.im.ptr] as const;
    tsneKernels.parallel(
      "multiplySpectra",
      chunks,
      x.re.ptr,
      x.im.ptr,
      kernel.re.ptr,
      kernel.im.ptr,
      ...to,
      size * size,
      perChunk,
    );
    this.#columns(out, size, true);
    this.#transpose(out, this.#grid, this.#half, size);
    this.#columns(this.#grid, this.#half, true);
    return { re: this.#grid.re.view, im: this.#grid.im.view };
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
      this.size,
      cols,
      COLS_PER_CHUNK,
    );
  }

  #transpose(from: Grid, to: Grid, rows: number, cols: number): void {
    const chunks = Math.ceil(cols / COLS_PER_CHUNK);
    for (const part of ["re", "im"] as const)
      tsneKernels.parallel(
        "transposeF32",
        chunks,
        from[part].ptr,
        to[part].ptr,
        rows,
        cols,
        this.size,
        COLS_PER_CHUNK,
      );
  }
}

export type { Grid };
