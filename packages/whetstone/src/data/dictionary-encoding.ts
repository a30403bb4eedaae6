import { requireList, show, valueError } from "../errors.ts";

/** Text as numbers of words, each word stored once. */
export interface DictionaryEncoded {
  /** Word of each row, in the narrowest type that holds the numbers; the largest number of the type is missing. */
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  /** Distinct words in order of first appearance. */
  readonly words: readonly string[];
  /** Bytes of codes, words (UTF-8) and the 4-byte offsets of the words. */
  readonly bytes: number;
  /** Bytes of the rows as they were: UTF-8 and a 4-byte offset each. */
  readonly plainBytes: number;
}

/**
 * Dictionary encoding of text: rows hold the number of their word in 1, 2 or 4 bytes. Saves about the length of a
 * word over the width of a code where words repeat, and costs memory where they do not.
 *
 * @param values strings; null is missing
 * @example
 * const encoded = dictionaryEncode(["Oslo", "Rome", null, "Oslo"]);
 * encoded.codes; // Uint8Array [0, 1, 255, 0]
 * dictionaryDecode(encoded); // ["Oslo", "Rome", null, "Oslo"]
 */
export function dictionaryEncode(values: ArrayLike<string | null>): DictionaryEncoded {
  const where = "dictionaryEncode";
  requireList(where, "values", values, "an array of strings");
  const codeOf = new Map<string, number>();
  const wide = new Uint32Array(values.length);
  const sizes: number[] = [];
  const encoder = new TextEncoder();
  let plainBytes = 4 * (values.length + 1);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v === null) {
      wide[i] = 0xffffffff;
      continue;
    }
    if (typeof v !== "string")
      throw valueError(where, "values", `holds ${show(v)} at row ${i}, expected a string or null`);
    let code = codeOf.get(v);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(v, code);
      sizes.push(encoder.encode(v).length);
    }
    wide[i] = code;
    plainBytes += sizes[code]!;
  }
  // A narrower type keeps the low bits, so that missing stays the largest number.
  const codes =
    codeOf.size < 0xff ? Uint8Array.from(wide) : codeOf.size < 0xffff ? Uint16Array.from(wide) : wide;
  const wordBytes = sizes.reduce((a, b) => a + b, 4 * (sizes.length + 1));
  return { codes, words: [...codeOf.keys()], bytes: codes.byteLength + wordBytes, plainBytes };
}

/**
 * The text that was encoded.
 *
 * @example
 * dictionaryDecode(dictionaryEncode(["a", null, "a"])); // ["a", null, "a"]
 */
export function dictionaryDecode(encoded: Pick<DictionaryEncoded, "codes" | "words">): (string | null)[] {
  const where = "dictionaryDecode";
  requireList(where, "encoded.codes", encoded?.codes, "an array of codes");
  requireList(where, "encoded.words", encoded.words, "an array of strings");
  const { codes, words } = encoded;
  const missing = 2 ** (8 * codes.BYTES_PER_ELEMENT) - 1;
  return Array.from(codes, (code, i) => {
    if (code === missing) return null;
    const word = words[code];
    if (word === undefined)
      throw valueError(
        where,
        "encoded.codes",
        `holds ${code} at row ${i}, expected less than ${words.length}`,
      );
    return word;
  });
}
