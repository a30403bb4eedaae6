import {
  custom,
  type FitOptions,
  featureName,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  real,
  type Schema,
  schemaOf,
  TransformerSpec,
  warn,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { SparseMatrix } from "../../math/index.ts";
import { requireTarget } from "./importances.ts";
import { classInformation, targetInformation } from "./mutual-info.ts";
import { chiSquareScores, type FeatureScores, regressionScores, varianceScores } from "./scores.ts";
import { columnsWhere, type Selection, SelectorModel, startSelection } from "./selector.ts";

const SCORES = ["fClassif", "fRegression", "chi2", "mutualInfoClassif", "mutualInfoRegression"] as const;
type ScoreName = (typeof SCORES)[number];

const scoreFunc = oneOf(SCORES, { default: "fClassif", doc: "How columns are scored against the target" });
const alpha = real({ min: 0, max: 1, default: 0.05, doc: "Largest p-value, or bound of the error rate" });

interface Scored extends FeatureScores {
  readonly schema: Schema;
}

function scoreColumns(
  name: ScoreName,
  X: MatrixLike,
  y: ArrayLike<Label> | null | undefined,
  options: FitOptions | undefined,
  where: string,
): Scored {
  startSelection(options, 0, where);
  requireTarget(where, y);
  const schema: Schema =
    X instanceof SparseMatrix && name === "chi2" && X.rows > 0 && X.cols > 0
      ? { nFeatures: X.cols, names: null, categories: null }
      : schemaOf(readDesign(X, where));
  const found = score(name, X, y, where);
  const undefinedAt = found.scores.findIndex((v) => Number.isNaN(v));
  if (undefinedAt >= 0)
    warn(
      where,
      options ?? {},
      `column ${featureName(schema, undefinedAt)} has no score (it is constant) and comes last`,
    );
  return { ...found, schema };
}

function score(name: ScoreName, X: MatrixLike, y: ArrayLike<Label>, where: string): FeatureScores {
  switch (name) {
    case "fClassif":
      return varianceScores(X, y, where);
    case "fRegression":
      return regressionScores(X, y as ArrayLike<number>, where);
    case "chi2":
      return chiSquareScores(X, y, where);
    case "mutualInfoClassif":
      return { scores: classInformation(X, y, {}, where), pValues: null };
    case "mutualInfoRegression":
      return { scores: targetInformation(X, y as ArrayLike<number>, {}, where), pValues: null };
  }
}

/** P-values with undefined ones at 1: a column without a score is never significant. */
function pValuesOf(found: Scored, name: ScoreName, where: string): Float64Array {
  if (found.pValues === null)
    throw argumentError(
      where,
      "scoreFunc",
      name,
      '"fClassif", "fRegression" or "chi2": others have no p-values',
    );
  return found.pValues.map((p) => (Number.isNaN(p) ? 1 : p));
}

interface ScoredSelection extends Selection {
  readonly scores: Float64Array;
  readonly pValues: Float64Array | null;
}

abstract class ScoredModel extends SelectorModel {
  /** Score of each training column; NaN where it has none. */
  readonly scores: Float64Array;
  readonly pValues: Float64Array | null;

  constructor(state: ScoredSelection) {
    super(state);
    this.scores = state.scores;
    this.pValues = state.pValues;
  }
  toState(): unknown {
    return { schema: this.schema, support: this.support, scores: this.scores, pValues: this.pValues };
  }
}

/** Columns by ascending score, undefined scores first, ties in their order. */
function ascending(scores: Float64Array): number[] {
  const value = (j: number) => (Number.isNaN(scores[j]!) ? Number.NEGATIVE_INFINITY : scores[j]!);
  return Array.from(scores.keys()).sort((a, b) => {
    const [p, q] = [value(a), value(b)];
    return p === q ? 0 : p < q ? -1 : 1;
  });
}

const K_BEST = {
  scoreFunc,
  k: custom<number | "all">({
    default: 10,
    doc: "Columns that stay",
    expected: 'an integer >= 1 or "all"',
    accepts: (v) => v === "all" || (Number.isSafeInteger(v) && (v as number) >= 1),
  }),
} as const;

/**
 * Keeps the k columns that score highest against the target, one by one. Fast, blind to columns that help only
 * together, and it keeps copies of a good column.
 *
 * @example
 * const X = [[1, 5, 0], [2, 6, 1], [8, 5, 0], [9, 6, 1]];
 * new SelectKBest({ k: 1 }).fit(X, ["a", "a", "b", "b"]).support; // Int32Array [0]
 */
export class SelectKBest extends TransformerSpec<typeof K_BEST> {
  static readonly typeName = "SelectKBest";
  static readonly params = K_BEST;
  constructor(params: ParamInput<typeof K_BEST> = {}) {
    super("SelectKBest", K_BEST, params);
  }
  static fromState(state: unknown): SelectKBest {
    return new SelectKBest(state as ParamInput<typeof K_BEST>);
  }
  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): SelectKBestModel {
    const where = "SelectKBest.fit";
    const { k } = this.params;
    const found = scoreColumns(this.params.scoreFunc, X, y, options, where);
    const n = found.schema.nFeatures;
    if (k !== "all" && k > n) throw argumentError(where, "k", k, `at most ${n} (columns of X) or "all"`);
    const order = ascending(found.scores);
    const support = Int32Array.from(k === "all" ? order : order.slice(n - k)).sort();
    return new SelectKBestModel({ ...found, support });
  }
}
/** The k columns with the best scores, with scores and p-values of all; `transform` keeps them. */
export class SelectKBestModel extends ScoredModel {
  static readonly typeName = "SelectKBestModel";
  static fromState(state: unknown): SelectKBestModel {
    return new SelectKBestModel(state as ScoredSelection);
  }
}

