import { formatError, show } from "../contract/index.ts";

/** Strings, and what some libraries write for numbers that JSON has no word for. */
const notJson = /"(?:[^"\\]|\\.)*"|\bNaN\b|-?\bInfinity\b/g;
const notJsonAs: Readonly<Record<string, string>> = { NaN: "null", Infinity: "1e999", "-Infinity": "-1e999" };

/** A place in a JSON document; reading something else than what stands there is a sentence that names the place. */
export class JsonAt {
  readonly value: unknown;
  readonly #where: string;
  readonly #path: string;

  constructor(value: unknown, where: string, path = "") {
    this.value = value;
    this.#where = where;
    this.#path = path;
  }

  static parse(text: unknown, where: string): JsonAt {
    if (typeof text !== "string")
      throw formatError(where, `text is ${show(text)}, expected the model as a JSON string`);
    try {
      return new JsonAt(JSON.parse(text), where);
    } catch {}
    try {
      return new JsonAt(JSON.parse(text.replace(notJson, (token) => notJsonAs[token] ?? token)), where);
    } catch {
      throw formatError(where, "the text is not JSON");
    }
  }

  has(key: string): boolean {
    return this.#isObject() && Object.hasOwn(this.value as object, key);
  }

  get(key: string): JsonAt {
    const path = this.#path === "" ? key : `${this.#path}.${key}`;
    if (!this.#isObject()) throw this.expected("an object");
    if (!this.has(key)) throw formatError(this.#where, `${path} is missing`);
    return new JsonAt((this.value as Record<string, unknown>)[key], this.#where, path);
  }

  list(): JsonAt[] {
    if (!Array.isArray(this.value)) throw this.expected("a list");
    return this.value.map((v, i) => new JsonAt(v, this.#where, `${this.#path}[${i}]`));
  }

  /** Numbers, `length` of them where given. */
  numbers(length?: number): Float64Array {
    const { value } = this;
    if (!Array.isArray(value) || !value.every((v) => typeof v === "number"))
      throw this.expected("a list of numbers");
    if (length !== undefined && value.length !== length)
      throw formatError(this.#where, `${this.#path} has ${value.length} entries, expected ${length}`);
    return Float64Array.from(value);
  }

  /** Numbers, of which some may be missing. */
  numbersOrNaN(length: number): Float64Array {
    const { value } = this;
    if (!Array.isArray(value)) throw this.expected("a list of numbers");
    return new JsonAt(
      value.map((v) => (v === null ? 0 : v)),
      this.#where,
      this.#path,
    )
      .numbers(length)
      .map((v, i) => (value[i] === null ? Number.NaN : v));
  }

  /** Whole numbers from `low` to `high`. */
  integers(low: number, high: number, length?: number): Int32Array {
    const numbers = this.numbers(length);
    const bad = numbers.findIndex((v) => !(Number.isInteger(v) && v >= low && v <= high));
    if (bad >= 0)
      throw formatError(
        this.#where,
        `${this.#path}[${bad}] is ${numbers[bad]}, expected an integer from ${low} to ${high}`,
      );
    return Int32Array.from(numbers);
  }

  text(): string {
    if (typeof this.value !== "string") throw this.expected("a text");
    return this.value;
  }

  texts(): string[] {
    if (!Array.isArray(this.value) || !this.value.every((v) => typeof v === "string"))
      throw this.expected("a list of texts");
    return this.value as string[];
  }

  /** A number, or a text that is one. */
  number(): number {
    const { value } = this;
    const found = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof found !== "number" || !Number.isFinite(found)) throw this.expected("a number");
    return found;
  }

  integer(low: number, high: number): number {
    const found = this.number();
    if (!(Number.isInteger(found) && found >= low && found <= high))
      throw this.expected(`an integer from ${low} to ${high}`);
    return found;
  }

  expected(what: string): Error {
    const place = this.#path === "" ? "the document" : this.#path;
    return formatError(this.#where, `${place} is ${show(this.value)}, expected ${what}`);
  }

  #isObject(): boolean {
    return this.value !== null && typeof this.value === "object" && !Array.isArray(this.value);
  }
}
