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
import {
  borderRows,
  moveTowardsNeighbours,
  type Resampled,
  type Resampler,
  ratio,
  readClasses,
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
    const { mNeighbors, kind } = this.params;
    const among = kind === "borderline1" ? "class" : "all";
    return moveTowardsNeighbours(c, this.params, (k) => borderRows(c, k, mNeighbors), among, where);
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): BorderlineSMOTE {
    return new BorderlineSMOTE(state as ParamInput<typeof PARAMS>);
  }
}
