import { bool, custom, oneOf, optional, type ParamValues } from "../contract/index.ts";

/** Spaces as Python's `\s` knows them for text. */
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** Parameters that say what the terms of a text are. */
export const ANALYZER_PARAMS = {
  lowercase: bool({ default: true, doc: "Whether letters are made small first" }),
  stripAccents: optional(
    oneOf(["ascii", "unicode"], {
      default: "unicode",
      doc: "unicode removes accents; ascii also drops what is not ASCII then; null keeps them",
    }),
  ),
  analyzer: oneOf(["word", "char", "charWb"], {
    default: "word",
    doc: "Terms are n-grams of words, of characters, or of characters within words padded by a space on either side",
  }),
  tokenPattern: custom<string>({
    default: "[\\p{L}\\p{N}_]{2,}",
    doc: "Regular expression of a word, for analyzer word; where it has a group, the group is the word",
    expected: "a regular expression with at most one group, as a string",
    accepts: isPattern,
  }),
  ngramRange: custom<readonly [number, number]>({
    default: [1, 1],
    doc: "Least and most words or characters of a term",
    expected: "two integers [least, most] with 1 <= least <= most",
    accepts: (v) =>
      Array.isArray(v) &&
      v.length === 2 &&
      v.every((n) => Number.isSafeInteger(n)) &&
      1 <= v[0] &&
      v[0] <= v[1],
  }),
  stopWords: optional(
    custom<readonly string[]>({
      default: [],
      doc: "Words to leave out, for analyzer word",
      expected: "an array of words",
      accepts: isWordList,
    }),
  ),
};

export function isWordList(v: unknown): v is readonly string[] {
  return Array.isArray(v) && v.every((word) => typeof word === "string");
}

function isPattern(v: unknown): boolean {
  if (typeof v !== "string" || v === "") return false;
  try {
    // With an empty alternative the expression matches nothing, and the match shows its groups.
    return new RegExp(`${v}|`, "u").exec("")!.length <= 2;
  } catch {
    return false;
  }
}

export type AnalyzerValues = ParamValues<typeof ANALYZER_PARAMS>;

/** The function that gives the terms of a text, in order and with repetitions. */
export function analyzerOf(p: AnalyzerValues): (text: string) => string[] {
  const [least, most] = p.ngramRange;
  const prepare = (text: string): string => {
    const small = p.lowercase ? text.toLowerCase() : text;
    return p.stripAccents === null ? small : withoutAccents(small, p.stripAccents === "ascii");
  };
  if (p.analyzer === "word") {
    const pattern = new RegExp(p.tokenPattern, "gu");
    const stop = new Set(p.stopWords ?? []);
    return (text) => {
      const words: string[] = [];
      for (const match of prepare(text).matchAll(pattern)) {
        const word = match.length > 1 ? (match[1] ?? "") : match[0];
        if (!stop.has(word)) words.push(word);
      }
      return most === 1 ? words : wordGrams(words, least, most);
    };
  }
  const runs = new RegExp(`[${SPACE}]{2,}`, "gu");
  const space = new RegExp(`[${SPACE}]+`, "u");
  const grams = p.analyzer === "char" ? charGrams : paddedGrams(space);
  return (text) => grams(prepare(text).replace(runs, " "), least, most);
}

function wordGrams(words: readonly string[], least: number, most: number): string[] {
  const out: string[] = [];
  for (let n = least; n <= Math.min(most, words.length); n++)
    for (let i = 0; i + n <= words.length; i++) out.push(words.slice(i, i + n).join(" "));
  return out;
}

function charGrams(text: string, least: number, most: number): string[] {
  const chars = Array.from(text);
  const out: string[] = [];
  for (let n = least; n <= Math.min(most, chars.length); n++)
    for (let i = 0; i + n <= chars.length; i++) out.push(chars.slice(i, i + n).join(""));
  return out;
}

/** N-grams within each word, which has a space on either side; one shorter than n counts once as it is. */
const paddedGrams =
  (space: RegExp) =>
  (text: string, least: number, most: number): string[] => {
    const out: string[] = [];
    for (const word of text.split(space)) {
      if (word === "") continue;
      const chars = [" ", ...Array.from(word), " "];
      for (let n = least; n <= most; n++) {
        for (let i = 0; i === 0 || i + n <= chars.length; i++) out.push(chars.slice(i, i + n).join(""));
        if (n >= chars.length) break;
      }
    }
    return out;
  };

function withoutAccents(text: string, ascii: boolean): string {
  const parts = text.normalize("NFKD");
  if (ascii) return parts.replace(/[^\0-\x7f]/gu, "");
  return parts.replace(/\p{M}/gu, (mark) => (combines(mark) ? "" : mark));
}

/** Whether the mark has a combining class: then it moves before U+0345, whose class is the highest but one. */
function combines(mark: string): boolean {
  return mark === "\u0345" || ("\u0345".concat(mark).normalize("NFD")[0] ?? "") !== "\u0345";
}
