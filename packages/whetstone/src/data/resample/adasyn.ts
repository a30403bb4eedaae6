import {
  int,
  type Label,
  type MatrixLike,
  type ParamInput,
  type ParamValues,
  parseParams,
  seed,
} from "../../contract/index.ts";
import { valueError } from "../../errors.ts";
import { randomStream } from "../../math/index.ts";
import {
  assemble,
  nearest,
  type Resampled,
  type Resampler,
  ratio,
  readClasses,
  requireMembers,
} from "./common.ts";

const PARAMS = {
  ratio: ratio("Least size of a class, as a share of the largest; met up to rounding"),
  nNeighbors: int({
    min: 1,
    default: 5,
    doc: "Neighbours that tell how hard a row is, and neighbours of its class towards which it is moved",
  }),
  seed: seed(),
} as const;

/**
 * Adaptive synthetic sampling: each row of a small class starts new ones in proportion to the share of other classes among
 * its nearest rows, so that most are made where the class is hardest to tell. Row i starts
 * `round(missing * share_i / sum of shares)`.
 *
 * He, Bai, Garcia, Li, "ADASYN: adaptive synthetic sampling approach for imbalanced learning", 2008.
 *
 * @example
 * const X = [[0], [1], [2], [3], [3.5], [6], [7]];
 * const out = new ADASYN({ nNeighbors: 2 }).resample(X, ["a", "a", "a", "a", "b", "b", "b"]);
 * out.X.at(7, 0) > 3.5; // true: only the row at 3.5 has neighbours in the other class
 */
export class ADASYN implements Resampler {
  static readonly typeName = "ADASYN";
  readonly params: ParamValues<typeof PARAMS>;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    this.params = parseParams("ADASYN", PARAMS, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const where = "ADASYN.resample";
    const c = readClasses(X, y, where);
    const { nNeighbors } = this.params;
    const random = randomStream(this.params.seed);
    const wanted = Math.floor(this.params.ratio * c.largest);
    const all = Array.from({ length: c.X.rows }, (_, i) => i);
    const data: Float64Array[] = [];
    const codes: number[] = [];
    c.members.forEach((members, k) => {
      const missing = wanted - members.length;
      if (missing <= 0) return;
      requireMembers(c, k, "nNeighbors", nNeighbors, where);
      const shares = Array.from(members, (i) => {
        const near = nearest(c.X, i, all, nNeighbors);
        return near.filter((j) => c.codes[j] !== k).length / near.length;
      });
      const total = shares.reduce((a, b) => a + b, 0);
      if (total === 0) {
        const name = String(c.classes[k]);
        throw valueError(
          where,
          "y",
          `holds class ${name}, none of whose rows has a neighbour of another class: raise nNeighbors, or take SMOTE`,
        );
      }
      members.forEach((i, t) => {
        const count = Math.round((missing * shares[t]!) / total);
        if (count === 0) return;
        const near = nearest(c.X, i, members, nNeighbors);
        const from = c.X.row(i);
        for (let made = 0; made < count; made++) {
          const to = c.X.row(near[random.int(near.length)]!);
          const share = random.uniform();
          data.push(from.map((v, a) => v + share * (to[a]! - v)));
          codes.push(k);
        }
      });
    });
    return assemble(c, all, { data, codes });
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): ADASYN {
    return new ADASYN(state as ParamInput<typeof PARAMS>);
  }
}
