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
import { assemble, nearest, type Resampled, type Resampler, ratio, readClasses } from "./common.ts";
import { SMOTE } from "./smote.ts";

const remove = (standard: "majority" | "all") =>
  oneOf(["majority", "all"], {
    default: standard,
    doc: "Whether rows of the smallest class are kept whatever their neighbours say, or all are edited",
  });
const RULE = {
  nNeighbors: int({ min: 1, default: 3, doc: "Neighbours that a row is compared with" }),
  kindSel: oneOf(["all", "mode"], {
    default: "all",
    doc: "A row is kept if all its neighbours are of its class, or if most are: no other class may have more, nor as many and come first",
  }),
} as const;
const EDITED = { ...RULE, remove: remove("majority") } as const;
const SMOTE_EDITED = {
  ratio: ratio("Least size of a class before editing, as a share of the largest"),
  kNeighbors: int({ min: 1, default: 5, doc: "Neighbours of its class towards which SMOTE moves a row" }),
  ...RULE,
  seed: seed(),
} as const;

/**
 * Removes rows whose nearest neighbours are of other classes: noise, and rows on the border.
 *
 * Wilson, "Asymptotic properties of nearest neighbor rules using edited data", 1972.
 *
 * @example
 * const X = [[0], [1], [2], [3], [10], [11], [12]];
 * new EditedNearestNeighbours().resample(X, ["a", "a", "a", "a", "a", "b", "b"]).rows; // [0, 1, 2, 3, 5, 6]
 */
export class EditedNearestNeighbours implements Resampler {
  static readonly typeName = "EditedNearestNeighbours";
  readonly params: ParamValues<typeof EDITED>;

  constructor(params: ParamInput<typeof EDITED> = {}) {
    this.params = parseParams("EditedNearestNeighbours", EDITED, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const c = readClasses(X, y, "EditedNearestNeighbours.resample");
    const { nNeighbors, kindSel } = this.params;
    const small = c.members.findIndex((m) => m.length === c.smallest);
    const all = Array.from({ length: c.X.rows }, (_, i) => i);
    const kept = all.filter((i) => {
      const own = c.codes[i]!;
      if (this.params.remove === "majority" && own === small) return true;
      const near = nearest(c.X, i, all, nNeighbors);
      if (kindSel === "all") return near.every((j) => c.codes[j] === own);
      const counts = new Int32Array(c.classes.length);
      for (const j of near) counts[c.codes[j]!] = counts[c.codes[j]!]! + 1;
      return counts.indexOf(Math.max(...counts)) === own;
    });
    return assemble(c, kept);
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): EditedNearestNeighbours {
    return new EditedNearestNeighbours(state as ParamInput<typeof EDITED>);
  }
}

/**
 * {@link SMOTE}, then {@link EditedNearestNeighbours} on rows of all classes, made up or not.
 *
 * Batista, Prati, Monard, "A study of the behavior of several methods for balancing machine learning training data", 2004.
 *
 * @example
 * const X = [[0], [1], [2], [3], [4], [9], [10]];
 * new SMOTEENN({ kNeighbors: 1 }).resample(X, ["a", "a", "a", "a", "a", "b", "b"]).y.length; // 10
 */
export class SMOTEENN implements Resampler {
  static readonly typeName = "SMOTEENN";
  readonly params: ParamValues<typeof SMOTE_EDITED>;

  constructor(params: ParamInput<typeof SMOTE_EDITED> = {}) {
    this.params = parseParams("SMOTEENN", SMOTE_EDITED, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const { ratio, kNeighbors, seed, nNeighbors, kindSel } = this.params;
    const more = new SMOTE({ ratio, kNeighbors, seed }).resample(X, y);
    const kept = new EditedNearestNeighbours({ nNeighbors, kindSel, remove: "all" }).resample(more.X, more.y);
    return { X: kept.X, y: kept.y, rows: kept.rows.map((i) => more.rows[i]!) };
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): SMOTEENN {
    return new SMOTEENN(state as ParamInput<typeof SMOTE_EDITED>);
  }
}
