import { ESCAPED, fieldText, PLAIN, type ScanFormat } from "./scan.ts";

const SPACE = 32;

/**
 * Numbers distinct texts straight from their bytes, so that a category column costs no string per row. Codes
 * are in order of first appearance; texts that stand for a missing value have the code -1.
 */
export class Dictionary {
  readonly words: string[] = [];
  readonly #format: ScanFormat;
  readonly #missing: ReadonlySet<string>;
  #slots = new Int32Array(256).fill(-1); // entry in each slot of an open-addressing table
  #mask = 255;
  #entries = 0;
  #hashes = new Int32Array(64);
  #offsets = new Int32Array(65);
  #codes = new Int32Array(64);
  #store = new Uint8Array(1024);

  constructor(format: ScanFormat, missing: ReadonlySet<string>) {
    this.#format = format;
    this.#missing = missing;
  }

  /** Code of a field; `literal` keeps a quoted "NA" from being missing. */
  code(bytes: Uint8Array, start: number, end: number, style: number, literal: boolean): number {
    let from = start;
    let to = end;
    if (style === PLAIN) {
      if (this.#format.trim) {
        while (from < to && bytes[from] === SPACE) from++;
        while (to > from && bytes[to - 1] === SPACE) to--;
      }
    } else if (style === ESCAPED) {
      const plain = new TextEncoder().encode(fieldText(bytes, start, end, style, this.#format));
      return this.#find(plain, 0, plain.length, literal);
    }
    return this.#find(bytes, from, to, literal && style !== PLAIN);
  }

  #find(bytes: Uint8Array, from: number, to: number, literal: boolean): number {
    const length = to - from;
    // A literal text has its own entry where its plain form would be missing.
    let hash = literal ? 0x5bd1e995 : 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    hash ^= hash >>> 15;
    let slot = hash & this.#mask;
    for (;;) {
      const entry = this.#slots[slot]!;
      if (entry < 0) return this.#add(bytes, from, to, hash, slot, literal);
      if (this.#hashes[entry] === hash) {
        const at = this.#offsets[entry]!;
        if (this.#offsets[entry + 1]! - at === length) {
          const store = this.#store;
          let k = 0;
          while (k < length && store[at + k] === bytes[from + k]) k++;
          if (k === length) return this.#codes[entry]!;
        }
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number, literal: boolean): number {
    const entry = this.#entries++;
    if (entry === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, entry * 2);
      this.#codes = grown(this.#codes, entry * 2);
      this.#offsets = grown(this.#offsets, entry * 2 + 1);
    }
    const at = this.#offsets[entry]!;
    const end = at + to - from;
    if (end > this.#store.length) {
      const store = new Uint8Array(Math.max(end, this.#store.length * 2));
      store.set(this.#store);
      this.#store = store;
    }
    this.#store.set(bytes.subarray(from, to), at);
    this.#offsets[entry + 1] = end;
    this.#hashes[entry] = hash;
    const word = fieldText(bytes, from, to, 1, this.#format);
    let code = -1;
    // A quoted and an unquoted spelling of one word share their code.
    if (literal || !this.#missing.has(word)) code = this.#codeOf(word);
    this.#codes[entry] = code;
    this.#slots[slot] = entry;
    if (this.#entries * 2 > this.#mask) this.#rehash();
    return code;
  }

  readonly #known = new Map<string, number>();

  #codeOf(word: string): number {
    let code = this.#known.get(word);
    if (code === undefined) {
      code = this.words.length;
      this.#known.set(word, code);
      this.words.push(word);
    }
    return code;
  }

  #rehash(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(this.#mask + 1).fill(-1);
    for (let entry = 0; entry < this.#entries; entry++) {
      let slot = this.#hashes[entry]! & this.#mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = entry;
    }
  }
}

function grown(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(old);
  return out;
}
