/**
 * Tiles for joined vectors. The kernels of matrix products hold two more tiles, of twice the columns, which pay where V8
 * joins their vectors and nowhere else. Once so much has been multiplied that it is worth some milliseconds, they are
 * put to a trial: see joining.ts.
 */
import { joinedIsBetter, least, mayJoin } from "./joining.ts";
import { controlBytes, type KernelName, runtime } from "./runtime.ts";
import { kernelView, withScratch } from "./scratch.ts";

/** Multiplications, done or to be expected, from which on the trial is worth its time. */
const worthwhile = 2 ** 26;

/**
 * Milliseconds that V8 is given to optimise the usual tile before it is timed, and a wide one. They need 2 to 8 each, but
 * many times that where the machine is busy.
 */
const [settling, patience] = [40, 200];

/** Milliseconds after a trial that wide tiles have won, when they are looked at once more. */
const probation = 200;

/** Milliseconds that a wide tile is given then to show that it is faster. */
const reviewTime = 10;

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
  /** When it is to be looked at once more. */
  review: number;
}

const tile = (kernel: KernelName, View: Tile["View"], word: number): Tile => ({
  ...{ kernel, View, word, left: worthwhile, wide: false, review: Number.POSITIVE_INFINITY },
});

/** Of products and convolutions in float32, and of products and Gram matrices in float64. */
export const tiles = {
  f32: tile("gemmF32", Float32Array, controlBytes - 4),
  f64: tile("gemmF64", Float64Array, controlBytes - 8),
};

/** To be called with the work of a product before it runs: decides which tile the kernels take. */
export function expectWork(type: "f32" | "f64", multiplications: number): void {
  reviewTiles();
  const tile = tiles[type];
  if (tile.left <= 0) return;
  tile.left -= multiplications;
  if (tile.left > 0 || !mayJoin()) return;
  tile.wide = trial(tile);
  if (tile.wide) startProbation(type, probation);
}

/** When the next review is due. */
let nextReview = Number.POSITIVE_INFINITY;

/** Has the wide tile looked at again after so many milliseconds. */
export function startProbation(type: "f32" | "f64", time: number): void {
  nextReview = tiles[type].review = performance.now() + time;
}

/** To be called now and then, between kernels: a wide tile that turns out to be no faster is not taken any more. */
export function reviewTiles(): void {
  if (nextReview === Number.POSITIVE_INFINITY || performance.now() < nextReview) return;
  nextReview = Number.POSITIVE_INFINITY;
  for (const tile of Object.values(tiles)) {
    if (tile.review === Number.POSITIVE_INFINITY) continue;
    tile.review = Number.POSITIVE_INFINITY;
    tile.wide = isFaster(tile);
  }
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
function trial(tile: Tile): boolean {
  settle(tile);
  return onProducts(tile, (run, results) =>
    joinedIsBetter({ usual: () => run(false), joined: () => run(true), results }, 0.75, patience),
  );
}

/**
 * Runs the usual tile until V8 has optimised it, which makes it several times as fast. Against code that is not
 * optimised, a wide tile would win that is not joined.
 */
function settle(tile: Tile): void {
  onProducts(tile, (run) => {
    const usual = () => run(false);
    least(usual, least(usual, 0, 1) / 2, settling);
    return false; // one product is enough
  });
}

/** Whether wide tiles are faster, without the pass; leaves the better ones in use. */
const isFaster = (tile: Tile): boolean =>
  onProducts(tile, (run) => {
    const usual = () => least(() => run(false), 0, 2);
    const before = usual();
    const wide = least(() => run(true), 0.85 * before, reviewTime);
    // Both must be beaten: the machine may have been busy while one was timed.
    return wide < 0.85 * Math.min(before, usual());
  });

/** Asks on each of the products of a trial, until one says no, and leaves the wide tile in use if all say yes. */
function onProducts(
  { kernel, View, word }: Tile,
  ask: (run: (wide: boolean) => void, results: readonly Uint8Array[]) => boolean,
): boolean {
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
      return ask(run, [kernelView(Uint8Array, c.ptr, c.view.byteLength)]);
    }),
  );
  choice[0] = better ? 1 : 0;
  return better;
}
