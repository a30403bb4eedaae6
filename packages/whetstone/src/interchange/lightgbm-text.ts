import { formatError, show } from "../contract/index.ts";

/** The `key=value` lines of one part of a LightGBM text model: its head, or one tree. */
export class Section {
  readonly #values: ReadonlyMap<string, string>;
  readonly #name: string;
  readonly #where: string;

  constructor(lines: readonly string[], name: string, where: string) {
    // A line without "=" is a flag.
    this.#values = new Map(
      lines.map((line) => {
        const at = line.indexOf("=");
        return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
    );
    this.#name = name;
    this.#where = where;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  text(key: string): string {
    const found = this.#values.get(key);
    if (found === undefined) throw formatError(this.#where, `${this.#name} lacks ${key}`);
    return found;
  }

  integer(key: string, low: number, high: number): number {
    const found = Number(this.text(key) || Number.NaN);
    if (Number.isInteger(found) && found >= low && found <= high) return found;
    throw this.#bad(key, this.text(key), `an integer from ${low} to ${high}`);
  }

  words(key: string): string[] {
    const text = this.text(key);
    return text === "" ? [] : text.split(/\s+/);
  }

  numbers(key: string, length: number): Float64Array {
    const words = this.words(key);
    if (words.length !== length)
      throw formatError(
        this.#where,
        `${key} of ${this.#name} has ${words.length} entries, expected ${length}`,
      );
    return Float64Array.from(words, (word) => {
      const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
      if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      const found = Number(word);
      if (Number.isNaN(found)) throw this.#bad(key, word, "numbers");
      return found;
    });
  }

  integers(key: string, length: number, low: number, high: number): Float64Array {
    const found = this.numbers(key, length);
    const odd = found.find((v) => !(Number.isInteger(v) && v >= low && v <= high));
    if (odd !== undefined) throw this.#bad(key, `${odd}`, `integers from ${low} to ${high}`);
    return found;
  }

  #bad(key: string, found: string, expected: string): Error {
    return formatError(this.#where, `${key} of ${this.#name} holds ${show(found)}, expected ${expected}`);
  }
}

/** Head and trees of a model file; what follows the trees (importances, parameters) is no part of the model. */
export function sectionsOf(text: unknown, where: string): { head: Section; trees: Section[] } {
  if (typeof text !== "string")
    throw formatError(where, `text is ${show(text)}, expected the model file's text`);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines[0] !== "tree")
    throw formatError(where, `the first line is ${show(lines[0])}, expected "tree": no LightGBM text model`);
  const isEnd = (line: string) => line === "end of trees" || /^feature[ _]importances:/.test(line);
  const end = lines.findIndex(isEnd);
  if (end < 0) throw formatError(where, 'the file is cut off: it lacks the line "end of trees"');
  const starts = lines.flatMap((line, i) => (i < end && line.startsWith("Tree=") ? [i] : []));
  const part = (from: number, to: number, name: string) =>
    new Section(
      lines.slice(from, to).filter((line) => line !== ""),
      name,
      where,
    );
  const head = part(1, starts[0] ?? end, "the head");
  const trees = starts.map((from, t) => part(from, starts[t + 1] ?? end, `tree ${t}`));
  if (head.has("tree_sizes") && head.words("tree_sizes").length !== trees.length)
    throw formatError(
      where,
      `the file holds ${trees.length} trees, expected ${head.words("tree_sizes").length} (tree_sizes)`,
    );
  return { head, trees };
}
