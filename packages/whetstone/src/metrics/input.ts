import type { Label } from "../contract/input.ts";
import { argumentError, requireList, shapeError, show, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";

/** Options that most metrics share. */
export interface WeightOption {
  /** One weight >= 0 per row; a weight of k counts as k copies of the row. */
  sampleWeight?: ArrayLike<number>;
}

/** Which of two labels counts as positive. */
export interface PositiveOption<L extends Label = Label> {
  /** Default: 1 or `true`; for two other labels the one that sorts last (column 1 of `predictProba`). */
  positive?: L;
}

/** True and predicted labels as codes into `labels`; -1 where a label is not among those asked for. */
export interface LabelPair<L extends Label> {
  readonly labels: readonly L[];
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
}

export function requireArray(where: string, argument: string, y: ArrayLike<unknown>): number {
  requireList(where, argument, y, "an array");
  return y.length;
}

/** Length shared by two arrays, at least 1. */
export function sameLength(
  where: string,
  a: string,
  first: ArrayLike<unknown>,
  b: string,
  second: ArrayLike<unknown>,
): number {
  const n = requireArray(where, a, first);
  if (requireArray(where, b, second) !== n) {
    throw shapeError(where, b, `has ${second.length} entries`, `${n} (length of ${a})`);
  }
  if (n === 0) throw shapeError(where, a, "is empty", "at least one entry");
  return n;
}

/** Finite numbers as a Float64Array (the same one where it is one already). */
export function readNumbers(where: string, argument: string, y: ArrayLike<number>): Float64Array {
  requireArray(where, argument, y);
  const shared = y instanceof Float64Array;
  const out = shared ? y : new Float64Array(y.length);
  for (let i = 0; i < out.length; i++) {
    const v = y[i];
    if (typeof v !== "number" || !Number.isFinite(v)) {
      throw valueError(where, argument, `holds ${show(v)} at row ${i}, expected a finite number`);
    }
    if (!shared) out[i] = v;
  }
  return out;
}

/** Weights, or null for all ones. */
export function readSampleWeight(
  where: string,
  weights: ArrayLike<number> | undefined,
  n: number,
): Float64Array | null {
  if (weights === undefined) return null;
  const w = readNumbers(where, "sampleWeight", weights);
  if (w.length !== n)
    throw shapeError(where, "sampleWeight", `has ${w.length} entries`, `${n} (length of yTrue)`);
  let total = 0;
  for (let i = 0; i < n; i++) {
    if (w[i]! < 0)
      throw valueError(where, "sampleWeight", `holds ${w[i]} at row ${i}, expected numbers >= 0`);
    total += w[i]!;
  }
  if (!(total > 0))
    throw valueError(where, "sampleWeight", "holds only zeros, expected at least one weight > 0");
  return w;
}

/** Two columns of numbers of equal length with weights. */
export function readNumberPair(
  where: string,
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  sampleWeight: ArrayLike<number> | undefined,
): { truth: Float64Array; predicted: Float64Array; weight: Float64Array | null; n: number } {
  const n = sameLength(where, "yTrue", yTrue, "yPred", yPred);
  return {
    truth: readNumbers(where, "yTrue", yTrue),
    predicted: readNumbers(where, "yPred", yPred),
    weight: readSampleWeight(where, sampleWeight, n),
    n,
  };
}

function labelKind(where: string, argument: string, v: unknown, i: number): string {
  const kind = typeof v;
  if (kind !== "string" && kind !== "boolean" && !(kind === "number" && Number.isFinite(v))) {
    throw valueError(where, argument, `holds ${show(v)} at row ${i}, expected a string, number or boolean`);
  }
  return kind;
}

export function sortLabels<L extends Label>(labels: Iterable<L>): L[] {
  return [...labels].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Distinct labels, sorted, all of one kind. */
export function distinctLabels<L extends Label>(where: string, argument: string, y: ArrayLike<L>): L[] {
  requireArray(where, argument, y);
  const seen = new Set<L>();
  for (let i = 0; i < y.length; i++) {
    const v = y[i]!;
    if (seen.has(v)) continue;
    const kind = labelKind(where, argument, v, i);
    const first = seen.values().next().value;
    if (first !== undefined && typeof first !== kind) {
      throw valueError(
        where,
        argument,
        `mixes ${typeof first}s and ${kind}s (row ${i}), expected labels of one kind`,
      );
    }
    seen.add(v);
  }
  return sortLabels(seen);
}

export function codesOf<L extends Label>(y: ArrayLike<L>, labels: readonly L[]): Int32Array {
  const code = new Map(labels.map((label, k) => [label, k] as const));
  const out = new Int32Array(y.length);
  for (let i = 0; i < out.length; i++) out[i] = code.get(y[i]!) ?? -1;
  return out;
}

/** Reads true and predicted labels together. */
export function readLabelPair<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  labels?: readonly L[],
): LabelPair<L> {
  sameLength(where, "yTrue", yTrue, "yPred", yPred);
  const a = distinctLabels(where, "yTrue", yTrue);
  const b = distinctLabels(where, "yPred", yPred);
  if (typeof a[0] !== typeof b[0]) {
    throw valueError(where, "yPred", `holds ${typeof b[0]}s where yTrue holds ${typeof a[0]}s`);
  }
  const all = labels ?? sortLabels(new Set([...a, ...b]));
  if (labels !== undefined && (labels.length === 0 || new Set(labels).size !== labels.length)) {
    throw argumentError(where, "labels", labels, "a list of distinct labels");
  }
  return { labels: all, truth: codesOf(yTrue, all), predicted: codesOf(yPred, all) };
}

/** The positive label among those present, by the rule of {@link PositiveOption}. */
export function positiveLabel<L extends Label>(where: string, labels: readonly L[], given: L | undefined): L {
  if (labels.length > 2) {
    throw valueError(
      where,
      "yTrue",
      `has ${labels.length} classes (${labels.slice(0, 5).map(show).join(", ")}${labels.length > 5 ? ", ..." : ""}), expected two`,
    );
  }
  if (given !== undefined) {
    if (labels.length === 2 && !labels.includes(given)) {
      throw argumentError(where, "positive", given, `one of ${labels.map(show).join(", ")}`);
    }
    return given;
  }
  const first = labels[0];
  if (typeof first === "boolean") return true as L;
  if (labels.length === 2) return labels[1]!;
  if (first === 0 || first === 1 || first === -1) return 1 as L;
  throw argumentError(where, "positive", undefined, `given, because yTrue holds only ${show(first)}`);
}

export interface BinaryScores<L extends Label> {
  /** 1 for the positive label, else 0. */
  readonly truth: Uint8Array;
  readonly scores: Float64Array;
  readonly weight: Float64Array | null;
  readonly positive: L;
  readonly n: number;
}

/** Binary truth with one score per row: a vector, or the positive column of a two-column matrix. */
export function readBinaryScores<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  options: WeightOption & PositiveOption<L>,
): BinaryScores<L> {
  const n = requireArray(where, "yTrue", yTrue);
  const labels = distinctLabels(where, "yTrue", yTrue);
  const positive = positiveLabel(where, labels, options.positive);
  let column: ArrayLike<number>;
  if (yScore instanceof Matrix) {
    if (yScore.cols !== 2)
      throw shapeError(where, "yScore", `has ${yScore.cols} columns`, "2, for two classes");
    // Columns are in the order of the sorted classes; a lone label says nothing about the other one.
    const first = labels.length === 2 && labels[0] === positive;
    column = yScore.col(first ? 0 : 1);
  } else {
    column = yScore;
  }
  sameLength(where, "yTrue", yTrue, "yScore", column);
  const truth = new Uint8Array(n);
  for (let i = 0; i < n; i++) truth[i] = yTrue[i] === positive ? 1 : 0;
  return {
    truth,
    scores: readNumbers(where, "yScore", column),
    weight: readSampleWeight(where, options.sampleWeight, n),
    positive,
    n,
  };
}

