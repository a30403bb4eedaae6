/**
 * Tiles for vectors of 256 bits. WebAssembly has vectors of 128; V8 has a pass that joins two of them that are worked on
 * alike, experimental and off. So the kernels of matrix products hold two more tiles, of twice the columns, which pay
 * where they are joined and nowhere else. Once so much has been multiplied that it is worth some milliseconds, they are
 * run until V8 has optimised them, with the pass on meanwhile and off again thereafter: these functions, and what else
 * of the process happens to be optimised in that time, are compiled so. They are taken if their results equal those of
 * the usual tile to the bit and they are faster. See docs/decisions/006-wide-vectors.md.
 */
import { environment, isNode, nodeModule } from "./platform.ts";
import { controlBytes, type KernelName, runtime } from "./runtime.ts";
import { withScratch } from "./scratch.ts";

/** Versions of V8 under which the test suite has passed with joined tiles: those of Node 24 to 26. Earlier ones join nothing. */
const tested = [13, 14];

const pass = "--experimental-wasm-revectorize";

/** Multiplications, done or to be expected, from which on the trial is worth its time. */
const worthwhile = 2 ** 26;

/** How often a tape is taken to run. */
const tapeRuns = 64;

/** Milliseconds that V8 is given to optimise the usual tile and a wide one (it takes about 4 and 2). */
const patience = [8, 40] as const;

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

/** On x64, under a tested V8, unless WHETSTONE_KERNELS asks for less. */
function mayJoin(): boolean {
  const asked = environment("WHETSTONE_KERNELS");
  if (asked === "simd" || asked === "relaxed") return false;
  return isNode() && process.arch === "x64" && tested.includes(Number.parseInt(process.versions.v8, 10));
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
      /** Runs one kind of tile until it takes less than `goal` ms or there is no more time; least ms of one product. */
      const run = (wide: boolean, goal: number, time: number) => {
        choice[0] = wide ? 1 : 0;
        const begin = performance.now();
        let least = Number.POSITIVE_INFINITY;
        for (let now = begin; least >= goal && now - begin < time; ) {
          for (let i = 0; i < 4; i++) gemm(a.ptr, b.ptr, c.ptr, rows, cols, depth, cols, 1, 0, rows, cols, 0);
          const then = now;
          now = performance.now();
          least = Math.min(least, (now - then) / 4);
        }
        return least;
      };
      const goal = 0.75 * run(false, 0, patience[0]);
      const expected = c.view.slice();
      c.view.fill(0);
      const wide = joining(() => run(true, goal, patience[1]));
      return wide < goal && c.view.every((v, i) => v === expected[i]);
    }),
  );
  choice[0] = better ? 1 : 0;
  return better;
}

/** Calls `fn` with the pass on. */
function joining<T>(fn: () => T): T {
  const v8 = nodeModule<typeof import("node:v8")>("node:v8");
  if (v8 === undefined || process.execArgv.includes(pass)) return fn();
  v8.setFlagsFromString(pass);
  try {
    return fn();
  } finally {
    v8.setFlagsFromString(pass.replace("--", "--no-"));
  }
}
