import {
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  type ParamValues,
  parseParams,
  seed,
} from "../../contract/index.ts";
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
  ratio: ratio("Least size of a class, as a share of the largest"),
  kNeighbors: int({ min: 1, default: 5, doc: "Neighbours towards which a row is moved" }),
  mNeighbors: int({ min: 1, default: 10, doc: "Neighbours that tell what lies on the border" }),
  kind: oneOf(["borderline1", "borderline2"], {
    default: "borderline1",
    doc: "borderline1 moves towards neighbours of the class; borderline2 towards neighbours of any class, at most half of the way to one of another class",
  }),
  seed: seed(),
} as const;

/**
 * SMOTE from the border only: a row starts new ones if at least half, but not all, of its `mNeighbors` nearest rows are of
 * other classes. A class without such rows stays as it is.
 *
 * Han, Wang, Mao, "Borderline-SMOTE: a new over-sampling method in imbalanced data sets learning", 2005.
 *
 * @example
 * const X = [[0], [1], [2], [3], [4.4], [5], [6]];
 * const spec = new BorderlineSMOTE({ kNeighbors: 1, mNeighbors: 2 });
 * spec.resample(X, ["a", "a", "a", "a", "b", "b", "b"]).y.length; // 8
 */
export class BorderlineSMOTE implements Resampler {
  static readonly typeName = "BorderlineSMOTE";
  readonly params: ParamValues<typeof PARAMS>;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    this.params = parseParams("BorderlineSMOTE", PARAMS, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const where = "BorderlineSMOTE.resample";
    const c = readClasses(X, y, where);
    const { kNeighbors, mNeighbors, kind } = this.params;
    const random = randomStream(this.params.seed);
    const wanted = Math.floor(this.params.ratio * c.largest);
    const all = Array.from({ length: c.X.rows }, (_, i) => i);
    const data: Float64Array[] = [];
    const codes: number[] = [];
    c.members.forEach((members, k) => {
      if (members.length >= wanted) return;
      requireMembers(c, k, kNeighbors, where);
      const starts = members.filter((i) => {
        const near = nearest(c.X, i, all, mNeighbors);
        const others = near.filter((j) => c.codes[j] !== k).length;
        return others >= near.length / 2 && others < near.length;
      });
      if (starts.length === 0) return;
      const among = kind === "borderline1" ? members : all;
      const neighbours = new Map<number, number[]>();
      for (let t = members.length; t < wanted; t++) {
        const i = starts[random.int(starts.length)]!;
        let near = neighbours.get(i);
        if (!near) neighbours.set(i, (near = nearest(c.X, i, among, kNeighbors)));
        const j = near[random.int(near.length)]!;
        const share = random.uniform() * (c.codes[j] === k ? 1 : 0.5);
        const to = c.X.row(j);
        data.push(c.X.row(i).map((v, a) => v + share * (to[a]! - v)));
        codes.push(k);
      }
    });
    return assemble(c, all, { data, codes });
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): BorderlineSMOTE {
    return new BorderlineSMOTE(state as ParamInput<typeof PARAMS>);
  }
}