const PERCENTILE = {
  scoreFunc,
  percentile: real({ min: 0, max: 100, default: 10, doc: "Share of the columns that stays, in per cent" }),
} as const;

/**
 * Keeps the best-scoring share of the columns.
 *
 * @example
 * const X = [[1, 5], [2, 6], [8, 5], [9, 6]];
 * new SelectPercentile({ percentile: 50 }).fit(X, ["a", "a", "b", "b"]).outputNames(); // ["x0"]
 */
export class SelectPercentile extends TransformerSpec<typeof PERCENTILE> {
  static readonly typeName = "SelectPercentile";
  static readonly params = PERCENTILE;
  constructor(params: ParamInput<typeof PERCENTILE> = {}) {
    super("SelectPercentile", PERCENTILE, params);
  }
  static fromState(state: unknown): SelectPercentile {
    return new SelectPercentile(state as ParamInput<typeof PERCENTILE>);
  }
  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): SelectPercentileModel {
    const found = scoreColumns(this.params.scoreFunc, X, y, options, "SelectPercentile.fit");
    const n = found.schema.nFeatures;
    // As many as lie above the percentile, ties at the border filled up in the order of the columns.
    const order = ascending(found.scores);
    const at = ((n - 1) * (100 - this.params.percentile)) / 100;
    const value = (q: number) => found.scores[order[q]!]!;
    const low = Math.floor(at);
    const between = at - low;
    const border = between === 0 ? value(low) : value(low) + between * (value(low + 1) - value(low));
    const above = columnsWhere(n, (j) => found.scores[j]! > border);
    const ties = columnsWhere(n, (j) => found.scores[j] === border);
    const most = Math.floor((n * this.params.percentile) / 100);
    const all = this.params.percentile === 100;
    const kept = [...above, ...ties.slice(0, Math.max(0, most - above.length))];
    const support = all ? columnsWhere(n, () => true) : Int32Array.from(kept).sort();
    return new SelectPercentileModel({ ...found, support });
  }
}
/** The best share of the columns, with scores and p-values of all; `transform` keeps them. */
export class SelectPercentileModel extends ScoredModel {
  static readonly typeName = "SelectPercentileModel";
  static fromState(state: unknown): SelectPercentileModel {
    return new SelectPercentileModel(state as ScoredSelection);
  }
}

const ALPHA = { scoreFunc, alpha } as const;

/** What the three selectors by p-value learn: `keep` says of all p-values which of them stay. */
function byPValue(
  params: { readonly scoreFunc: ScoreName; readonly alpha: number },
  X: MatrixLike,
  y: ArrayLike<Label> | null | undefined,
  options: FitOptions | undefined,
  where: string,
  keep: (p: Float64Array) => (p: number) => boolean,
): ScoredSelection {
  const found = scoreColumns(params.scoreFunc, X, y, options, where);
  const p = pValuesOf(found, params.scoreFunc, where);
  const stays = keep(p);
  return { ...found, support: columnsWhere(p.length, (j) => stays(p[j]!)) };
}

