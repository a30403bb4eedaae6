import { argumentError, show } from "../errors.ts";

/**
 * Parameters as data. One table gives an estimator's types, defaults, checks, error sentences, doc rows and
 * search space:
 *
 * @example
 * const table = {
 *   alpha: real({ min: 0, default: 1, doc: "L2 strength" }),
 *   solver: oneOf(["auto", "cholesky"], { default: "auto", doc: "How the system is solved" }),
 * };
 * const values = parseParams("Ridge", table, { alpha: 0.5 }); // { alpha: 0.5, solver: "auto" }
 */
export interface Param<V> {
  /** Name of the sort of value, e.g. `"int"`, `"oneOf"`, `"bool|int"`. */
  readonly kind: string;
  readonly default: V;
  /** The parameter's row in the reference. */
  readonly doc: string;
  /** What is accepted, in words, e.g. `"an integer >= 1"`. */
  readonly expected: string;
  /** Where a random or Bayesian search may look; absent for parameters not worth searching. */
  readonly search?: SearchRange;
  accepts(value: unknown): value is V;
}

/**
 * Where a search may look for a parameter's value: an interval with both ends, sampled evenly or evenly in
 * its logarithm and rounded for whole numbers, or a list.
 */
export type SearchRange =
  | {
      readonly low: number;
      readonly high: number;
      readonly scale: "linear" | "log";
      readonly integer: boolean;
    }
  | { readonly values: readonly unknown[] };

/** The parameters of an estimator: name to type, default, check and doc row. */
export type ParamTable = { readonly [name: string]: Param<unknown> };
/** Values of every parameter of a table. */
export type ParamValues<T extends ParamTable> = {
  readonly [K in keyof T]: T[K] extends Param<infer V> ? V : never;
};
/** What a caller may pass: any subset. */
export type ParamInput<T extends ParamTable> = Partial<ParamValues<T>>;

interface RangeOptions<V> {
  readonly default: V;
  readonly doc: string;
  readonly min?: number;
  readonly max?: number;
  /** True where `min` (or `max`) itself is not allowed. */
  readonly exclusiveMin?: boolean;
  readonly exclusiveMax?: boolean;
  readonly search?: { readonly low: number; readonly high: number; readonly scale?: "linear" | "log" };
}

function rangeWords(noun: string, o: RangeOptions<unknown>): string {
  const parts: string[] = [];
  if (o.min !== undefined) parts.push(`${o.exclusiveMin ? ">" : ">="} ${o.min}`);
  if (o.max !== undefined) parts.push(`${o.exclusiveMax ? "<" : "<="} ${o.max}`);
  return parts.length === 0 ? noun : `${noun} ${parts.join(" and ")}`;
}

function inRange(value: number, o: RangeOptions<unknown>): boolean {
  if (o.min !== undefined && (o.exclusiveMin ? value <= o.min : value < o.min)) return false;
  if (o.max !== undefined && (o.exclusiveMax ? value >= o.max : value > o.max)) return false;
  return true;
}

function number<V>(kind: string, noun: string, integer: boolean, o: RangeOptions<V>): Param<V> {
  const search = o.search && { ...o.search, scale: o.search.scale ?? "linear", integer };
  return {
    kind,
    default: o.default,
    doc: o.doc,
    expected: rangeWords(noun, o),
    ...(search && { search }),
    accepts: (v): v is V =>
      typeof v === "number" && (integer ? Number.isSafeInteger(v) : !Number.isNaN(v)) && inRange(v, o),
  };
}

/**
 * A whole number within a range.
 *
 * @example
 * int({ min: 1, default: 5, doc: "Neighbours" }).expected; // "an integer >= 1"
 */
export const int = (o: RangeOptions<number>): Param<number> => number("int", "an integer", true, o);

/**
 * A real number within a range. Infinity is accepted where the range allows it; NaN never.
 *
 * @example
 * real({ min: 0, max: 1, default: 0.5, doc: "Share" }).expected; // "a number >= 0 and <= 1"
 */
