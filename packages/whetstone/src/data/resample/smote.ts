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
import { valueError } from "../../errors.ts";
import { randomStream } from "../../math/index.ts";
import { assemble, nearest, type Resampled, type Resampler, ratio, readClasses } from "./common.ts";
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
    const { kNeighbors, kind, mNeighbors } = this.params;
    const random = randomStream(this.params.seed);
    const wanted = Math.floor(this.params.ratio * c.largest);
    const all = Array.from({ length: c.X.rows }, (_, i) => i);
    const data: Float64Array[] = [];
    const codes: number[] = [];
    c.members.forEach((members, k) => {
      if (members.length >= wanted) return;
      if (members.length <= kNeighbors) {
        throw valueError(
          where,
          "y",
          `holds ${members.length} rows of class ${String(c.classes[k])}, expected more than kNeighbors (${kNeighbors})`,
        );
      }
      const starts =
        kind === "regular"
          ? members
          : members.filter((i) => {
              const near = nearest(c.X, i, all, mNeighbors);
              const others = near.filter((j) => c.codes[j] !== k).length;
              return others >= near.length / 2 && others < near.length;
            });
      // Where nothing lies on the border there is nothing to strengthen.
      if (starts.length === 0) return;
      const neighbours = new Map<number, number[]>();
      for (let t = members.length; t < wanted; t++) {
        const i = starts[random.int(starts.length)]!;
        let near = neighbours.get(i);
        if (!near) neighbours.set(i, (near = nearest(c.X, i, members, kNeighbors)));
        const j = near[random.int(near.length)]!;
        const share = random.uniform();
        const from = c.X.row(i);
        const to = c.X.row(j);
        data.push(from.map((v, a) => v + share * (to[a]! - v)));
        codes.push(k);
      }
    });
    return assemble(c, all, { data, codes });
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
