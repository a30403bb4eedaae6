import {
  AbortError,
  argumentError,
  type FitOptions,
  type MatrixLike,
  type Model,
  type ParamTable,
  type SearchRange,
  show,
  valueError,
  WhetstoneError,
} from "../contract/index.ts";
import { type RandomStream, randomStream } from "../math/random/index.ts";
import {
  type AnySpec,
  type CrossValidateOptions,
  type CrossValidationResult,
  runFolds,
} from "./cross-validate.ts";
import { within } from "./curves.ts";
import { foldsOf } from "./folds.ts";
import { checkRows, checkSpec } from "./rows.ts";
import { chooseScorer, scorersOf } from "./scoring.ts";

/** Values of parameters by name. */
export type Assignment = Readonly<Record<string, unknown>>;

/** How candidates are scored, and which of them is fitted in the end. */
export interface SearchOptions extends CrossValidateOptions {
  /** The metric that ranks candidates; by default the first of `scoring`. */
  readonly rankBy?: string;
  /** Fit the best candidate to all rows; default true. */
  readonly refit?: boolean;
  /** How values reach the specification, e.g. into a step of a pipeline; by default `spec.with(values)`. */
  readonly apply?: (spec: AnySpec, values: Assignment) => AnySpec;
}

/** One setting of the parameters, and how it fared. */
export interface Candidate {
  /** The parameters that the search set. */
  readonly values: Assignment;
  /** The whole specification with them. */
  readonly spec: AnySpec;
  /** Null where every fold failed; then `error` says why. */
  readonly result: CrossValidationResult | null;
  /** Why every fold failed; null where one did not. */
  readonly error: string | null;
  /** 1 is best; candidates with equal scores share a rank. */
  readonly rank: number;
}

/** All candidates, the best of them, and the model made of it. */
export interface SearchResult {
  /** In the order tried. */
  readonly candidates: readonly Candidate[];
  readonly best: Candidate;
  /** Mean of the ranking metric over the folds, for the best. */
  readonly bestScore: number;
  /** The best candidate fitted to all rows; null with `refit: false`. */
  readonly model: Model | null;
}

/** Lists of values per parameter; a list of grids is searched one after another. */
export type Grid = Readonly<Record<string, readonly unknown[]>>;

/**
 * Cross-validates every combination of the given values, all on the same folds.
 *
 * @example
 * const X = Array.from({ length: 30 }, (_, i) => [i, (i * 7) % 5]);
 * const y = X.map(([a, b]) => a - b);
 * gridSearch(new Ridge(), X, y, { alpha: [0.01, 1, 100] }, { cv: 3 }).best.values; // { alpha: 0.01 }
 */
export function gridSearch(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  grid: Grid | readonly Grid[],
  options: SearchOptions = {},
): SearchResult {
  const grids = (Array.isArray(grid) ? grid : [grid]) as readonly Grid[];
  return search(spec, X, y, grids.flatMap(combinations), options, "gridSearch");
}

function combinations(grid: Grid): Assignment[] {
  if (grid === null || typeof grid !== "object")
    throw argumentError("gridSearch", "grid", grid, "an object of parameter to values, or a list of them");
  let out: Assignment[] = [{}];
  for (const [name, values] of Object.entries(grid)) {
    if (!Array.isArray(values) || values.length === 0) {
      throw argumentError("gridSearch", `grid.${name}`, values, "an array of at least one value");
    }
    out = out.flatMap((before) => values.map((value) => ({ ...before, [name]: value })));
  }
  return out;
}

/** As {@link SearchOptions}, and how many candidates are drawn. */
export interface RandomSearchOptions extends SearchOptions {
  /** Candidates to draw; default 20. */
  readonly nIter?: number;
}

/** Per parameter: where to draw from. */
export type SearchSpace = Readonly<Record<string, SearchRange | readonly unknown[]>>;

/**
 * Cross-validates randomly drawn combinations (Bergstra and Bengio, 2012). Ranges are drawn evenly, or evenly in the
 * logarithm; lists are drawn from evenly.
 *
 * @param space by default every range that the specification's own parameters declare
 * @example
 * const X = Array.from({ length: 30 }, (_, i) => [i, (i * 7) % 5]);
 * const y = X.map(([a, b]) => a - b);
 * const space = { alpha: { low: 1e-3, high: 1e3, scale: "log", integer: false } };
 * randomSearch(new Ridge(), X, y, space, { nIter: 5, cv: 3, seed: 1 }).candidates.length; // 5
 */
