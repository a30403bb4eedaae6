import { show, valueError } from "../../errors.ts";

/** A piece of a parsed template. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "name";
      readonly name: string;
      /** Under which name the filling is kept. */
      readonly bind: string | null;
      readonly changes: readonly Change[];
    }
  | {
      readonly kind: "agree";
      readonly slot: string;
      readonly feature: string;
      readonly options: ReadonlyMap<string, Option>;
    };

/** What stands for a value of a feature: words, or a rule to expand. */
export type Option = { readonly text: string } | { readonly name: string };

const CHANGES = {
  /** With the indefinite article, by the first letter. */
  a: (text: string) => `${/^[aeiou]/i.test(text) ? "an" : "a"} ${text}`,
  capital: (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1),
  lower: (text: string) => text.toLowerCase(),
  upper: (text: string) => text.toUpperCase(),
} as const;
type Change = keyof typeof CHANGES;

export const changed = (text: string, changes: readonly Change[]): string =>
  changes.reduce((t, c) => CHANGES[c](t), text);

/** Reads `text {name} {kept=name|capital} {kept.feature? value=words | value=@name}`; `{{` is a brace. */
export function parseTemplate(where: string, rule: string, template: string): Piece[] {
  const pieces: Piece[] = [];
  const wrong = (what: string) => valueError(where, `rules.${rule}`, `${what} in ${show(template)}`);
  let text = "";
  const flush = () => {
    if (text !== "") pieces.push({ kind: "text", text });
    text = "";
  };
  for (let at = 0; at < template.length; at++) {
    const c = template[at]!;
    if ((c === "{" || c === "}") && template[at + 1] === c) {
      text += c;
      at++;
    } else if (c === "{") {
      const end = template.indexOf("}", at);
      if (end < 0) throw wrong("has an open brace");
      flush();
      pieces.push(parseSlot(template.slice(at + 1, end).trim(), wrong));
      at = end;
    } else if (c === "}") throw wrong("has a closing brace without an opening one");
    else text += c;
  }
  flush();
  return pieces;
}

function parseSlot(source: string, wrong: (what: string) => Error): Piece {
  const simple = /^(?:(\w+)\s*=\s*)?(\w+)((?:\s*\|\s*\w+)*)$/.exec(source);
  if (simple) {
    const changes = (simple[3] ?? "")
      .split("|")
      .map((c) => c.trim())
      .filter((c) => c !== "");
    const unknown = changes.find((c) => !Object.hasOwn(CHANGES, c));
    if (unknown !== undefined)
      throw wrong(`has the change ${show(unknown)} (known: ${Object.keys(CHANGES).join(", ")})`);
    return { kind: "name", bind: simple[1] ?? null, name: simple[2]!, changes: changes as Change[] };
  }
  const agree = /^(\w+)\.(\w+)\s*\?(.+)$/s.exec(source);
  if (!agree) throw wrong(`has a slot ${show(source)} that cannot be read`);
  const options = new Map<string, Option>();
  for (const part of agree[3]!.split("|")) {
    const m = /^\s*(\w+)\s*=\s*(.*?)\s*$/s.exec(part);
    if (!m) throw wrong(`has the choice ${show(part)}, expected value=words`);
    options.set(m[1]!, m[2]!.startsWith("@") ? { name: m[2]!.slice(1) } : { text: m[2]! });
  }
  return { kind: "agree", slot: agree[1]!, feature: agree[2]!, options };
}
