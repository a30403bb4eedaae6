/**
 * Tiles for joined vectors. The kernels of matrix products hold two more tiles, of twice the columns, which pay where V8
 * joins their vectors and nowhere else. Once so much has been multiplied that it is worth some milliseconds, they are
 * put to a trial: see joining.ts.
 */
import { joinedIsBetter, mayJoin } from "./joining.ts";
import { controlBytes, type KernelName, runtime } from "./runtime.ts";
import { kernelView, withScratch } from "./scratch.ts";

/** Multiplications, done or to be expected, from which on the trial is worth its time. */
const worthwhile = 2 ** 26;

/** How often a tape is taken to run. */
const tapeRuns = 64;

interface Tile {
  readonly kernel: KernelName;
  readonly View: Float32ArrayConstructor | Float64ArrayConstructor;
  /** Word of the pool's page in which the kernel reads whether to take its wide tile. */
  readonly word: number;
  /** Multiplications left until the trial. */
  left: number;
  wide: boolean;
}

const tile = (kernel: KernelName, View: Tile["View"], word: number): Tile => ({
  ...{ kernel, View, word, left: worthwhile, wide: false },
});

/** Of products and convolutions in float32, and of products and Gram matrices in float64. */
export const tiles = {
  f32: tile("gemmF32", Float32Array, controlBytes - 4),
  f64: tile("gemmF64", Float64Array, controlBytes - 8),
};

/** To be called with the work of a product before it runs: decides, once, which tile the kernels take. */
export function expectWork(type: "f32" | "f64", multiplications: number): void {
  const tile = tiles[type];
  if (tile.left <= 0) return;
  tile.left -= multiplications;
  if (tile.left <= 0 && mayJoin()) tile.wide = trial(tile);
}

/** As {@link expectWork} for a tape, which will run often. */
export function expectWorkOnTape(type: "f32" | "f64", multiplications: number): void {
  expectWork(type, tapeRuns * multiplications);
}

/** Products whose tiles all have six rows, and four: both have to be optimised. */
const trials = [
  [48, 16],
  [4, 192],
] as const;

/** Has the wide tiles optimised, compares them with the usual one, and leaves the better ones in use. */
function trial({ kernel, View, word }: Tile): boolean {
  const gemm = runtime().functions[kernel];
  const choice = new Int32Array(runtime().memory.buffer, word, 1);
  const depth = 64;
  const better = trials.every(([rows, cols]) =>
    withScratch((s) => {
      const block = (length: number) => (View === Float32Array ? s.f32(length) : s.f64(length));
      const [a, b, c] = [block(rows * depth), block(depth * cols), block(rows * cols)];
      a.view.forEach((_, i) => void (a.view[i] = Math.sin(i)));
      b.view.forEach((_, i) => void (b.view[i] = Math.cos(i)));
      const run = (wide: boolean) => {
        choice[0] = wide ? 1 : 0;
        for (let i = 0; i < 4; i++) gemm(a.ptr, b.ptr, c.ptr, rows, cols, depth, cols, 1, 0, rows, cols, 0);
      };
      const results = [kernelView(Uint8Array, c.ptr, c.view.byteLength)];
      return joinedIsBetter({ usual: () => run(false), joined: () => run(true), results }, 0.75);
    }),
  );
  choice[0] = better ? 1 : 0;
  return better;
}
