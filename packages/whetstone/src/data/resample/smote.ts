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
import { TomekLinks } from "./under.ts";

const PARAMS = {
  ratio: ratio("Least size of a class, as a share of the largest"),
  kNeighbors: int({ min: 1, default: 5, doc: "Neighbours of its class towards which a row is moved" }),
  kind: oneOf(["regular", "borderline"], {
    default: "regular",
    doc: "regular starts from any row of the class; borderline from those with at least half, but not all, of their mNeighbors in other classes",
  }),
  mNeighbors: int({
    min: 1,
    default: 10,
    doc: "Neighbours that tell what lies on the border, for borderline",
  }),
  seed: seed(),
} as const;

/**
 * Makes up rows of small classes: each lies on the way from a row to one of its nearest neighbours of the same class.
 * Scale the columns first: neighbours know no units. Probabilities learned from such rows need calibration.
 *
 * Chawla, Bowyer, Hall, Kegelmeyer, "SMOTE", 2002; Han, Wang, Mao, "Borderline-SMOTE", 2005.
 *
 * @example
 * const { X } = new SMOTE({ kNeighbors: 1 }).resample([[0], [1], [2], [10], [12]], ["a", "a", "a", "b", "b"]);
 * X.at(5, 0) > 10 && X.at(5, 0) < 12; // true
 */
export class SMOTE implements Resampler {
  static readonly typeName = "SMOTE";
  readonly params: ParamValues<typeof PARAMS>;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    this.params = parseParams("SMOTE", PARAMS, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const where = "SMOTE.resample";
    const c = readClasses(X, y, where);
    const { kind, mNeighbors } = this.params;
    const starts = (k: number) => (kind === "regular" ? c.members[k]! : borderRows(c, k, mNeighbors));
    return moveTowardsNeighbours(c, this.params, starts, "class", where);
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): SMOTE {
    return new SMOTE(state as ParamInput<typeof PARAMS>);
  }
}

/**
 * {@link SMOTE}, and then every row of a {@link TomekLinks | Tomek link} removed: more rows, and a cleaner border.
 *
 * Batista, Prati, Monard, "A study of the behavior of several methods for balancing training data", 2004.
 *
 * @example
 * const X = [[0], [1], [2], [3], [10], [12]];
 * new SMOTETomek({ kNeighbors: 1 }).resample(X, ["a", "a", "a", "a", "b", "b"]).y.length; // 8
 */
export class SMOTETomek implements Resampler {
  static readonly typeName = "SMOTETomek";
  readonly params: ParamValues<typeof PARAMS>;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    this.params = parseParams("SMOTETomek", PARAMS, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const more = new SMOTE(this.params).resample(X, y);
    const kept = new TomekLinks({ remove: "all" }).resample(more.X, more.y);
    return { X: kept.X, y: kept.y, rows: kept.rows.map((i) => more.rows[i]!) };
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): SMOTETomek {
    return new SMOTETomek(state as ParamInput<typeof PARAMS>);
  }
}
