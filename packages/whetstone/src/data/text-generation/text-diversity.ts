import { argumentError, requireList, valueError } from "../../errors.ts";
import { randomStream, type Seed } from "../../math/index.ts";
import { jaccard, plainWords, shingles, similarTexts } from "../audit/similar-texts.ts";

/** What counts as a near duplicate, and how many pairs are compared. */
export interface TextDiversityOptions {
  /** Jaccard similarity of five-character shingles from which two texts count as near duplicates; 0.8 by default. */
  readonly similarity?: number;
  /** Pairs for the mean similarity, drawn at random where there are more; 5000 by default. */
  readonly pairs?: number;
  /** Default 0. */
  readonly seed?: Seed;
}

/** How much a set of texts repeats itself; all numbers but `vocabulary` lie between 0 and 1. */
export interface TextDiversity {
  /** Different n-grams of words over all of them, for n = 1, 2, 3: 1 is no repetition. NaN without any. */
  readonly distinct: readonly [number, number, number];
  /** Mean BLEU-4 of each text against all others: 1 is texts made of each other's phrases. */
  readonly selfBleu: number;
  /** Mean Jaccard similarity of the word bigrams of two texts. */
  readonly meanSimilarity: number;
  /** Share of texts that repeat an earlier one letter for letter. */
  readonly duplicates: number;
  /** Share of texts with a near duplicate, exact ones included. */
  readonly nearDuplicates: number;
  /** Different words. */
  readonly vocabulary: number;
}

/**
 * How varied a set of texts is. Generated texts that repeat each other teach a model the template: compare with real
 * texts of the same kind and number, since all of these fall as texts grow in number.
 *
 * distinct-n: Li et al., "A diversity-promoting objective function for neural conversation models", 2016. Self-BLEU:
 * Zhu et al., "Texygen", 2018. BLEU: Papineni et al., 2002, without smoothing, n up to 4 or the text's length.
 *
 * @param texts at least two
 * @example
 * textDiversity(["the bill is wrong", "my card was charged twice"]).selfBleu; // 0
 */
export function textDiversity(texts: readonly string[], options: TextDiversityOptions = {}): TextDiversity {
  const where = "textDiversity";
  requireList(where, "texts", texts, "an array of strings");
  const list = Array.from(texts);
  if (list.length < 2) throw valueError(where, "texts", `holds ${list.length}, expected at least 2`);
  const bad = list.findIndex((t) => typeof t !== "string");
  if (bad >= 0) throw valueError(where, "texts", `holds no string at row ${bad}`);
  const { similarity = 0.8, pairs = 5000, seed = 0 } = options;
  if (!(Number.isSafeInteger(pairs) && pairs >= 1))
    throw argumentError(where, "pairs", pairs, "an integer >= 1");
  const near = new Set<number>();
  for (const p of similarTexts(list, { similarity })) near.add(p.row).add(p.twin);
  const words = list.map(plainWords);
  const grams = words.map((w) => Array.from({ length: ORDERS }, (_, n) => gramsOf(w, n + 1)));
  return {
    distinct: [
      distinctShare(words, grams, 1),
      distinctShare(words, grams, 2),
      distinctShare(words, grams, 3),
    ],
    selfBleu: selfBleu(words, grams),
    meanSimilarity: meanSimilarity(list, pairs, seed),
    duplicates: 1 - new Set(list).size / list.length,
    nearDuplicates: near.size / list.length,
    vocabulary: new Set(words.flat()).size,
  };
}

/** How often each n-gram of words occurs in a text. */
type Grams = ReadonlyMap<string, number>;

function gramsOf(words: readonly string[], n: number): Grams {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const gram = n === 1 ? words[i]! : words.slice(i, i + n).join(" ");
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

function distinctShare(
  texts: readonly (readonly string[])[],
  grams: readonly (readonly Grams[])[],
  n: number,
): number {
  const seen = new Set<string>();
  let total = 0;
  texts.forEach((words, text) => {
    for (const gram of grams[text]![n - 1]!.keys()) seen.add(gram);
    total += Math.max(0, words.length - n + 1);
  });
  return seen.size / total;
}

const ORDERS = 4;

/** Each n-gram keeps its two largest counts, so that the best count in all other texts is known at once. */
function selfBleu(texts: readonly (readonly string[])[], grams: readonly (readonly Grams[])[]): number {
  const best = new Map<string, { text: number; count: number; second: number }>();
  grams.forEach((orders, text) => {
    for (const counts of orders)
      for (const [gram, count] of counts) {
        const b = best.get(gram);
        if (b === undefined) best.set(gram, { text, count, second: 0 });
        else if (count > b.count) best.set(gram, { text, count, second: b.count });
        else b.second = Math.max(b.second, count);
      }
  });
  const lengths = texts.map((t) => t.length);
  const scores = grams.map((orders, text) => {
    const length = lengths[text]!;
    const highest = Math.min(ORDERS, length);
    if (highest === 0) return 0;
    let logs = 0;
    for (const counts of orders.slice(0, highest)) {
      let shared = 0;
      let total = 0;
      for (const [gram, count] of counts) {
        const b = best.get(gram)!;
        shared += Math.min(count, b.text === text ? b.second : b.count);
        total += count;
      }
      logs += Math.log(shared / total) / highest;
    }
    return Math.exp(logs + Math.min(0, 1 - closest(lengths, text) / length));
  });
  return scores.reduce((s, v) => s + v, 0) / scores.length;
}

/** Length of the other text whose length is closest; of two as close, the shorter. */
function closest(lengths: readonly number[], text: number): number {
  let found = Number.POSITIVE_INFINITY;
  const own = lengths[text]!;
  lengths.forEach((length, i) => {
    if (i === text) return;
    const [a, b] = [Math.abs(length - own), Math.abs(found - own)];
    if (a < b || (a === b && length < found)) found = length;
  });
  return found;
}

function meanSimilarity(texts: readonly string[], most: number, seed: Seed): number {
  const sets = texts.map((t) => shingles(t, 2, "word"));
  const n = texts.length;
  let sum = 0;
  if ((n * (n - 1)) / 2 <= most) {
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) sum += jaccard(sets[i]!, sets[j]!);
    return sum / ((n * (n - 1)) / 2);
  }
  const random = randomStream(seed);
  for (let k = 0; k < most; k++) {
    const i = random.int(n);
    sum += jaccard(sets[i]!, sets[(i + 1 + random.int(n - 1)) % n]!);
  }
  return sum / most;
}
