import { argumentError, show, valueError } from "../../errors.ts";
import { type RandomStream, randomStream, type Seed } from "../../math/index.ts";
import { textColumn } from "../table/column.ts";
import { Table } from "../table/table.ts";
import { changed, type Piece, parseTemplate } from "./template.ts";

/** Marks that a filling carries, for words that must agree with it and for whoever needs labels. */
export type Features = Readonly<Record<string, string>>;

/** One way to write a rule: a template, a template with a weight and features, or a function that makes words. */
export type Alternative =
  | string
  | { readonly text: string; readonly weight?: number; readonly features?: Features }
  | ((random: RandomStream) => string);

/** Rules by name; `start` is where a text begins. */
export type TextRules = Readonly<Record<string, Alternative | readonly Alternative[]>>;

/** A text that a grammar made, and what was chosen on the way. */
export interface GeneratedText {
  readonly text: string;
  /** What was kept under a name, e.g. `{amount=price}` gives `amount`. */
  readonly slots: Readonly<Record<string, string>>;
  /** Features of everything that was chosen; a later one replaces an earlier one of its name. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How texts are drawn from a grammar. */
export interface TextSampleOptions {
  /** Default 0. */
  readonly seed?: Seed;
  /** No text twice; an error where the rules hardly give as many. False by default. */
  readonly distinct?: boolean;
}

interface Branch {
  readonly pieces: readonly Piece[];
  readonly make: ((random: RandomStream) => string) | null;
  readonly weight: number;
  readonly features: Features;
  /** Levels of rules below it at least. */
  height: number;
}
interface Filled {
  readonly text: string;
  readonly features: Features;
}

/** Below so many rules, or after so many, the shortest way out is taken: rules that call themselves come to an end. */
const DEPTH = 30;
const EXPANSIONS = 5000;
const TRIES_PER_TEXT = 200;

/**
 * Texts from rules: a context-free grammar with weights, remembered slots and agreement. In a template, `{name}`
 * writes a rule's text, `{kept=name}` also keeps it, so that a later `{kept}` repeats it; `{kept.number? one=was |
 * many=were}` chooses by a feature of what was kept (`@rule` in place of words expands a rule), and `{name|a}`,
 * `|capital`, `|lower`, `|upper` change a text. `{{` and `}}` are braces.
 *
 * @example
 * const grammar = new TextGrammar({
 *   start: "{who=person|capital} {who.number? one=is | many=are} late.",
 *   person: [{ text: "she", features: { number: "one" } }, { text: "they", features: { number: "many" } }],
 * });
 * new Set(grammar.sample(50, { seed: 1 }).map((t) => t.text)).size; // 2
 */
export class TextGrammar {
  readonly #rules = new Map<string, Branch[]>();

  constructor(rules: TextRules) {
    const where = "TextGrammar";
    if (rules === null || typeof rules !== "object" || Array.isArray(rules))
      throw argumentError(where, "rules", rules, "an object of rules");
    if (!Object.hasOwn(rules, "start")) throw valueError(where, "rules", 'lack "start"');
    for (const [name, given] of Object.entries(rules)) {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (list.length === 0) throw valueError(where, `rules.${name}`, "has no alternative");
      this.#rules.set(
        name,
        list.map((a) => readBranch(where, name, a)),
      );
    }
    this.#checkNames(where);
    this.#measure(where);
  }

  /**
   * Texts drawn by the rules' weights.
   *
   * @param n number of texts
   */
  sample(n: number, options: TextSampleOptions = {}): GeneratedText[] {
    const where = "TextGrammar.sample";
    if (!(Number.isSafeInteger(n) && n >= 0)) throw argumentError(where, "n", n, "an integer >= 0");
    const { seed = 0, distinct = false } = options;
    const random = randomStream(seed);
    const seen = new Set<string>();
    const out: GeneratedText[] = [];
    for (let tries = 0; out.length < n; tries++) {
      if (tries >= n * TRIES_PER_TEXT)
        throw valueError(where, "distinct", `is true, but ${n} texts gave only ${seen.size} different ones`);
      const made = this.#write(where, random);
      if (distinct && seen.has(made.text)) continue;
      seen.add(made.text);
      out.push(made);
    }
    return out;
  }

  /** The same as a table: the texts in the column `text`, then a column for each slot and each label. */
  sampleTable(n: number, options: TextSampleOptions = {}): Table {
    const made = this.sample(n, options);
    const names = (of: (t: GeneratedText) => object) => [...new Set(made.flatMap((t) => Object.keys(of(t))))];
    const slots = names((t) => t.slots).filter((name) => name !== "text");
    const labels = names((t) => t.labels).filter((name) => name !== "text" && !slots.includes(name));
    return Table.fromColumns({
      text: textColumn(made.map((t) => t.text)),
      ...Object.fromEntries(slots.map((s) => [s, made.map((t) => t.slots[s] ?? null)])),
      ...Object.fromEntries(labels.map((l) => [l, made.map((t) => t.labels[l] ?? null)])),
    });
  }