export function randomSearch(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  space: SearchSpace | null = null,
  options: RandomSearchOptions = {},
): SearchResult {
  const where = "randomSearch";
  const { nIter = 20, seed = 0 } = options;
  if (!(Number.isSafeInteger(nIter) && nIter >= 1))
    throw argumentError(where, "nIter", nIter, "an integer >= 1");
  const from = space ?? declaredSpace(spec);
  if (Object.keys(from).length === 0) {
    throw argumentError(
      where,
      "space",
      space,
      "at least one parameter: the specification declares no ranges",
    );
  }
  const random = randomStream(seed).split("random search");
  const drawn = Array.from({ length: nIter }, (_, i): Assignment => {
    const stream = random.split(i);
    return Object.fromEntries(Object.entries(from).map(([name, range]) => [name, draw(range, name, stream)]));
  });
  return search(spec, X, y, drawn, options, where);
}

function declaredSpace(spec: AnySpec): SearchSpace {
  checkSpec(spec, "randomSearch");
  const table = (spec.constructor as unknown as { params?: ParamTable }).params ?? {};
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, param]) => (param.search ? [[name, param.search]] : [])),
  );
}

function draw(range: SearchRange | readonly unknown[], name: string, random: RandomStream): unknown {
  const values = Array.isArray(range) ? range : (range as { values?: readonly unknown[] } | null)?.values;
  if (values) {
    if (values.length === 0)
      throw argumentError("randomSearch", `space.${name}`, values, "at least one value");
    return values[random.int(values.length)];
  }
  if (range === null || typeof range !== "object")
    throw argumentError(
      "randomSearch",
      `space.${name}`,
      range,
      "a list of values, or { low, high, scale, integer }",
    );
  const { low, high, scale, integer } = range as Extract<SearchRange, { low: number }>;
  if (!(low <= high && Number.isFinite(high - low) && (scale !== "log" || low > 0))) {
    throw argumentError(
      "randomSearch",
      `space.${name}`,
      `${low} to ${high}`,
      "finite low <= high, with low > 0 on a log scale",
    );
  }
  // A whole number stands for the unit interval around it, so that the ends are as likely as the rest.
  const [a, b] = integer ? [Math.ceil(low) - 0.5, Math.floor(high) + 0.5] : [low, high];
  const value =
    scale === "log"
      ? Math.exp(Math.log(a) + random.uniform() * (Math.log(b) - Math.log(a)))
      : a + random.uniform() * (b - a);
  return integer ? Math.min(Math.floor(high), Math.max(Math.ceil(low), Math.round(value))) : value;
}

function search(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  assignments: readonly Assignment[],
  options: SearchOptions,
  where: string,
): SearchResult {
  if (options === null || typeof options !== "object")
    throw argumentError(where, "options", options, "an object such as { cv: 5 }");
  const { apply = (s: AnySpec, values: Assignment) => s.with(values as never), refit = true } = options;
  checkSpec(spec, where);
  const n = checkRows(X, y, where);
  const scorers = scorersOf(options.scoring, spec.kind, where);
  const by = chooseScorer(scorers, options.rankBy, where);
  const folds = foldsOf(options, spec.kind, n, y, where);
  // All specifications first: values that are not accepted are refused before anything is fitted.
  if (typeof apply !== "function")
    throw argumentError(where, "apply", apply, "a function (spec, values) => spec");
  const specs = assignments.map((values) => apply(spec, values));
  for (const made of specs) checkSpec(made, `${where} (apply)`);
  const tried = specs.map((candidate, c): Omit<Candidate, "rank"> => {
    const inner = { ...options, ...within(options, c, specs.length) };
    const values = assignments[c]!;
    try {
      const result = runFolds(candidate, X, y, folds, scorers, inner, where);
      return { values, spec: candidate, result, error: null };
    } catch (error) {
      if (error instanceof AbortError || !(error instanceof WhetstoneError)) throw error;
      return { values, spec: candidate, result: null, error: error.message };
    }
  });
  const sign = by.greaterIsBetter ? 1 : -1;
  const worth = tried.map((t) => {
    const score = t.result ? sign * t.result.mean[by.name]! : Number.NaN;
    return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
  });
  const candidates = tried.map((t, c) => ({ ...t, rank: 1 + worth.filter((w) => w > worth[c]!).length }));
  const best = candidates.find((c) => c.rank === 1 && c.result !== null);
  if (!best) {
    throw valueError(
      where,
      "spec",
      `fails with all ${tried.length} candidates; the first: ${tried[0]?.error ?? show(null)}`,
    );
  }
  const fits = best.spec as unknown as {
    fit(X: MatrixLike, y: ArrayLike<unknown>, options: FitOptions): Model;
  };
  const { sampleWeight, signal, onWarning } = options;
  const model = refit
    ? fits.fit(X, y, {
        ...(sampleWeight && { sampleWeight }),
        ...(signal && { signal }),
        ...(onWarning && { onWarning }),
      })
    : null;
  return { candidates, best, bestScore: best.result!.mean[by.name]!, model };
}
