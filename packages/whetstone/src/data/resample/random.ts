import {
  type Label,
  type MatrixLike,
  type ParamInput,
  type ParamValues,
  parseParams,
  seed,
} from "../../contract/index.ts";
import { randomStream } from "../../math/index.ts";
import { assemble, type Resampled, type Resampler, ratio, readClasses } from "./common.ts";

const OVER = { ratio: ratio("Least size of a class, as a share of the largest"), seed: seed() } as const;
const UNDER = {
  ratio: ratio("Size of the smallest class as a share of what others may have"),
  seed: seed(),
} as const;

/**
 * Repeats rows of small classes, drawn with replacement, until each has `ratio` times the rows of the largest.
 *
 * @example
 * new RandomOverSampler().resample([[1], [2], [3]], ["a", "a", "b"]).y; // ["a", "a", "b", "b"]
 */
export class RandomOverSampler implements Resampler {
  static readonly typeName = "RandomOverSampler";
  readonly params: ParamValues<typeof OVER>;

  constructor(params: ParamInput<typeof OVER> = {}) {
    this.params = parseParams("RandomOverSampler", OVER, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const c = readClasses(X, y, "RandomOverSampler.resample");
    const random = randomStream(this.params.seed);
    const wanted = Math.floor(this.params.ratio * c.largest);
    const rows = Array.from({ length: c.X.rows }, (_, i) => i);
    for (const members of c.members) {
      for (let t = members.length; t < wanted; t++) rows.push(members[random.int(members.length)]!);
    }
    return assemble(c, rows);
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): RandomOverSampler {
    return new RandomOverSampler(state as ParamInput<typeof OVER>);
  }
}

/**
 * Drops rows of large classes at random until the smallest has `ratio` times the rows of each.
 *
 * @example
 * new RandomUnderSampler().resample([[1], [2], [3]], ["a", "a", "b"]).y; // ["a", "b"]
 */
export class RandomUnderSampler implements Resampler {
  static readonly typeName = "RandomUnderSampler";
  readonly params: ParamValues<typeof UNDER>;

  constructor(params: ParamInput<typeof UNDER> = {}) {
    this.params = parseParams("RandomUnderSampler", UNDER, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const c = readClasses(X, y, "RandomUnderSampler.resample");
    const random = randomStream(this.params.seed);
    const most = Math.floor(c.smallest / this.params.ratio);
    const rows = c.members.flatMap((members) =>
      members.length <= most
        ? Array.from(members)
        : Array.from(random.choice(members.length, most), (t) => members[t]!),
    );
    return assemble(
      c,
      rows.sort((a, b) => a - b),
    );
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): RandomUnderSampler {
    return new RandomUnderSampler(state as ParamInput<typeof UNDER>);
  }
}