export const real = (o: RangeOptions<number>): Param<number> => number("real", "a number", false, o);

/**
 * True or false; a search tries both.
 *
 * @example
 * bool({ default: true, doc: "Learn a constant term" }).accepts(1); // false
 */
export const bool = (o: { readonly default: boolean; readonly doc: string }): Param<boolean> => ({
  kind: "bool",
  ...o,
  expected: "true or false",
  search: { values: [true, false] },
  accepts: (v): v is boolean => typeof v === "boolean",
});

/**
 * One of a fixed list of strings.
 *
 * @example
 * oneOf(["auto", "svd"], { default: "auto", doc: "Solver" }).accepts("qr"); // false
 */
export function oneOf<const S extends string>(
  values: readonly S[],
  o: { readonly default: NoInfer<S>; readonly doc: string },
): Param<S> {
  return {
    kind: "oneOf",
    ...o,
    expected: `one of ${values.map((v) => JSON.stringify(v)).join(", ")}`,
    search: { values },
    accepts: (v): v is S => typeof v === "string" && (values as readonly string[]).includes(v),
  };
}

/**
 * The inner parameter or `null`.
 *
 * @example
 * optional(int({ min: 1, default: 5, doc: "Depth" })).default; // null
 */
export function optional<V>(inner: Param<V>, o: { readonly default?: V | null } = {}): Param<V | null> {
  return {
    ...inner,
    default: o.default ?? null,
    expected: `${inner.expected} or null`,
    accepts: (v): v is V | null => v === null || inner.accepts(v),
  };
}

/**
 * Either of two kinds, e.g. `either(oneOf(["sqrt"]), int(...))`. The first gives the default and the search
 * range.
 *
 * @example
 * either(oneOf(["sqrt"], { default: "sqrt", doc: "Columns" }), int({ min: 1, default: 1, doc: "" })).accepts(3); // true
 */
export function either<A, B>(first: Param<A>, second: Param<B>): Param<A | B> {
  return {
    ...first,
    kind: `${first.kind}|${second.kind}`,
    expected: `${first.expected}, or ${second.expected}`,
    accepts: (v): v is A | B => first.accepts(v) || second.accepts(v),
  };
}

/** Anything a predicate accepts: arrays, maps, nested estimators, callbacks. */
export const custom = <V>(o: {
  readonly default: V;
  readonly doc: string;
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}): Param<V> => ({ kind: "custom", ...o, accepts: (v): v is V => o.accepts(v) });

/**
 * The seed every estimator with randomness takes; `0` by default, so that runs repeat.
 *
 * @example
 * seed().default; // 0
 */
export const seed = (): Param<number> =>
  int({ min: 0, default: 0, doc: "Seed of every random choice; the same seed gives the same result" });

/**
 * Fills in defaults and checks every value; unknown names are refused with the list of known ones.
 *
 * @example
 * parseParams("f", { k: int({ min: 1, default: 5, doc: "Neighbours" }) }, {}).k; // 5
 */
export function parseParams<T extends ParamTable>(
  where: string,
  table: T,
  given: ParamInput<T>,
): ParamValues<T> {
  const names = Object.keys(table);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name)) throw argumentError(where, "params", name, `one of ${names.join(", ")}`);
  }
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const param = table[name]!;
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined) values[name] = param.default;
    else if (param.accepts(value)) values[name] = value;
    else throw argumentError(where, name, value, param.expected);
  }
  return Object.freeze(values) as ParamValues<T>;
}

/**
 * One line of documentation per parameter: name, what is accepted, default, meaning.
 *
 * @example
 * describeParams({ k: int({ min: 1, default: 5, doc: "Neighbours" }) })[0].expected; // "an integer >= 1"
 */
export function describeParams(
  table: ParamTable,
): { name: string; expected: string; default: string; doc: string }[] {
  return Object.entries(table).map(([name, p]) => ({
    name,
    expected: p.expected,
    default: typeof p.default === "string" ? JSON.stringify(p.default) : show(p.default),
    doc: p.doc,
  }));
}