  #write(where: string, random: RandomStream): GeneratedText {
    const kept = new Map<string, Filled>();
    const labels: Record<string, string> = {};
    let expansions = 0;
    const expand = (name: string, depth: number): Filled => {
      const branch = pick(this.#rules.get(name)!, depth >= DEPTH || ++expansions > EXPANSIONS, random);
      if (branch.make !== null) {
        const text: unknown = branch.make(random);
        if (typeof text !== "string")
          throw valueError(where, `rules.${name}`, `made ${show(text)}, expected a string`);
        return { text, features: {} };
      }
      let text = "";
      let features: Features = {};
      for (const piece of branch.pieces) {
        const filled = fill(piece, depth);
        text += filled.text;
        features = { ...features, ...filled.features };
      }
      Object.assign(labels, branch.features);
      return { text, features: { ...features, ...branch.features } };
    };
    const fill = (piece: Piece, depth: number): Filled => {
      if (piece.kind === "text") return { text: piece.text, features: {} };
      if (piece.kind === "agree") {
        const slot = kept.get(piece.slot);
        if (slot === undefined)
          throw valueError(where, piece.slot, "is asked for a feature before it is filled");
        const value = slot.features[piece.feature];
        const option = value === undefined ? undefined : piece.options.get(value);
        if (option === undefined)
          throw valueError(
            where,
            piece.slot,
            `is ${show(slot.text)}, whose ${piece.feature} is ${show(value)}, for which there are no words`,
          );
        return "name" in option ? expand(option.name, depth + 1) : { text: option.text, features: {} };
      }
      const known = piece.bind === null ? kept.get(piece.name) : undefined;
      if (known === undefined && !this.#rules.has(piece.name))
        throw valueError(where, piece.name, "is repeated before it is filled");
      const filled = known ?? expand(piece.name, depth + 1);
      if (piece.bind !== null) kept.set(piece.bind, filled);
      return { text: changed(filled.text, piece.changes), features: filled.features };
    };
    const { text } = expand("start", 0);
    return { text, slots: Object.fromEntries([...kept].map(([k, f]) => [k, f.text])), labels };
  }

  #checkNames(where: string): void {
    const bound = new Set<string>();
    const pieces = [...this.#rules].flatMap(([rule, list]) =>
      list.flatMap((b) => b.pieces.map((piece) => ({ rule, piece }))),
    );
    for (const { piece } of pieces) if (piece.kind === "name" && piece.bind !== null) bound.add(piece.bind);
    for (const { rule, piece } of pieces) {
      const missing = (name: string) =>
        valueError(where, `rules.${rule}`, `names ${show(name)}, which is no rule`);
      if (
        piece.kind === "name" &&
        !this.#rules.has(piece.name) &&
        (piece.bind !== null || !bound.has(piece.name))
      )
        throw missing(piece.name);
      if (piece.kind !== "agree") continue;
      if (!bound.has(piece.slot))
        throw valueError(
          where,
          `rules.${rule}`,
          `asks for a feature of ${show(piece.slot)}, which nothing keeps`,
        );
      for (const o of piece.options.values())
        if ("name" in o && !this.#rules.has(o.name)) throw missing(o.name);
    }
  }

  /** Least number of rules below each alternative, by relaxation until nothing changes. */
  #measure(where: string): void {
    const heightOf = (name: string) => Math.min(...(this.#rules.get(name)?.map((b) => b.height) ?? [0])); // a kept name repeats a text
    const namesOf = (p: Piece): string[] => {
      if (p.kind === "name") return [p.name];
      return p.kind === "agree" ? [...p.options.values()].flatMap((o) => ("name" in o ? [o.name] : [])) : [];
    };
    for (let changedOne = true; changedOne; ) {
      changedOne = false;
      for (const branch of [...this.#rules.values()].flat()) {
        const height = 1 + Math.max(0, ...branch.pieces.flatMap(namesOf).map(heightOf));
        if (height < branch.height) [branch.height, changedOne] = [height, true];
      }
    }
    for (const [name, branches] of this.#rules)
      if (branches.every((b) => b.height === Number.POSITIVE_INFINITY))
        throw valueError(where, `rules.${name}`, "never comes to an end");
  }
}

function pick(branches: readonly Branch[], leave: boolean, random: RandomStream): Branch {
  const least = Math.min(...branches.map((b) => b.height));
  const open = branches.filter((b) => (leave ? b.height === least : b.height < Number.POSITIVE_INFINITY));
  if (open.length === 1) return open[0]!;
  return open[random.categorical(open.map((b) => b.weight))]!;
}

function readBranch(where: string, rule: string, given: unknown): Branch {
  const height = Number.POSITIVE_INFINITY;
  if (typeof given === "function")
    return {
      pieces: [],
      make: given as (random: RandomStream) => string,
      weight: 1,
      features: {},
      height: 1,
    };
  if (typeof given === "string")
    return { pieces: parseTemplate(where, rule, given), make: null, weight: 1, features: {}, height };
  const argument = `rules.${rule}`;
  const a = given as { text?: unknown; weight?: unknown; features?: unknown } | null;
  if (a === null || typeof a !== "object" || typeof a.text !== "string")
    throw argumentError(where, argument, given, "a string, a function or an object with a text");
  const { weight = 1, features = {} } = a;
  if (!(typeof weight === "number" && weight > 0 && weight < Number.POSITIVE_INFINITY))
    throw argumentError(where, `${argument}.weight`, weight, "a number > 0");
  if (
    features === null ||
    typeof features !== "object" ||
    !Object.values(features).every((f) => typeof f === "string")
  )
    throw argumentError(where, `${argument}.features`, features, "an object of strings");
  return {
    pieces: parseTemplate(where, rule, a.text),
    make: null,
    weight,
    features: features as Features,
    height,
  };
}
