import { argumentError, requireList, valueError } from "../../errors.ts";

/** When two texts count as similar, and the shingles by which that is measured. */
export interface SimilarTextOptions {
  /** Smallest Jaccard similarity of two texts' shingles, above 0 and up to 1; 0.8 by default. */
  readonly similarity?: number;
  /** Units in a shingle: 5 characters or 3 words by default. */
  readonly size?: number;
  /** What shingles are made of; characters by default. */
  readonly unit?: "character" | "word";
}

/** Two texts, `row` below `twin` in the list. */
export interface SimilarText {
  readonly row: number;
  readonly twin: number;
  /** Shared shingles over all shingles of both. */
  readonly similarity: number;
}

/**
 * The set of overlapping pieces of a text, after small letters, and one space for anything that is neither a
 * letter nor a digit. A text shorter than a piece is one piece. Broder, "On the resemblance and containment of
 * documents", 1997.
 *
 * @param size characters or words in a piece
 * @example
 * [...shingles("To be, to be", 2, "word")]; // ["to be", "be to"]
 */
export function shingles(text: string, size = 5, unit: "character" | "word" = "character"): Set<string> {
  const where = "shingles";
  if (typeof text !== "string") throw argumentError(where, "text", text, "a string");
  checkShingle(where, size, unit);
  return shinglesOf(text, size, unit);
}

export function checkShingle(where: string, size: number, unit: string): void {
  if (!(Number.isSafeInteger(size) && size >= 1)) throw argumentError(where, "size", size, "an integer >= 1");
  if (unit !== "character" && unit !== "word")
    throw argumentError(where, "unit", unit, '"character" or "word"');
}

/** Small letters and digits, one space for anything else. */
function plainText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

export function plainWords(text: string): string[] {
  const plain = plainText(text);
  return plain === "" ? [] : plain.split(" ");
}

function shinglesOf(text: string, size: number, unit: "character" | "word"): Set<string> {
  const plain = plainText(text);
  const pieces = unit === "word" ? plain.split(" ") : Array.from(plain);
  const glue = unit === "word" ? " " : "";
  if (pieces.length === plain.length && pieces.length > size) {
    // Each character is one unit of the string.
    const found = new Set<string>();
    for (let i = 0; i + size <= plain.length; i++) found.add(plain.slice(i, i + size));
    return found;
  }
  if (pieces.length <= size) return new Set([pieces.join(glue)]);
  const found = new Set<string>();
  for (let i = 0; i + size <= pieces.length; i++) found.add(pieces.slice(i, i + size).join(glue));
  return found;
}

/**
 * All pairs of texts whose shingles overlap enough, exactly, without comparing every pair: two sets of Jaccard
 * similarity t share one of the rarest |x| - ceil(t |x|) + 1 shingles of each, so only texts that meet in an
 * index of those are compared. Chaudhuri, Ganti, Kaushik, "A primitive operator for similarity joins", 2006;
 * Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", 2007.
 *
 * @returns pairs in the order of their rows
 * @example
 * similarTexts(["pay the bill now", "Pay the bill, now!", "hello there"]); // [{ row: 1, twin: 0, similarity: 1 }]
 */
export function similarTexts(texts: readonly string[], options: SimilarTextOptions = {}): SimilarText[] {
  const where = "similarTexts";
  requireList(where, "texts", texts, "an array of strings");
  const bad = Array.from(texts).findIndex((t) => typeof t !== "string");
  if (bad >= 0) throw valueError(where, "texts", `holds no string at row ${bad}`);
  const { similarity = 0.8, unit = "character" } = options;
  const size = options.size ?? (unit === "word" ? 3 : 5);
  checkShingle(where, size, unit);
  checkSimilarity(where, similarity);
  const found: SimilarText[] = [];
  joinSets(
    Array.from(texts, (t) => shinglesOf(t, size, unit)),
    similarity,
    (i, j, s) => found.push({ row: Math.max(i, j), twin: Math.min(i, j), similarity: s }),
  );
  return found.sort((a, b) => a.row - b.row || a.twin - b.twin);
}

export function checkSimilarity(where: string, similarity: number): void {
  if (!(similarity > 0 && similarity <= 1))
    throw argumentError(where, "similarity", similarity, "a number > 0 and <= 1");
}

/** Shared over all members. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const v of small) if (large.has(v)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 1 : shared / all;
}

function joinSets(
  sets: readonly ReadonlySet<string>[],
  least: number,
  visit: (i: number, j: number, similarity: number) => void,
): void {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  const rarestFirst = sets.map((set) => {
    const own = new Int32Array(set.size);
    let at = 0;
    for (const s of set) {
      let number = numbers.get(s);
      if (number === undefined) {
        number = counts.push(0) - 1;
        numbers.set(s, number);
      }
      counts[number]!++;
      own[at++] = number;
    }
    return own;
  });
  const rank = new Int32Array(counts.length);
  [...counts.keys()].sort((a, b) => counts[a]! - counts[b]!).forEach((number, r) => void (rank[number] = r));
  for (const own of rarestFirst) {
    for (let k = 0; k < own.length; k++) own[k] = rank[own[k]!]!;
    own.sort();
  }
  const index = new Map<number, number[]>();
  const seenBy = new Int32Array(sets.length).fill(-1);
  const order = [...sets.keys()].sort((a, b) => sets[a]!.size - sets[b]!.size);
  for (const i of order) {
    const own = rarestFirst[i]!;
    const prefix = own.length - Math.ceil(least * own.length - 1e-9) + 1;
    for (const token of own.subarray(0, prefix)) {
      let list = index.get(token);
      if (list === undefined) index.set(token, (list = []));
      for (const j of list) {
        if (seenBy[j] === i) continue;
        seenBy[j] = i;
        // A much smaller set cannot share enough.
        if (rarestFirst[j]!.length < least * own.length - 1e-9) continue;
        const similarity = overlap(own, rarestFirst[j]!);
        if (similarity >= least - 1e-12) visit(i, j, similarity);
      }
      list.push(i);
    }
  }
}

/** Jaccard similarity of two ascending lists. */
function overlap(a: Int32Array, b: Int32Array): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      shared++;
      i++;
      j++;
    } else if (a[i]! < b[j]!) i++;
    else j++;
  }
  return shared / (a.length + b.length - shared);
}