/**
 * Keeps columns whose p-value is below `alpha`: of columns without any relation, that share is kept by chance.
 *
 * @example
 * const X = [[1, 5], [2, 6], [8, 5], [9, 6]];
 * new SelectFpr().fit(X, ["a", "a", "b", "b"]).mask; // [true, false]
 */
export class SelectFpr extends TransformerSpec<typeof ALPHA> {
  static readonly typeName = "SelectFpr";
  static readonly params = ALPHA;
  constructor(params: ParamInput<typeof ALPHA> = {}) {
    super("SelectFpr", ALPHA, params);
  }
  static fromState(state: unknown): SelectFpr {
    return new SelectFpr(state as ParamInput<typeof ALPHA>);
  }
  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): SelectFprModel {
    const { alpha } = this.params;
    return new SelectFprModel(byPValue(this.params, X, y, options, "SelectFpr.fit", () => (p) => p < alpha));
  }
}
/** Columns with a p-value below alpha, each by itself; `transform` keeps them. */
export class SelectFprModel extends ScoredModel {
  static readonly typeName = "SelectFprModel";
  static fromState(state: unknown): SelectFprModel {
    return new SelectFprModel(state as ScoredSelection);
  }
}

/**
 * Keeps columns so that among those kept at most a share `alpha` is expected to be there by chance (Benjamini and
 * Hochberg 1995).
 *
 * @example
 * const X = [[1, 5], [2, 6], [8, 5], [9, 6]];
 * new SelectFdr().fit(X, ["a", "a", "b", "b"]).mask; // [true, false]
 */
export class SelectFdr extends TransformerSpec<typeof ALPHA> {
  static readonly typeName = "SelectFdr";
  static readonly params = ALPHA;
  constructor(params: ParamInput<typeof ALPHA> = {}) {
    super("SelectFdr", ALPHA, params);
  }
  static fromState(state: unknown): SelectFdr {
    return new SelectFdr(state as ParamInput<typeof ALPHA>);
  }
  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): SelectFdrModel {
    const { alpha } = this.params;
    const keep = (p: Float64Array) => {
      const limit = p
        .slice()
        .sort()
        .findLast((v, r) => v <= (alpha * (r + 1)) / p.length);
      return (v: number) => limit !== undefined && v <= limit;
    };
    return new SelectFdrModel(byPValue(this.params, X, y, options, "SelectFdr.fit", keep));
  }
}
/** Columns that pass the procedure of Benjamini and Hochberg; `transform` keeps them. */
export class SelectFdrModel extends ScoredModel {
  static readonly typeName = "SelectFdrModel";
  static fromState(state: unknown): SelectFdrModel {
    return new SelectFdrModel(state as ScoredSelection);
  }
}

/**
 * Keeps columns whose p-value is below `alpha` divided by the number of columns: the chance that any unrelated
 * column is kept is at most `alpha` (Bonferroni).
 *
 * @example
 * const X = [[1, 5], [2, 6], [8, 5], [9, 6]];
 * new SelectFwe().fit(X, ["a", "a", "b", "b"]).mask; // [true, false]
 */
export class SelectFwe extends TransformerSpec<typeof ALPHA> {
  static readonly typeName = "SelectFwe";
  static readonly params = ALPHA;
  constructor(params: ParamInput<typeof ALPHA> = {}) {
    super("SelectFwe", ALPHA, params);
  }
  static fromState(state: unknown): SelectFwe {
    return new SelectFwe(state as ParamInput<typeof ALPHA>);
  }
  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): SelectFweModel {
    const { alpha } = this.params;
    const keep = (p: Float64Array) => (v: number) => v < alpha / p.length;
    return new SelectFweModel(byPValue(this.params, X, y, options, "SelectFwe.fit", keep));
  }
}
/** Columns with a p-value below alpha over the number of columns; `transform` keeps them. */
export class SelectFweModel extends ScoredModel {
  static readonly typeName = "SelectFweModel";
  static fromState(state: unknown): SelectFweModel {
    return new SelectFweModel(state as ScoredSelection);
  }
}