/** Probabilities as a matrix with one column per label of `labels`, checked to be rows of a distribution. */
export function readProbabilities<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  proba: Matrix | ArrayLike<number>,
  labels: readonly L[] | undefined,
): { labels: readonly L[]; codes: Int32Array; proba: Matrix } {
  const n = requireArray(where, "yTrue", yTrue);
  const present = distinctLabels(where, "yTrue", yTrue);
  if (!(proba instanceof Matrix)) {
    // One probability per row: that of the positive class.
    const p = readNumbers(where, "proba", proba);
    sameLength(where, "yTrue", yTrue, "proba", p);
    const positive = positiveLabel(where, labels ?? present, labels?.[1]);
    const out = Matrix.zeros(n, 2);
    const codes = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      if (!(p[i]! >= 0 && p[i]! <= 1))
        throw valueError(where, "proba", `holds ${p[i]} at row ${i}, expected [0, 1]`);
      out.data[2 * i] = 1 - p[i]!;
      out.data[2 * i + 1] = p[i]!;
      codes[i] = yTrue[i] === positive ? 1 : 0;
    }
    const negative = present.find((l) => l !== positive) ?? positive;
    return { labels: [negative, positive], codes, proba: out };
  }
  if (proba.rows !== n) throw shapeError(where, "proba", `has ${proba.rows} rows`, `${n} (length of yTrue)`);
  if (n === 0) throw shapeError(where, "yTrue", "is empty", "at least one entry");
  let all = labels ?? present;
  if (labels === undefined && present.length === 1 && proba.cols === 2) {
    // Which column a lone label owns is known only for 0 / 1 and booleans.
    const only = present[0]!;
    if (typeof only === "boolean") all = [false, true] as unknown as L[];
    else if (only === 0 || only === 1) all = [0, 1] as unknown as L[];
  }
  if (proba.cols !== all.length) {
    throw shapeError(
      where,
      "proba",
      `has ${proba.cols} columns`,
      `${all.length} (one per class${labels === undefined ? " in yTrue; pass labels when a class is absent there" : " in labels"})`,
    );
  }
  const codes = codesOf(yTrue, all);
  const missing = codes.indexOf(-1);
  if (missing >= 0)
    throw valueError(
      where,
      "yTrue",
      `holds ${show(yTrue[missing])} at row ${missing}, which is not in labels`,
    );
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < proba.cols; k++, at++) {
      const p = proba.data[at]!;
      if (!(p >= 0 && p <= 1 + 1e-9))
        throw valueError(where, "proba", `holds ${p} at row ${i}, column ${k}, expected [0, 1]`);
      sum += p;
    }
    if (Math.abs(sum - 1) > 1e-4) throw valueError(where, "proba", `sums to ${sum} in row ${i}, expected 1`);
  }
  return { labels: all, codes, proba };
}
