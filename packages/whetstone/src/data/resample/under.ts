import {
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  type ParamValues,
  parseParams,
} from "../../contract/index.ts";
import {
  assemble,
  nearest,
  type Resampled,
  type Resampler,
  ratio,
  readClasses,
  squaredDistance,
} from "./common.ts";

const TOMEK = {
  remove: oneOf(["majority", "all"], {
    default: "majority",
    doc: "Of a link's two rows drop those not of the smallest class, or both",
  }),
} as const;
const NEAR_MISS = {
  version: int({
    min: 1,
    max: 3,
    default: 1,
    doc: "Keep rows with the least mean distance to: 1 the nearest rows of the smallest class, 2 the farthest ones; 3 keeps the candidatesPerRow nearest of each row of the smallest class, and of these the farthest",
  }),
  nNeighbors: int({ min: 1, default: 3, doc: "Rows of the smallest class whose distance is averaged" }),
  candidatesPerRow: int({
    min: 1,
    default: 3,
    doc: "Nearest rows that version 3 keeps per row of the smallest class",
  }),
  ratio: ratio("Size of the smallest class as a share of what others may have"),
} as const;

/**
 * Removes Tomek links: two rows of different classes that are each other's nearest neighbour, noise or border.
 *
 * Tomek, "Two modifications of CNN", 1976.
 *
 * @example
 * new TomekLinks().resample([[0], [1], [5], [5.1]], ["a", "a", "a", "b"]).y; // ["a", "a", "b"]
 */
export class TomekLinks implements Resampler {
  static readonly typeName = "TomekLinks";
  readonly params: ParamValues<typeof TOMEK>;

  constructor(params: ParamInput<typeof TOMEK> = {}) {
    this.params = parseParams("TomekLinks", TOMEK, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const c = readClasses(X, y, "TomekLinks.resample");
    const all = Array.from({ length: c.X.rows }, (_, i) => i);
    const first = all.map((i) => nearest(c.X, i, all, 1)[0]!);
    const small = c.members.findIndex((m) => m.length === c.smallest);
    const kept = all.filter((i) => {
      const j = first[i]!;
      const linked = first[j] === i && c.codes[i] !== c.codes[j];
      return !linked || (this.params.remove === "majority" && c.codes[i] === small);
    });
    return assemble(c, kept);
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): TomekLinks {
    return new TomekLinks(state as ParamInput<typeof TOMEK>);
  }
}

/**
 * Keeps the rows of large classes that lie nearest to the smallest class.
 *
 * Mani, Zhang, "kNN approach to unbalanced data distributions", 2003.
 *
 * @example
 * new NearMiss({ nNeighbors: 1 }).resample([[0], [8], [10]], ["a", "a", "b"]).X.col(0); // [8, 10]
 */
export class NearMiss implements Resampler {
  static readonly typeName = "NearMiss";
  readonly params: ParamValues<typeof NEAR_MISS>;

  constructor(params: ParamInput<typeof NEAR_MISS> = {}) {
    this.params = parseParams("NearMiss", NEAR_MISS, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const c = readClasses(X, y, "NearMiss.resample");
    const { version, nNeighbors, candidatesPerRow } = this.params;
    const most = Math.floor(c.smallest / this.params.ratio);
    const small = c.members.findIndex((m) => m.length === c.smallest);
    const anchors = c.members[small]!;
    const k = Math.min(nNeighbors, anchors.length);
    const mean = (i: number, farthest: boolean): number => {
      const distances = Float64Array.from(anchors, (j) => Math.sqrt(squaredDistance(c.X, i, j))).sort();
      const part = farthest ? distances.subarray(distances.length - k) : distances.subarray(0, k);
      return part.reduce((s, v) => s + v, 0) / k;
    };
    const rows = c.members.flatMap((members, code) => {
      if (members.length <= most) return Array.from(members);
      let pool = Array.from(members);
      if (version === 3) {
        const near = new Set(Array.from(anchors).flatMap((a) => nearest(c.X, a, members, candidatesPerRow)));
        pool = pool.filter((i) => near.has(i));
      }
      const sign = version === 3 ? -1 : 1;
      const ranked = pool.map((i) => ({ i, d: sign * mean(i, version === 2) }));
      ranked.sort((a, b) => a.d - b.d || a.i - b.i);
      return code === small ? Array.from(members) : ranked.slice(0, most).map((r) => r.i);
    });
    return assemble(
      c,
      rows.sort((a, b) => a - b),
    );
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): NearMiss {
    return new NearMiss(state as ParamInput<typeof NEAR_MISS>);
  }
}
