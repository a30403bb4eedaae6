/**
 * Vectors of 256 bits. WebAssembly has vectors of 128; V8 has a pass that joins two of them that are worked on alike,
 * experimental and off. A function is compiled so when the pass is on while V8 optimises it, which happens once it has
 * run for some milliseconds. What is compiled with the pass is taken only where it gives the same bits as without, and
 * is faster. See docs/decisions/006-wide-vectors.md.
 */
import { environment, isNode, nodeModule } from "./platform.ts";

/** Versions of V8 under which the test suite has passed with joined vectors: those of Node 24 to 26. Earlier ones join nothing. */
const tested = [13, 14];

const pass = "--experimental-wasm-revectorize";

/** Milliseconds that V8 is given to optimise a function as usual. */
const usualTime = 8;

/** On x64, under a tested V8, unless WHETSTONE_KERNELS asks for less. */
export function mayJoin(): boolean {
  const asked = environment("WHETSTONE_KERNELS");
  if (asked === "simd" || asked === "relaxed") return false;
  return isNode() && process.arch === "x64" && tested.includes(Number.parseInt(process.versions.v8, 10));
}

/** Two ways to the same results: code as it is, and other code that V8 has yet to optimise, which is to be joined. */
export interface Trial {
  usual(): void;
  joined(): void;
  /** What both write, in bytes. */
  readonly results: readonly Uint8Array[];
}

/**
 * Runs both and tells whether the joined one wrote the same in less than that share of the time, for which V8 is given so many
 * milliseconds.
 */
export function joinedIsBetter({ usual, joined, results }: Trial, share: number, patience: number): boolean {
  const goal = share * least(usual, 0, usualTime);
  const expected = results.map((bytes) => bytes.slice());
  for (const bytes of results) bytes.fill(0);
  const time = joining(() => least(joined, goal, patience));
  return time < goal && results.every((bytes, i) => bytes.every((value, at) => value === expected[i]![at]));
}

/** Runs `fn` until it takes less than `goal` ms or there is no more time; the least ms of one run. */
export function least(fn: () => void, goal: number, time: number): number {
  const begin = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (let now = begin; best >= goal && now - begin < time; ) {
    const then = now;
    fn();
    now = performance.now();
    best = Math.min(best, now - then);
  }
  return best;
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
